//! A person's document, read: either a whole request, or everything that is wrong with it.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::answer::{Refusable, Refusal};
use super::commands::{Command, help, verbs};
use super::members::{Members, Who, meant};
use crate::event::{kind, parse, tidy};
use crate::names::{EffectDigest, Region, RunId};
use crate::plan::{Application, Plan};
use crate::time::{DAY, after, since};

/// Who sends commands by way of EventBridge, and as what.
const SOURCE: &str = "understudy.operator";
const DETAIL_TYPE: &str = "Understudy Command";

/// The longest time that is explained at once, and the one without `from`.
const EXPLAINED: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What a person wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Request<'a> {
    Status {
        application: Option<&'a Application>,
    },
    History {
        application: &'a Application,
        limit: usize,
    },
    Explain {
        application: &'a Application,
        from: Timestamp,
        until: Timestamp,
    },
    /// An approval, or a denial for a time.
    Consent {
        application: &'a Application,
        digest: EffectDigest,
        denied_for: Option<Duration>,
        who: Who,
    },
    Move(Move<'a>),
    Pause {
        applications: Vec<&'a Application>,
        until: Timestamp,
        who: Who,
    },
    Resume {
        applications: Vec<&'a Application>,
        who: Who,
    },
    Acknowledge {
        application: &'a Application,
        who: Who,
    },
    Cancel {
        application: &'a Application,
        run: RunId,
        who: Who,
    },
    Retry {
        application: &'a Application,
        run: RunId,
        who: Who,
    },
}

/// A move that a person wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Move<'a> {
    pub application: &'a Application,
    /// Back to a region, or away from one.
    pub back: bool,
    pub from: Option<Region>,
    pub to: Option<Region>,
    pub force: BTreeSet<String>,
    pub who: Who,
}

impl Move<'_> {
    /// Its verb.
    pub fn verb(&self) -> &'static str {
        if self.back { "fail-back" } else { "fail-over" }
    }
}

/// A request with when it was said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told<'a> {
    pub request: Request<'a>,
    /// EventBridge delivers up to a day late, and more than once.
    pub said: Timestamp,
    /// The same for each delivery of one event.
    pub ticket: Option<u32>,
}

/// A document, wherever it was found.
struct Document {
    members: Map<String, Value>,
    base: &'static str,
    said: Timestamp,
    ticket: Option<u32>,
}

/// Reads what the function was given.
pub(super) fn read<'a>(plan: &'a Plan, payload: &str, now: Timestamp) -> Refusable<Told<'a>> {
    let Document { members, base, said, ticket } = document(payload, now)?;
    let command = command(&members, base)?;
    let mut members = Members::new(plan, command, &members, base);
    let request = request(command.name, &mut members, said, now);
    match (request, members.faults()) {
        (Some(request), faults) if faults.is_empty() => Ok(Told { request, said, ticket }),
        (_, faults) => Err(Refusal::of(faults)),
    }
}

fn document(payload: &str, now: Timestamp) -> Refusable<Document> {
    let allowed = "a JSON object with a member command, or an EventBridge event whose detail is one";
    let value = parse(payload).map_err(|why| helpful(Refusal::one("", tidy(&why, 150), allowed)))?;
    let members = match value {
        Value::Object(members) => members,
        other => return Err(helpful(Refusal::one("", format!("it is {}", kind(&other)), allowed))),
    };
    if members.contains_key("command") || !members.contains_key("detail-type") {
        return Ok(Document { members, base: "", said: now, ticket: None });
    }
    from_event(members, now)
}

/// A document that came by way of EventBridge.
fn from_event(mut event: Map<String, Value>, now: Timestamp) -> Refusable<Document> {
    for (name, wanted) in [("source", SOURCE), ("detail-type", DETAIL_TYPE)] {
        let found = event.get(name);
        if found.and_then(Value::as_str) != Some(wanted) {
            let seen = found.map_or("it is missing".to_owned(), |found| match found.as_str() {
                Some(text) => format!("it is {:?}", tidy(text, 80)),
                None => format!("it is {}", kind(found)),
            });
            return Err(helpful(Refusal::one(name, seen, format!("{wanted:?}"))));
        }
    }
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let sent: Option<Timestamp> = text("time").filter(|text| text.len() <= 64).and_then(|t| t.parse().ok());
    let ticket = text("id").map(|id| {
        let hash = Sha256::digest(id.as_bytes());
        hash.iter().take(4).fold(0_u32, |number, byte| (number << 8) | u32::from(*byte))
    });
    let said = sent.filter(|sent| *sent < now).unwrap_or(now);
    match event.remove("detail") {
        Some(Value::Object(members)) => Ok(Document { members, base: "detail.", said, ticket }),
        other => {
            let seen = other.as_ref().map_or("it is missing".to_owned(), |it| format!("it is {}", kind(it)));
            Err(helpful(Refusal::one("detail", seen, "a JSON object with a member command")))
        }
    }
}

