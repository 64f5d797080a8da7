//! Histories of readings, with all that can go wrong with their times.

use std::collections::BTreeMap;

use jiff::Timestamp;
use oracle::verdict::Histories;
use proptest::prelude::*;
use understudy::health::{Health, Reading, RegionSeries, Series};
use understudy::names::{Region, SignalId};
use understudy::plan::{Application, Plan, Signal, Timing};

use super::health::SeenBy;
use super::spans::shifted;

/// One reading: what it says, and how long after the one before.
pub type ReadingDraw = (Health, i64);

/// The readings of one signal, and the age of the newest.
#[derive(Clone, Debug)]
pub struct HistoryDraw {
    pub readings: Vec<ReadingDraw>,
    pub age_ms: i64,
}

impl HistoryDraw {
    /// The readings, oldest first, but for those that came out of order.
    pub fn history(&self, now: Timestamp) -> Vec<Reading> {
        let total: i64 = self.readings.iter().skip(1).map(|(_, step)| step).sum();
        let mut at = -self.age_ms - total;
        let mut history = Vec::new();
        for (number, (health, step)) in self.readings.iter().enumerate() {
            if number > 0 {
                at += step;
            }
            history.push(Reading::new(*health, "seen", shifted(now, at)));
        }
        history
    }
}

/// The series of a history, folded reading by reading.
pub fn folded(history: &[Reading], timing: &Timing, now: Timestamp) -> Option<Series> {
    let mut series: Option<Series> = None;
    for reading in history {
        series = Series::after(series.as_ref(), reading, timing, now);
    }
    series
}

/// What the same histories look like to the product.
pub fn seen_by(histories: &Histories, timing: &Timing, now: Timestamp) -> SeenBy {
    let fold = |signals: &BTreeMap<SignalId, Vec<Reading>>| -> RegionSeries {
        let folded =
            |(id, history): (&SignalId, &Vec<Reading>)| Some((id.clone(), folded(history, timing, now)?));
        signals.iter().filter_map(folded).collect()
    };
    let of_regions = |regions: &BTreeMap<Region, BTreeMap<SignalId, Vec<Reading>>>| {
        regions.iter().map(|(name, signals)| (name.clone(), fold(signals))).collect()
    };
    let applications = histories.signals.iter().map(|(name, regions)| (name.clone(), of_regions(regions)));
    SeenBy { applications: applications.collect(), control: fold(&histories.control) }
}

/// What every controller has read: for each, one history for each signal of each region, in turn.
#[derive(Clone, Debug)]
pub struct EvidenceDraw {
    pub histories: Vec<HistoryDraw>,
}

impl EvidenceDraw {
    /// Our own histories and the peers'.
    pub fn histories(
        &self,
        plan: &Plan,
        here: &Region,
        now: Timestamp,
    ) -> (Histories, BTreeMap<Region, Histories>) {
        let mut drawn = self.histories.iter().cycle();
        let mut next = || drawn.next().map(|draw| draw.history(now)).unwrap_or_default();
        let mut own = Histories::default();
        let mut peers = BTreeMap::new();
        for controller in &plan.controllers {
            let mut seen = Histories::default();
            for probe in &plan.control_targets {
                seen.control.insert(probe.id(), next());
            }
            for application in &plan.applications {
                let regions = seen.signals.entry(application.name.clone()).or_default();
                regions.extend(of_regions(application, &mut next));
            }
            if controller == here {
                own = seen;
            } else {
                peers.insert(controller.clone(), seen);
            }
        }
        (own, peers)
    }
}

fn of_regions(
    application: &Application,
    next: &mut impl FnMut() -> Vec<Reading>,
) -> BTreeMap<Region, BTreeMap<SignalId, Vec<Reading>>> {
    let mut regions = BTreeMap::new();
    for region in &application.regions {
        let ids = region.signals.iter().map(Signal::id).chain([SignalId::from("checkers")]);
        let signals = ids.map(|id| (id, next())).collect();
        regions.insert(region.name.clone(), signals);
    }
    regions
}

/// Histories with every trouble that times can have. The interval is ten seconds.
pub fn history() -> impl Strategy<Value = HistoryDraw> {
    let step = prop_oneof![
        12 => Just(10_000_i64),
        2 => 4_990_i64..=5_010,
        1 => Just(0_i64),
        1 => -20_000_i64..0,
        1 => 1_i64..4_990,
        1 => 119_990_i64..=120_010,
        1 => 149_990_i64..=150_010,
        1 => 150_011_i64..=400_000,
    ];
    let health = prop_oneof![
        5 => Just(Health::Healthy),
        5 => Just(Health::Unhealthy),
        1 => Just(Health::Unknown),
    ];
    let mixed = prop::collection::vec((health, step), 0..=9);
    let steady = (prop_oneof![3 => Just(Health::Healthy), 2 => Just(Health::Unhealthy)], 1_usize..=9);
    let steady = steady.prop_map(|(health, count)| vec![(health, 10_000_i64); count]);
    let age = prop_oneof![
        12 => 0_i64..=9_000,
        1 => -2_i64..=0,
        1 => -10_010_i64..=-9_990,
        1 => 29_999_i64..=30_001,
        1 => 89_999_i64..=90_001,
        1 => 9_000_i64..=200_000,
    ];
    (prop_oneof![2 => steady, 1 => mixed], age)
        .prop_map(|(readings, age_ms)| HistoryDraw { readings, age_ms })
}

/// What all controllers read. As many histories as the largest plan has signals would be slow to
/// draw: they come again in turn.
pub fn evidence() -> impl Strategy<Value = EvidenceDraw> {
    prop::collection::vec(history(), 7..=23).prop_map(|histories| EvidenceDraw { histories })
}
