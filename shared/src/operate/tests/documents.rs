//! What is no command, and what is wrong with one.

use serde_json::{Value, json};

use super::world::World;
use super::{faults, refused, taken};
use crate::decide::GUARDS_BY_NAME;
use crate::operate::help;

#[test]
fn what_is_no_document_is_refused_with_what_is_allowed() {
    let world = World::calm();
    let large = format!("\"{}\"", "x".repeat(2 * 1024 * 1024));
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for (payload, problem) in [
        ("", ": not JSON that can be read: EOF"),
        ("{", ": not JSON that can be read: EOF"),
        ("\u{0}", ": not JSON that can be read: expected value"),
        ("[]", ": it is a list"),
        ("null", ": it is null"),
        ("\"status\"", ": it is a text"),
        (deep.as_str(), ": not JSON that can be read: recursion limit"),
        (large.as_str(), ": 2097154 bytes, more than the 1048576 that are read"),
        ("{}", "command: it is missing"),
        (r#"{"command":7}"#, "command: it is a number"),
        (r#"{"command":null}"#, "command: it is null"),
        (
            r#"{"command":"failover"}"#,
            "command: there is no command \"failover\"; did you mean \"fail-over\"?",
        ),
        (r#"{"understudy":"tick"}"#, "command: it is missing"),
    ] {
        let fault = refused(&world, payload);
        assert!(fault.starts_with(problem), "{payload:.40}: {fault}");
    }
}

#[test]
fn who_knows_no_command_is_told_all_of_them() {
    let answer = World::calm().say(r#"{"command":"help"}"#);
    let told: Vec<&str> =
        answer["commands"].as_array().unwrap().iter().map(|c| c["command"].as_str().unwrap()).collect();
    assert_eq!(told, help().iter().map(|help| help.command).collect::<Vec<_>>());
    assert!(
        answer["faults"][0]["allowed"].as_str().unwrap().starts_with("status, history, explain, approve")
    );
}

#[test]
fn an_event_of_another_source_is_refused() {
    let world = World::calm();
    let event = |source: &str, kind: &str, detail: Value| json!({"source": source, "detail-type": kind, "detail": detail, "id": "1"});
    let status = || json!({"command": "status"});
    let fault = refused(&world, event("aws.cloudwatch", "CloudWatch Alarm State Change", json!({})));
    assert_eq!(fault, "source: it is \"aws.cloudwatch\" [\"understudy.operator\"]");
    let fault = refused(&world, event("understudy.operator", "Scheduled Event", status()));
    assert_eq!(fault, "detail-type: it is \"Scheduled Event\" [\"Understudy Command\"]");
    let fault = refused(&world, event("understudy.operator", "Understudy Command", json!("{}")));
    assert!(fault.starts_with("detail: it is a text"), "{fault}");
    let good = world.say(event("understudy.operator", "Understudy Command", status()));
    assert_eq!(good["answer"], "status");
}

#[test]
fn faults_of_an_event_tell_where_in_it_they_are() {
    let event = json!({"source": "understudy.operator", "detail-type": "Understudy Command",
        "detail": {"command": "resume", "application": "shop", "author": "alice"}});
    assert!(refused(&World::calm(), event).starts_with("detail.reason: it is missing"));
}

#[test]
fn all_faults_of_a_document_are_told_together() {
    let world = World::calm();
    let answer = world.say(json!({
        "command": "fail-over", "application": "shpo", "to": 7, "froce": [], "author": " ",
        "force": ["quorum", "records", "qorum", null], "reason": null,
    }));
    insta::assert_snapshot!(faults(&answer).join("\n"), @r#"
    froce: fail-over has no such member; did you mean "force"? [command, application, to, from, force, author, reason]
    application: the plan has no application "shpo"; did you mean "shop"? [shop, web]
    to: it is a number [the region that takes over; the first other one that is healthy without it]
    force[1]: no order overrides the guard records [paused, denied, people-unreadable, maintenance, advise, run-failed, everything-unhealthy, quorum, dwell, no-fit-target, target-degraded, target-not-ready, capacity, holder-unknown, drift, cooldown, flap-limit, moves-unknown, soak, plan-skew, fleet-stop, rank, data-consent, consent (never: run-in-flight, override-stands, target-incomplete, records, epoch-unknown, epoch-unreadable, clock, fleet-pace, two-person)]
    force[2]: no guard is called "qorum"; did you mean "quorum"? [paused, denied, people-unreadable, maintenance, advise, run-failed, everything-unhealthy, quorum, dwell, no-fit-target, target-degraded, target-not-ready, capacity, holder-unknown, drift, cooldown, flap-limit, moves-unknown, soak, plan-skew, fleet-stop, rank, data-consent, consent (never: run-in-flight, override-stands, target-incomplete, records, epoch-unknown, epoch-unreadable, clock, fleet-pace, two-person)]
    force[3]: it is null [paused, denied, people-unreadable, maintenance, advise, run-failed, everything-unhealthy, quorum, dwell, no-fit-target, target-degraded, target-not-ready, capacity, holder-unknown, drift, cooldown, flap-limit, moves-unknown, soak, plan-skew, fleet-stop, rank, data-consent, consent (never: run-in-flight, override-stands, target-incomplete, records, epoch-unknown, epoch-unreadable, clock, fleet-pace, two-person)]
    reason: it is null [a text of 1 to 500 characters: why]
    author: it has 0 characters, without the blanks around it [a text of 1 to 100 printable characters: who you are]
    "#);
    assert_eq!(*world.commits.borrow(), 0);
}

#[test]
fn members_of_a_wrong_type_are_faults_of_each_command() {
    let world = World::calm();
    for command in help() {
        for odd in [json!(null), json!([1]), json!({"a": {"b": {}}}), json!(1.5), json!(true)] {
            let mut document = json!({"command": command.command});
            let names: Vec<&str> = command.members.iter().filter_map(|m| m.split(' ').next()).collect();
            for name in &names {
                document[name] = odd.clone();
            }
            let answer = world.say(&document);
            let told = faults(&answer);
            let both = command.command == "pause";
            assert!(told.len() >= names.len() - 2 * usize::from(both), "{document}: {told:?}");
        }
    }
    assert_eq!((*world.commits.borrow(), world.woken.borrow().len()), (0, 0));
}

#[test]
fn a_region_of_another_application_is_refused() {
    let document = json!({"command": "fail-over", "application": "shop", "to": "eu-west-1",
        "author": "alice", "reason": "drill"});
    let fault = refused(&World::calm(), document);
    assert_eq!(
        fault,
        "to: shop has no region \"eu-west-1\"; did you mean \"us-west-2\"? [us-east-1, us-west-2]"
    );
}

#[test]
fn guards_that_protect_the_records_are_never_overridden() {
    let world = World::calm();
    for (guard, _) in GUARDS_BY_NAME.iter().filter(|(_, overridable)| !overridable) {
        let document = json!({"command": "fail-over", "application": "shop", "force": [guard],
            "author": "alice", "reason": "drill"});
        let fault = refused(&world, document);
        assert!(fault.starts_with(&format!("force[0]: no order overrides the guard {guard}")), "{fault}");
    }
}

#[test]
fn durations_and_times_have_bounds() {
    let world = World::calm();
    let pause = |name: &str, value: &str| json!({"command": "pause", "application": "shop", "author": "alice", "reason": "r", name: value});
    for (name, value, problem) in [
        ("for", "0s", "is nothing, or longer than 30 days"),
        ("for", "31d", "is nothing, or longer than 30 days"),
        ("for", "30d1s", "is nothing, or longer than 30 days"),
        ("for", "tomorrow", "is no duration"),
        ("for", "999999999d", "is no duration"),
        ("until", "2026-11-22T12:00:00Z", "it is not in the future"),
        ("until", "2026-12-22T12:00:01Z", "it is more than 30 days ahead"),
        ("until", "2026-11-23T12:00:00", "is no point in time with an offset"),
    ] {
        let fault = refused(&world, pause(name, value));
        assert!(fault.contains(problem), "{name} {value}: {fault}");
    }
    assert_eq!(taken(&world, pause("until", "2026-12-22T13:00:00+01:00"))["until"], "2026-12-22T12:00:00Z");
}

#[test]
fn an_author_is_printable_and_a_reason_is_tidied() {
    let world = World::calm();
    let resume = |author: &str, reason: &str| json!({"command": "pause", "application": "shop", "for": "1h", "author": author, "reason": reason});
    assert!(refused(&world, resume("al\u{202e}ice", "r")).contains("cannot be printed"));
    assert!(refused(&world, resume(&"a".repeat(101), "r")).contains("it has 101 characters"));
    assert!(refused(&world, resume("alice", &"r".repeat(501))).contains("it has 501 characters"));
    assert!(refused(&world, resume("alice", " \n ")).contains("it has 0 characters"));
    taken(&world, resume(" alice ", "line one\nline two"));
    let people = world.people(super::world::EAST, "shop");
    let pause = people.paused(super::world::start()).unwrap();
    assert_eq!((pause.author.as_str(), pause.reason.as_str()), ("alice", "line one line two"));
}
