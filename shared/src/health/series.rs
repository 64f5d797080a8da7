//! A signal's series: consecutive counts by sample time, with hysteresis.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Health, Reading};
use crate::names::SignalId;
use crate::plan::Timing;
use crate::planted::{self, Planted};
use crate::time::{after as later, since};

/// A series is broken when no sample came for so many intervals, and not before two of the ticks
/// that look each minute were missed.
const UNBROKEN_INTERVALS: u32 = 15;
const TWO_MISSED_TICKS: Duration = Duration::from_secs(150);

/// The series of each signal of one region.
pub type RegionSeries = BTreeMap<SignalId, Series>;

/// What a signal has settled on after enough consecutive samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    /// `rise` consecutive healthy samples.
    Good,
    /// `fall` consecutive unhealthy samples.
    Bad,
}

/// The newest unbroken stretch of equal samples of one signal, and what was settled before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// What the newest samples say; never [`Health::Unknown`].
    pub health: Health,
    /// How many in a row. Saturates.
    pub count: u32,
    /// The first sample of the stretch.
    pub since: Timestamp,
    /// The newest sample of the stretch.
    pub last: Timestamp,
    /// What the newest sample saw.
    pub seen: String,
    /// What the signal has settled on; holds until the opposite is settled.
    pub settled: Option<Settled>,
}

impl Series {
    /// The series after one more reading. An unknown reading changes nothing: it neither counts
    /// nor breaks, but without samples the series goes stale. Neither does a reading that is not
    /// newer than the last one, so that repeating or reordering changes nothing; nor one that
    /// repeats it within half an interval, so that two wakes at once do not count twice.
    ///
    /// `now` tells a sample from the future, which is a clock's error, from a reading that comes late.
    pub fn after(before: Option<&Self>, reading: &Reading, timing: &Timing, now: Timestamp) -> Option<Self> {
        if planted::is(Planted::UnknownTakenAsHealthy) && reading.health == Health::Unknown {
            return Self::after(before, &Reading { health: Health::Healthy, ..reading.clone() }, timing, now);
        }
        let believed = |at: Timestamp| at <= later(now, timing.interval);
        // What a last sample from the future says would stay for ever.
        let before = before.filter(|b| believed(b.last));
        let too_soon = |b: &Self| since(b.last, reading.observed_at) < timing.interval / 2;
        let repeats = |b: &Self| b.health == reading.health && too_soon(b);
        if reading.health == Health::Unknown
            || !believed(reading.observed_at)
            || before.is_some_and(|b| reading.observed_at <= b.last || repeats(b))
        {
            return before.cloned();
        }
        let unbroken = before.filter(|b| since(b.last, reading.observed_at) <= unbroken_gap(timing));
        let same = unbroken.filter(|b| b.health == reading.health);
        let count = same.map_or(0, |b| b.count).saturating_add(1);
        Some(Self {
            health: reading.health,
            count,
            since: same.map_or(reading.observed_at, |b| b.since),
            last: reading.observed_at,
            seen: reading.seen.clone(),
            settled: settled(reading.health, count, timing).or(unbroken.and_then(|b| b.settled)),
        })
    }

    /// What the signal says now: nothing when its newest sample is too old.
    pub fn settled_at(&self, now: Timestamp, timing: &Timing) -> Option<Settled> {
        self.settled.filter(|_| self.is_fresh(now, timing))
    }

    /// Whether its newest sample is young enough to say anything.
    pub fn is_fresh(&self, now: Timestamp, timing: &Timing) -> bool {
        let young = since(self.last, now) <= timing.freshness || planted::is(Planted::StaleTakenAsFresh);
        young && self.last <= later(now, timing.interval)
    }
}

fn unbroken_gap(timing: &Timing) -> Duration {
    timing.interval.saturating_mul(UNBROKEN_INTERVALS).max(TWO_MISSED_TICKS)
}

