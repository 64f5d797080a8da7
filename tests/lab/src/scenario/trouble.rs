//! What breaks: services, networks, limits, deployments.

use super::line::{Read, Words};
use crate::cloud::{Disorder, Trouble};
use crate::network::Reach;
use crate::world::Action;

/// Services that can be in trouble.
pub(super) const SERVICES: [&str; 8] =
    ["arc", "cloudwatch", "dynamodb", "lambda", "route53", "s3", "sns", "sts"];

/// The verbs that break or mend more than a service.
pub(super) const VERBS: [&str; 7] = ["isolate", "connect", "cut", "join", "claim", "deploy", "reclaim"];

/// How the rest of a line with this verb is read.
pub(super) fn verb(verb: &str) -> Option<fn(&mut Words<'_>) -> Read<Action>> {
    match verb {
        "isolate" => Some(isolate),
        "connect" => Some(|words| words.region().map(|region| Action::Network(region, Reach::Whole))),
        "cut" => Some(cut),
        "join" => Some(|words| pair(words).map(|(one, other)| Action::Join(one, other))),
        "claim" => Some(|words| words.region().map(Action::Claim)),
        "deploy" => Some(deploy),
        "reclaim" => Some(|words| words.region().map(Action::Reclaim)),
        _ => None,
    }
}

/// `isolate us-west-2`, or `isolate probes of us-west-2`
fn isolate(words: &mut Words<'_>) -> Read<Action> {
    let reach = if words.take("probes of") { Reach::NamesOnly } else { Reach::Nothing };
    words.region().map(|region| Action::Network(region, reach))
}

/// `cut us-east-1 and us-west-2`, or `cut us-east-1 from us-west-2`: one way only
fn cut(words: &mut Words<'_>) -> Read<Action> {
    let mut ahead = *words;
    let one = ahead.region()?;
    if ahead.take("from") {
        *words = ahead;
        return words.region().map(|other| Action::Cut { from: one, to: other, back: false });
    }
    pair(words).map(|(from, to)| Action::Cut { from, to, back: true })
}

/// `us-east-1 and us-west-2`
fn pair(words: &mut Words<'_>) -> Read<(String, String)> {
    let one = words.region()?;
    words.expect("and")?;
    Ok((one, words.region()?))
}

/// `deploy to us-west-2 with ttl 9s`
fn deploy(words: &mut Words<'_>) -> Read<Action> {
    words.expect("to")?;
    let region = words.region()?;
    words.expect("with")?;
    let key = words.word("a setting")?.to_owned();
    let value = words.rest().to_owned();
    *words = Words::of("");
    Ok(Action::Deploy { region, key, value })
}

/// `route53 api down for 20s`, `sns in us-west-2 slow by 2s`, `dynamodb fails after the effect for 1 calls`,
/// `route53 throttled for 20s`, `route53 loses the answers to 1 changes`, `sns works`
pub(super) fn service(words: &mut Words<'_>) -> Read<Action> {
    let service = words.word("a service")?.to_owned();
    // The API is all that a service has here; people say it nevertheless.
    words.take("api");
    let region = if words.take("in") { Some(words.region()?) } else { None };
    if words.take("works") {
        return Ok(Action::Works(service, region));
    }
    if service == "route53" && words.take("throttled for") {
        return words.time().map(Action::Throttle);
    }
    if service == "route53" && words.take("loses the answers to") {
        let changes = words.count()?;
        words.expect("changes")?;
        return Ok(Action::LoseAnswers(changes));
    }
    let disorder = Disorder { service, region, trouble: trouble(words)? };
    let (mut time, mut calls) = (None, None);
    if words.take("for") {
        let mut counted = *words;
        match (counted.count(), counted.take("calls")) {
            (Ok(count), true) => {
                calls = Some(count);
                *words = counted;
            }
            _ => time = Some(words.time()?),
        }
    }
    Ok(Action::Trouble { disorder, time, calls })
}

fn trouble(words: &mut Words<'_>) -> Read<Trouble> {
    let plain = [
        ("down", Trouble::Unavailable),
        ("hangs", Trouble::Hang),
        ("resets", Trouble::Reset),
        ("fails after the effect", Trouble::AfterEffect),
    ];
    if let Some((_, trouble)) = plain.into_iter().find(|(text, _)| words.take(text)) {
        return Ok(trouble);
    }
    if words.take("slow by") {
        return words.time().map(Trouble::Slow);
    }
    Err("a service is down, hangs, resets, is slow by a time, fails after the effect, or works".into())
}
