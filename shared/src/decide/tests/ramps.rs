//! Stages of a weighted restore: one move, with one consent, whose name all stages have in common.

use super::holders::*;
use super::*;

/// us-east-1 is at a stage of its ramp since so many seconds; seen from us-west-2, which hands it back.
fn at_stage(share: u8, seconds: u64) -> World {
    let mut world = recovered(share, share);
    if let (EpochReading::Known(Some(newest)), Moves::Known(records)) =
        (&mut world.facts.epoch, &mut world.facts.moves)
    {
        newest.at = ago(seconds);
        records[0].at = ago(seconds);
    }
    world
}

#[test]
fn stages_follow_each_other_as_one_move() {
    for (share, weight, next, run) in [(5, 5, 25, "r-1.2"), (25, 25, 50, "r-1.3"), (50, 50, 100, "r-1.4")] {
        let (record, sets) = moves(recovered(share, weight).decide());
        assert_eq!(sets, [weighted_set(EAST, 1, next)]);
        assert_eq!(record.run.as_str(), format!("{run}--new"), "attempts at one stage are told apart");
        assert_eq!(record.run.of_move(), "r-1");
    }
    let (record, _) = moves(recovered(50, 50).decide());
    assert_eq!(record.out, Shares::new());
}

#[test]
fn a_stage_waits_for_its_own_health_and_not_for_cool_down_or_consent() {
    let mut young = recovered(5, 5);
    young.plan.applications[0].restore = Restore::Ask;
    young.plan.applications[0].timing.flap_limit = 1;
    assert!(matches!(young.decide(), Decision::Restore(_)));
    if let EpochReading::Known(Some(newest)) = &mut young.facts.epoch {
        newest.at = ago(60);
    }
    assert_eq!(young.guards(), ["soak"]);
}

#[test]
fn the_first_stage_needs_soak_cool_down_and_consent() {
    let mut world = recovered(0, 0).with(healthy(EAST, 60));
    world.plan.applications[0].restore = Restore::Ask;
    assert_eq!(world.guards(), ["soak", "consent"]);
}

#[test]
fn a_region_that_fails_on_its_way_back_is_taken_out_at_once() {
    let failing = recovered(25, 25).with(dead(EAST, 60));
    let (record, sets) = moves(failing.decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 0)]);
    assert_eq!((record.kind, record.out), (MoveKind::Evacuate, Shares::from([(EAST.into(), 0)])));
}

#[test]
fn a_share_that_people_gave_by_hand_is_no_stage_of_ours() {
    // By the epoch us-east-1 is out; somebody tries 5 % of it.
    let mut canary = recovered(0, 5).with(healthy(EAST, 400));
    canary.plan.applications[0].restore = Restore::Ask;
    assert_eq!(canary.guards(), ["soak", "consent"]);
}

#[test]
fn the_next_stage_waits_for_its_own_time_alone_although_the_last_one_is_a_recent_move() {
    assert_eq!(at_stage(5, 299).guards(), ["soak"]);
    let (record, _) = moves(at_stage(5, 300).decide());
    assert_eq!(record.out, Shares::from([(EAST.into(), 25)]));
}

#[test]
fn a_stage_waits_for_health_as_long_as_for_time() {
    let mut young = at_stage(5, 7200);
    young.health(EAST).good_since = Some(ago(299));
    assert_eq!(young.guards(), ["soak"]);
    young.health(EAST).good_since = Some(ago(300));
    assert!(matches!(young.decide(), Decision::Restore(_)));
}

#[test]
fn of_two_ramps_each_goes_by_its_own_name() {
    let out = [(EAST, 25), (EU, 5)];
    let sets = vec![weighted_set(EAST, 1, 25), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 5)];
    let both = weighted().epoch((2, "r-2", MoveKind::Restore), WEST, EU, &out).listed(sets);
    let (record, sets) = moves(both.with(healthy(EAST, 3600)).decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 50)]);
    assert_eq!(record.run.as_str(), "r-new", "the newest record is of the ramp of eu-west-1");
    assert_eq!(record.out, Shares::from([(EAST.into(), 50), (EU.into(), 5)]));
}

