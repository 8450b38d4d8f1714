//! Figures, digests and reports of the demo's year, which ends on 17 March 2026, beside what plain
//! SQL says. The year takes seconds to load, so each test asks much of one.

use wharf_agent_executor::agents::{self, DocumentJob, Made, Outside, Work};
use wharf_documents::{Format, Report, Value, render};
use wharf_domain::{
    agent::AgentType,
    contracts::{
        Attachment, ReplyContent,
        answers::{DailyDigest, MetricLine, MetricsSummary, ReportReady},
    },
    entities::EntityName,
    intent::IntentType,
};
use wharf_pipeline::HandleError;
use wharf_store::{StoreError, demo};

use crate::{
    desk::{Ask, Desk, SAM, ask, at, failed},
    support::TestExecutor,
};

async fn open() -> Desk {
    let desk = Desk::open().await;
    desk.store
        .transaction::<_, StoreError, _>(async |conn| demo::load_history(conn, at(0), false).await)
        .await
        .unwrap();
    desk
}

async fn metrics(desk: &Desk, id: &str, said: &[(EntityName, &str)]) -> MetricsSummary {
    match desk.run(ask(id, IntentType::ViewMetrics, said)).await {
        ReplyContent::MetricsSummary(summary) => summary,
        other => panic!("no figures: {other:?}"),
    }
}

async fn digest(desk: &Desk, id: &str, said: &[(EntityName, &str)]) -> DailyDigest {
    match desk.run(ask(id, IntentType::DailyDigest, said)).await {
        ReplyContent::DailyDigest(digest) => digest,
        other => panic!("no digest: {other:?}"),
    }
}

async fn document(desk: &Desk, ask: &Ask<'_>) -> DocumentJob {
    let request = desk.request(ask);
    let work = desk
        .store
        .in_company::<_, HandleError, _>(desk.company.id, async |conn| {
            agents::run(AgentType::ReportGenerator, conn, &request)
                .await
                .map_err(failed)
        })
        .await
        .unwrap();
    match work {
        Work::Outside(Outside::Document(job)) => *job,
        other => panic!("no document: {other:?}"),
    }
}

async fn finish(desk: &Desk, ask: &Ask<'_>, job: &DocumentJob, size: u64) -> ReportReady {
    let request = desk.request(ask);
    let made = Made::Document {
        file: Attachment {
            key: "key".into(),
            file_name: "name.pdf".into(),
            content_type: "application/pdf".into(),
            size,
        },
        carried: job.carried.clone(),
    };
    let content = desk
        .store
        .in_company::<_, HandleError, _>(desk.company.id, async |conn| {
            agents::finish(AgentType::ReportGenerator, conn, &request, made)
                .await
                .map_err(failed)
        })
        .await
        .unwrap();
    match content {
        ReplyContent::ReportReady(ready) => ready,
        other => panic!("no report: {other:?}"),
    }
}

fn line<'a>(lines: &'a [MetricLine], name: &str) -> &'a MetricLine {
    lines.iter().find(|line| line.name == name).unwrap()
}

/// That a query of one figure says what the answer says.
async fn agree(desk: &Desk, said: Option<&str>, sql: &str) {
    let said = said.unwrap_or("NULL");
    let places = said.split_once('.').map_or(0, |(_, places)| places.len());
    let same = format!("({sql}) AS plain (figure) WHERE round(figure, {places}) = {said}");
    desk.rows(&same, 1).await;
}

const MARCH: &str = "sold_on BETWEEN '2026-03-01' AND '2026-03-17'";
const BEFORE: &str = "sold_on BETWEEN '2026-02-12' AND '2026-02-28'";
const COGS: &str =
    "SELECT sum(quantity * cost) FROM sales JOIN products ON products.id = product_id WHERE";
const STOCK: &str = "SELECT sum(quantity * cost) / 17 FROM stock_snapshots
    JOIN products ON products.id = product_id WHERE taken_on BETWEEN '2026-03-01' AND '2026-03-17'";

