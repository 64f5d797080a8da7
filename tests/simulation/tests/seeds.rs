//! Seeds by the thousand hold; seeds that have found something hold for ever; each planted fault is found.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use simulation::hunt;
use simulation::kinds::Kind;
use simulation::regressions::{keep, replay, seeds};
use simulation::run::{Report, run};
use understudy::planted::Planted;

/// How many seeds `make test` runs.
const SEEDS: u64 = 2_000;

/// Runs seeds on both cores.
fn run_all(seeds: u64) -> Vec<Report> {
    let next = AtomicU64::new(1);
    let work = || {
        let seed = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed <= seeds);
        std::iter::from_fn(seed).map(|seed| run(seed, None, false)).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(work));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Tells the story of a seed that found something.
fn tell(report: &Report) -> String {
    let again = run(report.seed, None, true);
    let kept = keep(&again).map_or_else(|error| error.to_string(), |path| path.display().to_string());
    let from = again.trace.lines().count().saturating_sub(60);
    let last: Vec<&str> = again.trace.lines().skip(from).collect();
    format!(
        "{}\n{}\nto run it again: {}\nits whole story: {kept}",
        last.join("\n"),
        again.violated.join("\n"),
        replay(report.seed)
    )
}

#[test]
fn two_thousand_worlds_keep_every_invariant_and_are_bad_enough() {
    let reports = run_all(SEEDS);
    assert_eq!(reports.len() as u64, SEEDS);
    let violated: Vec<&Report> = reports.iter().filter(|report| !report.violated.is_empty()).collect();
    if let Some(first) = violated.first() {
        panic!("{} seeds of {SEEDS} have found something\n{}", violated.len(), tell(first));
    }
    let faults: u64 = reports.iter().map(Report::port_faults).sum();
    assert!(faults >= 30 * SEEDS, "{faults} faults of ports in {SEEDS} seeds: too few to prove anything");
    let mut seeds_with: BTreeMap<Kind, u64> = BTreeMap::new();
    for kind in reports.iter().flat_map(|report| report.faults.keys()) {
        *seeds_with.entry(*kind).or_default() += 1;
    }
    for kind in Kind::ALL {
        let with = seeds_with.get(&kind).copied().unwrap_or(0);
        assert!(with * 20 >= SEEDS, "{kind:?} happens in {with} seeds of {SEEDS}: less than one in twenty");
    }
    let moves: u64 = reports.iter().map(|report| report.moves).sum();
    assert!(moves >= SEEDS, "{moves} moves in {SEEDS} seeds: nothing to judge");
}

#[test]
fn what_was_found_once_is_not_found_again() {
    for seed in seeds() {
        let report = run(seed, None, false);
        assert!(report.violated.is_empty(), "{}", tell(&report));
    }
}

#[test]
fn every_planted_fault_is_found_by_its_seed_and_the_seed_is_quiet_without_it() {
    let known = hunt::known();
    let found: BTreeSet<Planted> = known.iter().map(|(fault, _)| *fault).collect();
    assert_eq!(found, BTreeSet::from(Planted::ALL), "every fault has its seed in planted.txt");
    for (fault, seed) in known {
        let with = run(seed, Some(fault), false).violated;
        assert!(!with.is_empty(), "seed {seed} does not find {fault:?} any more: make sim-faults");
        let without = run(seed, None, false).violated;
        assert!(without.is_empty(), "seed {seed} without {fault:?}: {without:?}");
    }
}

#[test]
fn the_same_seed_tells_the_same_story_byte_for_byte() {
    for seed in (1..=40).chain(1_001..=1_010) {
        let (one, other) = (run(seed, None, true), run(seed, None, true));
        assert!(!one.trace.is_empty());
        assert_eq!(one.trace, other.trace, "seed {seed}");
        // Whether a story is told does not change it.
        let silent = run(seed, None, false);
        assert_eq!((silent.steps, silent.checks, &silent.faults), (one.steps, one.checks, &one.faults));
    }
}
