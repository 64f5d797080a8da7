//! Pause, resume and acknowledge.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::world::{Down, EAST, EU, WEST, World, ago, start};
use super::{refused, taken};
use crate::names::Epoch;
use crate::ports::Clock;
use crate::state::{Home, Pause, People};
use crate::time::after;

fn pause(application: &str) -> Value {
    json!({"command": "pause", "application": application, "author": "alice", "reason": "migration", "for": "2h"})
}

fn resume(application: &str) -> Value {
    json!({"command": "resume", "application": application, "author": "bob", "reason": "done"})
}

fn by(author: &str, mut document: Value) -> Value {
    document["author"] = json!(author);
    document
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn wait(world: &World, seconds: u64) {
    let later = after(world.now(), Duration::from_secs(seconds));
    *world.now.borrow_mut() = later;
}

/// From now on commands are given to one region's function, and it reaches all tables but some.
fn cut(world: &mut World, here: &str, lost: &[&str]) {
    world.here = here.into();
    world.down.borrow_mut().clear();
    lost.iter().for_each(|region| world.fails(region, Down::Refuses));
}

/// A pause that lasts longer than the others here.
fn carols() -> Pause {
    let (author, reason) = ("carol".to_owned(), "freeze".to_owned());
    Pause { author, reason, at: ago(5), until: at("2026-11-23T12:00:00Z"), resumed: None }
}

fn stands(world: &World, region: &str, pauses: &[(&str, Pause)]) {
    let pauses = pauses.iter().map(|(id, pause)| ((*id).into(), pause.clone())).collect();
    world.put(region, People::key(&"shop".into()), &People { pauses, ..People::default() });
}

/// Who ended each pause, and why.
fn ends(people: &People) -> Vec<Option<String>> {
    let each = people.pauses.values().map(|pause| pause.resumed.as_ref());
    each.map(|end| end.map(|end| format!("{}: {}", end.author, end.reason))).collect()
}

fn bobs() -> Option<String> {
    Some("bob: done".to_owned())
}

#[test]
fn a_pause_stands_in_every_table_and_wakes_every_controller() {
    let world = World::calm();
    let answer = taken(&world, pause("shop"));
    for region in [EAST, WEST, EU] {
        let until = world.people(region, "shop").paused(start()).map(|pause| pause.until);
        assert_eq!(until, Some(at("2026-11-22T14:00:00Z")));
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
fn a_table_that_missed_a_resumption_hears_it_with_the_next_word() {
    let world = World::calm();
    taken(&world, pause("shop"));
    world.fails(EAST, Down::Refuses);
    taken(&world, resume("shop"));
    // us-east-1 still thinks that it is paused, and says nothing.
    assert!(world.people(EAST, "shop").paused(start()).is_some());
    wait(&world, 1);
    taken(&world, pause("shop"));
    world.down.borrow_mut().clear();
    let answer = taken(&world, resume("shop"));
    assert_eq!(answer["regions"][EAST], "written");
    for region in [EAST, WEST, EU] {
        let people = world.people(region, "shop");
        assert_eq!((people.pauses.len(), people.paused(world.now())), (2, None), "{region}");
        assert_eq!(ends(&people), [bobs(), bobs()], "{region}");
    }
}

#[test]
fn a_pause_on_one_side_of_a_partition_outlives_a_resumption_on_the_other() {
    let mut world = World::calm();
    cut(&mut world, WEST, &[EAST]);
    taken(&world, by("carol", pause("shop")));
    wait(&world, 1);
    taken(&world, resume("shop"));
    cut(&mut world, EAST, &[WEST, EU]);
    wait(&world, 1);
    taken(&world, pause("shop"));
    cut(&mut world, WEST, &[]);
    let shown = world.say(json!({"command": "status", "application": "shop"}));
    assert_eq!(shown["applications"][0]["pause"]["author"], "alice", "{shown:#}");
    // Only now somebody resumes who knows of it.
    let answer = taken(&world, resume("shop"));
    assert_eq!(answer["text"], "shop resumed");
    for region in [EAST, WEST, EU] {
        assert_eq!(world.people(region, "shop").paused(world.now()), None, "{region}");
    }
}

#[test]
fn all_pauses_that_stand_are_resumed_at_once() {
    let world = World::calm();
    stands(&world, EAST, &[("a", carols())]);
    stands(&world, EU, &[("b", Pause { author: "dave".into(), ..carols() })]);
    taken(&world, resume("shop"));
    let people = world.people(WEST, "shop");
    assert_eq!(ends(&people), [bobs(), bobs()]);
    assert_eq!(world.people(EAST, "shop"), people);
    assert_eq!(world.entries(WEST, "shop")[0].text, "bob ended the pauses of carol, dave: done");
}

#[test]
fn a_row_that_cannot_be_read_is_not_heard_and_its_region_is_told_as_not_reached() {
    let world = World::calm();
    stands(&world, EAST, &[("a", carols())]);
    world.put(EU, People::key(&"shop".into()), &json!({"pauses": "what?"}));
    let answer = taken(&world, pause("shop"));
    assert!(answer["regions"][EU].as_str().unwrap().contains("not in a form that this version knows"));
    assert_eq!(world.people(EAST, "shop").pauses.len(), 2);
}

#[test]
fn what_is_said_meanwhile_is_not_ended() {
    for command in [pause("shop"), resume("shop")] {
        let world = World::calm();
        stands(&world, WEST, &[("a", Pause { author: "dave".into(), ..carols() })]);
        let people = People { pauses: [("b".into(), carols())].into(), ..People::default() };
        let body = serde_json::to_string(&people).unwrap();
        *world.meanwhile.borrow_mut() = Some((EAST.into(), People::key(&"shop".into()), body));
        assert_eq!(taken(&world, command)["regions"][EAST], "written");
        assert_eq!(world.people(EAST, "shop").paused(start()), Some(&carols()));
    }
}

#[test]
fn pausing_again_replaces_the_pause() {
    let world = World::calm();
    taken(&world, pause("shop"));
    wait(&world, 1);
    let mut shorter = pause("shop");
    shorter["for"] = json!("10m");
    taken(&world, shorter);
    let people = world.people(EU, "shop");
    assert_eq!(people.paused(world.now()).unwrap().until, at("2026-11-22T12:10:01Z"));
    assert_eq!(ends(&people), [Some("alice: paused anew: migration".to_owned()), None]);
    wait(&world, 601);
    assert_eq!(people.paused(world.now()), None);
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
    assert_eq!(world.people(EU, "shop").paused(start()).unwrap().until, at("2026-11-22T13:59:00Z"));
    taken(&world, resume("shop"));
    world.woken.borrow_mut().clear();
    let fault = refused(&world, event(ago(60), pause("shop")));
    assert!(fault.starts_with("time: it was said at 2026-11-22T11:59:00Z, and a newer word at"), "{fault}");
    let fault = refused(&world, event(ago(3 * 3600), pause("shop")));
    assert!(fault.starts_with("detail.for: it is over already"), "{fault}");
}

#[test]
fn an_event_that_is_delivered_twice_pauses_once_and_ends_nothing() {
    let world = World::calm();
    let event = || {
        json!({"source": "understudy.operator", "detail-type": "Understudy Command", "id": "e-1",
            "time": ago(5).to_string(), "detail": pause("shop")})
    };
    taken(&world, event());
    let once = world.people(WEST, "shop");
    stands(&world, EAST, &[("a", carols())]);
    taken(&world, event());
    assert_eq!(ends(&once), [None]);
    let people = world.people(EAST, "shop");
    assert_eq!((ends(&people), people.paused(start())), (vec![None, None], Some(&carols())));
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