#[tokio::test]
async fn figures_of_the_year_are_those_of_its_rows() {
    let desk = open().await;
    let summary = metrics(&desk, "SM1", &[]).await;
    // The 18th is not over, and nothing of it is on record.
    assert_eq!(summary.period.from.to_string(), "2026-03-01");
    assert_eq!(summary.period.to.to_string(), "2026-03-17");
    assert_eq!(summary.before.from.to_string(), "2026-02-12");
    assert_eq!(summary.before.to.to_string(), "2026-02-28");
    assert_eq!((summary.not_known, summary.as_of), (None, at(0)));
    let lines = summary.metrics;
    assert_eq!(lines.len(), 9);
    for (name, sql) in [
        (
            "revenue",
            "SELECT sum(quantity * unit_price) FROM sales WHERE $",
        ),
        ("units_sold", "SELECT sum(quantity) FROM sales WHERE $"),
        (
            "fill_rate",
            "SELECT 100.0 * sum(quantity) / sum(requested) FROM sales WHERE $",
        ),
        (
            "gross_margin",
            "SELECT 100 - 100 * sum(quantity * cost) / sum(quantity * unit_price)
             FROM sales JOIN products ON products.id = product_id WHERE $",
        ),
    ] {
        let line = line(&lines, name);
        agree(&desk, line.value.as_deref(), &sql.replace('$', MARCH)).await;
        agree(&desk, line.before.as_deref(), &sql.replace('$', BEFORE)).await;
    }
    let turnover = format!("SELECT ({COGS} {MARCH}) / ({STOCK}) * 365 / 17");
    agree(&desk, line(&lines, "turnover").value.as_deref(), &turnover).await;
    // Stock of now, since today was asked for.
    let cover = format!(
        "SELECT (SELECT sum(quantity * cost) FROM stock_levels
           JOIN products ON products.id = product_id) * 17 / ({COGS} {MARCH})"
    );
    agree(
        &desk,
        line(&lines, "days_of_cover").value.as_deref(),
        &cover,
    )
    .await;
    let accuracy =
        "SELECT 100 - 100 * sum(abs(quantity_after - quantity_before)) / sum(quantity_before)
        FROM stock_movements WHERE kind = 'count'
        AND moved_at BETWEEN '2026-03-01T05:00Z' AND '2026-03-18T03:59:59Z'";
    agree(&desk, line(&lines, "accuracy").value.as_deref(), accuracy).await;
    let empty = format!(
        "SELECT 100.0 * count(*) FILTER (WHERE quantity = 0) / count(*) FROM stock_snapshots x
         WHERE taken_on BETWEEN '2026-03-01' AND '2026-03-17' AND (product_id, location_id) IN
           (SELECT product_id, location_id FROM sales WHERE requested > 0
            AND sold_on BETWEEN '{}' AND '2026-03-17')",
        "2025-12-18"
    );
    agree(
        &desk,
        line(&lines, "stockout_rate").value.as_deref(),
        &empty,
    )
    .await;
    for name in ["otif", "stockout_rate", "days_of_cover"] {
        assert!(line(&lines, name).before.is_some(), "{name}");
    }

    let asked = [
        (EntityName::Metric, "inventory turns and fill rate"),
        (EntityName::DateRange, "last_month"),
    ];
    let summary = metrics(&desk, "SM2", &asked).await;
    let names: Vec<_> = summary
        .metrics
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(names, ["turnover", "fill_rate"]);
    assert_eq!(summary.before.to.to_string(), "2026-01-31");

    let summary = metrics(&desk, "SM3", &[(EntityName::Metric, "happiness")]).await;
    assert_eq!(summary.not_known.as_deref(), Some("happiness"));
    assert_eq!(summary.metrics, lines);

    // Nothing was on record then.
    let long_ago = [(EntityName::DateRange, "2024-01-01..2024-01-31")];
    let summary = metrics(&desk, "SM4", &long_ago).await;
    for line in summary.metrics {
        assert_eq!((line.value, line.before), (None, None), "{}", line.name);
    }

    // Who is bound to a place is told of that place.
    desk.db
        .run_sql(
            "INSERT INTO profile_locations (company_id, profile_id, location_id)
             SELECT l.company_id, p.id, l.id FROM locations l JOIN profiles p USING (company_id)
             WHERE l.name = 'Toronto' AND p.display_name = 'Sam Okafor'",
        )
        .await;
    let mut bound = ask("SM5", IntentType::ViewMetrics, &[]);
    bound.person = SAM;
    let ReplyContent::MetricsSummary(summary) = desk.run(bound).await else {
        panic!("no figures");
    };
    let toronto = format!(
        "SELECT sum(quantity * unit_price) FROM sales WHERE {MARCH}
         AND location_id = (SELECT id FROM locations WHERE name = 'Toronto')"
    );
    agree(
        &desk,
        line(&summary.metrics, "revenue").value.as_deref(),
        &toronto,
    )
    .await;
}