#[test]
fn a_ramp_after_one_that_is_over_has_a_name_of_its_own() {
    // us-east-1 came back wholly, then somebody took it out by hand; alice wants it back.
    let sets = vec![weighted_set(EAST, 1, 0), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 100)];
    let mut world = weighted().epoch((4, "r-1.4-ab", MoveKind::Restore), WEST, EAST, &[]).listed(sets);
    world = world.with(healthy(EAST, 3600));
    world.standing.people.orders.insert("o-1".into(), order("alice", fail_back(4)));
    let (record, sets) = moves(world.decide());
    assert_eq!(sets, [weighted_set(EAST, 1, 5)]);
    assert_eq!((record.run.as_str(), record.out), ("r-new", Shares::from([(EAST.into(), 5)])));
}

fn fail_back(after: u64) -> Wanted {
    let force = Default::default();
    Wanted::FailBack { from: WEST.into(), to: EAST.into(), force, after: Epoch(after) }
}

#[test]
fn the_stages_that_an_order_began_do_not_overtake_it_and_any_other_move_does() {
    let order_alone = |mut world: World| {
        world.standing.people.orders.insert("o-1".into(), order("alice", fail_back(0)));
        world.with_situation(decide_order)
    };
    let (record, _) = moves(order_alone(at_stage(5, 300)));
    assert_eq!(record.out, Shares::from([(EAST.into(), 25)]));
    assert_eq!(order_alone(recovered(0, 0)), Decision::Steady, "us-east-1 was left since");
    let another = [(EAST, 5), (EU, 5)];
    let sets = vec![weighted_set(EAST, 1, 5), weighted_set(WEST, 2, 100), weighted_set(EU, 3, 5)];
    let other_ramp = weighted().epoch((2, "r-2", MoveKind::Restore), WEST, EU, &another).listed(sets);
    assert_eq!(
        order_alone(other_ramp.with(healthy(EAST, 3600))),
        Decision::Steady,
        "eu-west-1 came back since"
    );
    let mut back = recovered(5, 100);
    back.plan.applications[0].ramp = vec![5, 100];
    assert_eq!(order_alone(back), Decision::Steady, "it serves wholly");
}

#[test]
fn an_order_to_fail_back_is_for_who_serves() {
    let mut world = at_stage(5, 300);
    let sets = vec![weighted_set(EAST, 1, 5), weighted_set(WEST, 2, 0), weighted_set(EU, 3, 100)];
    world.standing.people.orders.insert("o-1".into(), order("alice", fail_back(1)));
    world = world.listed(sets);
    assert_eq!(world.with_situation(decide_order), Decision::Steady, "us-west-2 serves nobody by now");
}

#[test]
fn the_second_person_is_asked_for_the_first_stage_of_an_ordered_ramp_only() {
    let ordered = |mut world: World| {
        world.plan.applications[0].two_person = true;
        world.standing.people.orders.insert("o-1".into(), order("alice", fail_back(1)));
        world.with_situation(decide_order)
    };
    assert!(matches!(ordered(recovered(0, 0)), Decision::Ask { .. }));
    assert!(matches!(ordered(at_stage(5, 300)), Decision::Restore(_)));
}

#[test]
fn a_ramp_is_one_effect_whatever_its_stage_and_an_evacuation_names_its_weight() {
    let effect = |mut world: World| {
        world.plan.applications[0].mode = Mode::Approve;
        match world.decide() {
            Decision::Ask { effect, .. } => effect.values,
            other => panic!("{other:?}"),
        }
    };
    let value = |label: &str| BTreeMap::from([(label.to_owned(), vec!["203.0.113.1".to_owned()])]);
    assert_eq!(effect(recovered(0, 0)), value("A us-east-1 (in stages of [5, 25, 50, 100] %)"));
    assert_eq!(effect(weighted()), value("A us-east-1 (weight 0)"));
}

#[test]
fn a_wish_of_an_older_version_is_for_the_whole() {
    let old = r#"{"kind": "evacuate", "from": "us-east-1", "to": "us-west-2"}"#;
    let wish: Wish = serde_json::from_str(old).unwrap();
    assert_eq!(wish, Wish::new(MoveKind::Evacuate, EAST.into(), WEST.into()));
    assert_eq!(wish.share, 100);
}