fn command(members: &Map<String, Value>, base: &str) -> Refusable<&'static Command> {
    let problem = match members.get("command") {
        Some(Value::String(text)) => match Command::of(text) {
            Some(command) => return Ok(command),
            None => {
                let known: Vec<String> = verbs().split(", ").map(str::to_owned).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                format!("there is no command {:?}{}", tidy(text, 60), meant(text, &known))
            }
        },
        Some(other) => format!("it is {}", kind(other)),
        None => "it is missing".to_owned(),
    };
    Err(helpful(Refusal::one(format!("{base}command"), problem, verbs())))
}

/// Who does not know the commands is told all of them.
fn helpful(mut refusal: Box<Refusal>) -> Box<Refusal> {
    refusal.commands = help();
    refusal
}

/// Everything is read before anything is given up, so that all faults are told together.
fn request<'a>(
    verb: &str,
    members: &mut Members<'a, '_>,
    said: Timestamp,
    now: Timestamp,
) -> Option<Request<'a>> {
    match verb {
        "status" => {
            let application = members.application();
            (!members.has("application") || application.is_some()).then_some(Request::Status { application })
        }
        "history" => {
            let (application, limit) = (members.application(), members.count("limit", 500, 20));
            Some(Request::History { application: application?, limit })
        }
        "explain" => explain(members, now),
        "approve" | "deny" => consent(verb, members),
        "fail-over" | "fail-back" => order(verb == "fail-back", members),
        "pause" => {
            let (applications, who) = (members.applications(), members.who());
            let until = members.end(said, now);
            Some(Request::Pause { applications: applications?, until: until?, who: who? })
        }
        "resume" => {
            let (applications, who) = (members.applications(), members.who());
            Some(Request::Resume { applications: applications?, who: who? })
        }
        "acknowledge" => {
            let (application, who) = (members.application(), members.who());
            Some(Request::Acknowledge { application: application?, who: who? })
        }
        _ => {
            let (application, run, who) = (members.application(), members.run(), members.who());
            let (application, run, who) = (application?, run?, who?);
            Some(match verb {
                "cancel" => Request::Cancel { application, run, who },
                _ => Request::Retry { application, run, who },
            })
        }
    }
}

fn explain<'a>(members: &mut Members<'a, '_>, now: Timestamp) -> Option<Request<'a>> {
    let application = members.application();
    let until = if members.has("until") { members.time("until") } else { Some(now) };
    let hour_before = |until: Timestamp| until.checked_sub(HOUR).unwrap_or(until);
    let from = if members.has("from") { members.time("from") } else { until.map(hour_before) };
    let (from, until) = (from?, until?);
    if from >= until {
        members.fault("from", "it is not before until", "a time before until");
    } else if since(from, until) > EXPLAINED {
        members.fault("from", "it is more than 7 days before until", "at most 7 days before until");
    } else if from > now {
        members.fault("from", "it is in the future", "a time before now");
    }
    Some(Request::Explain { application: application?, from, until })
}

fn consent<'a>(verb: &str, members: &mut Members<'a, '_>) -> Option<Request<'a>> {
    let (application, digest, who) = (members.application(), members.digest(), members.who());
    let denied_for = match verb {
        "deny" if members.has("for") => Some(members.span("for")),
        "deny" => Some(Some(DAY)),
        _ => None,
    };
    let denied_for = match denied_for {
        Some(time) => Some(time?),
        None => None,
    };
    Some(Request::Consent { application: application?, digest: digest?, denied_for, who: who? })
}

fn order<'a>(back: bool, members: &mut Members<'a, '_>) -> Option<Request<'a>> {
    let application = members.application();
    let to = members.region("to", application);
    let from = if back { None } else { members.region("from", application) };
    let (force, who) = (members.force(), members.who());
    Some(Request::Move(Move { application: application?, back, from, to, force, who: who? }))
}

/// Whether what was said so long ago is still to be done.
pub(super) fn still_stands(said: Timestamp, lasts: Duration, now: Timestamp) -> Refusable<Timestamp> {
    let until = after(said, lasts);
    if until > now {
        return Ok(until);
    }
    let problem = format!("it was said at {said:.0}, and is void since {until:.0}");
    Err(Refusal::one("time", problem, "a command that arrives in time: say it again"))
}
