//! What was true, whoever saw it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use understudy::names::Region;

/// The true health of each region's endpoint over time.
#[derive(Debug, Default)]
pub struct Truth {
    /// When each endpoint changed, and whether it was alive from then on.
    changes: BTreeMap<Region, Vec<(Duration, bool)>>,
    /// When an observer was last wrong of something.
    pub observer_erred: Option<Duration>,
    observers_err: bool,
}

impl Truth {
    /// All alive.
    pub fn new(regions: &[&'static str]) -> Self {
        let alive = |region: &&'static str| (Region::from(*region), vec![(Duration::ZERO, true)]);
        Self { changes: regions.iter().map(alive).collect(), ..Self::default() }
    }

    /// The regions that serve.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.changes.keys()
    }

    /// How it is from now on.
    pub fn is(&mut self, now: Duration, dead: &BTreeSet<Region>, observers_err: bool) {
        for (region, changes) in &mut self.changes {
            let alive = !dead.contains(region);
            if changes.last().is_some_and(|(_, was)| *was != alive) {
                changes.push((now, alive));
            }
        }
        if observers_err || self.observers_err {
            self.observer_erred = Some(now);
        }
        self.observers_err = observers_err;
    }

    /// Whether every observer has been right for so long.
    pub fn observers_are_right_for(&self, time: Duration, now: Duration) -> bool {
        !self.observers_err && self.observer_erred.is_none_or(|erred| now.saturating_sub(erred) > time)
    }

    /// Whether an endpoint is alive.
    pub fn is_alive(&self, region: &str) -> bool {
        let changes = self.changes.get(&Region::from(region));
        changes.and_then(|changes| changes.last()).is_some_and(|(_, alive)| *alive)
    }

    /// For how long it has been dead.
    pub fn dead_for(&self, region: &str, now: Duration) -> Option<Duration> {
        let last = self.changes.get(&Region::from(region))?.last()?;
        (!last.1).then(|| now.saturating_sub(last.0))
    }

    /// For how long it has been alive.
    pub fn alive_for(&self, region: &str, now: Duration) -> Option<Duration> {
        let last = self.changes.get(&Region::from(region))?.last()?;
        last.1.then(|| now.saturating_sub(last.0))
    }

    /// For how long it has been alive, but for such short deaths as nobody need have noticed.
    pub fn well_for(&self, region: &str, unnoticed: Duration, now: Duration) -> Option<Duration> {
        let changes = self.changes.get(&Region::from(region))?;
        let mut since = changes.last().filter(|(_, alive)| *alive)?.0;
        for pair in changes.windows(2).rev() {
            let [(died, false), (back, true)] = pair else { continue };
            if *back != since || back.saturating_sub(*died) > unnoticed {
                continue;
            }
            let before = changes.iter().rfind(|(at, alive)| *alive && at < died);
            since = before.map_or(since, |(at, _)| *at);
        }
        Some(now.saturating_sub(since))
    }

    /// How often it changed within a time.
    pub fn changes_within(&self, region: &str, time: Duration, now: Duration) -> usize {
        let since = now.saturating_sub(time);
        let changes = self.changes.get(&Region::from(region));
        changes.map_or(0, |changes| changes.iter().filter(|(at, _)| *at > since && !at.is_zero()).count())
    }
}
