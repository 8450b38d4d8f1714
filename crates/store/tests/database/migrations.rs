//! Migrations: up, down to nothing and up again; `schema` says what the database has.

use std::collections::BTreeMap;

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use wharf_store::{OwnerStore, migrations};
use wharf_testkit::database::TestDatabase;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(store: &OwnerStore, sql: &str) -> Vec<String> {
    let mut conn = store.conn().await.unwrap();
    let rows: Vec<Line> = sql_query(sql).load(&mut conn).await.unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Tables, columns, constraints, indexes and comments, without diesel's own table and without the
/// columns' numbers, which one that was taken back and made again does not get back.
async fn schema(store: &OwnerStore) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT concat_ws(' ', 'column', table_name, column_name, data_type, \
           is_nullable, column_default, is_identity) AS line FROM information_schema.columns \
           WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations' ORDER BY 1",
        "SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, \
           pg_get_constraintdef(oid)) AS line FROM pg_constraint \
           WHERE connamespace = 'public'::regnamespace \
           AND conrelid::regclass::text <> '__diesel_schema_migrations' ORDER BY 1",
        "SELECT concat_ws(' ', 'index', indexdef) AS line FROM pg_indexes \
           WHERE schemaname = 'public' AND tablename <> '__diesel_schema_migrations' ORDER BY 1",
        "SELECT concat_ws(' ', 'comment', objoid::regclass, (SELECT attname FROM pg_attribute \
           WHERE attrelid = objoid AND attnum = objsubid), description) AS line \
           FROM pg_description WHERE objoid IN (SELECT oid FROM pg_class \
           WHERE relnamespace = 'public'::regnamespace) ORDER BY 1",
        "SELECT concat_ws(' ', 'other', relkind, relname) AS line FROM pg_class \
           WHERE relnamespace = 'public'::regnamespace \
           AND relname NOT LIKE '\\_\\_diesel%' ORDER BY 1",
        "SELECT concat_ws(' ', 'policy', tablename, policyname, cmd, roles, qual, with_check) \
           AS line FROM pg_policies WHERE schemaname = 'public' ORDER BY 1",
        "SELECT concat_ws(' ', 'rows', relname, relrowsecurity) AS line FROM pg_class \
           WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1",
        "SELECT concat_ws(' ', 'function', oid::regprocedure, prosrc) AS line FROM pg_proc \
           WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        "SELECT concat_ws(' ', 'grant', table_name, column_name, privilege_type, grantee) AS line \
           FROM information_schema.column_privileges WHERE table_schema = 'public' \
           AND grantee LIKE 'wharf\\_%' AND grantee <> current_user ORDER BY 1",
    ] {
        all.extend(lines(store, sql).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_down_to_nothing_and_up_again_is_the_same_schema() {
    let db = TestDatabase::create_empty().await;
    let config = db.config();
    let store = db.store().await;
    let known = migrations::status(&config).await.unwrap();
    assert!(known.iter().all(|migration| !migration.applied));
    let mut names: Vec<String> = known.into_iter().map(|migration| migration.name).collect();
    assert_eq!(migrations::up(&config).await.unwrap(), names);
    assert_eq!(migrations::up(&config).await.unwrap(), Vec::<String>::new());
    assert!(
        migrations::status(&config)
            .await
            .unwrap()
            .iter()
            .all(|m| m.applied)
    );
    let first = schema(&store).await;
    assert!(first.len() > 200, "{}", first.len());

    names.reverse();
    assert_eq!(migrations::down(&config, 1).await.unwrap(), names[..1]);
    assert_eq!(
        migrations::down(&config, usize::MAX).await.unwrap(),
        names[1..]
    );
    assert_eq!(schema(&store).await, Vec::<String>::new());

    migrations::up(&config).await.unwrap();
    assert_eq!(schema(&store).await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_migration_takes_back_exactly_what_it_made() {
    let db = TestDatabase::create().await;
    let config = db.config();
    let store = db.store().await;
    let full = schema(&store).await;
    let count = migrations::status(&config).await.unwrap().len();
    for steps in 1..=count {
        migrations::down(&config, steps).await.unwrap();
        migrations::up(&config).await.unwrap();
        assert_eq!(schema(&store).await, full, "after {steps} down and up");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_operators_at_once_do_the_work_once() {
    let db = TestDatabase::create_empty().await;
    let both = [0, 1].map(|_| {
        let config = db.config();
        tokio::spawn(async move { migrations::up(&config).await.unwrap().len() })
    });
    let done = futures_util::future::join_all(both).await;
    let total: usize = done.into_iter().map(|done| done.unwrap()).sum();
    assert_eq!(total, migrations::status(&db.config()).await.unwrap().len());
}

/// The spec's three tables have the spec's columns, types and indexes (section 8).
#[tokio::test]
async fn the_specs_tables_are_the_specs() {
    let db = TestDatabase::create().await;
    let store = db.store().await;
    let columns = "SELECT concat_ws(' ', column_name, udt_name) AS line \
                   FROM information_schema.columns WHERE table_name = ";
    for (table, wanted) in [
        (
            "whatsapp_conversations",
            "id uuid, phone_number text, user_id uuid, message_sid text, message_body text, \
             intent_type text, intent_confidence numeric, entities jsonb, execution_id uuid, \
             response_sent bool, created_at timestamptz",
        ),
        (
            "agent_execution_queue",
            "id uuid, agent_id uuid, priority int4, context jsonb, status text, \
             created_at timestamptz, started_at timestamptz, completed_at timestamptz, \
             result jsonb, error text",
        ),
        (
            "whatsapp_templates",
            "id uuid, template_name text, template_sid text, persona text, intent_type text, \
             template_body text, variables jsonb, created_at timestamptz",
        ),
    ] {
        let sql = format!("{columns} '{table}' ORDER BY ordinal_position");
        let found = lines(&store, &sql).await;
        for (place, column) in wanted.split(", ").enumerate() {
            assert_eq!(found[place], column.trim(), "{table}");
        }
    }
    let indexes = lines(
        &store,
        "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'",
    )
    .await;
    for wanted in [
        "idx_conversations_phone ON public.whatsapp_conversations USING btree (phone_number)",
        "idx_conversations_user ON public.whatsapp_conversations USING btree (user_id)",
        "idx_queue_status_priority ON public.agent_execution_queue USING btree (status, priority DESC)",
    ] {
        assert!(
            indexes.iter().any(|index| index.ends_with(wanted)),
            "{wanted}"
        );
    }
}

/// Every table carries its company.
#[tokio::test]
async fn every_table_has_a_company() {
    let db = TestDatabase::create().await;
    let without = lines(
        &db.store().await,
        "SELECT c.relname::text AS line FROM pg_class c \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
         AND c.relname NOT IN ('companies', '__diesel_schema_migrations') \
         AND NOT EXISTS (SELECT 1 FROM pg_attribute a \
           WHERE a.attrelid = c.oid AND a.attname = 'company_id')",
    )
    .await;
    assert_eq!(without, Vec::<String>::new());
}

/// `schema` is written by hand: it must list every column of every table, in order, with its type.
#[tokio::test]
async fn schema_says_what_the_database_has() {
    let db = TestDatabase::create().await;
    let found = lines(
        &db.store().await,
        "SELECT concat_ws(' ', table_name, column_name, CASE WHEN is_nullable = 'YES' \
           THEN 'Nullable<' || t || '>' ELSE t END) AS line \
         FROM (SELECT *, CASE udt_name WHEN 'uuid' THEN 'Uuid' WHEN 'text' THEN 'Text' \
           WHEN 'int2' THEN 'SmallInt' WHEN 'int4' THEN 'Integer' WHEN 'int8' THEN 'BigInt' \
           WHEN 'bool' THEN 'Bool' WHEN 'jsonb' THEN 'Jsonb' WHEN 'numeric' THEN 'Numeric' \
           WHEN 'date' THEN 'Date' WHEN 'time' THEN 'Time' \
           WHEN 'float8' THEN 'Double' WHEN 'bytea' THEN 'Bytea' \
           WHEN 'timestamptz' THEN 'Timestamptz' \
           WHEN '_text' THEN 'Array<Text>' ELSE udt_name END AS t \
           FROM information_schema.columns WHERE table_schema = 'public' \
           AND table_name <> '__diesel_schema_migrations') AS c \
         ORDER BY table_name, ordinal_position",
    )
    .await;
    let mut tables: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut table = "";
    let files = [
        include_str!("../../src/schema/work.rs"),
        include_str!("../../src/schema/goods.rs"),
        include_str!("../../src/schema/messages.rs"),
        include_str!("../../src/schema/people.rs"),
    ];
    for line in files.iter().flat_map(|file| file.lines()).map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name;
        } else if let Some((column, kind)) = line.split_once(" -> ").filter(|_| line.ends_with(','))
        {
            let kind = kind.trim_end_matches(',');
            tables
                .entry(table)
                .or_default()
                .push(format!("{table} {column} {kind}"));
        }
    }
    let written: Vec<String> = tables.into_values().flatten().collect();
    assert_eq!(written, found);
}
