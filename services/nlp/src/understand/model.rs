//! The trained parts in one place: vocabulary, intents, small choices, names. `model.bin` and
//! `tagger.bin` are written by `wharfctl train`; a test builds them again and compares bytes. So is
//! `measured.json`, which says how well they do; a test measures again.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use wharf_domain::entities::EntityName;
use wharf_domain::intent::IntentType;

use super::lexemes::Vocabulary;
use super::linear::{Linear, take};
use super::tagger::Tagger;

/// A choice among few fixed values that some intents carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Choice {
    /// Which agent.
    Agent,
    /// Which report.
    ReportType,
    /// Set, add or remove.
    Operation,
    /// How severe the alerts asked for.
    Severity,
    /// About what the alerts asked for.
    Category,
}

impl Choice {
    /// All choices, in the order of the model file.
    pub const ALL: [Self; 5] = [
        Self::Agent,
        Self::ReportType,
        Self::Operation,
        Self::Severity,
        Self::Category,
    ];

    /// The entity that it states.
    #[must_use]
    pub const fn entity(self) -> EntityName {
        match self {
            Self::Agent => EntityName::Agent,
            Self::ReportType => EntityName::ReportType,
            Self::Operation => EntityName::Operation,
            Self::Severity => EntityName::Severity,
            Self::Category => EntityName::Category,
        }
    }

    /// The values; class 0 of the model is "not stated".
    #[must_use]
    pub const fn values(self) -> &'static [&'static str] {
        match self {
            Self::Agent => &[
                "inventory_monitor",
                "alert_generator",
                "report_generator",
                "supplier_evaluator",
                "purchase_optimizer",
                "all",
            ],
            Self::ReportType => &["inventory", "sales", "supplier", "financial"],
            Self::Operation => &["set", "add", "remove"],
            Self::Severity => &["critical", "high", "medium", "low"],
            Self::Category => &[
                "stock", "supplier", "delivery", "quality", "price", "system",
            ],
        }
    }

    /// The choices that a message of `intent` may state.
    #[must_use]
    pub const fn of(intent: IntentType) -> &'static [Self] {
        match intent {
            IntentType::RunAgent | IntentType::StopAgent | IntentType::AgentStatus => {
                &[Self::Agent]
            }
            IntentType::GenerateReport => &[Self::ReportType],
            IntentType::UpdateStock => &[Self::Operation],
            IntentType::ViewAlerts => &[Self::Severity, Self::Category],
            _ => &[],
        }
    }
}

/// Everything that training makes.
#[derive(Debug)]
pub struct Model {
    /// Words that mean something by themselves.
    pub vocabulary: Vocabulary,
    words: Vec<String>,
    /// Tells the intents apart, classes in the order of [`IntentType::ALL`].
    pub intents: Linear,
    /// Tells the values of each of [`Choice::ALL`] apart.
    pub choices: Vec<Linear>,
    /// Finds names.
    pub tagger: Tagger,
    /// Makes the scores of `intents` probabilities.
    pub temperature: f32,
}

/// How well a model does on the project's own test part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Share of messages whose intent was right, 0 to 1.
    pub accuracy: f64,
    /// How many messages it was measured on.
    pub messages: usize,
}

impl Measured {
    /// That of the model that is compiled in; `None` when the file is of another version, which a
    /// test rules out.
    #[must_use]
    pub fn shipped() -> Option<Self> {
        serde_json::from_str(include_str!("measured.json")).ok()
    }
}

const MAGIC: &[u8; 8] = b"wharfnl2";

static SHIPPED: LazyLock<Option<Model>> = LazyLock::new(|| {
    Model::read(
        include_bytes!("model.bin").as_slice(),
        include_bytes!("tagger.bin").as_slice(),
    )
});

impl Model {
    /// The model that is compiled in.
    ///
    /// # Panics
    /// When the two files do not belong to this version; a test reads them, so a build that passed
    /// its tests does not.
    #[must_use]
    pub fn shipped() -> &'static Self {
        #[expect(
            clippy::expect_used,
            reason = "the files are part of the program, read by a test"
        )]
        SHIPPED
            .as_ref()
            .expect("model.bin and tagger.bin are of this version")
    }

    /// Puts trained parts together.
    #[must_use]
    pub fn new(
        words: Vec<String>,
        intents: Linear,
        choices: Vec<Linear>,
        tagger: Tagger,
        temperature: f32,
    ) -> Self {
        Self {
            vocabulary: Vocabulary::new(words.iter().map(String::as_str)),
            words,
            intents,
            choices,
            tagger,
            temperature,
        }
    }

    /// The bytes of `model.bin` and `tagger.bin`.
    #[must_use]
    pub fn write(&self) -> (Vec<u8>, Vec<u8>) {
        let mut model = MAGIC.to_vec();
        let words = self.words.join("\n");
        model.extend(u32::try_from(words.len()).unwrap_or(0).to_le_bytes());
        model.extend(words.as_bytes());
        model.extend(self.temperature.to_le_bytes());
        self.intents.write(&mut model);
        for choice in &self.choices {
            choice.write(&mut model);
        }
        let mut tagger = Vec::new();
        self.tagger.write(&mut tagger);
        (model, tagger)
    }

    /// Reads the two files; `None` when they are of another version or cut short.
    #[must_use]
    pub fn read(mut model: &[u8], mut tagger: &[u8]) -> Option<Self> {
        if &take::<8>(&mut model)? != MAGIC {
            return None;
        }
        let length = u32::from_le_bytes(take(&mut model)?) as usize;
        let (words, rest) = model.split_at_checked(length)?;
        model = rest;
        let words = std::str::from_utf8(words).ok()?;
        let temperature = f32::from_le_bytes(take(&mut model)?);
        let intents = Linear::read(&mut model)?;
        let choices = Choice::ALL
            .iter()
            .map(|_| Linear::read(&mut model))
            .collect::<Option<Vec<_>>>()?;
        Some(Self::new(
            words.lines().map(str::to_owned).collect(),
            intents,
            choices,
            Tagger::read(&mut tagger)?,
            temperature,
        ))
    }
}
