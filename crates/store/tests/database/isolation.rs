//! Row-level security: what PostgreSQL itself lets the services see and do.

use std::path::Path;

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use wharf_domain::ids::CompanyId;
use wharf_store::{Across, DatabaseConfig, Store, StoreError, conversations, executions, outbound};
use wharf_testkit::database::TestDatabase;

use crate::support::World;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(conn: &mut AsyncPgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = sql_query(sql).load(conn).await.unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

async fn line(conn: &mut AsyncPgConnection, sql: &str) -> String {
    lines(conn, sql).await.remove(0)
}

/// Every table of ours, with the column that names the company.
const TABLES: &str = "SELECT c.relname || ' ' || \
    CASE c.relname WHEN 'companies' THEN 'id' ELSE 'company_id' END AS line \
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
    AND c.relname <> '__diesel_schema_migrations' ORDER BY 1";

async fn tables(conn: &mut AsyncPgConnection) -> Vec<(String, String)> {
    let found = lines(conn, TABLES).await;
    assert!(found.len() > 30, "{found:?}");
    let pairs = found.iter().filter_map(|line| line.split_once(' '));
    pairs
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect()
}

/// A table that a migration forgot to give to `wharf_isolate` fails here.
#[tokio::test]
async fn every_table_is_isolated_and_what_is_seen_across_is_listed() {
    let db = TestDatabase::create().await;
    let mut conn = db.store().await.conn().await.unwrap();
    let mut expected = Vec::new();
    for (table, column) in tables(&mut conn).await {
        expected.push(format!(
            "{table} tenant ALL wharf_service ({column} = wharf_company())"
        ));
    }
    expected.extend(
        [
            "whatsapp_templates shared SELECT wharf_service \
             ((company_id IS NULL) AND (wharf_company() IS NOT NULL))",
            "agent_execution_queue across SELECT wharf_across true",
            "companies across SELECT wharf_across true",
            "inbound_media across SELECT wharf_across true",
            "outbound_messages across SELECT wharf_across true",
            "profiles across SELECT wharf_across true",
            "whatsapp_conversations across SELECT wharf_across true",
        ]
        .map(str::to_owned),
    );
    expected.sort();
    // A check of its own on what is written would be another rule than the one for what is seen.
    let mut found = lines(
        &mut conn,
        "SELECT concat_ws(' ', tablename, policyname, cmd, array_to_string(roles, ','), qual, \
           with_check) AS line FROM pg_policies WHERE schemaname = 'public' \
         AND EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace \
           AND relname = tablename AND relrowsecurity)",
    )
    .await;
    found.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_services_roles_are_no_more_than_that() {
    let db = TestDatabase::create().await;
    let mut conn = db.store().await.conn().await.unwrap();
    let powers = "SELECT concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreaterole, \
        rolcreatedb, rolcanlogin, (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)) \
        AS line FROM pg_roles r WHERE rolname IN ('wharf_service', 'wharf_across') ORDER BY 1";
    assert_eq!(
        lines(&mut conn, powers).await,
        ["wharf_across f f f f f 0", "wharf_service f f f f f 0"]
    );
    // What is granted on tables without a policy is granted on every company's rows.
    let open = "SELECT DISTINCT table_name || ' ' || grantee AS line \
        FROM information_schema.column_privileges WHERE table_schema = 'public' \
        AND grantee IN ('wharf_service', 'wharf_across') \
        AND table_name IN (SELECT relname FROM pg_class \
          WHERE relnamespace = 'public'::regnamespace AND NOT relrowsecurity)";
    assert_eq!(lines(&mut conn, open).await, Vec::<String>::new());
    let across = "SELECT concat_ws(' ', table_name, privilege_type, \
        CASE count(*) WHEN (SELECT count(*) FROM information_schema.columns c \
          WHERE c.table_name = p.table_name AND c.table_schema = 'public') THEN 'all' \
        ELSE string_agg(column_name, ' ' ORDER BY column_name) END) AS line \
        FROM information_schema.column_privileges p \
        WHERE grantee = 'wharf_across' GROUP BY table_name, privilege_type ORDER BY 1";
    assert_eq!(
        lines(&mut conn, across).await,
        [
            "agent_execution_queue SELECT all",
            "companies SELECT all",
            "inbound_media SELECT company_id next_try_at remove_at state",
            "outbound_messages SELECT company_id id message_sid",
            "profiles SELECT persona",
            "whatsapp_conversations SELECT created_at feedback feedback_at intent_type",
        ]
    );
}

/// Rows of both companies in the tables that the fixtures reach.
async fn filled() -> World {
    let world = World::new().await;
    let mut conn = world.store.conn().await.unwrap();
    let conn = &mut *conn;
    for (tenant, name) in [(world.ours, "ours"), (world.theirs, "theirs")] {
        crate::purchasing::seed(&world.db, tenant, name).await;
        conversations::record(conn, &tenant.message(name))
            .await
            .unwrap();
        executions::enqueue(conn, &tenant.work(name)).await.unwrap();
        outbound::prepare(conn, &tenant.parts(name, &["text"]))
            .await
            .unwrap();
    }
    world
}

/// What services are while they work in a company, on the owner's connection.
fn service_in(company: Option<CompanyId>) -> String {
    let company = company.map_or_else(String::new, |company| company.to_string());
    format!("SET LOCAL ROLE wharf_service; SET LOCAL wharf.company_id = '{company}'")
}

/// Rows of a table, as whoever the connection is at the moment.
async fn count(conn: &mut AsyncPgConnection, table: &str, condition: &str) -> u64 {
    let sql = format!("SELECT count(*)::text AS line FROM {table} WHERE {condition}");
    line(conn, &sql).await.parse().unwrap()
}

#[tokio::test]
async fn without_a_company_nothing_is_seen_or_written() {
    let world = filled().await;
    let company = world.ours.company;
    world
        .store
        .transaction::<_, StoreError, _>(async |conn| {
            conn.batch_execute(&service_in(None)).await?;
            for (table, column) in tables(conn).await {
                assert_eq!(count(conn, &table, "true").await, 0, "{table}");
                let change = format!("UPDATE {table} SET {column} = {column}");
                assert_eq!(sql_query(change).execute(conn).await?, 0, "{table}");
                let remove = format!("DELETE FROM {table}");
                assert_eq!(sql_query(remove).execute(conn).await?, 0, "{table}");
            }
            let refused = sql_query(format!(
                "INSERT INTO suppliers (company_id, name) VALUES ('{company}', 'x')"
            ));
            let error = refused.execute(conn).await.unwrap_err().to_string();
            assert!(error.contains("row-level security"), "{error}");
            Ok(())
        })
        .await
        .unwrap(); // the refused statement made a rollback of the commit
}

#[tokio::test]
async fn sql_without_a_condition_reaches_one_company_only() {
    let world = filled().await;
    let (ours, theirs) = (world.ours.company, world.theirs.company);
    let mut reached = 0;
    for (table, column) in {
        let mut conn = world.store.conn().await.unwrap();
        tables(&mut conn).await
    } {
        let (mine, others) = (
            format!("{column} = '{ours}'"),
            format!("{column} IS DISTINCT FROM '{ours}'"),
        );
        // As raw as it gets: not even foreign keys in the way.
        let raw = format!(
            "SET LOCAL session_replication_role = replica; {}",
            service_in(Some(ours))
        );
        let one: Result<(), StoreError> = world
            .store
            .transaction(async |conn| {
                let before = (
                    count(conn, &table, &mine).await,
                    count(conn, &table, &others).await,
                );
                conn.batch_execute(&raw).await?;
                assert_eq!(count(conn, &table, &others).await, 0, "{table}");
                assert_eq!(count(conn, &table, "true").await, before.0, "{table}");
                let change = format!("UPDATE {table} SET {column} = {column}");
                let changed = sql_query(change).execute(conn).await? as u64;
                assert_eq!(changed, before.0, "{table}");
                if before.0 > 0 {
                    conn.batch_execute("SAVEPOINT given_away").await?;
                    let give = format!("UPDATE {table} SET {column} = '{theirs}'");
                    let error = sql_query(give).execute(conn).await.unwrap_err().to_string();
                    assert!(error.contains("row-level security"), "{table}: {error}");
                    conn.batch_execute("ROLLBACK TO given_away").await?;
                }
                let remove = format!("DELETE FROM {table}");
                let removed = sql_query(remove).execute(conn).await? as u64;
                assert_eq!(removed, before.0, "{table}");
                conn.batch_execute("RESET ROLE").await?;
                assert_eq!(count(conn, &table, &others).await, before.1, "{table}");
                if before.0 > 0 && before.1 > 0 {
                    reached += 1;
                }
                Err(StoreError::Conflict("taken back"))
            })
            .await;
        assert!(
            matches!(one, Err(StoreError::Conflict(_))),
            "{table}: {one:?}"
        );
    }
    assert!(reached >= 13, "{reached}");
}

#[tokio::test]
async fn a_row_of_another_company_cannot_be_inserted_or_taken_over() {
    let world = filled().await;
    let (ours, theirs) = (world.ours.company, world.theirs.company);
    let profile = world.theirs.profile;
    for sql in [
        format!("INSERT INTO suppliers (company_id, name) VALUES ('{theirs}', 'x')"),
        "INSERT INTO companies (name, whatsapp_address) VALUES ('x', '+12345')".to_owned(),
        "INSERT INTO whatsapp_templates (template_name) VALUES ('for everybody')".to_owned(),
        format!(
            "INSERT INTO profiles (id, company_id, display_name) VALUES ('{profile}', '{ours}', 'x') \
             ON CONFLICT (id) DO UPDATE SET display_name = 'x'"
        ),
    ] {
        let refused: Result<usize, StoreError> = world
            .store
            .in_company(ours, async |conn| Ok(sql_query(&sql).execute(conn).await?))
            .await;
        let error = format!("{:?}", refused.unwrap_err());
        assert!(error.contains("row-level security"), "{sql}: {error}");
    }
}

/// One connection, used by everybody in turn.
#[tokio::test]
async fn a_pooled_connection_forgets_its_company() {
    let world = World::new().await;
    let mut config = world.db.config();
    config.pool_size = 1;
    let store = Store::connect(&config).unwrap();
    let session = "SELECT concat_ws(' ', pg_backend_pid(), session_user) AS line";
    let whose = "SELECT concat_ws(' ', current_user, current_setting('wharf.company_id', true), \
        (SELECT count(*) FROM profiles)) AS line";
    let (ours, theirs) = (world.ours.company, world.theirs.company);
    let mut sessions = Vec::new();
    for company in [ours, theirs] {
        let (seen, at) = store
            .in_company::<_, StoreError, _>(company, async |conn| {
                Ok((line(conn, whose).await, line(conn, session).await))
            })
            .await
            .unwrap();
        assert_eq!(seen, format!("wharf_service {company} 1"));
        sessions.push(at);
    }
    let failed: Result<(), StoreError> = store
        .in_company(ours, async |conn| {
            sql_query("SELECT 1 / 0").execute(conn).await?;
            Ok(())
        })
        .await;
    failed.unwrap_err();
    // The role of the session, whatever a transaction was: in no company, it sees nothing.
    let after = store
        .across::<_, StoreError, _>(Across::Operator, async |conn| {
            conn.batch_execute("RESET ROLE").await?;
            sessions.push(line(conn, session).await);
            Ok(line(conn, whose).await)
        })
        .await
        .unwrap();
    assert_eq!(after, "wharf_service  0");
    assert!(
        sessions.windows(2).all(|two| two[0] == two[1]),
        "{sessions:?}"
    );
}

#[tokio::test]
async fn who_looks_across_reads_what_is_listed_and_writes_nothing() {
    let world = filled().await;
    for why in Across::ALL {
        let seen = world
            .store
            .across::<_, StoreError, _>(
                why,
                async |conn| Ok(count(conn, "companies", "true").await),
            )
            .await;
        assert_eq!(seen.unwrap(), 2, "{why:?}");
        for sql in [
            "UPDATE companies SET name = 'x'",
            "DELETE FROM agent_execution_queue",
            "SELECT body FROM outbound_messages",
            "SELECT message_body FROM whatsapp_conversations",
            "SELECT * FROM profiles",
            "SELECT url FROM inbound_media",
        ] {
            let refused: Result<usize, StoreError> = world
                .store
                .across(why, async |conn| Ok(sql_query(sql).execute(conn).await?))
                .await;
            let error = format!("{:?}", refused.unwrap_err());
            assert!(error.contains("permission denied"), "{sql}: {error}");
        }
    }
}

/// As in production: the owner is no superuser and may make no roles, services log in as somebody
/// else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_and_a_login_without_powers_suffice() {
    let db = TestDatabase::create_empty().await;
    // The roles are the cluster's; in this test they are there.
    TestDatabase::create().await;
    let base = url::Url::parse(&db.url()).unwrap();
    let name = base.path().trim_start_matches('/').to_owned();
    let (owner, login) = (format!("{name}_owner"), format!("{name}_login"));
    db.run_sql(&format!(
        "CREATE ROLE {owner} LOGIN PASSWORD 'secret'; CREATE ROLE {login} LOGIN NOINHERIT PASSWORD 'secret';
         ALTER DATABASE {name} OWNER TO {owner}; ALTER SCHEMA public OWNER TO {owner}"
    ))
    .await;
    let as_user = |user: &str| {
        let mut url = base.clone();
        url.set_username(user).unwrap();
        url.set_password(Some("secret")).unwrap();
        DatabaseConfig::new(String::from(url))
    };
    wharf_store::migrations::up(&as_user(&owner)).await.unwrap();
    let error = Store::connect(&as_user(&login)).unwrap().ping().await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("permission denied to set role"), "{error}");
    db.run_sql(&format!("GRANT wharf_service, wharf_across TO {login}"))
        .await;
    let store = Store::connect(&as_user(&login)).unwrap();
    let company = wharf_store::demo::company_id();
    let loaded = store
        .in_company::<_, StoreError, _>(company, async |conn| {
            wharf_store::demo::load(conn, crate::support::at(0), false).await
        })
        .await
        .unwrap();
    assert_eq!(loaded.company_id, company);
    let seen = store
        .across::<_, StoreError, _>(Across::Operator, async |conn| {
            wharf_store::companies::all(conn).await
        })
        .await;
    assert_eq!(seen.unwrap().len(), 1);
    store.close();
    db.run_sql(&format!(
        "REASSIGN OWNED BY {owner} TO CURRENT_USER; DROP OWNED BY {owner}; DROP ROLE {owner}, {login}"
    ))
    .await;
}

/// Who looks across companies, at a glance. What is not here is a mistake, or wants a reason.
#[test]
fn the_uses_across_companies_are_these() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    let mut folders = vec![root.join("services"), root.join("crates/pipeline/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let place = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if !place.contains("/src/") || !place.ends_with(".rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("OwnerStore"), "{place} acts as the owner");
            for after in text.split("Across::").skip(1) {
                let name: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
                found.push(format!("{name} {place}"));
            }
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(
        found,
        [
            "DeliveryStatus services/responder/src/status.rs",
            "Files services/responder/src/inbound_files/mod.rs",
            "Keeper services/responder/src/delivery/held.rs",
            "Keeper services/responder/src/typing.rs",
            "Labels services/nlp/src/feedback.rs",
            "Operator services/wharfctl/src/commands/company.rs",
            "Operator services/wharfctl/src/commands/import.rs",
            "Receiver services/nlp/src/lib.rs",
            "Sweeper services/agent-executor/src/sweeper/drafts.rs",
            "Sweeper services/agent-executor/src/sweeper/jobs.rs",
            "Sweeper services/agent-executor/src/sweeper/mod.rs",
            "Sweeper services/agent-executor/src/sweeper/schedules.rs",
        ]
    );
}
