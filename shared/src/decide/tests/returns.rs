//! Who hands users back to a region that was left, where several serve.

use super::holders::*;
use super::*;

#[test]
fn who_took_it_gives_it_back_in_stages() {
    let (record, sets) = moves(recovered(0, 0).decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 5)]);
    assert_eq!((record.kind, record.out), (MoveKind::Restore, Shares::from([(EAST.into(), 5)])));
    assert_eq!(recovered(0, 0).here(EU).guards(), ["rank"], "the others wait for who took it");
}

#[test]
fn where_the_taker_serves_no_more_the_first_healthy_holder_gives_back() {
    let world = || recovered(0, 0).with(dead(WEST, 3600));
    let mut others = world().here(EU);
    let sets = vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 0), weighted_set(EU, 3, 100)];
    others.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    let (record, _) = moves(others.decide());
    assert_eq!((record.from.as_str(), record.to.as_str(), record.kind), (EU, EAST, MoveKind::Restore));
}

#[test]
fn latency_is_restored_in_one_batch() {
    let mut world = latency().epoch((1, "r-1", MoveKind::Evacuate), EAST, WEST, &[(EAST, 0)]);
    let sets = vec![latency_set(EAST, 2), latency_set(WEST, 2), latency_set(EU, 3)];
    world.facts.listing = ListingReading::Read(Listing { private_zone: false, sets });
    let (record, sets) = moves(world.with(healthy(EAST, 3600)).decide());
    assert_eq!(sets, [latency_set(EAST, 1)]);
    assert_eq!(record.out, Shares::new());
}

#[test]
fn who_took_a_regions_users_gives_them_back_whatever_its_place_in_the_plan() {
    let taken_by_eu = || {
        let sets = vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
        let mut world = weighted().epoch((1, "r-1", MoveKind::Evacuate), EAST, EU, &[(EAST, 0)]);
        world.plan.applications[0].timing.flap_limit = 9;
        world.listed(sets).with(healthy(EAST, 3600))
    };
    assert!(matches!(taken_by_eu().here(EU).decide(), Decision::Restore(_)));
    assert_eq!(taken_by_eu().guards(), ["rank"]);
    // Something else has moved since: that was another region's users.
    let since = |world: World| {
        let world = world.epoch((2, "r-2", MoveKind::Restore), EU, WEST, &[(EAST, 0)]);
        world.epoch((3, "r-3", MoveKind::Evacuate), WEST, EU, &[(EAST, 0)])
    };
    assert!(matches!(since(taken_by_eu()).here(EU).decide(), Decision::Restore(_)));
    assert_eq!(since(taken_by_eu()).guards(), ["rank"]);
    let given = taken_by_eu().epoch((2, "r-2", MoveKind::Restore), EAST, WEST, &[(EAST, 0)]);
    assert_eq!(given.guards(), ["rank"], "what it gave to others by itself was not taken");
}

#[test]
fn who_took_a_regions_users_is_known_for_the_twelve_newest_epochs() {
    let taken = |newest: u64| {
        let sets = vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
        let world = weighted().epoch((1, "r-1", MoveKind::Evacuate), EAST, EU, &[(EAST, 0)]);
        let world = world.epoch((newest, "r-2", MoveKind::Restore), EU, WEST, &[(EAST, 0)]);
        world.listed(sets).with(healthy(EAST, 3600)).here(EU)
    };
    assert!(matches!(taken(12).decide(), Decision::Restore(_)));
    assert_eq!(taken(13).guards(), ["rank"], "by then nobody remembers, and the plan's order counts");
}

#[test]
fn who_does_not_serve_wholly_or_is_not_well_hands_nobody_back() {
    let sets = vec![weighted_set(EAST, 1, 25), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 0)];
    let out = [(EAST, 25), (EU, 0)];
    let two_out = || {
        let world = weighted().epoch((2, "r-2", MoveKind::Restore), WEST, EAST, &out);
        world.listed(sets.clone()).with(healthy(EAST, 3600))
    };
    assert_eq!(two_out().here(EAST).decide(), Decision::Steady, "it is on its way back itself");
    let mut ill = recovered(0, 0);
    ill.health(EAST).verdict = Verdict::Degraded;
    assert_eq!(ill.decide(), Decision::Steady);
}

#[test]
fn the_others_give_back_what_an_ill_taker_would_have() {
    let mut world = recovered(0, 0).here(EU);
    assert_eq!(world.guards(), ["rank"]);
    // It looks ill from here, though not so that anybody would leave it.
    world.health(WEST).verdict = Verdict::Degraded;
    assert!(matches!(world.decide(), Decision::Restore(_)));
}

#[test]
fn a_restore_waits_two_ticks_longer_than_a_taker_does() {
    let mut world = recovered(0, 0).here(EU);
    let wish = world.decide().wish().unwrap().clone();
    let cleared =
        |seconds| Some(crate::state::Cleared { wish: wish.clone(), epoch: Epoch(1), at: ago(seconds) });
    world.standing.cleared = cleared(149);
    assert_eq!(world.guards(), ["rank"]);
    world.standing.cleared = cleared(150);
    assert!(matches!(world.decide(), Decision::Restore(_)));
}

#[test]
fn where_several_serve_a_restore_leaves_no_region_that_could_be_returned_to() {
    // us-east-1 came back a minute ago, handed back by us-west-2, and is dead again.
    let mut world = weighted().epoch((2, "r-2", MoveKind::Restore), WEST, EAST, &[]);
    if let (EpochReading::Known(Some(newest)), Moves::Known(records)) =
        (&mut world.facts.epoch, &mut world.facts.moves)
    {
        newest.at = ago(60);
        records[0].at = ago(60);
    }
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
    // After an evacuation to us-west-2 itself there is one: us-west-2 is not to be returned to so soon.
    let mut left = weighted().epoch((2, "r-2", MoveKind::Evacuate), WEST, EU, &[]);
    if let Moves::Known(records) = &mut left.facts.moves {
        records[0].at = ago(60);
    }
    assert_eq!(left.guards(), ["cooldown"]);
}

#[test]
fn what_was_handed_back_since_needs_nobodys_word() {
    // Two were left, which alice has seen; one was given back half an hour ago.
    let mut world = recovered(0, 0).here(WEST);
    world.standing.people.acknowledged = Epoch(1);
    let mut world = world.moved(2, "r-2", WEST, EU, 1800);
    if let (EpochReading::Known(Some(newest)), Moves::Known(records)) =
        (&mut world.facts.epoch, &mut world.facts.moves)
    {
        (newest.kind, newest.out) = (MoveKind::Restore, [(EAST.into(), 0)].into());
        records[0] = newest.clone();
    }
    assert!(matches!(world.decide(), Decision::Restore(_)), "{:?}", world.guards());
}
