//! What a health check's status is, at any time: a function of what was reported until then.

use super::Health;
use super::checks::Checks;
use super::config::{InsufficientData, Kind};
use crate::model::noise::Noise;
use crate::model::{HealthCheckId, Time};

/// What an alarm's data say (not the alarm's state, which `SetAlarmState` could set; Route 53 developer guide).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricState {
    /// Within the threshold.
    Ok,
    /// Beyond it.
    Breach,
    /// No data, or not enough.
    Insufficient,
}

impl Checks {
    /// The status of a check at that time. A check that does not exist any more has a status that "can't be
    /// predicted" (Route 53 API reference, `DeleteHealthCheck`): it is drawn from the seed.
    pub fn status(&self, id: &HealthCheckId, at: Time) -> Health {
        let Some(check) = self.get(id) else { return self.unpredictable(id) };
        let config = check.config_at(at);
        let found = if config.disabled { Health::Healthy } else { self.found(id, &config.kind, at) };
        if config.inverted { found.inverted() } else { found }
    }

    fn unpredictable(&self, id: &HealthCheckId) -> Health {
        Health::healthy_if(Noise::seeded(self.seed()).at("deleted").at(id.as_str()).below(2) == 0)
    }

    fn found(&self, id: &HealthCheckId, kind: &Kind, at: Time) -> Health {
        match kind {
            Kind::Endpoint(_) => self.get(id).map_or(Health::Healthy, |check| check.verdict_at(at)),
            // A child is never calculated itself, so this goes one step down and no further.
            Kind::Calculated { threshold, children } => {
                let healthy = children.iter().filter(|child| self.status(child, at).is_healthy()).count();
                Health::healthy_if(healthy >= usize::from(*threshold))
            }
            Kind::Metric { alarm, insufficient } => {
                let mut back = self.metric(alarm, at);
                match back.next() {
                    Some((_, MetricState::Ok)) => Health::Healthy,
                    Some((_, MetricState::Breach)) => Health::Unhealthy,
                    Some((since, MetricState::Insufficient)) => {
                        let known =
                            back.map(|(_, state)| state).find(|state| *state != MetricState::Insufficient);
                        self.without_data(*insufficient, known, at.saturating_sub(since))
                    }
                    None => self.without_data(*insufficient, None, Time::ZERO),
                }
            }
            Kind::RoutingControl { arn } => self.routing_control(arn, at),
        }
    }

    fn without_data(&self, meaning: InsufficientData, known: Option<MetricState>, missing: Time) -> Health {
        match (meaning, known) {
            (InsufficientData::Unhealthy, _) => Health::Unhealthy,
            (InsufficientData::LastKnownStatus, Some(MetricState::Breach))
                if missing <= self.last_known_for() =>
            {
                Health::Unhealthy
            }
            (InsufficientData::Healthy | InsufficientData::LastKnownStatus, _) => Health::Healthy,
        }
    }
}
