//! When something happens, and when a scenario ends.

use std::time::Duration;

use crate::timeline::Mark;
use crate::world::{Action, AlarmName, Delivery};

use super::line::{Read, Words};
use crate::cloud::Trouble;
use crate::region::Mode;

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long after the lab is at rest.
    At(Duration),
    /// So long after a mark.
    When(Mark, Duration),
}

/// When a scenario ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// So long after a mark, where one is named.
    pub when: Option<(Mark, Duration)>,
    /// At the latest so long after the lab is at rest.
    pub at_most: Duration,
}

/// Reads `at 5s ...` or `when verified +3s ...` after its first word.
pub(super) fn moment(first: &str, words: &mut Words<'_>) -> Read<Moment> {
    if first == "at" {
        return words.time().map(Moment::At);
    }
    let mark = words.mark()?;
    Ok(Moment::When(mark, plus(words)?))
}

/// Reads `+3s`, if it comes next.
fn plus(words: &mut Words<'_>) -> Read<Duration> {
    match words.rest().strip_prefix('+') {
        Some(rest) => {
            *words = Words::of(rest);
            words.time()
        }
        None => Ok(Duration::ZERO),
    }
}

/// Reads `at 40s`, or `when restored +3s at most 60s`.
pub(super) fn ending(words: &mut Words<'_>) -> Read<Ending> {
    if words.take("at") {
        return Ok(Ending { when: None, at_most: words.time()? });
    }
    words.expect("when")?;
    let mark = words.mark()?;
    let when = Some((mark, plus(words)?));
    words.expect("at most")?;
    Ok(Ending { when, at_most: words.time()? })
}

/// Services that can be in trouble.
const SERVICES: [&str; 4] = ["cloudwatch", "dynamodb", "route53", "sns"];

/// Reads what is done.
pub(super) fn action(words: &mut Words<'_>) -> Read<Action> {
    let verb = words.word("what happens")?;
    match verb {
        "lose" => words.region().map(Action::Lose),
        "heal" => words.region().map(Action::Heal),
        "app" => application(words),
        "pause" => pause(words),
        "deliver" => deliver(words),
        service if SERVICES.contains(&service) => trouble(service, words),
        other => Err(format!(
            "{other:?} is nothing that can happen: write lose, heal, app, pause, deliver, or a service ({})",
            SERVICES.join(", ")
        )),
    }
}

const MODES: [(&str, Mode); 5] = [
    ("recovers", Mode::Healthy),
    ("dies", Mode::Dead),
    ("hangs on connect", Mode::HangsOnConnect),
    ("accepts and hangs", Mode::AcceptsAndHangs),
    ("answers 500", Mode::Errors),
];

/// `app in us-east-1 dies`
fn application(words: &mut Words<'_>) -> Read<Action> {
    words.expect("in")?;
    let region = words.region()?;
    let known = MODES.iter().find(|(text, _)| words.take(text));
    let choices = || MODES.map(|(text, _)| text).join(", ");
    let (_, mode) = known.ok_or_else(|| format!("an application does one of: {}", choices()))?;
    Ok(Action::Application(region, *mode))
}

/// `route53 api down for 20s`, `sns slow by 2s`, `dynamodb fails after the effect for 1 calls`, `sns works`
fn trouble(service: &str, words: &mut Words<'_>) -> Read<Action> {
    // The API is all that a service has here; people say it nevertheless.
    words.take("api");
    let service = service.to_owned();
    if words.take("works") {
        return Ok(Action::Works(service));
    }
    let trouble = if words.take("down") {
        Trouble::Unavailable
    } else if words.take("hangs") {
        Trouble::Hang
    } else if words.take("resets") {
        Trouble::Reset
    } else if words.take("slow by") {
        Trouble::Slow(words.time()?)
    } else if words.take("fails after the effect") {
        Trouble::AfterEffect
    } else {
        return Err(
            "a service is down, hangs, resets, is slow by a time, fails after the effect, or works".into()
        );
    };
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
    Ok(Action::Trouble { service, trouble, time, calls })
}

/// `pause shop by alice: the database is being moved`
fn pause(words: &mut Words<'_>) -> Read<Action> {
    words.expect(crate::world::APPLICATION)?;
    words.expect("by")?;
    let (author, reason) = words.rest().split_once(':').ok_or("write: pause shop by <who>: <why>")?;
    let (author, reason) = (author.trim().to_owned(), reason.trim().to_owned());
    if author.is_empty() || reason.is_empty() {
        return Err("a pause names who, and why".into());
    }
    *words = Words::of("");
    Ok(Action::Pause { author, reason })
}

/// `deliver alarm shop-us-east-1-errors in ALARM 400s late twice`
fn deliver(words: &mut Words<'_>) -> Read<Action> {
    words.expect("alarm")?;
    let name = words.word("an alarm")?;
    let alarm = AlarmName::parse(name).ok_or_else(|| format!("the lab has no alarm {name:?}"))?;
    words.expect("in")?;
    let state = match words.word("a state")? {
        "ALARM" => "ALARM",
        "OK" => "OK",
        other => return Err(format!("{other:?} is no state of an alarm: write ALARM or OK")),
    };
    let mut delivery = Delivery { alarm, state, late: Duration::ZERO, times: 1 };
    if !words.is_empty() && !words.rest().starts_with("twice") {
        delivery.late = words.time()?;
        words.expect("late")?;
    }
    if words.take("twice") {
        delivery.times = 2;
    }
    Ok(Action::Deliver(delivery))
}
