//! Status, history and explain.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::refused;
use super::world::{Down, EAST, WEST, World, ago, start};
use crate::decide::{Hold, HoldWords, MoveKind, Reason, Wish};
use crate::health::{Health, Vantage};
use crate::report::LedgerEntry;
use crate::run::{Outcome, State};
use crate::state::{ApplicationRow, Done, Home, Order, People, StandingHolds, Wanted, run_key};
use crate::time::after;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn status(world: &World, application: &str) -> Value {
    let answer = world.say(json!({"command": "status", "application": application}));
    assert_eq!(answer["answer"], "status", "{answer:#}");
    answer["applications"][0].clone()
}

#[test]
fn status_tells_everything_of_an_application() {
    let mut world = World::calm();
    world.seats(WEST, EAST);
    world.moved("shop.example.com", 1, (EAST, WEST), &[], ago(7200));
    let answer = world.say(json!({"command": "status", "application": "shop"}));
    let text = serde_json::to_string_pretty(&answer).unwrap();
    insta::assert_snapshot!(text.replace(world.plan.digest.as_str(), "(digest)"), @r#"
    {
      "answer": "status",
      "applications": [
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
          "moves": [
            {
              "at": "2026-11-22T10:00:00Z",
              "epoch": 1,
              "from": "us-east-1",
              "kind": "evacuate",
              "out": {},
              "plan": "(digest)",
              "run": "r-1",
              "to": "us-west-2"
            }
          ],
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
          "regions": [
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
          ],
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
      ],
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

fn holds() -> Vec<Hold> {
    let ends = |ends: &str| ends.to_owned();
    vec![
        Hold {
            reason: Reason::QuorumMissing { heard: vec![Vantage::Here], needed: 2 },
            ends: ends("us-east-1 healthy again, or a further kind of vantage that says it is unhealthy"),
        },
        Hold {
            reason: Reason::DwellNotMet { bad_for: Duration::from_secs(10), needed: Duration::from_secs(20) },
            ends: ends("us-east-1 healthy again, or bad without a break for the dwell"),
        },
    ]
}

fn standing(since: Timestamp) -> StandingHolds {
    StandingHolds {
        wish: Wish::new(MoveKind::Evacuate, EAST.into(), WEST.into()),
        holds: holds().iter().map(Hold::in_words).collect::<Vec<HoldWords>>(),
        since,
        told: None,
        told_guards: Vec::new(),
        critical: true,
        reminders: 0,
    }
}

fn began(at: Timestamp) -> LedgerEntry {
    let text = "a move from us-east-1 to us-west-2 is held; quorum: 1 of 2";
    LedgerEntry::new(at, "hold-began", "quorum+dwell", text, &holds())
}

fn ended(at: Timestamp, since: Timestamp) -> LedgerEntry {
    LedgerEntry::new(at, "hold-ended", "quorum+dwell", "the hold (quorum+dwell) is over", &standing(since))
}

fn explain(world: &World, from: &str, until: &str) -> String {
    let answer =
        world.say(json!({"command": "explain", "application": "shop", "from": from, "until": until}));
    assert_eq!(answer["answer"], "explanation", "{answer:#}");
    let lines: Vec<&str> = answer["text"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    format!("{}\n\n{}", answer["in_short"].as_str().unwrap(), lines.join("\n"))
}

#[test]
fn why_did_it_not_fail_over_at_a_time() {
    let world = World::calm();
    let begin = at("2026-11-22T02:13:05Z");
    world.ledger(WEST, "shop", &began(begin));
    world.ledger(WEST, "shop", &ended(at("2026-11-22T02:16:25Z"), begin));
    insta::assert_snapshot!(explain(&world, "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z"), @r"
    shop was not moved: a move from us-east-1 to us-west-2 was wanted and held by dwell, quorum, until 2026-11-22T02:16:25Z, when it was no longer wanted or held.

    At 2026-11-22T02:00:00Z nothing was held.
    At 2026-11-22T02:13:05Z a move from us-east-1 to us-west-2 was wanted and not made, because of quorum (1 of 2 kinds of vantage say that it is unhealthy (this region's probes and alarms)) and dwell (bad for 10 s, 20 s are asked for). What would end it: quorum: us-east-1 healthy again, or a further kind of vantage that says it is unhealthy; dwell: us-east-1 healthy again, or bad without a break for the dwell.
    At 2026-11-22T02:16:25Z the hold (quorum+dwell) is over, after 3 min 20 s.
    ");
}

#[test]
fn a_hold_that_stood_at_the_begin_is_told_however_long_ago_it_began() {
    let world = World::calm();
    world.ledger(WEST, "shop", &began(at("2026-11-19T20:00:00Z")));
    let native = "the answer changed from us-east-1 to us-west-2";
    let entry = LedgerEntry::new(at("2026-11-22T02:20:00Z"), "native-move", WEST, native, &());
    world.ledger(WEST, "shop", &entry);
    insta::assert_snapshot!(explain(&world, "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z"), @r"
    Route 53 itself moved users: the answer changed from us-east-1 to us-west-2; a move from us-east-1 to us-west-2 was wanted and held by dwell, quorum, and that stood at the end of this time.

    At 2026-11-22T02:00:00Z a hold stood, as it was since 2026-11-19T20:00:00Z: a move from us-east-1 to us-west-2 was wanted and not made, because of quorum (1 of 2 kinds of vantage say that it is unhealthy (this region's probes and alarms)) and dwell (bad for 10 s, 20 s are asked for).
    At 2026-11-22T02:20:00Z the answer changed from us-east-1 to us-west-2: no run did that, the health of the records changed.
    ");
}

#[test]
fn a_move_is_explained_with_its_evidence() {
    let world = World::calm();
    let mut run = super::runs::run();
    let when = start();
    let decided = LedgerEntry::new(
        when,
        "decided",
        run.id().as_str(),
        "decided to move from us-east-1 to us-west-2 with epoch 1",
        &run.claim,
    );
    world.ledger(WEST, "shop", &began(ago(20)));
    world.ledger(WEST, "shop", &ended(when, ago(20)));
    world.ledger(WEST, "shop", &decided);
    let verified = after(when, Duration::from_secs(12));
    run.marks.impact = Some(ago(30));
    run.marks.verified = Some(verified);
    run.state = State::Ended(Outcome::Moved);
    let word = "moved to us-west-2 with epoch 1";
    world.ledger(WEST, "shop", &LedgerEntry::new(verified, "run-ended", run.id().as_str(), word, &run));
    *world.now.borrow_mut() = after(when, Duration::from_secs(600));
    insta::assert_snapshot!(explain(&world, "2026-11-22T11:30:00Z", "2026-11-22T12:05:00Z"), @r"
    shop moved to us-west-2 with epoch 1; a move from us-east-1 to us-west-2 was wanted and held by dwell, quorum, until 2026-11-22T12:00:00Z.

    At 2026-11-22T11:30:00Z nothing was held.
    At 2026-11-22T11:59:40Z a move from us-east-1 to us-west-2 was wanted and not made, because of quorum (1 of 2 kinds of vantage say that it is unhealthy (this region's probes and alarms)) and dwell (bad for 10 s, 20 s are asked for). What would end it: quorum: us-east-1 healthy again, or a further kind of vantage that says it is unhealthy; dwell: us-east-1 healthy again, or bad without a break for the dwell.
    At 2026-11-22T12:00:00Z the hold (quorum+dwell) is over, after 20 s.
    At 2026-11-22T12:00:00Z it was decided to move from us-east-1 to us-west-2 with epoch 1 (run r-1), because us-east-1 is unhealthy: probe https://shop-us-east-1.example.net:443/health: connect timed out (61 in a row); checkers: 0 name servers say up, 1 say down (61 in a row); eu-west-1's probe https://shop-us-east-1.example.net:443/health: connect timed out (60 in a row); us-west-2 is healthy: probe https://shop-us-west-2.example.net:443/health: 200 OK (61 in a row); checkers: 1 name servers say up, 0 say down (61 in a row); eu-west-1's probe https://shop-us-west-2.example.net:443/health: 200 OK (60 in a row).
    At 2026-11-22T12:00:12Z run r-1 ended: moved to us-west-2 with epoch 1; recovery took 42 s.
    ");
}

#[test]
fn where_nothing_was_written_down_that_is_said() {
    insta::assert_snapshot!(explain(&World::calm(), "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z"), @r"
    The controller in us-west-2 wanted no move of shop in this time.

    At 2026-11-22T02:00:00Z nothing was held.
    Until 2026-11-22T03:00:00Z nothing was written down.
    ");
}

#[test]
fn an_explanation_has_bounds() {
    let world = World::calm();
    let ask = |from: &str, until: &str| json!({"command": "explain", "application": "shop", "from": from, "until": until});
    let fault = refused(&world, ask("2026-11-22T03:00:00Z", "2026-11-22T02:00:00Z"));
    assert!(fault.starts_with("from: it is not before until"), "{fault}");
    let fault = refused(&world, ask("2026-11-01T00:00:00Z", "2026-11-08T00:00:01Z"));
    assert!(fault.starts_with("from: it is more than 7 days before until"), "{fault}");
    let fault = refused(&world, ask("2027-11-01T00:00:00Z", "2027-11-02T00:00:00Z"));
    assert!(fault.starts_with("from: it is in the future"), "{fault}");
}

#[test]
fn history_is_newest_first_and_reads_no_more_than_is_wanted() {
    let mut world = World::calm();
    world.moved("shop.example.com", 1, (EAST, WEST), &[], ago(7200));
    for day in 1..=22 {
        world.ledger(WEST, "shop", &began(at(&format!("2026-11-{day:02}T08:00:00Z"))));
    }
    let ask = |limit: u64| world.say(json!({"command": "history", "application": "shop", "limit": limit}));
    let answer = ask(3);
    let times: Vec<&str> =
        answer["entries"].as_array().unwrap().iter().map(|entry| entry["at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-11-22T08:00:00Z", "2026-11-21T08:00:00Z", "2026-11-20T08:00:00Z"]);
    assert_eq!((&answer["back_to"], &answer["moves"][0]["epoch"]), (&json!("2026-11-20"), &json!(1)));
    let answer = ask(500);
    assert_eq!((answer["entries"].as_array().unwrap().len(), &answer["back_to"]), (22, &json!("2026-10-23")));
    assert!(
        refused(&world, json!({"command": "history", "application": "shop", "limit": 501}))
            .contains("it is 501")
    );
}

#[test]
fn a_ledger_that_does_not_answer_is_told() {
    let world = World::calm();
    world.fails(WEST, Down::Hangs);
    let fault = refused(&world, json!({"command": "history", "application": "shop"}));
    assert!(fault.contains("the ledger could not be read: no answer in time"), "{fault}");
}
