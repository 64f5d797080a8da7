//! What people say to `operate`, directly or by EventBridge: carried out or refused, and always answered.

use std::time::Duration;

use fuzz::{Grammar, Input, Limit, Recorded};
use serde_json::Value;
use suite::world::{Controller, Crash, EAST, Estate, Story, WEST};
use understudy::operate::{Answer, operate};
use understudy::time::after;

/// A tree of JSON, and a look at the whole world.
const LIMIT: Limit = Limit { times: 512, base: 512 * 1024 };

/// Nobody reads more; what is said of a document does not grow with it.
const ANSWER_BYTES: usize = 64 * 1024;

/// A document for each command, and the same within an event.
fn documents() -> Vec<String> {
    let who = r#""author":"alice","reason":"a migration""#;
    let shop = r#""application":"shop""#;
    let commands = [
        r#"{"command":"status"}"#.to_owned(),
        format!(r#"{{"command":"status",{shop}}}"#),
        format!(r#"{{"command":"history",{shop},"limit":7}}"#),
        format!(
            r#"{{"command":"explain",{shop},"from":"2026-11-22T11:30:00Z","until":"2026-11-22T12:05:00Z"}}"#
        ),
        format!(r#"{{"command":"approve",{shop},"digest":"0123456789abcdef",{who}}}"#),
        format!(r#"{{"command":"deny",{shop},"digest":"0123456789abcdef","for":"90m",{who}}}"#),
        format!(r#"{{"command":"fail-over",{shop},"from":"{EAST}","to":"{WEST}","force":["soak"],{who}}}"#),
        format!(r#"{{"command":"fail-back",{shop},"to":"{EAST}","force":[],{who}}}"#),
        format!(r#"{{"command":"pause",{shop},"for":"2h",{who}}}"#),
        format!(r#"{{"command":"pause","application":"*","until":"2026-11-23T00:00:00Z",{who}}}"#),
        format!(r#"{{"command":"resume",{shop},{who}}}"#),
        format!(r#"{{"command":"acknowledge",{shop},"author":"alice"}}"#),
        format!(r#"{{"command":"cancel",{shop},"run":"20261122T120000Z-1a2b3c4d",{who}}}"#),
        format!(r#"{{"command":"retry",{shop},"run":"20261122T120000Z-1a2b3c4d",{who}}}"#),
    ];
    let event = |detail: &String| {
        format!(
            r#"{{"version":"0","id":"6f1b","detail-type":"Understudy Command","source":"understudy.operator",
               "account":"123456789012","time":"2026-11-22T11:59:30Z","region":"{WEST}","resources":[],"detail":{detail}}}"#
        )
    };
    let events: Vec<String> = commands.iter().map(event).collect();
    [commands.to_vec(), events].concat()
}

#[test]
fn commands() {
    let recorded = Recorded::of(Grammar::Json, documents());
    let estate = Estate { applications: vec!["shop".to_owned(), "pay".to_owned()], ..Estate::default() };
    bolero::check!().with_type::<Input>().for_each(|input| {
        let payload = recorded.text(input);
        let story = Story::of(&estate);
        let answer = LIMIT.hold(payload.len(), || say(&story, &payload));
        let written: usize = story.cloud.state.borrow().tables.values().map(|table| table.len()).sum();
        assert_eq!(written > 0, matches!(answer, Answer::Recorded(_)), "{answer:?}");
        assert_told(&answer);
    });
}

/// What one of two controllers answers.
fn say(story: &Story, payload: &str) -> Answer {
    let region = WEST.into();
    let world = Controller { cloud: story.cloud.clone(), region, crash: Crash::never() };
    let deadline = after(story.cloud.time.now(), Duration::from_secs(30));
    story.cloud.run(operate(&world, &story.plan, &world.region, payload, deadline))
}

/// The answer is a JSON document of its kind; a refusal says what is wrong, member by member.
fn assert_told(answer: &Answer) {
    let told = serde_json::to_string(answer).expect("it has a JSON form");
    assert!(told.len() <= ANSWER_BYTES, "{} bytes: {told}", told.len());
    let document: Value = serde_json::from_str(&told).expect("JSON");
    assert!(document["answer"].is_string(), "{told}");
    if let Answer::Refused(refusal) = answer {
        assert!(!refusal.text.is_empty() && !refusal.faults.is_empty(), "{refusal:?}");
    }
}
