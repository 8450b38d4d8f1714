//! Every query, asked for the rows of another company: nothing is found, nothing is changed. Two walls
//! are tried, each by itself ([`Wall`]).
//!
//! A new query gets a line in the file of its theme below: in `nothing!` when it then finds or
//! changes nothing, in `refused!` when it fails, in `own!` when it is about the company that asks.
//! [`every_query_is_tried`] fails for one without.

#[macro_use]
mod walls;

mod agents;
mod bulk;
mod goods;
mod offers;
mod people;
mod purchasing;
mod replies;
mod senders;
mod work;

use std::path::{Path, PathBuf};

use diesel_async::SimpleAsyncConnection;

use crate::support::World;

/// Queries without a company to cross into, by file and name.
const NOT_TRIED: &[(&str, &str)] = &[
    // They find the company, or serve all of them: tests/database/isolation.rs.
    ("companies", "by_address"),
    ("companies", "all"),
    ("executions", "unfinished"),
    ("executions", "overdue"),
    ("executions", "due_to_be_told"),
    ("feedback", "labels"),
    ("inbound_media", "companies_with_work"),
    ("personas", "distribution"),
    // One company, which the demo names itself.
    ("demo", "load"),
    ("demo", "load_history"),
];

/// Each `pub async fn` of the store that takes a connection is called in a file of this folder, as
/// `module::name(` or, of a type, as `.name(` or `Type::name(`.
#[test]
fn every_query_is_tried() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tried: String = files(&here.join("tests/database/cross_tenant"))
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let root = here.join("src");
    let (mut missing, mut known) = (Vec::new(), 0);
    for path in files(&root) {
        // Of a file in a folder, tests may name either.
        let names = path.strip_prefix(&root).unwrap().iter();
        let modules: Vec<&str> = names
            .map(|name| name.to_str().unwrap().trim_end_matches(".rs"))
            .collect();
        let module = modules[0];
        let text = std::fs::read_to_string(&path).unwrap();
        for query in text.split("pub async fn ").skip(1) {
            let (name, rest) = query.split_once('(').unwrap();
            let arguments = rest.split_once(')').unwrap().0;
            if !arguments.contains("AsyncPgConnection") {
                continue;
            }
            known += 1;
            let method = query_is_method(&text, query);
            let called = match method {
                true => {
                    tried.contains(&format!(".{name}(")) || tried.contains(&format!("::{name}("))
                }
                false => modules
                    .iter()
                    .any(|module| tried.contains(&format!("{module}::{name}("))),
            };
            if !called && !NOT_TRIED.contains(&(module, name)) {
                missing.push(format!("{module}::{name}"));
            }
        }
    }
    assert!(known > 110, "{known}");
    assert_eq!(missing, Vec::<String>::new());
}

/// Whether the function is indented, so of a type.
fn query_is_method(text: &str, query: &str) -> bool {
    let at = query.as_ptr() as usize - text.as_ptr() as usize - "pub async fn ".len();
    text[..at].ends_with("    ")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// The database itself refuses rows that mix two companies, should a query be wrong.
#[tokio::test]
async fn no_row_can_refer_to_another_companys() {
    let world = World::new().await;
    let (a, b) = (world.ours.company, world.theirs);
    let (profile, contact, product) = (b.profile, b.contact, b.product);
    let mut conn = world.store.conn().await.unwrap();
    for sql in [
        format!("INSERT INTO contacts (company_id, profile_id) VALUES ('{a}', '{profile}')"),
        format!(
            "INSERT INTO contact_addresses (company_id, address, contact_id, kind) VALUES ('{a}', '+12345678', '{contact}', 'phone')"
        ),
        format!(
            "INSERT INTO whatsapp_conversations (company_id, contact_id, phone_number, execution_id, account_sid, conversation_key, received_at) VALUES ('{a}', '{contact}', '+1', gen_random_uuid(), 'AC1', 'k', now())"
        ),
        format!(
            "INSERT INTO agent_execution_queue (company_id, contact_id, conversation_key, intent_type, agent_type) VALUES ('{a}', '{contact}', 'k', 'help', 'x')"
        ),
        format!(
            "INSERT INTO agent_execution_queue (company_id, agent_id, conversation_key, intent_type, agent_type) VALUES ('{a}', (SELECT id FROM b_agent), 'k', 'help', 'x')"
        ),
        format!(
            "INSERT INTO outbound_messages (id, company_id, contact_id, execution_id, reply_id, conversation_key, part, parts, body, created_at, updated_at) VALUES (gen_random_uuid(), '{a}', '{contact}', gen_random_uuid(), gen_random_uuid(), 'k', 0, 1, 'x', now(), now())"
        ),
        format!(
            "INSERT INTO locations (company_id, legal_entity_id, name) SELECT '{a}', id, 'x' FROM legal_entities WHERE company_id = '{}'",
            b.company
        ),
        format!(
            "INSERT INTO profile_locations (company_id, profile_id, location_id) SELECT '{a}', '{profile}', id FROM locations WHERE company_id = '{a}'"
        ),
        format!(
            "INSERT INTO audit_log (company_id, at, profile_id, intent_type, action, detail) VALUES ('{a}', now(), '{profile}', 'help', 'done', '{{}}')"
        ),
        format!(
            "INSERT INTO stock_levels (company_id, product_id, location_id, quantity, updated_at) SELECT '{a}', '{product}', id, 1, now() FROM locations WHERE company_id = '{a}'"
        ),
    ] {
        conn.batch_execute(&format!(
            "CREATE TEMP TABLE IF NOT EXISTS b_agent (id uuid);
             INSERT INTO agents (company_id, agent_type) VALUES ('{}', 'x') ON CONFLICT DO NOTHING;
             INSERT INTO b_agent SELECT id FROM agents LIMIT 1 ON CONFLICT DO NOTHING;
             DELETE FROM b_agent WHERE ctid <> (SELECT min(ctid) FROM b_agent)",
            b.company
        ))
        .await
        .unwrap();
        let refused = conn.batch_execute(&sql).await.unwrap_err();
        let foreign = matches!(
            &refused,
            diesel::result::Error::DatabaseError(
                diesel::result::DatabaseErrorKind::ForeignKeyViolation,
                _
            )
        );
        assert!(foreign, "{sql}: {refused:?}");
    }
}
