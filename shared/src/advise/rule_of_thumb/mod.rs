//! The rule of thumb: figures that need no plan, from what somebody says of their system.
//!
//! Its constants are round numbers that the field repeats, not measurements; each answer notes where they mislead.
//! They are kept as they are so that figures can be compared with those of earlier documents.

mod impact;
mod implement;
mod loss;
mod optimize;
mod patterns;
mod recovery;

use serde::Serialize;

pub use impact::{Impact, Verdict};
pub use implement::Implementation;
pub use loss::Loss;
pub use optimize::{Optimizations, Proposal};
pub use patterns::{Comparison, Pattern};
pub use recovery::Recovery;

pub(super) use impact::impact;
pub(super) use implement::{active_active, active_passive};
pub(super) use loss::loss;
pub(super) use optimize::optimize;
pub(super) use patterns::compare;
pub(super) use recovery::{recovery, total_by_dns};

/// What an analysis found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// How soon users are served again.
    Recovery(Recovery),
    /// How much may be lost.
    Loss(Loss),
    /// What an outage costs.
    Impact(Impact),
    /// What might be done.
    Optimizations(Optimizations),
    /// Both patterns.
    Comparison(Comparison),
    /// How a pattern is set up.
    Implementation(Implementation),
}
