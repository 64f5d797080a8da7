//! Repeating changes nothing.

use proptest::prelude::*;
use understudy::decide::{Answered, Claim, Decision, EpochReading, ListingReading, Moves};
use understudy::dns::MoveKind;
use understudy::plan::Policy;
use understudy::state::Done;

use super::batches::afterwards;
use super::claim;
use crate::cases;
use crate::generate::world::{World, any_world, calm_world};

/// The world after a claim was carried out, as it is read back.
fn after(world: &World, claim: &Claim) -> World {
    let mut next = world.clone();
    let record = claim.batch().claim().clone();
    if let ListingReading::Read(listing) = &mut next.facts.listing {
        listing.sets = afterwards(world, claim);
    }
    if let Moves::Known(records) = &mut next.facts.moves {
        records.insert(0, record.clone());
    }
    next.facts.epoch = EpochReading::Known(Some(record));
    // Who serves by an older listing was good until a newer epoch.
    next.facts.listed = None;
    if world.situation().application.policy == Policy::Failover {
        next.facts.answered = Answered::Regions([claim.wish().to.clone()].into());
    }
    // The transaction that began the run has used up the orders and the approvals that it stood on.
    for order in next.standing.people.orders.values_mut() {
        order.done = Some(Done { at: next.now, by: next.here.clone(), word: "moved".into() });
    }
    next.standing.cleared = None;
    next
}

/// Whether a decision does the same again.
fn repeats(decision: &Decision, claim: &Claim) -> bool {
    let (acts, wish) = (decision.acts(), decision.wish());
    acts && wish.is_some_and(|wish| {
        let done = claim.wish();
        wish.kind == done.kind && wish.to == done.to && wish.from == done.from
    })
}

/// Whether a decision undoes what was just done.
fn undoes(decision: &Decision, claim: &Claim) -> bool {
    let (acts, wish) = (decision.acts(), decision.wish());
    acts && wish.is_some_and(|wish| wish.to == claim.wish().from)
}

fn seen_from_everywhere(world: &World, claim: &Claim) -> Vec<(String, Decision)> {
    let next = after(world, claim);
    let decisions =
        world.plan.controllers.iter().map(|here| (here.to_string(), next.seen_from(here).decision()));
    decisions.collect()
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn the_same_inputs_give_the_same_bytes(draw in any_world()) {
        let bytes = |world: &World| serde_json::to_vec(&world.decision()).expect("a decision is data");
        let world = draw.world();
        prop_assert_eq!(bytes(&world), bytes(&world.clone()));
        prop_assert_eq!(bytes(&draw.world()), bytes(&world));
    }

    #[test]
    fn what_is_done_is_not_wanted_again_by_anybody(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world) {
            for (here, decision) in seen_from_everywhere(&world, &claim) {
                prop_assert!(!repeats(&decision, &claim), "{} repeats {:?}", here, claim.wish());
            }
        }
    }

    #[test]
    fn what_is_done_is_not_undone_within_the_cool_down(draw in calm_world()) {
        let world = draw.world();
        let timing = &world.situation().application.timing;
        if let Some(claim) = claim(&world)
            && claim.wish().kind == MoveKind::Evacuate
            && !timing.cooldown.is_zero()
        {
            for (here, decision) in seen_from_everywhere(&world, &claim) {
                prop_assert!(!undoes(&decision, &claim), "{} undoes {:?}", here, claim.wish());
            }
        }
    }

    #[test]
    fn the_batch_that_was_applied_would_write_nothing_more(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world)
            && matches!(world.facts.listing, ListingReading::Read(_))
        {
            // The same decision, read against the records as they are afterwards.
            let sets = afterwards(&world, &claim);
            prop_assert!(claim.batch().moves().iter().all(|set| sets.contains(set)));
            prop_assert!(sets.contains(&claim.batch().create()));
        }
    }
}