fn settled(health: Health, count: u32, timing: &Timing) -> Option<Settled> {
    match health {
        Health::Healthy if count >= timing.rise => Some(Settled::Good),
        Health::Unhealthy if count >= timing.fall => Some(Settled::Bad),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn reading(second: i64, health: Health) -> Reading {
        Reading::new(health, "seen", at(second))
    }

    fn series(readings: &[(i64, Health)]) -> Option<Series> {
        readings.iter().fold(None, |series, (second, health)| {
            Series::after(series.as_ref(), &reading(*second, *health), &Timing::default(), at(1000))
        })
    }

    use Health::{Healthy, Unhealthy, Unknown};

    #[test]
    fn three_bad_samples_in_a_row_settle_as_bad() {
        let two = series(&[(0, Unhealthy), (10, Unhealthy)]).unwrap();
        assert_eq!(two.settled, None);
        let three = series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy)]).unwrap();
        assert_eq!((three.settled, three.since), (Some(Settled::Bad), at(0)));
    }

    #[test]
    fn a_good_sample_between_starts_the_count_again() {
        let mixed = series(&[(0, Unhealthy), (10, Unhealthy), (20, Healthy), (30, Unhealthy)]).unwrap();
        assert_eq!((mixed.count, mixed.since, mixed.settled), (1, at(30), None));
    }

    #[test]
    fn what_is_settled_holds_until_the_opposite_is() {
        let good =
            series(&[(0, Healthy), (10, Healthy), (20, Healthy), (30, Unhealthy), (40, Unhealthy)]).unwrap();
        assert_eq!(good.settled, Some(Settled::Good));
    }

    #[test]
    fn an_unknown_sample_neither_counts_nor_breaks() {
        let with = series(&[(0, Unhealthy), (10, Unhealthy), (15, Unknown), (20, Unhealthy)]);
        let without = series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy)]);
        assert_eq!(with, without);
        assert_eq!(series(&[(0, Unknown), (10, Unknown), (20, Unknown)]), None);
    }

    #[test]
    fn a_repeated_or_late_sample_changes_nothing() {
        let once = series(&[(0, Unhealthy), (10, Unhealthy)]);
        assert_eq!(series(&[(0, Unhealthy), (10, Unhealthy), (10, Unhealthy), (0, Healthy)]), once);
        // However late: a wake whose write was slow has samples from before those of a quicker one.
        let thrice = series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy)]);
        assert_eq!(series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy), (5, Healthy)]), thrice);
    }

    #[test]
    fn two_wakes_at_once_do_not_count_twice() {
        let twice = series(&[(0, Unhealthy), (1, Unhealthy), (2, Unhealthy)]).unwrap();
        assert_eq!((twice.count, twice.settled), (1, None));
        let contradicted = series(&[(0, Unhealthy), (1, Healthy)]).unwrap();
        assert_eq!(contradicted.health, Healthy);
    }

    #[test]
    fn from_half_an_interval_on_a_sample_counts() {
        assert_eq!(series(&[(0, Unhealthy), (4, Unhealthy)]).unwrap().count, 1);
        assert_eq!(series(&[(0, Unhealthy), (5, Unhealthy)]).unwrap().count, 2);
    }

    #[test]
    fn a_long_silence_breaks_the_series() {
        let silent = series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy), (200, Unhealthy)]).unwrap();
        assert_eq!((silent.count, silent.settled), (1, None));
        let unbroken = series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy), (170, Unhealthy)]).unwrap();
        assert_eq!((unbroken.count, unbroken.settled), (4, Some(Settled::Bad)));
    }

    #[test]
    fn a_sample_from_the_future_neither_stays_fresh_nor_hides_the_present() {
        let ahead = series(&[(600, Healthy), (610, Healthy), (620, Healthy)]).unwrap();
        assert!(!ahead.is_fresh(at(0), &Timing::default()));
        let after =
            |before, second| Series::after(before, &reading(second, Unhealthy), &Timing::default(), at(0));
        let next = after(Some(&ahead), 0).unwrap();
        assert_eq!((next.health, next.count, next.settled), (Unhealthy, 1, None));
        assert_eq!(after(Some(&next), 600), Some(next), "nor is it taken in");
    }

    #[test]
    fn clocks_may_differ_by_an_interval() {
        let good = series(&[(0, Healthy), (10, Healthy), (20, Healthy)]).unwrap();
        assert!(good.is_fresh(at(10), &Timing::default()));
        assert!(!good.is_fresh(at(9), &Timing::default()));
        let early = |now| Series::after(None, &reading(20, Healthy), &Timing::default(), at(now));
        assert_eq!((early(10).is_some(), early(9).is_some()), (true, false));
    }

    #[test]
    fn a_short_interval_does_not_break_a_series_between_ticks() {
        let timing = Timing { interval: Duration::from_secs(2), ..Timing::default() };
        let readings = [reading(0, Healthy), reading(60, Healthy), reading(120, Healthy)];
        let after = |s: Option<Series>, r| Series::after(s.as_ref(), r, &timing, at(120));
        let series = readings.iter().fold(None, after);
        assert_eq!(series.unwrap().settled, Some(Settled::Good));
    }

    #[test]
    fn a_stale_series_says_nothing() {
        let bad = series(&[(0, Unhealthy), (10, Unhealthy), (20, Unhealthy)]).unwrap();
        assert_eq!(bad.settled_at(at(50), &Timing::default()), Some(Settled::Bad));
        assert_eq!(bad.settled_at(at(51), &Timing::default()), None);
    }
}
