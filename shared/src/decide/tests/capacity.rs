//! Those that stay must carry the load.

use super::holders::*;
use super::*;

#[test]
fn those_that_stay_must_carry_the_load() {
    let mut half = weighted();
    half.plan = shared("weighted", "capacity = 50");
    assert!(matches!(half.decide(), Decision::Evacuate(_)));
    let half = half.with(dead(EU, 5));
    assert_eq!(half.guards(), ["capacity"]);
}

#[test]
fn what_would_stay_does_not_count_the_region_that_is_left() {
    let mut world = weighted().with(healthy(EAST, 3600));
    world.plan = shared("weighted", "capacity = 50");
    world.plan.applications[0].minimum_capacity = 101;
    let force = ["quorum", "dwell"].map(str::to_owned).into();
    let what = Wanted::FailOver { from: EAST.into(), to: WEST.into(), force, after: Epoch(0) };
    world.standing.people.orders.insert("o-1".into(), order("alice", what));
    assert_eq!(world.guards(), ["capacity"]);
    world.plan.applications[0].minimum_capacity = 100;
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_region_on_its_way_back_does_not_carry_what_is_left() {
    let sets = vec![weighted_set(EAST, 1, 25), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
    let out = [(EAST, 25)];
    let mut world = weighted().epoch((1, "r-1", MoveKind::Restore), WEST, EAST, &out).listed(sets);
    world = world.with(healthy(EAST, 3600)).with(dead(EU, 60));
    world.plan = shared("weighted", "capacity = 50");
    assert_eq!(world.guards(), ["capacity"]);
}

#[test]
fn who_comes_to_the_rescue_carries_what_is_left() {
    let sets = vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 0)];
    let out = [(EAST, 0), (EU, 0)];
    let rescue = world("weighted", sets).epoch((2, "r-2", MoveKind::Evacuate), EU, WEST, &out).here(EU);
    assert!(matches!(rescue.with(dead(WEST, 60)).decide(), Decision::Evacuate(_)));
}

#[test]
fn only_an_evacuation_where_all_serve_asks_for_capacity() {
    let mut restore = recovered(0, 0);
    restore.plan.applications[0].minimum_capacity = 1_000;
    assert!(matches!(restore.decide(), Decision::Restore(_)));
    let mut pair = World::east_is_dead();
    pair.plan.applications[0].minimum_capacity = 1_000;
    assert!(matches!(pair.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_taker_that_is_accepted_degraded_counts_for_the_load() {
    let mut shaky = weighted().with(dead(EU, 60)).with(degraded(WEST));
    assert_eq!(shaky.guards(), ["target-degraded"]);
    shaky.plan.applications[0].accept_degraded = true;
    assert!(matches!(shaky.decide(), Decision::Evacuate(_)));
}
