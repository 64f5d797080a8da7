//! The whole history against what is kept of it: signals, witnesses, verdicts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use oracle::verdict::{Finding, Opinion, Stretch, findings, opinion};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use understudy::health::{RegionHealth, judge_all};
use understudy::names::Region;

use crate::generate::plans::{REGIONS, plan};
use crate::generate::readings::{evidence, folded, history, seen_by};
use crate::generate::world::NOON;
use crate::generate::application;

fn found(health: &RegionHealth) -> Finding {
    Finding {
        verdict: health.verdict,
        bad_vantages: BTreeSet::from_iter(health.bad_vantages.iter().copied()),
        bad_since: health.bad_since,
        good_since: health.good_since,
        suspect: health.suspect,
    }
}

#[test]
fn verdict_census() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let now: Timestamp = NOON.parse().unwrap();
    let strategy = (plan().boxed(), history());
    let mut differ: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut note = |key: String, example: String| {
        let entry = differ.entry(key).or_insert_with(|| (0, example.clone()));
        entry.0 += 1;
        if example.len() < entry.1.len() { entry.1 = example; }
    };
    for _ in 0..30_000 {
        let (plan, history) = strategy.new_tree(&mut runner).unwrap().current();
        let plan = plan.plan();
        let timing = &application(&plan).timing;
        let history = history.history(now);
        let ours = opinion(&history, timing, now);
        let theirs = folded(&history, timing, now).map(|series| Opinion {
            newest: Stretch { health: series.health, count: series.count, since: series.since, last: series.last },
            settled: series.settled,
        });
        if ours != theirs {
            note("signal".into(), format!("{ours:?}\n{theirs:?}\n{timing:?}\n{history:?}"));
        } else if let Some(ours) = &ours {
            let series = folded(&history, timing, now).unwrap();
            if ours.is_fresh(now, timing) != series.is_fresh(now, timing) { note("fresh".into(), format!("{timing:?}\n{history:?}")); }
        }
    }
    let strategy = (plan().boxed(), evidence(), 0_usize..6);
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..20_000 {
        let (draw, evidence, here) = strategy.new_tree(&mut runner).unwrap().current();
        let plan = draw.plan();
        let shop = application(&plan);
        let here = plan.controllers[here % plan.controllers.len()].clone();
        let _ = REGIONS;
        let (own, peers) = evidence.histories(&plan, &here, now);
        let ours = findings(shop, &here, &own, &peers, now);
        let seen = seen_by(&own, &shop.timing, now);
        let seen_peers: BTreeMap<Region, _> = peers.iter().map(|(name, of)| (name.clone(), seen_by(of, &shop.timing, now))).collect();
        let borrowed = seen_peers.iter().map(|(name, of)| (name.clone(), of.borrowed())).collect();
        let theirs = judge_all(shop, &here, seen.borrowed(), &borrowed, now);
        for (name, health) in &theirs {
            *verdicts.entry(format!("{:?}", health.verdict)).or_default() += 1;
            let theirs = found(health);
            let ours = &ours[name];
            if &theirs != ours {
                let mut parts = Vec::new();
                if theirs.verdict != ours.verdict { parts.push(format!("{:?}/{:?}", theirs.verdict, ours.verdict)) }
                if theirs.bad_vantages != ours.bad_vantages { parts.push("vantages".into()) }
                if theirs.bad_since != ours.bad_since { parts.push("bad_since".into()) }
                if theirs.good_since != ours.good_since { parts.push("good_since".into()) }
                if theirs.suspect != ours.suspect { parts.push(format!("suspect {}/{}", theirs.suspect, ours.suspect)) }
                note(format!("region {parts:?}"), format!("here {here} region {name}\nproduct {health:?}\noracle {ours:?}\n{:?}\nOWN {seen:?}\nPEERS {seen_peers:?}", shop.timing));
            }
        }
    }
    println!("{verdicts:?}");
    let mut list: Vec<_> = differ.into_iter().collect();
    list.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    for (key, (n, _)) in &list { println!("{n:6} Failover {key}"); }
    for (key, (n, example)) in list.iter() { println!("==== {n} {key}\n{example}"); }
    assert!(list.is_empty());
}
