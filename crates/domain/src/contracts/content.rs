//! What a reply says: facts, one variant a template. To add one: a variant here, its fields in
//! `answers/`, and the responder's texts (docs/templates.md).

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{
    Attachment,
    answers::{
        AgentStatusList, AgentSwitched, AgentUnavailable, AlertChanged, AlertDetail, AlertNotFound,
        AlertSummary, Confirm, Courtesy, DailyDigest, Help, InventoryCheckResult, LessonList,
        LessonTold, ListEnd, MetricsSummary, Nearby, NoSupplier, NotEnoughStock, Paired,
        PersonaChanged, PersonaKept, PersonaList, PersonaOffer, ReorderNotNeeded, ReorderResult,
        ReportReady, ScheduleList, ScheduleRefused, ScheduleSaved, ScheduleWhen, Scheduled,
        ShareConfirm, ShareReceipt, ShareRefused, Shared, StockUpdated, SupplierInfo,
        SupplierNotFound, SupplierPerformance, UnderWay, Undone, Waited, WhyNotPaired,
        WhyNotUndone, Wordless,
    },
};
use crate::{entities::EntityName, intent::IntentType};

/// The content of a reply, one variant a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "template", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReplyContent {
    /// The answer to "how much is there".
    InventoryCheckResult(InventoryCheckResult),
    /// Stock was counted, received or taken out.
    StockUpdated(StockUpdated),
    /// There is not so much to take out.
    NotEnoughStock(NotEnoughStock),
    /// An order was drafted, placed or dropped.
    ReorderResult(Box<ReorderResult>),
    /// Nothing was ordered: there is enough, or enough is on order.
    ReorderNotNeeded(ReorderNotNeeded),
    /// Nobody sells it, or the named supplier does not; nothing was ordered.
    NoSupplier(NoSupplier),
    /// The live alerts.
    AlertSummary(AlertSummary),
    /// One alert.
    AlertDetail(AlertDetail),
    /// An alert was seen.
    AlertAcknowledged(AlertChanged),
    /// An alert was closed.
    AlertResolved(AlertChanged),
    /// There is no such alert.
    AlertNotFound(AlertNotFound),
    /// A report was made.
    ReportReady(ReportReady),
    /// Figures of a period.
    MetricsSummary(MetricsSummary),
    /// The day in short.
    DailyDigest(DailyDigest),
    /// Facts on suppliers.
    SupplierInfo(SupplierInfo),
    /// There is no such supplier.
    SupplierNotFound(SupplierNotFound),
    /// How well suppliers do.
    SupplierPerformance(SupplierPerformance),
    /// Agents were started.
    AgentStarted(AgentSwitched),
    /// Agents were stopped.
    AgentStopped(AgentSwitched),
    /// How agents are.
    AgentStatus(AgentStatusList),
    /// The agent takes no work.
    AgentUnavailable(AgentUnavailable),
    /// "Shall I?"
    Confirm(Confirm),
    /// The user said no; nothing was done.
    Declined {
        /// What was not done.
        intent: IntentType,
    },
    /// It was not plain whether the user meant yes, twice; nothing was done.
    Dropped {
        /// What was not done.
        intent: IntentType,
    },
    /// The answer came too late, or to a list that is gone.
    Expired {
        /// What had waited for it.
        what: Waited,
    },
    /// The list has no such number, or not so many can be taken at once.
    NoSuchLine {
        /// The highest number.
        lines: usize,
    },
    /// Which of these was meant? A number takes it.
    WhichIntent {
        /// From 1, the likeliest first, at most three.
        options: Vec<IntentType>,
    },
    /// The message asks for more changes than can be asked about at once; these must be asked for
    /// again.
    OneAtATime {
        /// What was left aside.
        later: Vec<IntentType>,
    },
    /// Something was taken back.
    Undone(Undone),
    /// Nothing was taken back.
    NotUndone(WhyNotUndone),
    /// A request that was under way was stopped; `None`: none was.
    Cancelled {
        /// What was stopped.
        intent: Option<IntentType>,
    },
    /// Nothing in the catalogue is called that.
    ProductNotFound {
        /// The words or code that were looked for.
        asked: String,
        /// The nearest names, best first, at most three.
        nearest: Vec<String>,
    },
    /// Several things in the catalogue are called that.
    WhichProduct {
        /// The words that were looked for.
        asked: String,
        /// The names and codes that it may be, at most nine.
        candidates: Vec<ProductName>,
    },
    /// No place of the company is called that.
    LocationNotFound {
        /// The words that were looked for.
        asked: String,
        /// The company's places.
        locations: Vec<String>,
    },
    /// At which place? Nothing was changed.
    WhichLocation {
        /// The product that it is about.
        product: ProductName,
        /// The places that it may be, at most nine.
        locations: Vec<String>,
    },
    /// The message was not understood.
    UnknownCommand,
    /// What can be asked.
    Help(Help),
    /// What is under way.
    UnderWay(UnderWay),
    /// There is no further page.
    ListEnd(ListEnd),
    /// Which personas there are.
    PersonaList(PersonaList),
    /// Another persona answers.
    PersonaChanged(PersonaChanged),
    /// Shall another persona answer?
    PersonaOffer(PersonaOffer),
    /// It was offered, and the answer was no.
    PersonaKept(PersonaKept),
    /// Something must be known first.
    MissingEntity {
        /// What to ask for.
        entity: EntityName,
    },
    /// The person does not know what they were asked for: how it can be found.
    HowToFind {
        /// What was asked for.
        entity: EntityName,
    },
    /// Words that ask for nothing and that nothing waits for.
    Courtesy {
        /// Which.
        kind: Courtesy,
    },
    /// The request was understood but this company's installation has no agent for it.
    NotAvailable {
        /// The intent's name.
        intent: String,
    },
    /// The request could not be carried out.
    AgentError {
        /// Why, as far as the user is concerned.
        kind: AgentErrorKind,
    },
    /// Somebody said whether we had understood.
    FeedbackNoted {
        /// Whether we had.
        right: bool,
    },
    /// The sender's number belongs to nobody we know.
    UnknownSender,
    /// The sender's number belongs to a person from now on.
    Paired(Paired),
    /// The pairing code did nothing.
    PairingRefused(WhyNotPaired),
    /// We do not write first any more.
    OptedOut,
    /// We may write first again.
    OptedIn,
    /// A message without a word came; what it holds is not read.
    NotRead {
        /// What it is.
        kind: Wordless,
    },
    /// The place of the company that is nearest to where the sender is.
    NearestLocation(Nearby),
    /// A lesson on a figure.
    Lesson(Box<LessonTold>),
    /// The lessons that there are.
    LessonList(LessonList),
    /// When shall it come again?
    ScheduleWhen(ScheduleWhen),
    /// A recurring request was made or changed.
    ScheduleSaved(ScheduleSaved),
    /// The person's recurring requests.
    ScheduleList(ScheduleList),
    /// Nothing was scheduled or changed.
    ScheduleRefused(ScheduleRefused),
    /// What a recurring request brought.
    Scheduled(Scheduled),
    /// Shall it go to so many?
    ShareConfirm(ShareConfirm),
    /// Who got an answer.
    ShareReceipt(ShareReceipt),
    /// Nothing was shared.
    ShareRefused(ShareRefused),
    /// An answer that somebody of the team sends.
    Shared(Shared),
    /// What an agent of the company's own answered, in its own words.
    AgentSays {
        /// The agent.
        agent: String,
        /// What it says, at most [`MAX_AGENT_TEXT`](super::MAX_AGENT_TEXT) characters.
        text: String,
    },
}

