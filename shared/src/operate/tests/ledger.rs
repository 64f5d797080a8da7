//! History and explain.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::refused;
use super::world::{Down, EAST, WEST, World, ago, start};
use crate::decide::{Hold, HoldWords, MoveKind, Reason, Wish};
use crate::health::Vantage;
use crate::report::LedgerEntry;
use crate::run::{Outcome, State};
use crate::state::StandingHolds;
use crate::time::after;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
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

/// A hold as its controller has written it down.
pub(super) fn standing(since: Timestamp) -> StandingHolds {
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
