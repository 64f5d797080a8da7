//! All health checks of the account, and everything that is reported of them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::checkers::Checkers;
use super::config::{HealthCheckConfig, Kind};
use super::history::History;
use super::input::{AlarmConfiguration, AlarmIdentifier, HealthCheckInput, HealthCheckUpdate};
use super::matrix::{self, Surroundings};
use super::probe::{self, Observation, Probe, ProbeOutcome};
use super::status::MetricState;
use super::{Health, update};
use crate::model::error::{ApiError, ErrorCode};
use crate::model::noise::Noise;
use crate::model::{Config, HealthCheckId, Time};

/// A health check.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    /// Its id.
    pub id: HealthCheckId,
    /// What the creator called it: at most 64 characters.
    pub caller_reference: String,
    /// 1 at first, one more with each update.
    pub version: i64,
    /// What was copied of its alarm, where there was one.
    pub alarm: Option<AlarmConfiguration>,
    created_with: HealthCheckConfig,
    configs: History<HealthCheckConfig>,
    verdicts: History<Health>,
    checkers: Option<Checkers>,
}

impl HealthCheck {
    /// The newest configuration.
    pub fn config(&self) -> &HealthCheckConfig {
        self.configs.newest()
    }

    pub(super) fn config_at(&self, at: Time) -> &HealthCheckConfig {
        self.configs.at(at)
    }

    pub(super) fn verdict_at(&self, at: Time) -> Health {
        *self.verdicts.at(at)
    }
}

/// All of them. The fields of the configuration that matter here are copied: they cannot change later.
#[derive(Clone, Debug)]
pub(in crate::model) struct Checks {
    seed: u64,
    checkers: usize,
    interval_override: Option<Duration>,
    allow_private: bool,
    last_known_for: Duration,
    limit: usize,
    created: u64,
    all: BTreeMap<HealthCheckId, HealthCheck>,
    spent_references: BTreeMap<String, HealthCheckId>,
    metrics: BTreeMap<AlarmIdentifier, History<MetricState>>,
    alarms: BTreeMap<AlarmIdentifier, AlarmConfiguration>,
    controls: BTreeMap<String, History<Health>>,
}

