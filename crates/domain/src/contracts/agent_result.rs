//! What an agent of a company's own answers: at once, or by calling back through ingress.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Contract, ReplyContent};
use crate::ids::{CompanyId, ExecutionId};

/// Characters that an agent of a company's own may say; WhatsApp takes 1,600 in one message, so
/// that is two.
pub const MAX_AGENT_TEXT: usize = 3_000;

/// An external agent's answer. On the wire one of `{"text": "…"}`, `{"content": {…}}` and
/// `{"error": "…"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentAnswer {
    /// Words for the user.
    Text(String),
    /// One of Wharf's own answers, worded by Wharf.
    Content(Box<ReplyContent>),
    /// It failed: why, for the operator. The user hears only that it failed.
    Error(String),
}

/// An external agent that had said "later" (202) has called back: from ingress to agent-executor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentResult {
    /// The execution that the agent worked on.
    pub execution_id: ExecutionId,
    /// The tenant, out of the signed URL.
    pub company_id: CompanyId,
    /// What it answers.
    pub answer: AgentAnswer,
}

impl Contract for AgentResult {
    const KIND: &'static str = "agent_result";
    const VERSION: u16 = 1;
}

/// Why an answer is not used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerRefused {
    /// It says nothing, or too much.
    #[error("a text has 1 to {MAX_AGENT_TEXT} characters")]
    Length,
    /// It holds characters that no message can carry.
    #[error("a text has no control characters but line breaks and tabs")]
    Control,
    /// The kind of answer is not for others to give.
    #[error("an agent may not answer with {0}")]
    Kind(&'static str),
    /// The agent itself says that it failed.
    #[error("the agent failed: {0}")]
    Failed(String),
}

impl AgentAnswer {
    /// What to tell the user for `agent`.
    ///
    /// # Errors
    /// [`AnswerRefused`]: nothing of the answer may be used.
    pub fn checked(self, agent: &str) -> Result<ReplyContent, AnswerRefused> {
        let says = |text: &str| {
            let text = check_text(text)?;
            Ok(ReplyContent::AgentSays {
                agent: agent.to_owned(),
                text,
            })
        };
        match self {
            Self::Text(text) => says(&text),
            Self::Error(why) => Err(AnswerRefused::Failed(why.chars().take(500).collect())),
            Self::Content(content) => match *content {
                ReplyContent::AgentSays { text, .. } => says(&text),
                content if may_answer(&content) => Ok(content),
                content => Err(AnswerRefused::Kind(content.template())),
            },
        }
    }
}

fn check_text(text: &str) -> Result<String, AnswerRefused> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_AGENT_TEXT {
        return Err(AnswerRefused::Length);
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(AnswerRefused::Control);
    }
    Ok(text.to_owned())
}

/// Facts that an agent may state. Not: files, whose keys are those of our own storage; questions,
/// whose answers nlp would not know what to do with; what only Wharf can know.
const fn may_answer(content: &ReplyContent) -> bool {
    use ReplyContent as R;
    matches!(
        content,
        R::InventoryCheckResult(_)
            | R::StockUpdated(_)
            | R::ReorderResult(_)
            | R::AlertSummary(_)
            | R::AlertDetail(_)
            | R::AlertAcknowledged(_)
            | R::AlertResolved(_)
            | R::AlertNotFound(_)
            | R::MetricsSummary(_)
            | R::DailyDigest(_)
            | R::SupplierInfo(_)
            | R::SupplierNotFound(_)
            | R::SupplierPerformance(_)
            | R::AgentStarted(_)
            | R::AgentStopped(_)
            | R::AgentStatus(_)
            | R::Declined { .. }
            | R::Undone(_)
            | R::NotUndone(_)
            | R::ProductNotFound { .. }
            | R::LocationNotFound { .. }
            | R::NotAvailable { .. }
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> Result<ReplyContent, String> {
        let answer: AgentAnswer =
            serde_json::from_value(value).map_err(|error| error.to_string())?;
        answer.checked("mine").map_err(|error| error.to_string())
    }

    #[test]
    fn a_text_is_said_as_the_agents() {
        let said = ReplyContent::AgentSays {
            agent: "mine".to_owned(),
            text: "All is well.\nTruly.".to_owned(),
        };
        let text = " All is well.\nTruly.\n";
        assert_eq!(read(json!({ "text": text })), Ok(said.clone()));
        let pretended = json!({"template": "agent_says", "data": {"agent": "other", "text": text}});
        assert_eq!(read(json!({ "content": pretended })), Ok(said));
    }

    #[test]
    fn what_may_not_be_said_is_refused_with_why() {
        let long = "x".repeat(MAX_AGENT_TEXT + 1);
        let report = json!({"template": "unknown_sender"});
        let cases = [
            (json!({ "text": " " }), "1 to 3000"),
            (json!({ "text": long }), "1 to 3000"),
            (json!({ "text": "a\u{7}b" }), "control"),
            (json!({ "content": report }), "with unknown_sender"),
            (json!({ "error": "no data" }), "failed: no data"),
            (json!({ "text": "a", "error": "b" }), "expected"),
            (json!({ "content": {"template": "nonsense"} }), "nonsense"),
            (json!({}), ""),
            (json!("text"), ""),
        ];
        for (value, words) in cases {
            let error = read(value.clone()).unwrap_err();
            assert!(error.contains(words), "{value}: {error}");
        }
    }
}
