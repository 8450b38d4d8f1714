//! People who are bound to places: what names another one is refused before anything is queued.

use serde_json::json;
use wharf_domain::contracts::{AgentErrorKind, ReplyContent};
use wharf_pipeline::{Outcome, Publication};
use wharf_store::demo;

use crate::support::{NAVIGATOR, TestNlp, message};

#[tokio::test]
async fn another_place_than_the_persons_is_refused_and_on_record() {
    let nlp = TestNlp::start().await;
    nlp.db
        .run_sql(&format!(
            "INSERT INTO profile_locations (company_id, profile_id, location_id)
               SELECT p.company_id, p.id, l.id
               FROM profiles p JOIN locations l ON l.company_id = p.company_id
               WHERE p.company_id = '{}' AND l.name = 'Toronto'",
            demo::company_id()
        ))
        .await;
    let mut refused = 0;
    for (number, body, allowed) in [
        (1, "stock WID-1001 in rotterdam", false),
        (2, "add 5 WID-1001 in rotterdam", false),
        (3, "stock WID-1001 in toronto", true),
        (4, "stock WID-1001", true),
    ] {
        let message = message(number, NAVIGATOR, json!({ "body": body }));
        nlp.send(&message).await;
        let row = nlp.wait_row(&message).await;
        let decided = Outcome::stored(&row.outcome.unwrap()).unwrap().publish;
        match decided.as_slice() {
            [Publication::Execute(_)] => assert!(allowed, "{body}"),
            [Publication::Reply(reply)] => {
                let permission = ReplyContent::AgentError {
                    kind: AgentErrorKind::Permission,
                };
                assert!(!allowed, "{body}");
                assert_eq!(reply.body.content, permission, "{body}");
                refused += 1;
            }
            other => panic!("{body}: {other:?}"),
        }
        let denied = "audit_log WHERE action = 'denied'
                      AND detail->>'checked' = 'before queueing'
                      AND detail->'entities'->>'location' IS NOT NULL";
        assert_eq!(nlp.db.rows(denied).await, refused, "{body}");
    }
    assert_eq!(nlp.db.rows("agent_execution_queue").await, 2);
}
