//! What may differ between two twins.

use std::time::Duration;

/// The settings of a model. The default is the real service as far as it is known; a lab makes it smaller
/// and faster.
#[derive(Clone, Debug)]
pub struct Config {
    pub(super) seed: u64,
    pub(super) name_servers: usize,
    pub(super) name_server_names: Vec<String>,
    pub(super) propagation: Propagation,
    pub(super) processing_time: Duration,
    pub(super) health_delay: Duration,
    pub(super) checkers: usize,
    pub(super) interval_override: Option<Duration>,
    pub(super) allow_private: bool,
    pub(super) throttled: bool,
    pub(super) rotate: bool,
    pub(super) last_known_for: Duration,
    pub(super) max_health_checks: usize,
    pub(super) max_records: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 0,
            name_servers: 4,
            name_server_names: Vec::new(),
            propagation: Propagation::between(Duration::from_secs(5), Duration::from_secs(60)),
            processing_time: Duration::ZERO,
            health_delay: Duration::ZERO,
            checkers: 16,
            interval_override: None,
            allow_private: false,
            throttled: true,
            rotate: true,
            last_known_for: Duration::from_secs(3 * 3600),
            max_health_checks: 200,
            max_records: 10_000,
        }
    }
}

impl Config {
    /// The root of ids, arrival times, phases and choices.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many name servers each zone has (4 in the service); at least one.
    #[must_use]
    pub fn name_servers(mut self, count: usize) -> Self {
        self.name_servers = count.max(1);
        self
    }

    /// The names of the name servers; where there are too few, names under `.test` are made up.
    #[must_use]
    pub fn name_server_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.name_server_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// How long a change takes to a name server ("generally within 60 seconds", Route 53 API reference,
    /// `ChangeResourceRecordSets`).
    #[must_use]
    pub fn propagation(mut self, propagation: Propagation) -> Self {
        self.propagation = propagation;
        self
    }

    /// How long a zone refuses a further change with `PriorRequestNotComplete` after it has taken one. The
    /// service documents the error but no time. A change that is PENDING does not block by itself.
    #[must_use]
    pub fn processing_time(mut self, time: Duration) -> Self {
        self.processing_time = time;
        self
    }

    /// How long a change of health takes to the name servers.
    #[must_use]
    pub fn health_delay(mut self, delay: Duration) -> Self {
        self.health_delay = delay;
        self
    }

    /// How many health checkers there are (16 in the service); at least one.
    #[must_use]
    pub fn checkers(mut self, count: usize) -> Self {
        self.checkers = count.max(1);
        self
    }

    /// Replaces the 10 or 30 seconds between two requests of one checker: compresses a lab's time.
    #[must_use]
    pub fn interval_override(mut self, interval: Duration) -> Self {
        self.interval_override = Some(interval);
        self
    }

    /// Permits endpoint checks of private and loopback addresses, which the service refuses.
    #[must_use]
    pub fn allow_private(mut self, allow: bool) -> Self {
        self.allow_private = allow;
        self
    }

    /// Switches the API's throttling; on by default.
    #[must_use]
    pub fn throttled(mut self, throttled: bool) -> Self {
        self.throttled = throttled;
        self
    }

    /// Whether answers with several values come in a changing order and load balancers with more than
    /// eight addresses answer a changing eight of them; on by default.
    #[must_use]
    pub fn rotate(mut self, rotate: bool) -> Self {
        self.rotate = rotate;
        self
    }

    /// How long `LastKnownStatus` is remembered while data are missing. The guide warns of gaps "longer
    /// than a few hours" and gives no number; 3 hours by default. After that the check counts as one that
    /// never had data: healthy.
    #[must_use]
    pub fn last_known_for(mut self, time: Duration) -> Self {
        self.last_known_for = time;
        self
    }

    /// Health checks an account may have (200 by default, as in the service).
    #[must_use]
    pub fn max_health_checks(mut self, count: usize) -> Self {
        self.max_health_checks = count;
        self
    }

    /// Record sets a zone may have (10 000 by default, as in the service).
    #[must_use]
    pub fn max_records(mut self, count: usize) -> Self {
        self.max_records = count;
        self
    }

    pub(super) fn name_server_name(&self, index: usize) -> String {
        let made_up = || format!("ns-{}.awsdns-{:02}.test.", index * 512 + 1, index);
        self.name_server_names.get(index).cloned().unwrap_or_else(made_up)
    }
}

/// The time that a change takes to one name server: drawn evenly, for each change and server apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Propagation {
    shortest: Duration,
    longest: Duration,
}

impl Propagation {
    /// Between the two, in whichever order they are given.
    pub fn between(one: Duration, other: Duration) -> Self {
        Self { shortest: one.min(other), longest: one.max(other) }
    }

    /// The same for all.
    pub fn exactly(time: Duration) -> Self {
        Self::between(time, time)
    }

    pub(super) fn draw(self, noise: super::noise::Noise) -> Duration {
        let spread = u64::try_from((self.longest - self.shortest).as_micros()).unwrap_or(u64::MAX - 1);
        self.shortest + Duration::from_micros(noise.below(spread + 1))
    }
}
