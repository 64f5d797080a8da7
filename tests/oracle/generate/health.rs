//! What each signal's series say when a decision is made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use understudy::health::{Health, RegionHealth, RegionSeries, Seen, Series, Settled, judge_all};
use understudy::names::{ApplicationName, Region, SignalId};
use understudy::plan::{Application, Plan, RegionPlan, Signal};

use super::spans::{Span, before, long_span, shifted, span};
use super::{MOST_REGIONS, application, percent};

/// How one signal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Good,
    Bad,
    /// It was good, and its newest sample is bad.
    Falling,
    /// It was bad, and its newest sample is good.
    Recovering,
    /// A first good sample, or a first bad one.
    New(bool),
    /// Good or bad, but too old.
    Stale(bool),
    /// Good or bad, but dated into the future.
    Future(bool),
    /// It never knew anything.
    Never,
}

/// Signals of one region: a probe, an alarm, the checkers, and the probe of up to five peers.
pub const SLOTS: usize = 8;

/// How the signals of one region stand.
#[derive(Clone, Debug)]
pub struct RegionDraw {
    /// As all signals see it,
    pub base: State,
    /// but for those that see something else.
    pub quirks: [Option<State>; SLOTS],
    pub since: Span,
}

/// How all signals stand, and what the control targets say to each controller.
#[derive(Clone, Debug)]
pub struct HealthDraw {
    pub regions: [RegionDraw; MOST_REGIONS],
    pub cut_off: [bool; MOST_REGIONS + 1],
    /// How the other application looks: to everybody alike.
    pub other: State,
}

/// Who keeps the series.
#[derive(Clone, Copy, Debug)]
enum Observer {
    Here,
    Peer(usize),
}

/// What one controller has seen.
#[derive(Clone, Debug, Default)]
pub struct SeenBy {
    pub applications: BTreeMap<ApplicationName, BTreeMap<Region, RegionSeries>>,
    pub control: RegionSeries,
}

impl SeenBy {
    pub fn borrowed(&self) -> Seen<'_> {
        Seen { applications: &self.applications, control: &self.control }
    }
}

impl HealthDraw {
    /// The verdicts to which the controller in `here` comes.
    pub fn verdicts(&self, plan: &Plan, here: &Region, now: Timestamp) -> BTreeMap<Region, RegionHealth> {
        let (own, peers) = self.seen(plan, here, now);
        let peers = peers.iter().map(|(name, seen)| (name.clone(), seen.borrowed())).collect();
        judge_all(application(plan), here, own.borrowed(), &peers, now)
    }

    /// What the controller in `here` has seen, and its peers.
    pub fn seen(&self, plan: &Plan, here: &Region, now: Timestamp) -> (SeenBy, BTreeMap<Region, SeenBy>) {
        let mut own = SeenBy::default();
        let mut peers = BTreeMap::new();
        for (index, name) in plan.controllers.iter().enumerate() {
            let seen = self.seen_by(plan, (index, name), here, now);
            if name == here {
                own = seen;
            } else {
                peers.insert(name.clone(), seen);
            }
        }
        (own, peers)
    }

    fn seen_by(&self, plan: &Plan, (index, name): (usize, &Region), here: &Region, now: Timestamp) -> SeenBy {
        let shop = application(plan);
        let mut seen = SeenBy::default();
        for probe in &plan.control_targets {
            let state = if self.cut_off[index % self.cut_off.len()] { State::Bad } else { State::Good };
            seen.control.extend(Self::series(state, Span::long(), plan, shop, now, probe.id()));
        }
        for planned in &plan.applications {
            let regions = seen.applications.entry(planned.name.clone()).or_default();
            for (number, region) in planned.regions.iter().enumerate() {
                let series = if planned.name == shop.name {
                    self.of_region(
                        plan,
                        number,
                        region,
                        if name == here { Observer::Here } else { Observer::Peer(index) },
                        now,
                    )
                } else {
                    let id = region.signals[0].id();
                    Self::series(self.other, Span::long(), plan, shop, now, id).into_iter().collect()
                };
                regions.insert(region.name.clone(), series);
            }
        }
        seen
    }

