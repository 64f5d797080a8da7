//! What came of a lab: a file for machines, and the numbers behind every line that people see.

mod gather;
mod holds;

use std::collections::BTreeMap;

use serde::Serialize;

pub(crate) use gather::told_run;
pub use gather::{Gathered, gather};
pub use holds::{HoldSpan, holds};

use crate::user;

/// `report.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `moved`, `held`, `waiting`, `superseded`, `lapsed`, `cancelled`, `failed`; null where nothing was wanted.
    pub outcome: Option<&'static str>,
    /// Seconds from the fault.
    pub marks: Marks,
    /// What the users of the first application saw.
    pub user: user::Seen,
    /// What became of each application, where there are several.
    pub applications: BTreeMap<String, OfApplication>,
    /// What people said to `operate`, and were answered.
    pub operate: Vec<String>,
    /// Calls by service and operation.
    pub aws_calls: BTreeMap<String, BTreeMap<String, u64>>,
    /// What was published, in order.
    pub notifications: Vec<Notification>,
    /// What held a move.
    pub holds: Vec<HoldSpan>,
    /// What must never happen.
    pub invariants: Invariants,
    /// The settings that it ran with.
    pub settings: BTreeMap<&'static str, String>,
    /// Milliseconds from the samples that completed the verdict to the accepted change.
    pub verdict_to_change_ms: Option<f64>,
    /// The calls of the acting process from the observation that completed the verdict to the accepted change.
    pub verdict_to_change_calls: Vec<String>,
    /// Who made that change.
    pub changed_by: Option<Actor>,
    /// Bytes of each function's binary.
    pub binaries: BTreeMap<String, u64>,
    /// Milliseconds of processor time of an ordinary tick that finds nothing.
    pub calm_tick_ms: Option<f64>,
    /// The most memory that a process of each function had.
    pub peak_memory_bytes: BTreeMap<String, u64>,
    /// The same when its first wake had found nothing.
    pub idle_memory_bytes: BTreeMap<String, u64>,
}

/// The process that made a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// Its function.
    pub function: String,
    /// Where it ran.
    pub region: String,
    /// How many events it had had before: none of a cold start.
    pub served_before: usize,
}

/// What became of one application.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OfApplication {
    /// The longest outage that its user saw, in seconds.
    pub outage_s: f64,
    /// When each of its changes was accepted, in seconds from the fault.
    pub moved: Vec<f64>,
}

/// When each part of the run happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the marks of `understudy::run::Marks`")]
pub struct Marks {
    pub detected: Option<f64>,
    pub decided: Option<f64>,
    pub submitted: Option<f64>,
    pub in_sync: Option<f64>,
    pub answer_changed: Option<f64>,
    pub verified: Option<f64>,
}

/// One message to one topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notification {
    /// Names the notice.
    pub id: String,
    /// What happened.
    pub event: String,
    /// `info` or `critical`.
    pub severity: String,
    /// The topic's ARN.
    pub topic: String,
    /// The subject.
    pub subject: String,
    /// Seconds from the fault.
    pub at: f64,
}

/// What the lab itself checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invariants {
    /// How many checks were made.
    pub checked: u64,
    /// How many of them failed.
    pub violated: usize,
    /// Which, in words.
    pub what: Vec<String>,
}

/// Seconds to the millisecond: more would be noise.
pub(crate) fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
