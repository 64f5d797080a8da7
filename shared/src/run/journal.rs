//! What a run writes down, and when its parts happened.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::time::since;

/// One line of a run's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What, in words.
    pub what: String,
}

impl Entry {
    /// A line.
    pub fn new(at: Timestamp, what: String) -> Self {
        Self { at, what }
    }
}

/// The marks of a run's timeline. RTO counts from `impact`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The first bad sample, backdated to when it was true.
    pub impact: Option<Timestamp>,
    /// The verdict was complete.
    pub detected: Option<Timestamp>,
    /// The decision was made.
    pub decided: Option<Timestamp>,
    /// Route 53 accepted the change, or the override was said.
    pub submitted: Option<Timestamp>,
    /// Every name server has the change.
    pub in_sync: Option<Timestamp>,
    /// Every name server answers the new region.
    pub answer_changed: Option<Timestamp>,
    /// The application was reached through the served name.
    pub verified: Option<Timestamp>,
    /// Route 53 accepted the records that say what an override had done.
    #[serde(default)]
    pub recorded: Option<Timestamp>,
}

impl Marks {
    /// The phases of RTO with their lengths: detect, decide, execute, converge.
    pub fn phases(&self) -> Vec<(&'static str, Duration)> {
        let marks = [
            ("detect", self.impact, self.detected),
            ("decide", self.detected, self.decided),
            ("execute", self.decided, self.submitted),
            ("converge", self.submitted, self.verified),
        ];
        marks.into_iter().filter_map(|(name, from, to)| Some((name, since(from?, to?)))).collect()
    }

    /// From impact until users could be served; clients with a cached answer follow within its TTL.
    pub fn recovery_time(&self) -> Option<Duration> {
        Some(since(self.impact?, self.verified?))
    }
}
