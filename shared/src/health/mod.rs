//! From observations to verdicts: consecutive counts, vantages, quorum.

mod jury;
mod series;
mod verdict;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use jury::{Seen, judge_all};
pub use series::{RegionSeries, Series, Settled};
pub use verdict::{RegionHealth, Testimony, Vantage, Verdict, Witnesses, judge};
pub(crate) use verdict::{checkers_signal, fold, fold_signals};

/// A signal's reading: what was seen, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it says.
    pub health: Health,
    /// What was seen, in a few words.
    pub seen: String,
    /// When it was true.
    pub observed_at: Timestamp,
}

/// What one reading says. Unknown is neither healthy nor unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It works.
    Healthy,
    /// It does not work.
    Unhealthy,
    /// Nobody can say: no data, no answer from the place that should know.
    Unknown,
}

impl Reading {
    /// A reading made at `observed_at`.
    pub fn new(health: Health, seen: impl Into<String>, observed_at: Timestamp) -> Self {
        Self { health, seen: seen.into(), observed_at }
    }
}
