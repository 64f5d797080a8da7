//! What is sent: one batch that claims the next epoch, and never leaves a name without an answer.

use proptest::prelude::*;
use understudy::decide::{Claim, EpochReading, ListingReading};
use understudy::dns::{Content, EpochRecord, RecordSet, RecordType, Routing, Side};
use understudy::names::Epoch;
use understudy::plan::{Application, Policy};

use super::claim;
use crate::cases;
use crate::generate::world::{World, calm_world};

/// The record sets of the served name after a batch: what was there, each set replaced by its identity.
pub fn afterwards(world: &World, claim: &Claim) -> Vec<RecordSet> {
    let mut sets = match &world.facts.listing {
        ListingReading::Read(listing) => listing.sets.clone(),
        ListingReading::NotAsked | ListingReading::Unavailable { .. } => Vec::new(),
    };
    for written in claim.batch().upserts().chain([claim.batch().create()]) {
        let same = |set: &&mut RecordSet| {
            set.name == written.name && set.kind == written.kind && set.routing.set() == written.routing.set()
        };
        match sets.iter_mut().find(same) {
            Some(set) => *set = written,
            None => sets.push(written),
        }
    }
    sets
}

fn answers_something(set: &RecordSet) -> bool {
    match &set.content {
        Content::Values { values, .. } => !values.is_empty(),
        Content::Alias { target, .. } => !target.as_str().is_empty(),
    }
}

/// The types of the served name in these sets.
fn served<'a>(application: &Application, sets: &'a [RecordSet]) -> Vec<(RecordType, Vec<&'a RecordSet>)> {
    let of = |kind: RecordType| -> Vec<&RecordSet> {
        sets.iter().filter(|set| set.name == application.served && set.kind == kind).collect()
    };
    let kinds = [RecordType::A, RecordType::Aaaa, RecordType::Cname];
    kinds.into_iter().map(|kind| (kind, of(kind))).filter(|(_, sets)| !sets.is_empty()).collect()
}

fn weight(set: &RecordSet) -> u32 {
    u32::from(set.routing.weight().unwrap_or(0))
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn a_batch_claims_the_epoch_after_the_one_that_was_read(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world) {
            let EpochReading::Known(newest) = &world.facts.epoch else {
                return Err(TestCaseError::fail("no epoch was read"));
            };
            let read = newest.as_ref().map_or(Epoch(0), |newest| newest.epoch);
            prop_assert_eq!(claim.epoch().0, read.0 + 1);
            let served = &world.situation().application.served;
            prop_assert_eq!(claim.batch().create().name, EpochRecord::name_of(claim.epoch(), served));
            let now = EpochRecord::now_name(served);
            prop_assert!(claim.batch().upserts().all(|set| set.name == now || &set.name == served));
            prop_assert!(claim.batch().claim().text().len() <= 255);
            prop_assert!(claim.valid_until() <= crate::generate::spans::shifted(world.facts.observed_at, 300_000));
        }
    }

    #[test]
    fn no_batch_leaves_a_name_without_an_answer(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world) {
            let application = world.situation().application;
            let sets = afterwards(&world, &claim);
            let kinds = served(application, &sets);
            prop_assert!(!kinds.is_empty(), "nothing is served");
            for (kind, sets) in kinds {
                prop_assert!(sets.iter().all(|set| answers_something(set)), "{:?} {:?}", kind, sets);
                match application.policy {
                    Policy::Failover => {
                        let primary = |set: &&&RecordSet| {
                            matches!(set.routing, Routing::Failover { side: Side::Primary, .. })
                        };
                        prop_assert_eq!(sets.iter().filter(primary).count(), 1);
                    }
                    Policy::Weighted => {
                        prop_assert!(sets.iter().map(|set| weight(set)).sum::<u32>() > 0, "{:?}", sets);
                    }
                    Policy::Latency => {}
                }
            }
        }
    }

    #[test]
    fn who_takes_over_serves_afterwards(draw in calm_world()) {
        let world = draw.world();
        if let Some(claim) = claim(&world) {
            let application = world.situation().application;
            let taker = application.region(&claim.wish().to).expect("the taker is planned");
            let sets = afterwards(&world, &claim);
            let listed = matches!(world.facts.listing, ListingReading::Read(_));
            for (_, sets) in served(application, &sets) {
                let own = sets.iter().find(|set| set.routing.set() == Some(taker.set.as_str()));
                match application.policy {
                    // Without a listing only what is written can be seen.
                    Policy::Weighted if listed || own.is_some() => {
                        prop_assert!(own.is_some_and(|set| weight(set) > 0), "{:?}", sets);
                    }
                    _ => {}
                }
            }
        }
    }
}
