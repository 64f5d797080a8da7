//! What a person is answered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::commands::Help;
use super::explain::Explanation;
use super::history::History;
use super::shown::Status;
use crate::decide::{Hold, HoldWords};
use crate::names::{ApplicationName, EffectDigest, OrderId, Region};

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// How it stands.
    Status(Box<Status>),
    /// What the ledger tells.
    History(Box<History>),
    /// The same, in words.
    Explanation(Box<Explanation>),
    /// What was said is written down, and heard wherever it says `written`.
    Recorded(Box<Recorded>),
    /// Nothing was written down.
    Refused(Box<Refusal>),
}

/// What was written down, and where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recorded {
    /// What was said, in words.
    pub text: String,
    /// The order's id, where it is one: status tells by it what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The applications that it is about.
    pub applications: Vec<ApplicationName>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The exact effect, by its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<EffectDigest>,
    /// Each controller region: `written`, or `NOT REACHED` and why.
    pub regions: BTreeMap<Region, String>,
    /// The ledger of this region, likewise.
    pub ledger: String,
    /// Whether each controller was woken to look at once; it looks within a minute anyway.
    pub woken: BTreeMap<Region, String>,
    /// The guards that object, and that the order overrides by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<HoldWords>,
    /// The evidence for what follows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// What else a person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Why nothing was done.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Refusal {
    /// In one sentence.
    pub text: String,
    /// All that is wrong with the document, member by member.
    pub faults: Vec<Fault>,
    /// The guards that object and are not named in `force`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Objection>,
    /// The document that would be taken, where a person wants it all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_instead: Option<Value>,
    /// The questions that are open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Asked>,
    /// Regions that were not reached, and why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<Region, String>,
    /// Every command with its members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Help>,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The member; empty where it is the whole document.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What is allowed.
    pub allowed: String,
}

/// A guard that objects to what a person wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// The guard's name, its reason, and what ends it.
    #[serde(flatten)]
    pub hold: HoldWords,
    /// Whether a person may override it by naming it in `force`.
    pub overridable: bool,
}

/// A question that is open.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The region whose controller asks.
    pub asked_by: Region,
    /// What an answer names.
    pub digest: EffectDigest,
    /// What would be done, line by line.
    pub effect: Vec<String>,
    /// When it lapses.
    pub until: Timestamp,
}

/// What is given, or why not.
pub(super) type Refusable<T> = Result<T, Box<Refusal>>;

impl Fault {
    /// A fault of one member.
    pub(super) fn new(
        path: impl Into<String>,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), problem: problem.into(), allowed: allowed.into() }
    }
}

impl From<&Hold> for Objection {
    fn from(hold: &Hold) -> Self {
        Self { hold: hold.in_words(), overridable: hold.reason.is_overridable() }
    }
}

impl Refusal {
    /// A refusal for these faults.
    pub(super) fn of(faults: Vec<Fault>) -> Box<Self> {
        let count = match faults.len() {
            1 => "one thing is".to_owned(),
            many => format!("{many} things are"),
        };
        let text = format!("{count} wrong; nothing was recorded");
        Box::new(Self { text, faults, ..Self::default() })
    }

    /// A refusal for one fault.
    pub(super) fn one(
        path: impl Into<String>,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Box<Self> {
        Self::of(vec![Fault::new(path, problem, allowed)])
    }

    /// The same, with the questions that are open.
    pub(super) fn asking(mut self: Box<Self>, questions: Vec<Asked>) -> Box<Self> {
        self.questions = questions;
        self
    }

    /// The same, with the regions that were not reached.
    pub(super) fn without(mut self: Box<Self>, regions: BTreeMap<Region, String>) -> Box<Self> {
        self.regions = regions;
        self
    }
}
