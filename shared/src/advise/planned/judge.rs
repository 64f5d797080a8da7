//! Whether a target is met.

use serde::Serialize;

/// Whether a target is met, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judged {
    /// Even the worst case is within it.
    Met,
    /// The worst case is not.
    Missed,
    /// Nobody can tell: something is not measured, or not known.
    Unknown,
    /// There is no target.
    NoTarget,
}

impl Judged {
    /// A worst case, where it is known, against a target, where there is one.
    pub fn of(worst: Option<f64>, target: Option<f64>) -> Self {
        match (worst, target) {
            (_, None) => Self::NoTarget,
            (None, Some(_)) => Self::Unknown,
            (Some(worst), Some(target)) if worst > target => Self::Missed,
            (Some(_), Some(_)) => Self::Met,
        }
    }

    /// As it is said.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Unknown => "unknown",
            Self::NoTarget => "no target",
        }
    }
}