#[tokio::test]
async fn the_digest_is_of_the_last_day_on_record() {
    let desk = open().await;
    let day = digest(&desk, "SM1", &[]).await;
    let tuesday = "2026-03-17".parse().unwrap();
    assert_eq!((day.period.from, day.period.to), (tuesday, tuesday));
    let revenue = "SELECT sum(quantity * unit_price) FROM sales WHERE sold_on = '$'";
    let amount = |money: Option<wharf_domain::money::Money>| money.unwrap().amount.to_string();
    agree(
        &desk,
        Some(&amount(day.revenue)),
        &revenue.replace('$', "2026-03-17"),
    )
    .await;
    let before = revenue.replace('$', "2026-03-10");
    agree(&desk, Some(&amount(day.revenue_before)), &before).await;
    let units = "SELECT sum(quantity) FROM sales WHERE sold_on = '2026-03-17'";
    agree(&desk, Some(&day.units_sold.unwrap().to_string()), units).await;
    assert_eq!(day.top.len(), 3);
    let most = "SELECT max(units) FROM (SELECT sum(quantity) AS units FROM sales
        WHERE sold_on = '2026-03-17' GROUP BY product_id) AS products";
    agree(&desk, Some(&day.top[0].quantity.to_string()), most).await;
    assert!(day.top[0].quantity >= day.top[1].quantity);
    let low = "(SELECT 1 FROM products p JOIN stock_levels l ON l.product_id = p.id
        WHERE p.reorder_point IS NOT NULL GROUP BY p.id HAVING sum(quantity) <= p.reorder_point) AS low";
    // The demo sets every reorder point; what has none is computed and may add to it.
    assert!(i64::from(day.low) >= desk.db.rows(low).await && day.low >= day.out);
    desk.rows("alerts WHERE state <> 'resolved'", day.alerts.into())
        .await;
    let critical = "alerts WHERE state <> 'resolved' AND severity = 'critical'";
    desk.rows(critical, day.critical.into()).await;
    assert_eq!(day.worst.len(), 3);
    let late = "purchase_orders WHERE state = 'confirmed' AND expected_on < '2026-03-18'";
    desk.rows(late, day.late_orders.into()).await;
    let next = "purchase_orders WHERE state = 'confirmed' AND expected_on = '2026-03-18'";
    desk.rows(next, day.expected_tomorrow.into()).await;

    // Of today itself nothing is on record.
    let today = digest(&desk, "SM2", &[(EntityName::DateRange, "today")]).await;
    assert_eq!(today.period.to.to_string(), "2026-03-18");
    assert_eq!(
        (today.revenue, today.units_sold, today.top),
        (None, None, vec![])
    );
    assert!(today.revenue_before.is_some());
}

/// The sum of a column of a table.
fn sum(report: &Report, table: &str, column: &str) -> String {
    let table = report
        .tables
        .iter()
        .find(|found| found.title == table)
        .unwrap();
    let column = table.columns.iter().position(|found| found.title == column);
    let column = column.unwrap();
    let cells = table.rows.iter().map(|row| match &row[column] {
        Value::Number(number) => number.clone(),
        Value::Unknown => 0.into(),
        other => panic!("{other:?}"),
    });
    let sum: bigdecimal::BigDecimal = cells.sum();
    sum.round(2).to_string()
}

