//! What is answered.

use std::fmt;

use serde::Serialize;

use super::request::{Analysis, Basis};
use super::{planned, rule_of_thumb};
pub use crate::operate::Fault;

/// An analysis, carried out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// What was asked.
    pub analysis: Analysis,
    /// On what it stands.
    pub basis: Basis,
    /// What was found. Spans are in seconds.
    pub result: Outcome,
    /// What should be known beside it.
    pub notes: Vec<String>,
}

/// What was found, on either basis.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// From the request alone.
    RuleOfThumb(rule_of_thumb::Outcome),
    /// From the plan.
    Plan(planned::Outcome),
}

/// A request that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// All that is wrong with it.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Fault { path, problem, allowed }) in self.faults.iter().enumerate() {
            let line = if place == 0 { "" } else { "\n" };
            let path = if path.is_empty() { "the request" } else { path };
            write!(f, "{line}{path}: {problem} (allowed: {allowed})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}
