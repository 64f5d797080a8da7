//! When something happens, and when a scenario ends.

use std::time::Duration;

use super::line::{Read, Words};
use super::{people, trouble};
use crate::hostile::Manner;
use crate::region::Mode;
use crate::timeline::Mark;
use crate::world::{Action, AlarmName, Delivery};

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long after the lab is at rest.
    At(Duration),
    /// So long after a mark was reached for the so-manieth time, counted from 1.
    When(Mark, usize, Duration),
}

impl Moment {
    /// So much later.
    fn plus(self, later: Duration) -> Self {
        match self {
            Self::At(time) => Self::At(time + later),
            Self::When(mark, nth, time) => Self::When(mark, nth, time + later),
        }
    }
}

/// When a scenario ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When that is, where a mark is named.
    pub when: Option<(Mark, usize, Duration)>,
    /// At the latest so long after the lab is at rest.
    pub at_most: Duration,
}

/// Reads `at 5s ...` or `when verified +3s ...` after its first word.
pub(super) fn moment(first: &str, words: &mut Words<'_>) -> Read<Moment> {
    if first == "at" {
        return words.time().map(Moment::At);
    }
    let (mark, nth) = nth_mark(words)?;
    Ok(Moment::When(mark, nth, plus(words)?))
}

/// Reads `verified` or `second verified`.
fn nth_mark(words: &mut Words<'_>) -> Read<(Mark, usize)> {
    let nth = ["first", "second", "third", "fourth"].iter().position(|word| words.take(word));
    Ok((words.mark()?, nth.unwrap_or_default() + 1))
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
    let (mark, nth) = nth_mark(words)?;
    let when = Some((mark, nth, plus(words)?));
    words.expect("at most")?;
    Ok(Ending { when, at_most: words.time()? })
}

/// Reads what is done from a moment on; a square wave is many things.
pub(super) fn actions(moment: Moment, words: &mut Words<'_>) -> Read<Vec<(Moment, Action)>> {
    if words.take("flap") {
        return flap(moment, words);
    }
    action(words).map(|action| vec![(moment, action)])
}

fn action(words: &mut Words<'_>) -> Read<Action> {
    let mut ahead = *words;
    let verb = ahead.word("what happens")?;
    let known: Option<fn(&mut Words<'_>) -> Read<Action>> = match verb {
        "lose" => Some(|words| words.region().map(Action::Lose)),
        "heal" => Some(|words| words.region().map(Action::Heal)),
        "app" => Some(application),
        "deliver" => Some(deliver),
        "alarm" => Some(alarm),
        "drill" => Some(drill),
        _ => trouble::verb(verb).or_else(|| people::verb(verb)),
    };
    if let Some(known) = known {
        *words = ahead;
        return known(words);
    }
    if trouble::SERVICES.contains(&verb) {
        return trouble::service(words);
    }
    Err(format!(
        "{verb:?} is nothing that can happen: write lose, heal, app, flap, deliver, alarm, drill, {}, {}, or a service ({})",
        trouble::VERBS.join(", "),
        people::VERBS.join(", "),
        trouble::SERVICES.join(", ")
    ))
}

const MODES: [(&str, Mode); 5] = [
    ("recovers", Mode::Healthy),
    ("dies", Mode::Dead),
    ("hangs on connect", Mode::HangsOnConnect),
    ("accepts and hangs", Mode::AcceptsAndHangs),
    ("answers 500", Mode::Errors),
];

/// `app in us-east-1 dies`, or `app in us-east-1 turns hostile: endless headers`
fn application(words: &mut Words<'_>) -> Read<Action> {
    words.expect("in")?;
    let region = words.region()?;
    if words.take("turns hostile:") {
        return manner(words).map(|manner| Action::Application(region, Mode::Hostile(manner)));
    }
    let known = MODES.iter().find(|(text, _)| words.take(text));
    let choices = || MODES.map(|(text, _)| text).join(", ");
    let (_, mode) =
        known.ok_or_else(|| format!("an application turns hostile, or does one of: {}", choices()))?;
    Ok(Action::Application(region, *mode))
}

fn manner(words: &mut Words<'_>) -> Read<Manner> {
    let known = Manner::ALL.iter().copied().find(|manner| words.take(manner.as_str()));
    let choices = || Manner::ALL.iter().map(|manner| manner.as_str()).collect::<Vec<_>>().join(", ");
    known.ok_or_else(|| format!("who turns hostile has one of these manners: {}", choices()))
}

/// `flap us-east-1 every 8s for 60s`: dead for the first half of each period.
fn flap(moment: Moment, words: &mut Words<'_>) -> Read<Vec<(Moment, Action)>> {
    let region = words.region()?;
    words.expect("every")?;
    let period = words.time()?;
    words.expect("for")?;
    let time = words.time()?;
    if period.is_zero() || time < period {
        return Err("a square wave lasts for one period at least".into());
    }
    let mut wave = Vec::new();
    let mut at = Duration::ZERO;
    while at + period <= time {
        wave.push((moment.plus(at), Action::Application(region.clone(), Mode::Dead)));
        wave.push((moment.plus(at + period / 2), Action::Application(region.clone(), Mode::Healthy)));
        at += period;
    }
    Ok(wave)
}

/// `drill shop in us-west-2`, or `drill what is due in us-west-2`
fn drill(words: &mut Words<'_>) -> Read<Action> {
    let application =
        if words.take("what is due") { None } else { Some(words.word("an application")?.to_owned()) };
    words.expect("in")?;
    words.region().map(|region| Action::Drill(region, application))
}

fn alarm_and_state(words: &mut Words<'_>) -> Read<(AlarmName, &'static str)> {
    let name = words.word("an alarm")?;
    let alarm = AlarmName::parse(name).ok_or_else(|| format!("the lab has no alarm {name:?}"))?;
    words.expect("in")?;
    match words.word("a state")? {
        "ALARM" => Ok((alarm, "ALARM")),
        "OK" => Ok((alarm, "OK")),
        other => Err(format!("{other:?} is no state of an alarm: write ALARM or OK")),
    }
}

/// `alarm shop-us-west-2-ready in ALARM`
fn alarm(words: &mut Words<'_>) -> Read<Action> {
    alarm_and_state(words).map(|(alarm, state)| Action::Alarm(alarm, state))
}

/// `deliver alarm shop-us-east-1-errors in ALARM 400s late twice`
fn deliver(words: &mut Words<'_>) -> Read<Action> {
    words.expect("alarm")?;
    let (alarm, state) = alarm_and_state(words)?;
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
