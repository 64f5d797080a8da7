//! Both judges come to the same, whatever they are asked.

use std::collections::{BTreeMap, BTreeSet};

use oracle::decision::{Answer, Change, Move, answer};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use understudy::dns::RecordSet;
use understudy::decide::{Claim, Decision, GUARDS_BY_NAME, Hold, Wish};

use crate::generate::world::{World, world};

/// What the product decides, in the oracle's words.
pub fn decided(world: &World) -> Answer {
    let guards = |holds: &[Hold]| holds.iter().map(|hold| hold.reason.guard()).collect();
    match world.decision() {
        Decision::Steady => Answer::Steady,
        Decision::Hold { wish, holds } => Answer::Hold(moved(&wish), guards(&holds)),
        Decision::Ask { wish, holds, .. } => Answer::Ask(moved(&wish), guards(&holds)),
        Decision::Evacuate(claim) | Decision::Restore(claim) => Answer::Act(change(&claim)),
    }
}

fn moved(wish: &Wish) -> Move {
    let Wish { kind, from, to, share } = wish.clone();
    Move { kind, from, to, share }
}

fn change(claim: &Claim) -> Change {
    let named = |guard: &str| GUARDS_BY_NAME.iter().find(|(name, _)| *name == guard).map(|(name, _)| *name);
    let overridden = claim.ordered().map(|ordered| ordered.overridden.as_slice()).unwrap_or_default();
    let overridden: BTreeSet<&'static str> =
        overridden.iter().filter_map(|hold| named(&hold.guard)).collect();
    Change {
        what: moved(claim.wish()),
        epoch: claim.epoch().0,
        writes: sorted(claim.batch().moves().to_vec()),
        out: claim.batch().claim().out.clone(),
        valid_until: claim.valid_until(),
        overridden,
    }
}

/// A batch is atomic: the order of its changes means nothing.
fn sorted(mut writes: Vec<RecordSet>) -> Vec<RecordSet> {
    writes.sort_by_key(|set| (set.kind, set.routing.set().map(str::to_owned)));
    writes
}

#[test]
fn census() {
    let cases: usize = 20_000;
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = world();
    let mut shares: BTreeMap<&str, usize> = BTreeMap::new();
    let mut guards: BTreeMap<&str, usize> = BTreeMap::new();
    let mut differ: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let started = std::time::Duration::ZERO;
    let _ = started;
    for _ in 0..cases {
        let draw = strategy.new_tree(&mut runner).unwrap().current();
        let world = draw.world();
        let product = decided(&world);
        let mut oracle = answer(&world.situation());
        if let Answer::Act(change) = &mut oracle { change.writes = sorted(change.writes.clone()); }
        let policy = format!("{:?}", world.situation().application.policy);
        let kind = |answer: &Answer| match answer {
            Answer::Steady => "steady",
            Answer::Hold(..) => "hold",
            Answer::Ask(..) => "ask",
            Answer::Act(change) => if change.what.kind.as_str() == "evacuate" { "evacuate" } else { "restore" },
        };
        *shares.entry(kind(&product)).or_default() += 1;
        if let Answer::Hold(_, held) | Answer::Ask(_, held) = &product {
            for guard in held { *guards.entry(guard).or_default() += 1; }
        }
        if product != oracle {
            let key = match (&product, &oracle) {
                (Answer::Hold(a, p) | Answer::Ask(a, p), Answer::Hold(b, o) | Answer::Ask(b, o)) if a == b => format!(
                    "{policy} {:?} {}/{} product only {:?} oracle only {:?}", a.kind, kind(&product), kind(&oracle), p.difference(o).collect::<Vec<_>>(), o.difference(p).collect::<Vec<_>>()),
                (Answer::Act(a), Answer::Act(b)) => {
                    let mut parts = Vec::new();
                    if a.what != b.what { parts.push("what") }
                    if a.epoch != b.epoch { parts.push("epoch") }
                    if a.writes != b.writes { parts.push("writes") }
                    if a.out != b.out { parts.push("out") }
                    if a.valid_until != b.valid_until { parts.push("valid") }
                    if a.overridden != b.overridden { parts.push("overridden") }
                    format!("{policy} {:?} act differs in {parts:?}", a.what.kind)
                }
                (Answer::Hold(_, p) | Answer::Ask(_, p), Answer::Act(_)) => format!("{policy} product {} {p:?} oracle {}", kind(&product), kind(&oracle)),
                (Answer::Act(_), Answer::Hold(_, p) | Answer::Ask(_, p)) => format!("{policy} product {} oracle {} {p:?}", kind(&product), kind(&oracle)),
                _ => format!("{policy} {} / {}", kind(&product), kind(&oracle)),
            };
            let size = format!("{draw:?}").len();
            let _ = size;
            let example = format!("product {product:?}\noracle {oracle:?}\nhere {} now {}\nfacts {:?}\nstanding {:?}\nregions {:?}\ntiming {:?}", world.here, world.now, world.facts, world.standing, world.situation().application.regions.iter().map(|r| (r.name.as_str().to_owned(), r.role, r.capacity, r.weight)).collect::<Vec<_>>(), world.situation().application.timing);
            let entry = differ.entry(key).or_insert_with(|| (0, example.clone()));
            entry.0 += 1;
            if example.len() < entry.1.len() { entry.1 = example; }
        }
    }
    println!("{shares:?}");
    println!("{guards:?}");
    for (name, _) in GUARDS_BY_NAME { if !guards.contains_key(name) { println!("NEVER {name}"); } }
    let mut list: Vec<_> = differ.into_iter().collect();
    list.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    for (key, (n, _)) in &list { println!("{n:6} {key}"); }
    for (key, (n, example)) in list.iter() { println!("==== {n} {key}\n{example}"); }
    assert!(list.is_empty());
}
