//! Spans of time, most of them at the edge of one that means something in the plan.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use understudy::plan::{Application, Plan};

/// A span that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Nothing,
    Interval,
    Dwell,
    Freshness,
    RankWait,
    TwoRankWaits,
    RestoreWait,
    Stage,
    StopWithin,
    Cooldown,
    Soak,
    Unacknowledged,
    Day,
    Week,
}

const ANCHORS: [Anchor; 14] = [
    Anchor::Nothing,
    Anchor::Interval,
    Anchor::Dwell,
    Anchor::Freshness,
    Anchor::RankWait,
    Anchor::TwoRankWaits,
    Anchor::RestoreWait,
    Anchor::Stage,
    Anchor::StopWithin,
    Anchor::Cooldown,
    Anchor::Soak,
    Anchor::Unacknowledged,
    Anchor::Day,
    Anchor::Week,
];

/// A meaningful span and a little more or less.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub anchor: Anchor,
    pub nudge_ms: i64,
}

impl Span {
    /// How long it is under a plan; never negative.
    pub fn of(self, plan: &Plan, application: &Application) -> Duration {
        let timing = &application.timing;
        let anchor = match self.anchor {
            Anchor::Nothing => Duration::ZERO,
            Anchor::Interval => timing.interval,
            Anchor::Dwell => timing.dwell,
            Anchor::Freshness => timing.freshness,
            Anchor::RankWait => timing.rank_wait,
            Anchor::TwoRankWaits => timing.rank_wait * 2,
            Anchor::RestoreWait => Duration::from_secs(120),
            Anchor::Stage => timing.stage,
            Anchor::StopWithin => plan.fleet.stop_within,
            Anchor::Cooldown => timing.cooldown,
            Anchor::Soak => timing.soak,
            Anchor::Unacknowledged => timing.cooldown_unacknowledged,
            Anchor::Day => Duration::from_secs(24 * 3600),
            Anchor::Week => Duration::from_secs(7 * 24 * 3600),
        };
        let milliseconds = i64::try_from(anchor.as_millis()).unwrap_or(i64::MAX) + self.nudge_ms;
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
    }
}

/// A span of any length.
pub fn span() -> impl Strategy<Value = Span> {
    anchored(prop::sample::select(ANCHORS.to_vec()))
}

/// A span that is mostly long enough for whatever waits.
pub fn long_span() -> impl Strategy<Value = Span> {
    let long = vec![Anchor::Soak, Anchor::Unacknowledged, Anchor::Day, Anchor::Week];
    prop_oneof![4 => anchored(prop::sample::select(long)), 1 => span()]
}

fn anchored(anchors: impl Strategy<Value = Anchor>) -> impl Strategy<Value = Span> {
    let nudge = prop_oneof![3 => Just(0_i64), 2 => Just(-1), 2 => Just(1), 3 => -20_000_i64..=20_000];
    (anchors, nudge).prop_map(|(anchor, nudge_ms)| Span { anchor, nudge_ms })
}

/// The time so long before.
pub fn before(at: Timestamp, time: Duration) -> Timestamp {
    at.checked_sub(time).expect("a time within a few weeks")
}

/// The time so much later, or earlier where it is negative.
pub fn shifted(at: Timestamp, milliseconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(milliseconds)).expect("a time within a few weeks")
}
