//! Several takers: a tertiary, ranks, peers, the fleet.

use super::*;
use crate::plan::PlanView;
use crate::state::{Cleared, Stretch};

const EU: &str = "eu-west-1";

/// Three regions; us-east-1 holds and is dead.
fn three() -> World {
    let mut world = World::east_is_dead().with(healthy(EU, 3600));
    let mut third = world.plan.applications[0].regions[1].clone();
    third.name = EU.into();
    third.set = EU.into();
    third.health_check = Some("aaaaaaaa-7777-8888-9999-000000000000".into());
    third.record =
        crate::plan::RecordValue::Addresses { v4: vec!["203.0.113.3".parse().unwrap()], v6: Vec::new() };
    world.plan.applications[0].regions.push(third);
    world
}

/// The same, seen from eu-west-1.
fn from_eu() -> World {
    World { here: EU.into(), ..three() }
}

#[test]
fn the_best_other_region_sits_behind_the_new_holder() {
    let Decision::Evacuate(claim) = three().decide() else { panic!("no evacuation") };
    let values: Vec<&Content> = claim.batch().moves().iter().map(|set| &set.content).collect();
    let of = |address: &str| Content::Values { ttl: 30, values: vec![address.into()] };
    assert_eq!(values, [&of("203.0.113.2"), &of("203.0.113.3")]);
}