    /// The series of a region, as an observer keeps them.
    fn of_region(
        &self,
        plan: &Plan,
        number: usize,
        region: &RegionPlan,
        observer: Observer,
        now: Timestamp,
    ) -> RegionSeries {
        let draw = &self.regions[number % MOST_REGIONS];
        let state = |slot: usize| draw.quirks[slot % SLOTS].unwrap_or(draw.base);
        let shop = application(plan);
        let mut series = RegionSeries::new();
        for signal in &region.signals {
            let slot = match (signal, observer) {
                (Signal::Probe(_), Observer::Here) => 0,
                (Signal::Alarm(_), Observer::Here) => 1,
                (_, Observer::Peer(peer)) => 3 + peer % (SLOTS - 3),
            };
            series.extend(Self::series(state(slot), draw.since, plan, shop, now, signal.id()));
        }
        let checkers = SignalId::from("checkers");
        series.extend(Self::series(state(2), draw.since, plan, shop, now, checkers));
        series
    }

    fn series(
        state: State,
        since: Span,
        plan: &Plan,
        shop: &Application,
        now: Timestamp,
        id: SignalId,
    ) -> Option<(SignalId, Series)> {
        let (fall, rise) = (shop.timing.fall, shop.timing.rise);
        let (good, bad) = ((Health::Healthy, Some(Settled::Good)), (Health::Unhealthy, Some(Settled::Bad)));
        let of = |bad_one: bool| if bad_one { bad } else { good };
        let newest = before(now, std::time::Duration::from_secs(2));
        let ((health, settled), count, last) = match state {
            State::Never => return None,
            State::Good => (good, rise + 40, newest),
            State::Bad => (bad, fall + 40, newest),
            State::Falling => ((Health::Unhealthy, Some(Settled::Good)), 1, newest),
            State::Recovering => ((Health::Healthy, Some(Settled::Bad)), 1, newest),
            State::New(is_bad) => ((of(is_bad).0, None), 1, newest),
            State::Stale(is_bad) => (of(is_bad), 9, before(shifted(now, -1), shop.timing.freshness)),
            State::Future(is_bad) => (of(is_bad), 9, shifted(now, 1)),
        };
        let since = before(now, since.of(plan, shop)).min(last);
        Some((id, Series { health, count, since, last, seen: String::new(), settled }))
    }
}

impl Span {
    fn long() -> Self {
        Self { anchor: super::spans::Anchor::Week, nudge_ms: 0 }
    }
}

/// How the signals of all regions stand: the first region is often in trouble, the others seldom.
pub fn health() -> impl Strategy<Value = HealthDraw> {
    let regions = (region_draw(55), region_draw(20), region_draw(20), region_draw(20), region_draw(20));
    let regions = regions.prop_map(|(a, b, c, d, e)| [a, b, c, d, e]);
    let cut_off = prop::array::uniform6(percent(7));
    (regions, cut_off, state(10)).prop_map(|(regions, cut_off, other)| HealthDraw { regions, cut_off, other })
}

fn region_draw(trouble: u32) -> impl Strategy<Value = RegionDraw> {
    let quirk = prop_oneof![7 => Just(None), 1 => state(40).prop_map(Some)];
    let since = prop_oneof![1 => long_span(), 1 => span()];
    (state(trouble), prop::array::uniform8(quirk.boxed()), since)
        .prop_map(|(base, quirks, since)| RegionDraw { base, quirks, since })
        .boxed()
}

/// A state that is plainly bad in so many of a hundred cases.
pub fn state(trouble: u32) -> impl Strategy<Value = State> {
    prop_oneof![
        100 - trouble => Just(State::Good),
        trouble => Just(State::Bad),
        1 => Just(State::Falling),
        1 => Just(State::Recovering),
        2 => any::<bool>().prop_map(State::New),
        2 => any::<bool>().prop_map(State::Stale),
        1 => any::<bool>().prop_map(State::Future),
        3 => Just(State::Never),
    ]
}
