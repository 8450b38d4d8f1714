//! What agents and dialogues answer: facts, never wording. One file an agent. A figure that the
//! data do not carry is `None`, which the texts call "not known"; every answer carries the moment
//! that its figures are true of (`as_of`).
//!
//! To add an answer: a struct here, a variant in [`ReplyContent`](super::ReplyContent), a view and
//! a default text in responder.

mod alerts;
mod control;
mod dialogue;
mod inventory;
mod offers;
mod people;
mod purchasing;
mod reports;
mod suppliers;

pub use alerts::{AlertChanged, AlertDetail, AlertLine, AlertNotFound, AlertState, AlertSummary};
pub use control::{
    AgentLine, AgentStatusList, AgentSwitched, AgentUnavailable, JobReport, WhyUnavailable,
};
pub use dialogue::{
    Confirm, Courtesy, Help, JobUnderWay, ListEnd, PersonaChanged, PersonaList, UnderWay, Undone,
    Waited, WhyNotUndone,
};
pub use inventory::{
    EntityStock, Figure, InventoryCheckResult, LocationStock, NotEnoughStock, StockUpdated,
};
pub use offers::{
    LessonLine, LessonList, LessonTold, PersonaKept, PersonaOffer, Recipient, ScheduleChange,
    ScheduleLine, ScheduleList, ScheduleRefused, ScheduleSaved, ScheduleWhen, Scheduled,
    ShareConfirm, ShareReceipt, ShareRefused, Shared, Way,
};
pub use people::{NearPlace, Nearby, Paired, WhyNotPaired, Wordless};
pub use purchasing::{
    NoSupplier, QuantityReason, ReorderNotNeeded, ReorderResult, ReorderState, SupplierChoice,
};
pub use reports::{DailyDigest, MetricLine, MetricUnit, MetricsSummary, ReportReady, TopLine};
pub use suppliers::{
    OpenOrder, SupplierInfo, SupplierNotFound, SupplierPerformance, SupplierRow, SupplierScore,
    SuppliesLine, Trend,
};
