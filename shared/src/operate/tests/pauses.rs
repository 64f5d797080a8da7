//! Pause, resume and acknowledge.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::world::{Down, EAST, EU, WEST, World, ago, start};
use super::{refused, taken};
use crate::names::Epoch;
use crate::state::{Home, Pause, People};

fn pause(application: &str) -> Value {
    json!({"command": "pause", "application": application, "author": "alice", "reason": "migration", "for": "2h"})
}

fn resume(application: &str) -> Value {
    json!({"command": "resume", "application": application, "author": "bob", "reason": "done"})
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_pause_stands_in_every_table_and_wakes_every_controller() {
    let world = World::calm();
    let answer = taken(&world, pause("shop"));
    for region in [EAST, WEST, EU] {
        let pause = world.people(region, "shop").paused(start()).cloned().unwrap();
        assert_eq!((pause.serial, pause.until), (1, at("2026-11-22T14:00:00Z")));
    }
    insta::assert_json_snapshot!(answer, @r#"
    {
      "answer": "recorded",
      "applications": [
        "shop"
      ],
      "ledger": "written",
      "regions": {
        "eu-west-1": "written",
        "us-east-1": "written",
        "us-west-2": "written"
      },
      "text": "shop paused until 2026-11-22T14:00:00Z",
      "until": "2026-11-22T14:00:00Z",
      "woken": {
        "eu-west-1": "woken",
        "us-east-1": "woken",
        "us-west-2": "woken"
      }
    }
    "#);
    assert_eq!(world.woken.borrow().len(), 3);
    assert_eq!(world.people(EAST, "web"), People::default());
}

#[test]
fn the_ledger_of_this_region_tells_who_said_what_and_why() {
    let world = World::calm();
    taken(&world, pause("shop"));
    let entries = world.entries(WEST, "shop");
    assert_eq!((entries.len(), entries[0].kind.as_str()), (1, "command"));
    assert_eq!(entries[0].text, "alice paused it until 2026-11-22T14:00:00Z: migration");
    assert!(world.entries(EAST, "shop").is_empty());
}

#[test]
fn a_region_that_is_lost_is_told_and_stops_nobody() {
    for how in [Down::Refuses, Down::Hangs] {
        let world = World::calm();
        world.fails(EAST, how);
        let answer = taken(&world, pause("shop"));
        assert_eq!(
            (&answer["regions"][WEST], &answer["regions"][EU]),
            (&json!("written"), &json!("written"))
        );
        assert!(answer["regions"][EAST].as_str().unwrap().starts_with("NOT REACHED: "), "{answer:#}");
        assert!(answer["notes"][0].as_str().unwrap().starts_with("us-east-1 could not be heard before"));
        assert!(world.people(WEST, "shop").paused(start()).is_some());
    }
}

#[test]
fn where_this_region_is_lost_the_others_hear_it() {
    let world = World::calm();
    world.fails(WEST, Down::Hangs);
    let answer = taken(&world, pause("shop"));
    assert!(answer["ledger"].as_str().unwrap().starts_with("NOT REACHED: "));
    assert!(world.people(EAST, "shop").paused(start()).is_some());
}

#[test]
fn where_no_region_can_be_written_nothing_is_recorded_and_nobody_is_woken() {
    let world = World::calm();
    [EAST, WEST, EU].into_iter().for_each(|region| world.fails(region, Down::Refuses));
    let answer = world.say(pause("shop"));
    assert_eq!(answer["answer"], "refused");
    assert_eq!(answer["text"], "nothing was recorded: no region's table could be written");
    assert!(answer["regions"][EU].as_str().unwrap().contains("no route to host"), "{answer:#}");
    assert!(world.woken.borrow().is_empty());
}

#[test]
fn a_controller_that_cannot_be_woken_looks_anyway() {
    let mut world = World::calm();
    world.asleep.insert(EU.into());
    let answer = taken(&world, pause("shop"));
    assert_eq!(answer["woken"][EU], "NOT WOKEN: invoke: throttled; it looks within a minute");
    assert_eq!(answer["woken"][EAST], "woken");
}

#[test]
fn serials_grow_wherever_the_last_word_was_heard() {
    let world = World::calm();
    taken(&world, pause("shop"));
    world.fails(EAST, Down::Refuses);
    taken(&world, resume("shop"));
    // us-east-1 still thinks that it is paused, and says nothing.
    assert!(world.people(EAST, "shop").paused(start()).is_some());
    taken(&world, pause("shop"));
    world.down.borrow_mut().clear();
    let answer = taken(&world, resume("shop"));
    assert_eq!(answer["regions"][EAST], "written");
    for region in [EAST, WEST, EU] {
        let people = world.people(region, "shop");
        assert_eq!((people.pause.as_ref().unwrap().serial, people.paused(start())), (4, None), "{region}");
        assert_eq!(people.pause.unwrap().resumed.unwrap().author, "bob");
    }
}

#[test]
fn a_newer_word_that_was_not_heard_before_stands() {
    let world = World::calm();
    let newer = Pause {
        serial: 7,
        author: "carol".into(),
        reason: "freeze".into(),
        at: Some(ago(5)),
        until: at("2026-11-23T12:00:00Z"),
        resumed: None,
    };
    let people = People { pause: Some(newer.clone()), ..People::default() };
    // A row that cannot be read is not heard, and its region is told as not reached.
    world.put(EAST, People::key(&"shop".into()), &people);
    world.put(EU, People::key(&"shop".into()), &json!({"pause": "what?"}));
    let answer = taken(&world, pause("shop"));
    assert!(answer["regions"][EU].as_str().unwrap().contains("not in a form that this version knows"));
    assert_eq!(world.people(EAST, "shop").pause.unwrap().serial, 8);
}

#[test]
fn a_word_that_was_said_meanwhile_stands_and_that_is_told() {
    let world = World::calm();
    let (author, reason) = ("carol".to_owned(), "freeze".to_owned());
    let until = at("2026-11-23T12:00:00Z");
    let newer = Pause { serial: 7, author, reason, at: Some(start()), until, resumed: None };
    let people = People { pause: Some(newer.clone()), ..People::default() };
    let body = serde_json::to_string(&people).unwrap();
    *world.meanwhile.borrow_mut() = Some((EAST.into(), People::key(&"shop".into()), body));
    let answer = taken(&world, pause("shop"));
    let told = answer["regions"][EAST].as_str().unwrap();
    assert!(told.starts_with("NOT REACHED: a newer pause or resumption stands there"), "{told}");
    assert_eq!(world.people(EAST, "shop").pause, Some(newer));
}

#[test]
fn pausing_again_replaces_the_pause() {
    let world = World::calm();
    taken(&world, pause("shop"));
    let mut shorter = pause("shop");
    shorter["for"] = json!("10m");
    taken(&world, shorter);
    let pause = world.people(EU, "shop").pause.unwrap();
    assert_eq!((pause.serial, pause.until), (2, at("2026-11-22T12:10:00Z")));
}

#[test]
fn all_applications_are_paused_and_resumed_at_once() {
    let world = World::calm();
    assert_eq!(taken(&world, pause("*"))["applications"], json!(["shop", "web"]));
    assert!(world.people(EU, "web").paused(start()).is_some());
    taken(&world, resume("shop"));
    assert_eq!(taken(&world, resume("*"))["applications"], json!(["web"]));
}

#[test]
fn nothing_is_resumed_where_nothing_is_paused() {
    let world = World::calm();
    let fault = refused(&world, resume("shop"));
    assert_eq!(fault, "application: nothing is paused: shop [an application that status shows as paused]");
    assert!(refused(&world, resume("*")).contains("nothing is paused: shop, web"));
}

#[test]
fn a_pause_needs_one_end() {
    let world = World::calm();
    let mut both = pause("shop");
    both["until"] = json!("2026-11-23T12:00:00Z");
    assert!(refused(&world, both).starts_with("until: for is there, too"));
    let mut none = pause("shop");
    none.as_object_mut().unwrap().remove("for");
    assert!(refused(&world, none).starts_with("for: neither for nor until is there"));
}

#[test]
fn an_event_that_comes_late_undoes_no_newer_word() {
    let world = World::calm();
    let event = |time: Timestamp, detail: Value| {
        json!({"source": "understudy.operator", "detail-type": "Understudy Command", "id": "e-1",
            "time": time.to_string(), "detail": detail})
    };
    taken(&world, event(ago(60), pause("shop")));
    assert_eq!(world.people(EU, "shop").pause.unwrap().until, at("2026-11-22T13:59:00Z"));
    taken(&world, resume("shop"));
    world.woken.borrow_mut().clear();
    let fault = refused(&world, event(ago(60), pause("shop")));
    assert!(fault.starts_with("time: it was said at 2026-11-22T11:59:00Z, and a newer word at"), "{fault}");
    let fault = refused(&world, event(ago(3 * 3600), pause("shop")));
    assert!(fault.starts_with("detail.for: it is over already"), "{fault}");
}

#[test]
fn the_newest_epoch_is_acknowledged_once() {
    let acknowledge = || json!({"command": "acknowledge", "application": "shop", "author": "alice"});
    let mut world = World::calm();
    assert!(refused(&world, acknowledge()).contains("nothing was ever moved of shop"));
    world.moved("shop.example.com", 4, (EAST, WEST), &[], ago(600));
    let answer = taken(&world, acknowledge());
    assert_eq!(answer["text"], "alice acknowledged epoch 4 (us-east-1 to us-west-2 at 2026-11-22T11:50:00Z)");
    assert_eq!(world.people(EAST, "shop").acknowledged, Epoch(4));
    world.woken.borrow_mut().clear();
    assert!(refused(&world, acknowledge()).contains("epoch 4 is acknowledged, and none is newer"));
    world.dns_down = true;
    assert!(refused(&world, acknowledge()).contains("the newest epoch could not be read"));
}
