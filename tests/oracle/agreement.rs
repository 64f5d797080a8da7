//! Both judges come to the same, whatever they are asked.

use std::collections::BTreeSet;

use oracle::decision::{Answer, Change, Move, answer};
use proptest::prelude::*;
use understudy::decide::{Claim, Decision, GUARDS_BY_NAME, Hold, Wish};
use understudy::dns::RecordSet;

use crate::cases;
use crate::generate::world::{World, any_world};

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

/// What the oracle answers.
pub fn answered(world: &World) -> Answer {
    match answer(&world.situation()) {
        Answer::Act(change) => Answer::Act(Change { writes: sorted(change.writes), ..change }),
        other => other,
    }
}

fn moved(wish: &Wish) -> Move {
    let Wish { kind, from, to, share } = wish.clone();
    Move { kind, from, to, share }
}

fn change(claim: &Claim) -> Change {
    let overridden = claim.ordered().map(|ordered| ordered.overridden.as_slice()).unwrap_or_default();
    let overridden: BTreeSet<&'static str> = overridden.iter().map(|hold| named(&hold.guard)).collect();
    Change {
        what: moved(claim.wish()),
        epoch: claim.epoch().0,
        writes: sorted(claim.batch().moves().to_vec()),
        out: claim.batch().claim().out.clone(),
        valid_until: claim.valid_until(),
        overridden,
    }
}

fn named(guard: &str) -> &'static str {
    let known = GUARDS_BY_NAME.iter().find(|(name, _)| *name == guard);
    known.map(|(name, _)| *name).expect("a guard of the list")
}

/// A batch is atomic: the order of its changes means nothing.
fn sorted(mut writes: Vec<RecordSet>) -> Vec<RecordSet> {
    writes.sort_by_key(|set| (set.kind, set.routing.set().map(str::to_owned)));
    writes
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn both_judges_come_to_the_same(draw in any_world()) {
        let world = draw.world();
        prop_assert_eq!(decided(&world), answered(&world), "{}", draw.plan.text());
    }
}
