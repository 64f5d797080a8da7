//! Approvals and denials.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::world::{Down, EAST, EU, PLAN, WEST, World, start};
use super::{faults, refused, taken};
use crate::decide::{DataLoss, Effect};
use crate::names::Epoch;
use crate::state::{ApplicationRow, Home, Order, People, Question, Wanted};
use crate::time::after;

fn effect() -> Effect {
    Effect {
        application: "shop".into(),
        from: EAST.into(),
        to: WEST.into(),
        kind: "evacuate".into(),
        values: BTreeMap::from([("A PRIMARY (primary)".to_owned(), vec!["192.0.2.2".to_owned()])]),
        data_loss: DataLoss::Stateless,
        consents: vec!["consent".into()],
        forced: Vec::new(),
    }
}

/// A controller asks about a move.
fn asks(world: &World, region: &str, for_seconds: u64) {
    let until = after(start(), Duration::from_secs(for_seconds));
    let question = Question { digest: effect().digest(), effect: effect(), at: start(), until };
    world.row(region, "shop", &ApplicationRow { question: Some(question), ..ApplicationRow::default() });
}

fn answer(verb: &str, author: &str) -> Value {
    json!({"command": verb, "application": "shop", "digest": effect().digest(), "author": author, "reason": "ok"})
}

#[test]
fn an_approval_is_for_the_question_that_is_open() {
    let world = World::calm();
    asks(&world, WEST, 600);
    let taken = taken(&world, answer("approve", "alice"));
    assert_eq!(taken["until"], "2026-11-22T13:00:00Z");
    assert_eq!(taken["order"], "approve-20261122T120000Z-1a2b3c4d");
    assert_eq!(taken["why"][0], "evacuate shop: from us-east-1 to us-west-2");
    for region in [EAST, WEST, EU] {
        let order = world.people(region, "shop").orders.into_values().next().unwrap();
        assert_eq!(
            (order.what, order.author.as_str()),
            (Wanted::Approve { digest: effect().digest() }, "alice")
        );
    }
}

#[test]
fn the_question_of_another_controller_may_be_answered_here() {
    let world = World::calm();
    asks(&world, EAST, 600);
    taken(&world, answer("approve", "alice"));
}

#[test]
fn an_unknown_digest_is_refused_with_the_questions_that_are_open() {
    let world = World::calm();
    asks(&world, WEST, 600);
    let mut other = answer("approve", "alice");
    other["digest"] = json!("0123456789abcdef");
    let refused = world.say(other);
    let digest = effect().digest();
    assert_eq!(faults(&refused), [format!("digest: nobody asks about 0123456789abcdef [{digest}]")]);
    assert_eq!(refused["questions"][0]["asked_by"], WEST);
    assert_eq!(refused["questions"][0]["effect"][1], "A PRIMARY (primary): 192.0.2.2");
    assert_eq!(*world.commits.borrow(), 0);
}

#[test]
fn a_question_that_lapsed_is_not_open() {
    let world = World::calm();
    asks(&world, WEST, 0);
    assert!(refused(&world, answer("approve", "alice")).contains("no question is open now"));
}

#[test]
fn a_question_that_cannot_be_read_is_told_as_a_region_that_is_lost() {
    let world = World::calm();
    asks(&world, EAST, 600);
    world.fails(EAST, Down::Refuses);
    let refused = world.say(answer("approve", "alice"));
    assert!(refused["regions"][EAST].as_str().unwrap().contains("no route to host"), "{refused:#}");
}

#[test]
fn a_denial_stands_for_a_day_or_as_long_as_is_said() {
    let world = World::calm();
    asks(&world, WEST, 600);
    assert_eq!(taken(&world, answer("deny", "alice"))["until"], "2026-11-23T12:00:00Z");
    let mut longer = answer("deny", "bob");
    longer["for"] = json!("7d");
    let world = World::calm();
    asks(&world, WEST, 600);
    assert_eq!(taken(&world, longer)["until"], "2026-11-29T12:00:00Z");
    let mut approval = answer("approve", "bob");
    approval["for"] = json!("7d");
    let world = World::calm();
    assert!(refused(&world, approval).starts_with("for: approve has no such member"));
}

#[test]
fn who_ordered_a_move_is_not_the_second_person() {
    let world = World::planned(&PLAN.replace("priority = 1", "priority = 1\ntwo_person = true"));
    asks(&world, WEST, 600);
    let what = Wanted::FailOver { from: EAST.into(), to: WEST.into(), force: [].into(), after: Epoch(0) };
    let until = after(start(), Duration::from_secs(600));
    let order = Order { author: "Alice".into(), reason: "r".into(), at: start(), until, what, done: None };
    let people = People { orders: [("fail-over-1".into(), order)].into(), ..People::default() };
    world.put(EU, People::key(&"shop".into()), &people);
    let fault = refused(&world, answer("approve", "alice"));
    assert!(
        fault.starts_with("author: Alice ordered it (fail-over-1), and the plan asks for two people"),
        "{fault}"
    );
    taken(&world, answer("approve", "bob"));
}

#[test]
fn an_event_that_comes_twice_is_one_answer() {
    let world = World::calm();
    asks(&world, WEST, 600);
    let event = json!({"source": "understudy.operator", "detail-type": "Understudy Command", "id": "e-1",
        "time": "2026-11-22T11:59:00Z", "detail": answer("approve", "alice")});
    assert_eq!(taken(&world, &event)["until"], "2026-11-22T12:59:00Z");
    world.woken.borrow_mut().clear();
    assert!(refused(&world, event).contains("is recorded already"));
    assert_eq!(world.people(EU, "shop").orders.len(), 1);
}