/// `REPORTS_TO=folder` keeps the files, to be looked at.
fn made(report: &Report, formats: &[Format]) {
    for format in formats {
        let document = render(report, *format).unwrap();
        assert!(!document.bytes.is_empty(), "{}", document.file_name);
        if let Ok(folder) = std::env::var("REPORTS_TO") {
            let path = std::path::Path::new(&folder).join(document.file_name);
            std::fs::write(path, document.bytes).unwrap();
        }
    }
}

fn wanted<'a>(id: &'a str, kind: &'a str, range: &'a str) -> Ask<'a> {
    let said = [
        (EntityName::ReportType, kind),
        (EntityName::DateRange, range),
    ];
    ask(id, IntentType::GenerateReport, &said)
}

#[tokio::test]
async fn reports_hold_the_rows_that_their_figures_are_made_of() {
    let desk = open().await;
    for (number, (kind, range)) in [
        ("inventory", "this_month"),
        ("sales", "this_month"),
        ("supplier", "last_90_days"),
        ("financial", "last_year"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("SM{number}");
        let asked = wanted(&id, kind, range);
        let job = document(&desk, &asked).await;
        assert_eq!(job.format, Format::Pdf);
        made(&job.report, Format::ALL);
        assert!(!job.report.charts.is_empty() && job.report.tables.len() >= 2);
        let ready = finish(&desk, &asked, &job, 1_234).await;
        assert_eq!(ready.report_type, kind);
        assert_eq!(ready.attachment.size, 1_234);
        assert!((4..=5).contains(&ready.figures.len()));
        assert!(
            ready.figures.iter().all(|figure| figure.value.is_some()),
            "{ready:?}"
        );
        // A repeat meets its own row, and says the same.
        let again = document(&desk, &asked).await;
        assert_eq!(again.report, job.report);
        assert_eq!(finish(&desk, &asked, &again, 1_234).await, ready);
    }
    desk.rows("reports", 4).await;
    desk.rows("reports WHERE size_bytes = 1234 AND format = 'pdf'", 4)
        .await;

    let sales = document(&desk, &wanted("SM7", "sales", "this_month"))
        .await
        .report;
    assert_eq!(
        sales.file_stem.as_deref(),
        Some("Alder & Reed Supply sales 2026-03-01 to 2026-03-17")
    );
    assert_eq!(
        render(&sales, Format::Csv).unwrap().file_name,
        "alder-reed-supply-sales-2026-03-01-to-2026-03-17.csv"
    );
    assert_eq!(sales.period, "1–17 March 2026");
    let revenue = format!("SELECT sum(quantity * unit_price) FROM sales WHERE {MARCH}");
    for table in ["Sales by product", "Sales by place"] {
        agree(&desk, Some(&sum(&sales, table, "Revenue")), &revenue).await;
    }
    let inventory = document(&desk, &wanted("SM8", "inventory", "this_month"))
        .await
        .report;
    let value =
        "SELECT sum(quantity * cost) FROM stock_levels JOIN products ON products.id = product_id";
    for table in ["Stock by product", "Stock by place"] {
        agree(&desk, Some(&sum(&inventory, table, "Value")), value).await;
    }
    // Of a month that is over, stock is that of its last day.
    let last = document(&desk, &wanted("SM9", "inventory", "last_month"))
        .await
        .report;
    let value = "SELECT sum(quantity * cost) FROM stock_snapshots
        JOIN products ON products.id = product_id WHERE taken_on = '2026-02-28'";
    agree(&desk, Some(&sum(&last, "Stock by product", "Value")), value).await;
}

#[tokio::test]
async fn a_report_has_the_format_that_was_asked_for() {
    let desk = Desk::open().await;
    for (id, name, format) in [
        ("SM1", "xlsx", Format::Xlsx),
        ("SM2", "csv", Format::Csv),
        ("SM3", "pdf", Format::Pdf),
    ] {
        let said = [
            (EntityName::ReportType, "sales"),
            (EntityName::Format, name),
        ];
        let asked = ask(id, IntentType::GenerateReport, &said);
        let job = document(&desk, &asked).await;
        assert_eq!(job.format, format);
        let ready = finish(&desk, &asked, &job, 1).await;
        assert_eq!(ready.format, name);
        desk.rows(&format!("reports WHERE format = '{name}'"), 1)
            .await;
    }
}

#[tokio::test]
async fn a_report_of_what_is_not_on_record_says_so() {
    let desk = Desk::open().await;
    for (number, kind) in ["inventory", "sales", "supplier", "financial"]
        .into_iter()
        .enumerate()
    {
        let id = format!("SM{number}");
        let said = [
            (EntityName::ReportType, kind),
            (EntityName::DateRange, "last_month"),
        ];
        let asked = ask(&id, IntentType::GenerateReport, &said);
        let job = document(&desk, &asked).await;
        made(&job.report, &[Format::Csv, Format::Xlsx]);
        let ready = finish(&desk, &asked, &job, 1).await;
        let known: Vec<_> = ready
            .figures
            .iter()
            .filter(|line| line.value.is_some())
            .collect();
        // That nothing was ordered is known.
        assert!(
            known.iter().all(|line| line.name == "purchases"),
            "{known:?}"
        );
    }
}

#[tokio::test]
async fn its_own_work_asks_for_one_report_a_day() {
    let desk = Desk::open().await;
    let kind = AgentType::ReportGenerator;
    let counts = |queued| {
        vec![
            ("reports_queued".to_owned(), queued),
            ("reports_made_in_30_days".to_owned(), 0),
        ]
    };
    assert_eq!(desk.job(kind, 0).await.counts, counts(1));
    assert_eq!(desk.job(kind, 30).await.counts, counts(0));
    let queued = "agent_execution_queue WHERE intent_type = 'generate_report'
        AND agent_type = 'report_generator' AND status = 'pending'
        AND context->'entities'->>'report_type' = 'inventory'";
    desk.rows(queued, 1).await;
    // The company's next day.
    assert_eq!(desk.job(kind, 24 * 60).await.counts, counts(1));
}

/// Through the queues: between the two transactions the file is made and stored.
#[tokio::test]
async fn a_report_is_one_file_and_one_row_however_often_it_is_asked_for() {
    let executor = TestExecutor::start().await;
    let said = [
        (EntityName::ReportType, "inventory"),
        (EntityName::DateRange, "this_month"),
    ];
    let request = executor.enqueue(1, IntentType::GenerateReport, &said).await;
    executor.send(&request).await;
    let reply = executor.replies(1).await.remove(0);
    for _ in 0..2 {
        executor.send(&request).await;
    }
    let replies = executor.replies(3).await;
    assert!(replies.iter().all(|again| *again == reply));
    let ReplyContent::ReportReady(ready) = reply.body.content else {
        panic!("{reply:?}");
    };
    let attachment = ready.attachment;
    let file = std::fs::read(executor.files.path().join(&attachment.key)).unwrap();
    assert_eq!(attachment.size, file.len() as u64);
    assert!(file.starts_with(b"%PDF"));
    let key = attachment.key.split('/').collect::<Vec<_>>();
    let id = request.execution_id.to_string();
    assert_eq!(
        key,
        [
            &*demo::company_id().to_string(),
            &*id,
            &*attachment.file_name
        ]
    );
    let folder = executor.files.path().join(key[0]).join(key[1]);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    let row = format!(
        "reports WHERE object_key = '{}' AND size_bytes = {}",
        attachment.key, attachment.size
    );
    assert_eq!(executor.db.rows(&row).await, 1);
    assert_eq!(executor.db.rows("reports").await, 1);
}
