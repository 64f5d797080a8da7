//! Status.

use std::time::Duration;

use serde_json::{Value, json};

use super::ledger::standing;
use super::refused;
use super::world::{Down, EAST, WEST, World, ago};
use crate::health::Health;
use crate::state::{ApplicationRow, Done, Home, Order, People, Wanted, run_key};
use crate::time::after;

fn status(world: &World, application: &str) -> Value {
    let answer = world.say(json!({"command": "status", "application": application}));
    assert_eq!(answer["answer"], "status", "{answer:#}");
    answer["applications"][0].clone()
}

/// us-west-2 holds shop since a failover two hours ago.
fn failed_over() -> World {
    let mut world = World::calm();
    world.seats(WEST, EAST);
    world.moved("shop.example.com", 1, (EAST, WEST), &[], ago(7200));
    world
}

fn shown(world: &World, value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap();
    text.replace(world.plan.digest.as_str(), "(digest)")
}

#[test]
fn status_tells_everything_of_an_application() {
    let world = failed_over();
    let mut shop = status(&world, "shop");
    let members = shop.as_object_mut().unwrap();
    let moves = members.remove("moves").unwrap();
    members.remove("regions");
    assert_eq!(moves, json!([members["epoch"]]));
    insta::assert_snapshot!(shown(&world, &shop), @r#"
    {
      "acknowledged": 0,
      "application": "shop",
      "epoch": {
        "at": "2026-11-22T10:00:00Z",
        "epoch": 1,
        "from": "us-east-1",
        "kind": "evacuate",
        "out": {},
        "plan": "(digest)",
        "run": "r-1",
        "to": "us-west-2"
      },
      "failed": {},
      "holds": {},
      "mode": "auto",
      "now": {
        "decision": "ask",
        "holds": [
          {
            "ends": "a person's consent",
            "guard": "consent",
            "reason": "the plan asks for a person's consent to move shop from us-west-2 to us-east-1"
          }
        ],
        "wish": {
          "from": "us-west-2",
          "kind": "restore",
          "share": 100,
          "to": "us-east-1"
        }
      },
      "orders": [],
      "pause": null,
      "policy": "failover",
      "questions": [],
      "runs": {},
      "served": "shop.example.com",
      "serving": {
        "answered": [
          "us-west-2"
        ],
        "by": "the record sets",
        "shares": {
          "us-east-1": 0,
          "us-west-2": 100
        }
      },
      "summary": "shop: us-west-2 serves; a move from us-west-2 to us-east-1 is held by consent"
    }
    "#);
}

#[test]
fn status_tells_the_evidence_of_each_region() {
    let world = failed_over();
    insta::assert_snapshot!(shown(&world, &status(&world, "shop")["regions"]), @r#"
    [
      {
        "bad_since": null,
        "evidence": [
          "probe https://shop-us-east-1.example.net:443/health: 200 OK (61 in a row)",
          "checkers: 1 name servers say up, 0 say down (61 in a row)",
          "eu-west-1's probe https://shop-us-east-1.example.net:443/health: 200 OK (60 in a row)"
        ],
        "good_since": "2026-11-22T11:00:00Z",
        "region": "us-east-1",
        "verdict": "healthy"
      },
      {
        "bad_since": null,
        "evidence": [
          "probe https://shop-us-west-2.example.net:443/health: 200 OK (61 in a row, does not count here)",
          "checkers: 1 name servers say up, 0 say down (61 in a row)",
          "eu-west-1's probe https://shop-us-west-2.example.net:443/health: 200 OK (60 in a row)",
          "us-east-1's probe https://shop-us-west-2.example.net:443/health: 200 OK (60 in a row)"
        ],
        "good_since": "2026-11-22T11:00:00Z",
        "region": "us-west-2",
        "verdict": "healthy"
      }
    ]
    "#);
}

#[test]
fn status_tells_who_looks_and_what_plans_are_deployed() {
    let world = World::calm();
    let mut answer = world.say(json!({"command": "status"}));
    answer.as_object_mut().unwrap().remove("applications");
    insta::assert_snapshot!(shown(&world, &answer), @r#"
    {
      "answer": "status",
      "at": "2026-11-22T12:00:00Z",
      "controllers": {
        "eu-west-1": {
          "plan": "(digest)"
        },
        "us-east-1": {
          "plan": "(digest)"
        },
        "us-west-2": {
          "plan": "(digest)"
        }
      },
      "plan": "(digest)",
      "told_by": "us-west-2"
    }
    "#);
}

#[test]
fn status_of_all_applications_comes_in_the_plans_order_with_a_line_each() {
    let mut world = World::calm();
    world.moved("web.example.com", 3, (EAST, WEST), &[(EAST, 25)], ago(7200));
    let answer = world.say(json!({"command": "status"}));
    let lines: Vec<&str> = answer["applications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| app["summary"].as_str().unwrap())
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    shop: us-east-1 serves; steady
    web: eu-west-1, us-east-1 (25 %), us-west-2 serve; about to move from us-west-2 to us-east-1
    ");
}

#[test]
fn status_tells_what_holds_and_what_would_be_decided() {
    let mut world = World::calm();
    world.seen(Health::Healthy, &["shop-us-east-1"]);
    world.say(
        json!({"command": "pause", "application": "shop", "for": "1h", "author": "alice", "reason": "m"}),
    );
    let run = super::runs::run();
    let row = ApplicationRow {
        run: Some(run.id().clone()),
        holds: Some(standing(ago(60))),
        ..ApplicationRow::default()
    };
    world.row(EAST, "shop", &row);
    world.put(EAST, run_key(&"shop".into(), run.id()), &run);
    let shop = status(&world, "shop");
    assert_eq!(
        shop["summary"],
        "shop: us-east-1 serves; us-east-1 is unhealthy; PAUSED until 2026-11-22T13:00:00Z; run r-1 of us-east-1 is in flight; a move from us-east-1 to us-west-2 is held by paused"
    );
    assert_eq!(shop["now"]["decision"], "hold");
    assert_eq!(
        shop["now"]["holds"][0]["ends"],
        "alice or anyone on call resumes it, or it expires at 2026-11-22T13:00:00Z"
    );
    assert_eq!(shop["holds"][EAST]["holds"][0]["guard"], "quorum");
    assert_eq!(shop["runs"][EAST]["step"], "claim the epoch and move the records");
    assert_eq!(shop["pause"]["author"], "alice");
}

#[test]
fn status_tells_what_became_of_orders() {
    let world = World::calm();
    let order = |minutes: u64, done: Option<Done>| Order {
        author: "alice".into(),
        reason: "r".into(),
        at: ago(7200),
        until: after(ago(7200), Duration::from_secs(minutes * 60)),
        what: Wanted::Cancel { run: "r-1".into() },
        done,
    };
    let done = Done { at: ago(60), by: EAST.into(), word: "the run is given up".into() };
    let orders = [("a", order(60, None)), ("b", order(180, None)), ("c", order(60, Some(done)))];
    let orders = orders.into_iter().map(|(id, order)| (id.into(), order)).collect();
    world.put(EAST, People::key(&"shop".into()), &People { orders, ..People::default() });
    let shop = status(&world, "shop");
    let told: Vec<(&str, &str)> = shop["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| (order["id"].as_str().unwrap(), order["state"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("c", "done"), ("b", "open"), ("a", "void")]);
    assert_eq!(shop["orders"][0]["done"]["word"], "the run is given up");
    assert_eq!(shop["orders"][0]["what"], json!({"want": "cancel", "run": "r-1"}));
}

#[test]
fn one_row_that_cannot_be_read_hides_no_other_application() {
    let world = World::calm();
    world.put(WEST, ApplicationRow::key(&"shop".into()), &json!({"run": 7}));
    let answer = world.say(json!({"command": "status"}));
    assert!(answer["unreadable"]["shop"].as_str().unwrap().contains("not in a form"), "{answer:#}");
    assert_eq!(answer["applications"].as_array().unwrap().len(), 1);
    assert!(refused(&world, json!({"command": "status", "application": "shop"})).contains("cannot look"));
}

#[test]
fn status_tells_of_peers_that_are_silent() {
    let world = World::calm();
    world.fails(EAST, Down::Hangs);
    let answer = world.say(json!({"command": "status", "application": "shop"}));
    assert_eq!(answer["controllers"][EAST]["silent"], "its table did not answer in time");
    assert_eq!(answer["controllers"][WEST]["plan"], answer["plan"]);
    assert_eq!(*world.commits.borrow(), 0);
}

#[test]
fn status_without_a_table_is_refused() {
    let world = World::calm();
    world.fails(WEST, Down::Refuses);
    assert!(refused(&world, json!({"command": "status"})).contains("us-west-2 cannot look"));
}
