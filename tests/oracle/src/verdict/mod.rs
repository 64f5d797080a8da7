//! From histories of readings to verdicts, over all that was ever read.
//!
//! The product keeps of each signal only its newest stretch and folds each new reading into it. Here
//! the whole history is at hand, and every question is answered by reading all of it again.

mod jury;
mod region;
mod signal;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use understudy::health::{Reading, Vantage, Verdict};
use understudy::names::{ApplicationName, Region, SignalId};

pub use jury::findings;
pub use signal::{Opinion, Stretch, opinion};

/// Every reading that one controller ever made, in the order in which it heard of them.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// Of the signals of each application's regions. Route 53's checkers are the signal `checkers`.
    pub signals: BTreeMap<ApplicationName, BTreeMap<Region, BTreeMap<SignalId, Vec<Reading>>>>,
    /// Of the control targets.
    pub control: BTreeMap<SignalId, Vec<Reading>>,
}

/// What is found of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// The kinds of vantage that say that it is bad.
    pub bad_vantages: BTreeSet<Vantage>,
    /// The first bad sample.
    pub bad_since: Option<Timestamp>,
    /// Since when it has been good.
    pub good_since: Option<Timestamp>,
    /// Whether there is a reason to look closer.
    pub suspect: bool,
}
