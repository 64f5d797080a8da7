//! Numbers at which a guard begins or ends to object, and facts that are counted.

use super::*;
use crate::state::Stretch;

#[test]
fn what_is_bad_for_exactly_the_dwell_is_left() {
    assert_eq!(World::east_is_dead().with(dead(EAST, 19)).guards(), ["dwell"]);
    assert!(matches!(World::east_is_dead().with(dead(EAST, 20)).decide(), Decision::Evacuate(_)));
}

#[test]
fn a_region_that_is_healthy_for_exactly_the_soak_gets_its_users_back() {
    assert_eq!(World::west_holds().with(healthy(EAST, 899)).guards(), ["soak"]);
    assert!(matches!(World::west_holds().with(healthy(EAST, 900)).decide(), Decision::Restore(_)));
}

#[test]
fn a_move_exactly_a_cool_down_ago_is_no_reason_to_wait() {
    let handed_back = |seconds| {
        let world = World::east_is_dead().moved(1, "r-1", EAST, WEST, 9_000);
        world.moved(2, "r-2", WEST, EAST, seconds)
    };
    assert_eq!(handed_back(599).guards(), ["cooldown"]);
    assert!(matches!(handed_back(600).decide(), Decision::Evacuate(_)));
    let mut short = handed_back(300);
    short.plan.applications[0].timing.soak = Duration::from_secs(300);
    assert!(matches!(short.decide(), Decision::Evacuate(_)), "the soak is the shorter one");
}

#[test]
fn under_failover_a_restore_leaves_a_region_as_a_failover_does() {
    let mut world = World::east_is_dead().moved(1, "r-1", EAST, WEST, 9_000).moved(2, "r-2", WEST, EAST, 60);
    if let Moves::Known(records) = &mut world.facts.moves {
        records[0].kind = MoveKind::Restore;
    }
    assert_eq!(world.guards(), ["cooldown"]);
}

#[test]
fn only_moves_of_the_last_day_that_changed_the_holder_count() {
    let three = |seconds: u64, from: &str| {
        let world = World::east_is_dead().moved(1, "r-1", from, EAST, seconds + 2_000);
        world.moved(2, "r-2", from, EAST, seconds + 1_000).moved(3, "r-3", from, EAST, seconds)
    };
    assert_eq!(three(10_000, WEST).guards(), ["flap-limit"]);
    assert!(matches!(three(90_000, WEST).decide(), Decision::Evacuate(_)), "the day before");
    assert!(matches!(three(10_000, EAST).decide(), Decision::Evacuate(_)), "nobody's users moved");
    assert_eq!(three(84_400, WEST).guards(), ["flap-limit"], "exactly a day ago is within the day");
}

#[test]
fn the_last_move_is_the_newest_that_changed_the_holder() {
    let world = World::east_is_dead().moved(1, "r-1", WEST, EAST, 60).moved(2, "r-2", EAST, EAST, 30);
    assert_eq!(last(&world).run.as_str(), "r-1");
    assert_eq!(world.guards(), ["cooldown"]);
}

#[test]
fn a_failed_run_holds_its_repetition_for_ten_minutes_and_no_other_move() {
    let wish = Wish::new(MoveKind::Evacuate, EAST.into(), WEST.into());
    let after_failure = |wish: Wish, seconds| {
        let mut world = World::east_is_dead();
        world.standing.failed = Some(FailedRun { wish: Some(wish), ..failed(seconds) });
        world.guards()
    };
    assert_eq!(after_failure(wish.clone(), 599), ["run-failed"]);
    assert_eq!(after_failure(Wish { share: 25, ..wish.clone() }, 60), ["run-failed"], "whatever its share");
    assert_eq!(after_failure(wish.clone(), 600), [""; 0]);
    let elsewhere = || Region::from("eu-west-1");
    for other in [
        Wish { kind: MoveKind::Restore, ..wish.clone() },
        Wish { from: elsewhere(), ..wish.clone() },
        Wish { to: elsewhere(), ..wish },
    ] {
        assert_eq!(after_failure(other.clone(), 60), [""; 0], "{other:?}");
    }
}

#[test]
fn a_clock_at_the_newest_epoch_is_right() {
    let world = World::east_is_dead().moved(1, "r-1", EAST, WEST, 0);
    assert!(!world.guards().contains(&"clock"));
}

#[test]
fn an_empty_list_of_readiness_alarms_vetoes_nothing() {
    let mut world = World::east_is_dead();
    world.facts.vetoes.insert(WEST.into(), Vec::new());
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
}

#[test]
fn a_fleet_stop_holds_no_restore() {
    let mut world = World::west_holds();
    let bad = Stretch { since: ago(120), last: ago(5) };
    world.standing.suspects =
        [EAST, "ap-south-1", "sa-east-1"].map(|region| (Region::from(region), bad)).into();
    assert!(matches!(world.decide(), Decision::Restore(_)));
}

#[test]
fn one_region_is_answered_or_none_can_be_told() {
    let answered = |regions: &[&str]| Answered::Regions(regions.iter().map(|r| Region::from(*r)).collect());
    assert_eq!(answered(&[WEST]).only(), Some(&WEST.into()));
    assert_eq!(answered(&[EAST, WEST]).only(), None);
    assert_eq!(Answered::Unknown { why: "silence".into() }.only(), None);
}

#[test]
fn name_servers_that_answer_the_holder_and_the_taker_hold_nothing() {
    let mut world = World::east_is_dead();
    world.facts.answered = Answered::Regions([EAST.into(), WEST.into()].into());
    assert!(matches!(world.decide(), Decision::Evacuate(_)));
    world.facts.answered = Answered::Regions([EAST.into(), "eu-west-1".into()].into());
    assert_eq!(world.guards(), ["holder-unknown"]);
}

#[test]
fn a_claim_is_dated_to_the_second_as_its_public_record_is() {
    let world = World::east_is_dead();
    let decision = world.with_situation(|situation| {
        decide(&Situation { now: after(situation.now, Duration::from_millis(700)), ..situation.clone() })
    });
    let claim = decision.into_claim().unwrap();
    assert_eq!(claim.batch().claim().at, now());
    assert_eq!(EpochRecord::parse(&claim.batch().claim().text()), Ok(claim.batch().claim().clone()));
}

#[test]
fn only_an_evacuation_that_counts_hold_settles() {
    let mut world = World::west_holds();
    world.facts.answered = Answered::Unknown { why: "silence".into() };
    assert_eq!(world.guards(), ["holder-unknown"]);
    assert!(!world.decide().is_settling(), "a restore is no hurry");
}
