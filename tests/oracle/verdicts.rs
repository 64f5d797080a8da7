//! The whole history against what is kept of it: signals, witnesses, verdicts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use oracle::verdict::{Finding, Opinion, Stretch, findings, opinion};
use proptest::prelude::*;
use understudy::health::{Reading, RegionHealth, Verdict, judge_all};
use understudy::names::Region;

use crate::generate::application;
use crate::generate::plans::{PlanDraw, plan};
use crate::generate::readings::{EvidenceDraw, evidence, folded, history, seen_by};
use crate::generate::world::NOON;
use crate::{cases, same_cases};

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

/// What the product found, in the oracle's words.
fn found(health: &RegionHealth) -> Finding {
    Finding {
        verdict: health.verdict,
        bad_vantages: BTreeSet::from_iter(health.bad_vantages.iter().copied()),
        bad_since: health.bad_since,
        good_since: health.good_since,
        suspect: health.suspect,
    }
}

type Findings = BTreeMap<Region, Finding>;

/// What the product finds, and what the oracle does.
fn both(draw: &PlanDraw, evidence: &EvidenceDraw, here: usize) -> (Findings, Findings) {
    let (plan, now) = (draw.plan(), noon());
    let shop = application(&plan);
    let here = &plan.controllers[here % plan.controllers.len()];
    let (own, peers) = evidence.histories(&plan, here, now);
    let seen = seen_by(&own, &shop.timing, now);
    let of_peers: BTreeMap<_, _> =
        peers.iter().map(|(name, of)| (name.clone(), seen_by(of, &shop.timing, now))).collect();
    let borrowed = of_peers.iter().map(|(name, of)| (name.clone(), of.borrowed())).collect();
    let judged = judge_all(shop, here, seen.borrowed(), &borrowed, now);
    let judged = judged.iter().map(|(name, health)| (name.clone(), found(health))).collect();
    (judged, findings(shop, here, &own, &peers, now))
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn a_series_keeps_what_its_history_says(draw in plan(), history in history()) {
        let (plan, now) = (draw.plan(), noon());
        let timing = &application(&plan).timing;
        let history = history.history(now);
        let told = opinion(&history, timing, now);
        let kept = folded(&history, timing, now);
        if let (Some(told), Some(kept)) = (&told, &kept) {
            prop_assert_eq!(told.is_fresh(now, timing), kept.is_fresh(now, timing));
        }
        let kept = kept.map(|of| Opinion {
            newest: Stretch { health: of.health, count: of.count, since: of.since, last: of.last },
            settled: of.settled,
        });
        prop_assert_eq!(told, kept);
    }

    #[test]
    fn readings_that_come_again_change_nothing(draw in plan(), history in history()) {
        let (plan, now) = (draw.plan(), noon());
        let timing = &application(&plan).timing;
        let history = history.history(now);
        let twice: Vec<Reading> = history.iter().flat_map(|reading| [reading.clone(), reading.clone()]).collect();
        prop_assert_eq!(folded(&twice, timing, now), folded(&history, timing, now));
    }
}

proptest! {
    #![proptest_config(cases(700))]

    #[test]
    fn a_jury_finds_what_all_histories_say(draw in plan(), evidence in evidence(), here in 0_usize..6) {
        let (judged, told) = both(&draw, &evidence, here);
        prop_assert_eq!(judged, told, "{}", draw.text());
    }
}

#[test]
fn every_verdict_is_reached() {
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = 0;
    for (draw, evidence, here) in same_cases((plan(), evidence(), 0_usize..6), 300) {
        let (judged, told) = both(&draw, &evidence, here);
        assert_eq!(judged, told, "{}", draw.text());
        for finding in judged.values() {
            count += 1;
            *reached.entry(finding.verdict.to_string()).or_default() += 1;
        }
    }
    println!("{reached:?}");
    for verdict in [Verdict::Healthy, Verdict::Degraded, Verdict::Unhealthy, Verdict::Unknown] {
        let times = reached.get(&verdict.to_string()).copied().unwrap_or(0);
        assert!(times * 100 >= count, "{verdict} {times} times of {count}");
    }
}
