//! What wakes the function `drill`: a schedule, or a person who wants a drill now.

use fuzz::{Grammar, Input, Limit, Recorded};
use suite::world::Story;
use understudy::drill::Request;

/// A tree of JSON, and one line about it.
const LIMIT: Limit = Limit { times: 256, base: 64 * 1024 };

#[test]
fn drill_requests() {
    let plan = Story::new("").plan;
    let recorded = Recorded::of(
        Grammar::Json,
        [
            r#"{"understudy":"drill"}"#,
            r#"{"understudy":"drill","application":"shop"}"#,
            r#"{"understudy":"drill","application":"shop","lose":"us-east-1"}"#,
            r#"{"understudy":"drill","application":"shop","lose":null}"#,
        ],
    );
    bolero::check!().with_type::<Input>().for_each(|input| {
        let payload = recorded.text(input);
        match LIMIT.hold(payload.len(), || Request::read(&payload, &plan)) {
            Ok(Request::WhatIsDue) => {}
            Ok(Request::Asked { application, lose }) => {
                let application = plan.application(&application).expect("an application of the plan");
                assert!(lose.is_none_or(|region| application.region(&region).is_some()));
            }
            Err(why) => assert!(why.len() < 1_000 && !why.contains(|c: char| c.is_control()), "{why:?}"),
        }
    });
}
