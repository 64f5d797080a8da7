//! When an override can carry a move out, and what becomes of it in the records.

use super::*;
use crate::away::Away;
use crate::plan::{Actuator, OverrideKind, Overrides, Policy};
use crate::run::{Marks, Run};

/// Said by the controller in `to`: away from `from`.
pub(super) fn away(from: &str, to: &str) -> Away {
    Away {
        application: "shop".into(),
        from: from.into(),
        to: to.into(),
        epoch: Epoch(1),
        run: "r-1".into(),
        at: ago(60),
        until: after(now(), Duration::from_secs(60)),
        by: Actuator::Override,
    }
}

/// us-east-1 is dead, and overrides come before records.
fn overridable() -> World {
    let mut world = World::east_is_dead();
    world.plan.applications[0].actuators = vec![Actuator::Override, Actuator::Records];
    let kind = OverrideKind::Object { bucket: "understudy-override".into() };
    world.plan.overrides = Some(Overrides { kind, within: Duration::from_secs(60) });
    world
}

fn ways(world: &World) -> Vec<Actuator> {
    world.decide().into_claim().map(|claim| claim.ways().to_vec()).unwrap_or_default()
}

/// The same with a routing control after the override.
fn controllable() -> World {
    let mut world = overridable();
    world.plan.applications[0].actuators = vec![Actuator::Override, Actuator::Arc, Actuator::Records];
    let kind = OverrideKind::Control { endpoints: BTreeMap::new(), controls: BTreeMap::new() };
    world.plan.arc = Some(Overrides { kind, within: Duration::from_secs(30) });
    world
}

#[test]
fn each_actuator_is_a_way_in_the_order_of_the_plan() {
    assert_eq!(ways(&controllable()), [Actuator::Override, Actuator::Arc, Actuator::Records]);
    let mut unsaid = controllable();
    unsaid.plan.overrides = None;
    assert_eq!(ways(&unsaid), [Actuator::Arc, Actuator::Records]);
}

/// The claim by which users were moved, and the world in which the records are to follow.
fn served() -> (World, Claim) {
    let mut world = overridable();
    let claim = world.decide().into_claim().expect("it moves");
    world.standing.run = Some(claim.run().clone());
    world.standing.away = Run::new("shop".into(), "i-1".into(), claim.clone(), Marks::default()).away;
    (world, claim)
}

fn in_records(world: &World, claim: &Claim) -> OfRecords {
    in_the_records(
        &Situation {
            application: &world.plan.applications[0],
            plan: &world.plan,
            here: &world.here,
            facts: &world.facts,
            standing: &world.standing,
            run: claim.run(),
            now: now(),
        },
        claim,
    )
}

#[test]
fn the_plan_says_what_is_tried_first() {
    assert_eq!(ways(&World::east_is_dead()), [Actuator::Records]);
    assert_eq!(ways(&overridable()), [Actuator::Override, Actuator::Records]);
}

#[test]
fn an_override_needs_no_listing_and_no_check_that_is_known() {
    let mut world = overridable();
    world.facts.listing = ListingReading::Unavailable { why: "us-east-1".into() };
    for region in &mut world.plan.applications[0].regions {
        region.health_check = None;
    }
    assert_eq!(ways(&world), [Actuator::Override]);
    world.plan.overrides = None;
    assert_eq!(world.guards(), ["target-incomplete"]);
}

#[test]
fn an_override_is_not_used_where_it_would_lead_elsewhere() {
    let mut third = overridable();
    let mut eu = third.plan.applications[0].regions[1].clone();
    eu.name = "eu-west-1".into();
    eu.record = crate::plan::RecordValue::Addresses { v4: vec!["203.0.113.3".parse().unwrap()], v6: vec![] };
    third.plan.applications[0].regions.push(eu);
    // us-west-2 sits in the SECONDARY set; without the listing nobody knows that.
    assert_eq!(ways(&third), [Actuator::Override, Actuator::Records]);
    third.facts.listing = ListingReading::NotAsked;
    assert_eq!(ways(&third), [Actuator::Records]);
}

#[test]
fn under_latency_whoever_is_nearest_must_be_fit() {
    let mut world = overridable();
    world.plan.applications[0].policy = Policy::Latency;
    world.facts.listing = ListingReading::NotAsked;
    assert_eq!(ways(&world).first(), Some(&Actuator::Override));
}

#[test]
fn the_records_follow_by_the_same_run() {
    let (world, claim) = served();
    let OfRecords::Write(written) = in_records(&world, &claim) else {
        panic!("{:?}", in_records(&world, &claim))
    };
    assert_eq!((written.run(), written.epoch()), (claim.run(), Epoch(1)));
    assert!(!written.batch().moves().is_empty());
}

#[test]
fn the_records_are_not_written_without_having_been_read() {
    let (mut world, claim) = served();
    world.facts.listing = ListingReading::NotAsked;
    assert_eq!(in_records(&world, &claim), OfRecords::NotListed);
}

#[test]
fn who_moved_users_since_supersedes_the_override() {
    let (world, claim) = served();
    let world = world.moved(1, "r-other", WEST, EAST, 10);
    assert_eq!(in_records(&world, &claim), OfRecords::Superseded { by: "r-other".into() });
}

#[test]
fn what_was_sent_already_is_asked_for_and_not_decided_again() {
    let (world, claim) = served();
    let run = claim.run().as_str().to_owned();
    let world = world.moved(1, &run, EAST, WEST, 10);
    assert_eq!(in_records(&world, &claim), OfRecords::Write(Box::new(claim.clone())));
}

#[test]
fn a_pause_and_a_taker_that_fails_keep_the_records_from_following() {
    let (mut paused, claim) = served();
    paused.standing.people.pauses = pause(60);
    let (world, _) = served();
    let ill = world.with(dead(WEST, 60));
    for (world, guard) in [(paused, "paused"), (ill, "no-fit-target")] {
        let OfRecords::Held(holds) = in_records(&world, &claim) else { panic!("{guard}") };
        assert!(holds.iter().any(|hold| hold.reason.guard() == guard), "{guard}: {holds:?}");
    }
}

#[test]
fn records_that_somebody_gave_to_a_third_region_are_left_alone() {
    let (mut world, claim) = served();
    let mut eu = world.plan.applications[0].regions[1].clone();
    eu.name = "eu-west-1".into();
    eu.record = crate::plan::RecordValue::Addresses { v4: vec!["203.0.113.3".parse().unwrap()], v6: vec![] };
    world.plan.applications[0].regions.push(eu);
    let mut sets = listing(EAST, WEST);
    for set in sets
        .sets
        .iter_mut()
        .filter(|set| matches!(set.routing, Routing::Failover { side: Side::Primary, .. }))
    {
        set.content = Content::Values { ttl: 60, values: vec!["203.0.113.3".into()] };
    }
    world.facts.listing = ListingReading::Read(sets);
    let OfRecords::Held(holds) = in_records(&world, &claim) else {
        panic!("{:?}", in_records(&world, &claim))
    };
    assert!(holds.iter().any(|hold| hold.reason.guard() == "holder-unknown"), "{holds:?}");
}
