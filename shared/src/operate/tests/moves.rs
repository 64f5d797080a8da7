//! Fail over and fail back.

use serde_json::{Value, json};

use super::world::{Down, EAST, EU, PLAN, WEST, World, ago};
use super::{faults, refused, taken};
use crate::health::Health;
use crate::names::Epoch;
use crate::state::{ApplicationRow, Wanted};

fn over(application: &str, members: &Value) -> Value {
    order("fail-over", application, members)
}

fn back(application: &str, members: &Value) -> Value {
    order("fail-back", application, members)
}

fn order(verb: &str, application: &str, members: &Value) -> Value {
    let mut document =
        json!({"command": verb, "application": application, "author": "alice", "reason": "maintenance"});
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    document
}

fn wanted(world: &World, region: &str, application: &str) -> Wanted {
    world.people(region, application).orders.into_values().next().unwrap().what
}

/// us-west-2 holds shop since a failover half an hour ago.
fn failed_over() -> World {
    let mut world = World::calm();
    world.seats(WEST, EAST);
    world.moved("shop.example.com", 1, (EAST, WEST), &[], ago(1800));
    world
}

#[test]
fn guards_that_are_not_named_refuse_an_order_and_tell_what_to_send_instead() {
    let world = World::calm();
    let answer = world.say(over("shop", &json!({})));
    insta::assert_json_snapshot!(answer, @r#"
    {
      "answer": "refused",
      "faults": [
        {
          "allowed": "send_instead, if you want it all the same",
          "path": "force",
          "problem": "guards object that are not named: quorum, dwell"
        }
      ],
      "guards": [
        {
          "ends": "us-east-1 healthy again, or a further kind of vantage that says it is unhealthy",
          "guard": "quorum",
          "overridable": true,
          "reason": "0 of 2 kinds of vantage say that it is unhealthy (nobody)"
        },
        {
          "ends": "us-east-1 healthy again, or bad without a break for the dwell",
          "guard": "dwell",
          "overridable": true,
          "reason": "bad for 0 ms, 20 s are asked for"
        }
      ],
      "send_instead": {
        "application": "shop",
        "author": "alice",
        "command": "fail-over",
        "force": [
          "dwell",
          "quorum"
        ],
        "from": "us-east-1",
        "reason": "maintenance",
        "to": "us-west-2"
      },
      "text": "2 guards object; nothing was recorded"
    }
    "#);
    assert_eq!((*world.commits.borrow(), world.woken.borrow().len()), (0, 0));
    let sent = taken(&world, &answer["send_instead"]);
    let overridden: Vec<&str> =
        sent["overridden"].as_array().unwrap().iter().map(|hold| hold["guard"].as_str().unwrap()).collect();
    assert_eq!(overridden, ["quorum", "dwell"]);
}

#[test]
fn an_order_stands_in_every_table() {
    let world = World::calm();
    let answer = taken(&world, over("shop", &json!({"force": ["quorum", "dwell", "cooldown"]})));
    assert_eq!(answer["order"], "fail-over-20261122T120000Z-1a2b3c4d");
    assert_eq!(answer["until"], "2026-11-22T13:00:00Z");
    assert_eq!(answer["text"], "alice ordered shop to fail-over from us-east-1 to us-west-2: maintenance");
    assert_eq!(answer["notes"][1], "named, and not objecting now: cooldown");
    let force = ["cooldown", "dwell", "quorum"].map(str::to_owned).into();
    for region in [EAST, WEST, EU] {
        let expected = Wanted::FailOver {
            from: EAST.into(),
            to: WEST.into(),
            force: Clone::clone(&force),
            after: Epoch(0),
        };
        assert_eq!(wanted(&world, region, "shop"), expected);
    }
}

#[test]
fn a_dead_region_is_left_without_force() {
    let mut world = World::calm();
    world.seen(Health::Healthy, &["shop-us-east-1"]);
    let answer = taken(&world, over("shop", &json!({})));
    assert_eq!(answer.get("overridden"), None);
    assert!(answer["why"][1].as_str().unwrap().starts_with("us-east-1 is unhealthy"), "{answer:#}");
}

#[test]
fn the_target_must_be_another_region_that_may_take_over() {
    let world = World::calm();
    let fault = refused(&world, over("shop", &json!({"to": EAST})));
    assert_eq!(fault, "to: us-east-1 is the region that would be left [us-west-2]");
    let fault = refused(&world, over("shop", &json!({"from": WEST})));
    assert_eq!(fault, "from: us-west-2 does not hold traffic [us-east-1]");
    let mut world = World::calm();
    world.plan.controllers.retain(|region| region.as_str() != WEST);
    world.here = EAST.into();
    let fault = refused(&world, over("shop", &json!({})));
    assert!(fault.starts_with("to: no controller runs in us-west-2"), "{fault}");
}

#[test]
fn without_a_healthy_region_the_target_must_be_named() {
    let mut world = World::calm();
    world.seen(Health::Healthy, &["shop-us-west-2"]);
    world.here = EU.into();
    let fault = refused(&world, over("shop", &json!({})));
    assert!(fault.starts_with("to: it is missing, and no other region is verified healthy"), "{fault}");
    let named = world.say(over("shop", &json!({"to": WEST})));
    let guards: Vec<&str> =
        named["guards"].as_array().unwrap().iter().map(|guard| guard["guard"].as_str().unwrap()).collect();
    assert!(guards.contains(&"no-fit-target"), "{guards:?}");
}

#[test]
fn what_no_order_overrides_is_told_without_a_document() {
    let mut world = World::calm();
    world.seen(Health::Healthy, &["shop-us-east-1"]);
    world.row(WEST, "shop", &ApplicationRow { run: Some("r-1".into()), ..ApplicationRow::default() });
    let answer = world.say(over("shop", &json!({})));
    assert_eq!(answer["guards"][0]["guard"], "run-in-flight");
    assert_eq!(answer["guards"][0]["overridable"], false);
    assert_eq!(answer.get("send_instead"), None);
    assert!(faults(&answer)[0].contains("which no order overrides: run-in-flight"));
}

#[test]
fn the_order_is_decided_with_what_its_executor_remembers() {
    let mut world = World::calm();
    world.seen(Health::Healthy, &["shop-us-east-1"]);
    // A run of this controller is no matter of the one that takes over.
    world.here = EU.into();
    world.row(EU, "shop", &ApplicationRow { run: Some("r-1".into()), ..ApplicationRow::default() });
    taken(&world, over("shop", &json!({})));
}

#[test]
fn an_executor_that_is_not_reached_hears_of_it_from_others() {
    let mut world = World::calm();
    world.seen(Health::Healthy, &["shop-us-east-1"]);
    world.here = EU.into();
    world.fails(WEST, Down::Hangs);
    let answer = taken(&world, over("shop", &json!({"force": ["quorum"]})));
    assert!(answer["regions"][WEST].as_str().unwrap().starts_with("NOT REACHED"));
    let notes = answer["notes"].to_string();
    assert!(notes.contains("the table of us-west-2 was not reached"), "{notes}");
}

#[test]
fn where_this_table_is_down_a_move_is_ordered_elsewhere() {
    let world = World::calm();
    world.fails(WEST, Down::Refuses);
    let fault = refused(&world, over("shop", &json!({})));
    assert!(fault.contains("the same command to the function of another region"), "{fault}");
}

#[test]
fn under_two_person_an_order_waits_for_another_one() {
    let mut world = World::planned(&PLAN.replace("priority = 1", "priority = 1\ntwo_person = true"));
    world.seen(Health::Healthy, &["shop-us-east-1"]);
    let answer = taken(&world, over("shop", &json!({})));
    let digest = answer["digest"].as_str().unwrap();
    let waits = answer["notes"][1].as_str().unwrap();
    assert!(waits.contains("the approval of another person"), "{waits}");
    assert!(waits.contains(&format!("approve {digest}")), "{waits}");
    assert_eq!(answer["why"][0], "evacuate shop: from us-east-1 to us-west-2");
}

#[test]
fn where_several_serve_the_region_to_leave_is_named() {
    let world = World::calm();
    let fault = refused(&world, over("web", &json!({})));
    assert_eq!(fault, "from: it is missing, and several regions serve [us-east-1, us-west-2, eu-west-1]");
    let force = json!({"from": EAST, "force": ["quorum", "dwell"]});
    taken(&world, over("web", &force));
    assert!(matches!(wanted(&world, EU, "web"), Wanted::FailOver { to, .. } if to.as_str() == WEST));
}

#[test]
fn a_region_that_serves_nothing_cannot_be_left() {
    let mut world = World::calm();
    world.moved("web.example.com", 3, (EAST, WEST), &[(EAST, 0)], ago(7200));
    let fault = refused(&world, over("web", &json!({"from": EAST})));
    assert_eq!(fault, "from: us-east-1 serves nothing [us-west-2, eu-west-1]");
}

#[test]
fn an_event_older_than_the_last_move_is_overtaken() {
    let mut world = failed_over();
    world.moved("shop.example.com", 2, (EAST, WEST), &[], ago(60));
    let event = json!({"source": "understudy.operator", "detail-type": "Understudy Command", "id": "e-1",
        "time": "2026-11-22T11:50:00Z", "detail": over("shop", &json!({"force": ["quorum", "dwell"]}))});
    let fault = refused(&world, event);
    assert!(fault.starts_with("time: it was said at 2026-11-22T11:50:00Z, before the move"), "{fault}");
    let event = json!({"source": "understudy.operator", "detail-type": "Understudy Command", "id": "e-1",
        "time": "2026-11-22T10:50:00Z", "detail": over("shop", &json!({}))});
    assert!(refused(&world, event).contains("and is void since 2026-11-22T11:50:00Z"));
}

#[test]
fn traffic_is_handed_back_by_its_holder() {
    let world = failed_over();
    let answer = world.say(back("shop", &json!({})));
    assert_eq!(answer["guards"][0]["guard"], "cooldown");
    assert_eq!(answer["guards"].as_array().unwrap().len(), 1);
    taken(&world, &answer["send_instead"]);
    let force = ["cooldown".to_owned()].into();
    let expected = Wanted::FailBack { from: WEST.into(), to: EAST.into(), force, after: Epoch(1) };
    assert_eq!(wanted(&world, EU, "shop"), expected);
}

#[test]
fn what_is_back_is_not_handed_back() {
    let world = World::calm();
    assert!(refused(&world, back("shop", &json!({}))).contains("us-east-1 holds traffic already"));
    assert!(refused(&world, back("web", &json!({}))).contains("every region serves wholly"));
    let world = failed_over();
    let fault = refused(&world, back("shop", &json!({"to": WEST})));
    assert_eq!(fault, "to: us-west-2 is not the preferred region; to move there, use fail-over [us-east-1]");
}

#[test]
fn of_several_that_are_out_one_is_named() {
    let mut world = World::calm();
    world.moved("web.example.com", 3, (EAST, WEST), &[(EAST, 0), (EU, 25)], ago(7200));
    let fault = refused(&world, back("web", &json!({})));
    assert_eq!(fault, "to: it is missing, and more than one region is out [us-east-1, eu-west-1]");
    assert_eq!(
        refused(&world, back("web", &json!({"to": WEST}))),
        "to: us-west-2 is not out [us-east-1, eu-west-1]"
    );
    let answer = taken(&world, back("web", &json!({"to": EAST})));
    assert_eq!(answer["notes"].as_array().unwrap().last().unwrap(), "web returns by the stages of its ramp");
    let expected = Wanted::FailBack { from: WEST.into(), to: EAST.into(), force: [].into(), after: Epoch(3) };
    assert_eq!(wanted(&world, EAST, "web"), expected);
}

#[test]
fn nobody_who_is_ill_hands_back() {
    let mut world = World::calm();
    world.moved("web.example.com", 3, (EAST, WEST), &[(EAST, 0)], ago(7200));
    world.seen(Health::Healthy, &["web-us-west-2", "web-eu-west-1"]);
    let fault = refused(&world, back("web", &json!({})));
    assert!(fault.contains("no region that serves wholly is verified healthy"), "{fault}");
}