impl ReplyContent {
    /// The file that it is about.
    #[must_use]
    pub const fn attachment(&self) -> Option<&Attachment> {
        match self {
            Self::ReportReady(report) => Some(&report.attachment),
            Self::Scheduled(Scheduled { content, .. }) | Self::Shared(Shared { content, .. }) => {
                match &**content {
                    Self::ReportReady(report) => Some(&report.attachment),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The answer that it brings: what somebody shares, and what comes on schedule, is the answer
    /// of an agent.
    #[must_use]
    pub fn answer(&self) -> &Self {
        match self {
            Self::Scheduled(Scheduled { content, .. }) | Self::Shared(Shared { content, .. }) => {
                content
            }
            other => other,
        }
    }

    /// Whether it tells facts that an agent found: not what it did, asked or could not do.
    #[must_use]
    pub const fn is_facts(&self) -> bool {
        matches!(
            self,
            Self::InventoryCheckResult(_)
                | Self::AlertSummary(_)
                | Self::AlertDetail(_)
                | Self::MetricsSummary(_)
                | Self::DailyDigest(_)
                | Self::ReportReady(_)
                | Self::SupplierInfo(_)
                | Self::SupplierPerformance(_)
                | Self::AgentStatus(_)
        )
    }

    /// The template's name, as in `whatsapp_templates.template_name` and in the message's `template`.
    #[must_use]
    pub fn template(&self) -> &'static str {
        self.into()
    }
}

/// A product as people tell it from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductName {
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
}

/// The three texts of spec section 7.1, `agent_error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentErrorKind {
    /// It failed.
    Default,
    /// It takes longer than expected; the result still comes.
    Timeout,
    /// The user may not.
    Permission,
}
