//! Health checks: their configuration, the checkers, and what they make of it all.

mod checkers;
mod checks;
mod config;
mod history;
mod input;
mod matrix;
mod probe;
mod status;
mod update;

pub use checks::HealthCheck;
pub use config::{Endpoint, HealthCheckConfig, InsufficientData, Kind, Page, Protocol, Target};
pub use input::{AlarmConfiguration, AlarmIdentifier, HealthCheckInput, HealthCheckUpdate, ResetElement};
pub use probe::{Observation, Probe, ProbeOutcome, ProbeProtocol};
pub use status::MetricState;

pub(super) use checks::Checks;

/// Whether something is healthy, as Route 53 sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Not healthy.
    Unhealthy,
    /// Healthy.
    Healthy,
}

impl Health {
    /// The other one.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self::healthy_if(!self.is_healthy())
    }

    /// Healthy if that is so.
    pub fn healthy_if(so: bool) -> Self {
        if so { Self::Healthy } else { Self::Unhealthy }
    }

    /// Whether it is healthy.
    pub fn is_healthy(self) -> bool {
        self == Self::Healthy
    }
}