impl Checks {
    pub fn new(config: &Config) -> Self {
        Self {
            seed: config.seed,
            checkers: config.checkers,
            interval_override: config.interval_override,
            allow_private: config.allow_private,
            last_known_for: config.last_known_for,
            limit: config.max_health_checks,
            created: 0,
            all: BTreeMap::new(),
            spent_references: BTreeMap::new(),
            metrics: BTreeMap::new(),
            alarms: BTreeMap::new(),
            controls: BTreeMap::new(),
        }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn last_known_for(&self) -> Duration {
        self.last_known_for
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    pub fn get(&self, id: &HealthCheckId) -> Option<&HealthCheck> {
        self.all.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &HealthCheck> {
        self.all.values()
    }

    pub fn find(&self, id: &HealthCheckId) -> Result<&HealthCheck, ApiError> {
        self.get(id).ok_or_else(|| no_such(id))
    }

    fn parse(&self, input: &HealthCheckInput) -> Result<HealthCheckConfig, ApiError> {
        let child = |id: &HealthCheckId| {
            self.get(id).map(|check| matches!(check.config().kind, Kind::Calculated { .. }))
        };
        matrix::parse(input, &Surroundings { allow_private: self.allow_private, child: &child })
    }

    /// Creates a check, or returns the one that the same reference and settings created before (Route 53 API
    /// reference, `CreateHealthCheck.CallerReference`).
    pub fn create(
        &mut self,
        reference: &str,
        input: &HealthCheckInput,
        now: Time,
    ) -> Result<HealthCheck, ApiError> {
        if reference.is_empty() || reference.chars().count() > 64 {
            return Err(ApiError::invalid_input("CallerReference must have 1 to 64 characters"));
        }
        let config = self.parse(input)?;
        if let Some(id) = self.spent_references.get(reference) {
            return match self.get(id) {
                Some(check) if check.created_with == config => Ok(check.clone()),
                _ => Err(ApiError::new(
                    ErrorCode::HealthCheckAlreadyExists,
                    format!(
                        "A health check with the caller reference {reference} was created before with other settings, or is deleted"
                    ),
                )),
            };
        }
        if self.all.len() >= self.limit {
            return Err(ApiError::new(
                ErrorCode::TooManyHealthChecks,
                format!("The account has the limit of {} health checks", self.limit),
            ));
        }
        let id = HealthCheckId::draw(Noise::seeded(self.seed).at("health check").at(self.created));
        self.created += 1;
        let checkers = match &config.kind {
            Kind::Endpoint(endpoint) => {
                Some(Checkers::new(self.checkers, self.interval(endpoint.interval), now))
            }
            _ => None,
        };
        let check = HealthCheck {
            id: id.clone(),
            caller_reference: reference.to_owned(),
            version: 1,
            alarm: self.copied(&config),
            created_with: config.clone(),
            configs: History::of(config),
            verdicts: History::of(Health::Healthy),
            checkers,
        };
        self.spent_references.insert(reference.to_owned(), id.clone());
        self.all.insert(id, check.clone());
        Ok(check)
    }

    pub fn update(
        &mut self,
        id: &HealthCheckId,
        update: &HealthCheckUpdate,
        now: Time,
    ) -> Result<HealthCheck, ApiError> {
        let check = self.find(id)?;
        if update.version.is_some_and(|version| version != check.version) {
            return Err(ApiError::new(
                ErrorCode::HealthCheckVersionMismatch,
                format!("The health check {id} is at version {}", check.version),
            ));
        }
        let config = self.parse(&update::lay_over(check.config(), update)?)?;
        let alarm = self.copied(&config);
        let check = self.all.get_mut(id).ok_or_else(|| no_such(id))?;
        check.version += 1;
        check.alarm = alarm;
        check.configs.set(now, config);
        Ok(check.clone())
    }

    pub fn delete(&mut self, id: &HealthCheckId) -> Result<(), ApiError> {
        self.all.remove(id).map(drop).ok_or_else(|| no_such(id))
    }

    fn interval(&self, configured: Duration) -> Duration {
        self.interval_override.unwrap_or(configured)
    }

    /// The requests that are due; a disabled check makes none.
    pub fn probes_due(&mut self, now: Time) -> Vec<Probe> {
        let mut probes = Vec::new();
        for check in self.all.values_mut() {
            let config = check.configs.newest();
            let (Kind::Endpoint(endpoint), false, Some(checkers)) =
                (&config.kind, config.disabled, &mut check.checkers)
            else {
                continue;
            };
            probes.extend(
                checkers.start_due(now).into_iter().map(|place| probe::probe(&check.id, place, endpoint)),
            );
        }
        probes
    }

    /// When the next request is due.
    pub fn next_probe_at(&self) -> Option<Time> {
        let awake = self.all.values().filter(|check| !check.config().disabled);
        awake.filter_map(|check| check.checkers.as_ref()?.next_due()).min()
    }

    pub fn probe_finished(&mut self, id: &HealthCheckId, checker: usize, outcome: ProbeOutcome, now: Time) {
        let interval_override = self.interval_override;
        let Some(check) = self.all.get_mut(id) else { return };
        if let (Kind::Endpoint(endpoint), Some(checkers)) =
            (&check.configs.newest().kind, &mut check.checkers)
        {
            let interval = interval_override.unwrap_or(endpoint.interval);
            checkers.finish(checker, outcome, endpoint.threshold, interval, now);
            let verdict = checkers.verdict();
            check.verdicts.set(now, verdict);
        }
    }

    /// What the checkers last saw, or last saw fail. Not for calculated checks (Route 53 API reference,
    /// `GetHealthCheckStatus`).
    pub fn observations(&self, id: &HealthCheckId, failures: bool) -> Result<Vec<Observation>, ApiError> {
        match (&self.find(id)?.config().kind, &self.find(id)?.checkers) {
            (Kind::Calculated { .. }, _) => Err(ApiError::invalid_input(format!(
                "The status of {id} cannot be got: it is a CALCULATED health check"
            ))),
            (Kind::Endpoint(endpoint), Some(checkers)) => {
                Ok(checkers.observations(&endpoint.regions, failures))
            }
            _ => Ok(Vec::new()),
        }
    }

    pub fn put_alarm(&mut self, alarm: AlarmIdentifier, settings: AlarmConfiguration) {
        self.alarms.insert(alarm, settings);
    }

    fn copied(&self, config: &HealthCheckConfig) -> Option<AlarmConfiguration> {
        match &config.kind {
            Kind::Metric { alarm, .. } => self.alarms.get(alarm).cloned(),
            _ => None,
        }
    }

    pub fn set_metric(&mut self, alarm: AlarmIdentifier, state: MetricState, now: Time) {
        self.metrics.entry(alarm).or_insert_with(|| History::of(MetricState::Insufficient)).set(now, state);
    }

    pub(super) fn metric(
        &self,
        alarm: &AlarmIdentifier,
        at: Time,
    ) -> impl Iterator<Item = (Time, MetricState)> {
        self.metrics
            .get(alarm)
            .into_iter()
            .flat_map(move |states| states.back_from(at))
            .map(|(since, state)| (since, *state))
    }

    pub fn set_control(&mut self, arn: &str, health: Health, now: Time) {
        self.controls
            .entry(arn.to_owned())
            .or_insert_with(|| History::of(Health::Unhealthy))
            .set(now, health);
    }

    /// On is healthy, off is unhealthy; a routing control starts off.
    pub(super) fn routing_control(&self, arn: &str, at: Time) -> Health {
        self.controls.get(arn).map_or(Health::Unhealthy, |states| *states.at(at))
    }
}

fn no_such(id: &HealthCheckId) -> ApiError {
    ApiError::new(ErrorCode::NoSuchHealthCheck, format!("No health check exists with the specified ID: {id}"))
}
