//! What one signal says, from all that it ever said.

use std::time::Duration;

use jiff::Timestamp;
use understudy::health::{Health, Reading, Settled};
use understudy::plan::Timing;

use crate::{between, later};

/// A stretch of equal samples without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What they say.
    pub health: Health,
    /// How many there are.
    pub count: u32,
    /// The first.
    pub since: Timestamp,
    /// The newest.
    pub last: Timestamp,
}

/// What one signal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// Its newest stretch.
    pub newest: Stretch,
    /// What it settled on, now or in a stretch before.
    pub settled: Option<Settled>,
}

/// Two ticks that look each minute were missed, the second by half a minute.
const TWO_MISSED_TICKS: Duration = Duration::from_secs(150);

/// The opinion of a signal with this history. None where nothing was ever known.
pub fn opinion(history: &[Reading], timing: &Timing, now: Timestamp) -> Option<Opinion> {
    let stretches = stretches(&samples(history, timing, now), timing);
    let newest = stretches.last()?.0.clone();
    let mut settled = None;
    // From the newest stretch back to where the series is broken: the first one that is long enough.
    for (stretch, after_a_gap) in stretches.iter().rev() {
        if stretch.health == Health::Unhealthy && stretch.count >= timing.fall {
            settled = Some(Settled::Bad);
        }
        if stretch.health == Health::Healthy && stretch.count >= timing.rise {
            settled = Some(Settled::Good);
        }
        if settled.is_some() || *after_a_gap {
            break;
        }
    }
    Some(Opinion { newest, settled })
}

/// The readings that count as samples: known ones, each newer than the one before, and not the same
/// again within half an interval (two wakes at once). A reading from the future is not believed; clocks
/// may differ by an interval.
fn samples(history: &[Reading], timing: &Timing, now: Timestamp) -> Vec<(Health, Timestamp)> {
    let mut samples: Vec<(Health, Timestamp)> = Vec::new();
    for reading in history {
        if reading.health == Health::Unknown || reading.observed_at > later(now, timing.interval) {
            continue;
        }
        if let Some((health, at)) = samples.last() {
            if reading.observed_at <= *at {
                continue;
            }
            if *health == reading.health && between(*at, reading.observed_at) < timing.interval / 2 {
                continue;
            }
        }
        samples.push((reading.health, reading.observed_at));
    }
    samples
}

/// The samples as stretches, oldest first, each with whether a gap stands before it.
fn stretches(samples: &[(Health, Timestamp)], timing: &Timing) -> Vec<(Stretch, bool)> {
    let longest_gap = (timing.interval * 15).max(TWO_MISSED_TICKS);
    let mut stretches: Vec<(Stretch, bool)> = Vec::new();
    for (health, at) in samples {
        let gap = match stretches.last() {
            Some((stretch, _)) => between(stretch.last, *at) > longest_gap,
            None => false,
        };
        match stretches.last_mut() {
            Some((stretch, _)) if stretch.health == *health && !gap => {
                stretch.count += 1;
                stretch.last = *at;
            }
            _ => stretches.push((Stretch { health: *health, count: 1, since: *at, last: *at }, gap)),
        }
    }
    stretches
}

impl Opinion {
    /// Whether the newest sample is young enough to say anything.
    pub fn is_fresh(&self, now: Timestamp, timing: &Timing) -> bool {
        between(self.newest.last, now) <= timing.freshness
    }

    /// What it says now: what it settled on, while its newest samples do not contradict that.
    pub fn says(&self, now: Timestamp, timing: &Timing) -> Option<Settled> {
        if !self.is_fresh(now, timing) {
            return None;
        }
        match (self.settled, self.newest.health) {
            (Some(Settled::Good), Health::Healthy) => Some(Settled::Good),
            (Some(Settled::Bad), Health::Unhealthy) => Some(Settled::Bad),
            _ => None,
        }
    }
}