#[test]
fn the_second_taker_waits_for_the_first() {
    let mut world = from_eu();
    assert_eq!(world.guards(), ["rank"]);
    let wish = world.decide().wish().unwrap().clone();
    let cleared = |seconds| Some(Cleared { wish: wish.clone(), epoch: Epoch(0), at: ago(seconds) });
    world.standing.cleared = cleared(29);
    assert_eq!(world.guards(), ["rank"]);
    world.standing.cleared = cleared(30);
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_newer_epoch_makes_the_second_taker_wait_anew() {
    let mut world = from_eu();
    let wish = world.decide().wish().unwrap().clone();
    world.standing.cleared = Some(Cleared { wish, epoch: Epoch(0), at: ago(300) });
    let moved = world.moved(1, "r-1", WEST, EAST, 86_400);
    assert_eq!(moved.guards(), ["rank"]);
}

#[test]
fn what_was_cleared_for_another_move_was_not_waited_for_this_one() {
    let mut world = from_eu();
    let wish = Wish::new(MoveKind::Evacuate, WEST.into(), EU.into());
    world.standing.cleared = Some(Cleared { wish, epoch: Epoch(0), at: ago(300) });
    assert_eq!(world.guards(), ["rank"]);
    let words = world.decide().holds()[0].reason.in_words();
    assert_eq!(words, "taker number 2 gives those before it 30 s, 0 ms are over");
}

#[test]
fn a_rank_is_waited_for_only_once_nothing_else_objects() {
    let mut world = from_eu();
    world.standing.people.pauses = pause(60);
    assert_eq!(world.guards(), ["paused"]);
}

#[test]
fn when_two_are_lost_the_tertiary_does_not_wait_for_the_dead() {
    let world = from_eu().with(dead(WEST, 60));
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

/// Those who are degraded may take over, too.
fn accepted(mut world: World, degraded_ones: &[&str]) -> World {
    world.plan.applications[0].accept_degraded = true;
    degraded_ones.iter().fold(world, |world, region| world.with(degraded(region)))
}

#[test]
fn the_verified_healthy_goes_before_one_that_is_accepted_degraded() {
    assert!(matches!(accepted(from_eu(), &[WEST]).decide(), Decision::Evacuate(_)));
    assert_eq!(accepted(three(), &[WEST]).guards(), ["rank"]);
    let alone = accepted(three().with(dead(EU, 60)), &[WEST]);
    assert!(matches!(alone.decide(), Decision::Evacuate(_)));
}

#[test]
fn of_two_that_are_degraded_alike_the_first_of_the_plan_goes_first() {
    assert!(matches!(accepted(three(), &[WEST, EU]).decide(), Decision::Evacuate(_)));
    assert_eq!(accepted(from_eu(), &[WEST, EU]).guards(), ["rank"]);
}

#[test]
fn who_cannot_be_seen_may_be_well_and_keeps_its_place_in_the_plan() {
    let unseen = |mut world: World, region| {
        world.health(region).verdict = Verdict::Unknown;
        world
    };
    assert_eq!(unseen(from_eu(), WEST).guards(), ["rank"]);
    assert!(matches!(unseen(three(), EU).decide(), Decision::Evacuate(_)));
    let degraded_behind = unseen(accepted(three(), &[WEST]), EU);
    assert!(matches!(degraded_behind.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_third_region_that_route53_answers_is_left_to_its_own_controller() {
    let mut world = from_eu();
    world.facts.answered = Answered::Regions([WEST.into()].into());
    assert_eq!(world.decide(), Decision::Steady);
    world.facts.health.insert(WEST.into(), dead(WEST, 60));
    assert!(world.guards().contains(&"holder-unknown"));
    world.facts.answered = Answered::Regions([EU.into()].into());
    assert!(matches!(world.decide(), Decision::Evacuate(_)), "answered here: latched here");
    world.facts.answered = Answered::Regions([EAST.into()].into());
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn the_second_rescue_is_not_blocked_by_the_first() {
    let mut world = from_eu().with(dead(WEST, 60)).moved(1, "r-1", EAST, WEST, 120);
    world.facts.listing = ListingReading::Read(listing(WEST, EAST));
    world.facts.answered = Answered::Regions([WEST.into()].into());
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn too_many_suspect_regions_stop_all_moves() {
    let mut world = three();
    let bad = |since, last| Stretch { since: ago(since), last: ago(last) };
    let all = [EAST, "ap-south-1", "sa-east-1"].map(|region| (Region::from(region), bad(120, 5)));
    world.standing.suspects = all.into();
    assert_eq!(world.guards(), ["fleet-stop"]);
    world.standing.suspects.insert("sa-east-1".into(), bad(900, 601));
    assert!(matches!(world.decide(), Decision::Evacuate(_)), "one of them is well again");
    world.standing.suspects.insert("sa-east-1".into(), bad(30 * 86_400, 5));
    assert!(matches!(world.decide(), Decision::Evacuate(_)), "one of them has been bad for a month");
}

#[test]
fn one_more_failure_does_not_end_the_stop() {
    let mut world = three();
    let bad = |since| Stretch { since: ago(since), last: ago(5) };
    let three = [EAST, "ap-south-1", "sa-east-1"].map(|region| (Region::from(region), bad(700)));
    world.standing.suspects = three.into();
    assert_eq!(world.guards(), ["fleet-stop"]);
    world.standing.suspects.insert("ca-central-1".into(), bad(60));
    assert_eq!(world.guards(), ["fleet-stop"], "us-east-1 is one of the three");
    world.standing.suspects.insert(EAST.into(), bad(86_400));
    world.standing.suspects.insert("ap-south-2".into(), bad(60));
    assert!(matches!(world.decide(), Decision::Evacuate(_)), "two began now, two others long ago");
    world.standing.suspects.insert("eu-north-1".into(), bad(60));
    assert_eq!(world.guards(), ["fleet-stop"], "while three begin at once nothing is moved");
}

#[test]
fn three_that_began_long_before_the_one_that_is_left_stop_nothing() {
    let mut world = three();
    let bad = |since| Stretch { since: ago(since), last: ago(5) };
    let others = ["ap-south-1", "sa-east-1", "ca-central-1"].map(|region| (region.into(), bad(7_000)));
    world.standing.suspects = others.into();
    world.standing.suspects.insert(EAST.into(), bad(60));
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_readiness_alarm_vetoes_its_region_alone() {
    let mut world = three();
    let alarm = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-capacity".parse().unwrap();
    world.facts.vetoes.insert(WEST.into(), vec![alarm]);
    assert_eq!(world.guards(), ["target-not-ready"]);
    world.here = EU.into();
    assert_eq!(world.guards(), ["rank"]);
}

#[test]
fn another_plan_holds_only_where_this_move_means_something_else() {
    let world = three();
    let theirs = |change: fn(&mut Plan)| {
        let mut plan = world.plan.clone();
        change(&mut plan);
        plan.digest = "ffffffffffff".into();
        PlanView::of(&plan)
    };
    let guards = |view: PlanView| {
        let mut world = three();
        world.standing.peer_plans.insert(EU.into(), view);
        world.guards()
    };
    let other = crate::plan::RecordValue::Cname("elsewhere.example.net".into());
    assert_eq!(guards(theirs(|plan| plan.applications[0].timing.fall = 9)), Vec::<&str>::new());
    let third: fn(&mut Plan) = |plan| plan.applications[0].regions[2].weight = 9;
    assert_eq!(guards(theirs(third)), Vec::<&str>::new());
    assert_eq!(guards(theirs(|plan| plan.applications.clear())), ["plan-skew"]);
    let mut view = theirs(|_| {});
    let regions = view.applications.get_mut(&"shop".into()).unwrap();
    regions.insert(WEST.into(), format!("{other:?}"));
    assert_eq!(guards(view), ["plan-skew"]);
}

#[test]
fn a_rehearsal_resolves_the_move_and_shows_what_would_hold_it() {
    let mut world = three().with(healthy(EAST, 3600));
    world.standing.people.pauses = pause(60);
    let run = "drill".into();
    let situation = Situation {
        application: &world.plan.applications[0],
        plan: &world.plan,
        here: &world.here,
        facts: &world.facts,
        standing: &world.standing,
        run: &run,
        now: now(),
    };
    let rehearsal = rehearse(&situation, &EAST.into()).unwrap();
    assert_eq!(rehearsal.holds.iter().map(|hold| hold.guard.as_str()).collect::<Vec<_>>(), ["paused"]);
    let changes: Vec<_> =
        rehearsal.changes.iter().map(|change| (change.action, change.record.as_str())).collect();
    assert_eq!(
        changes,
        [
            ("CREATE", "e00000001._understudy.shop.example.com TXT"),
            ("UPSERT", "shop.example.com A \"live-PRIMARY\""),
            ("UPSERT", "shop.example.com A \"live-SECONDARY\""),
            ("UPSERT", "now._understudy.shop.example.com TXT"),
        ]
    );
    assert!(rehearsal.changes[1].current.as_ref().unwrap().starts_with("203.0.113.1 "));
    assert!(rehearsal.changes[1].new.starts_with("203.0.113.2 "));
    assert_eq!(rehearse(&situation, &EU.into()), None, "it serves nobody");
}
