//! "Why did it not fail over at 02:13?": the ledger between two times, in sentences.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::answer::{Answer, Refusable};
use super::desk::Desk;
use super::ledger::read_back;
use crate::decide::{Claim, Hold};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region};
use crate::plan::Application;
use crate::ports::{Functions, Watching};
use crate::report::LedgerEntry;
use crate::run::{Outcome, Run};
use crate::state::StandingHolds;
use crate::time::{clock, since, span};

/// What happened between two times, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The application.
    pub application: ApplicationName,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Whose ledger it is: each controller decides, and writes down, by itself.
    pub told_by: Region,
    /// The answer in short.
    pub in_short: String,
    /// What happened, sentence by sentence, in order of time.
    pub text: Vec<String>,
}

/// Explains what was done, and what was not.
pub(super) async fn explain<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    from: Timestamp,
    until: Timestamp,
) -> Refusable<Answer> {
    let known_before = |entry: &LedgerEntry| entry.at < from && is_of_hold(entry);
    let pages =
        read_back(desk, &application.name, until, |pages| !pages.entries.iter().any(known_before)).await?;
    let stood = pages.entries.iter().find(|entry| known_before(entry)).filter(|entry| !ends_hold(entry));
    let mut entries: Vec<&LedgerEntry> =
        pages.entries.iter().filter(|entry| (from..=until).contains(&entry.at)).collect();
    entries.sort_by_key(|entry| (entry.at, rank(entry)));
    let mut text = vec![begin(stood, from)];
    text.extend(entries.iter().map(|entry| sentence(entry)));
    if entries.is_empty() {
        text.push(format!("Until {} nothing was written down.", clock(until)));
    }
    if pages.unreadable > 0 {
        text.push(format!("{} entries are in no form that this version knows.", pages.unreadable));
    }
    Ok(Answer::Explanation(Box::new(Explanation {
        application: application.name.clone(),
        from,
        until,
        told_by: desk.here.clone(),
        in_short: in_short(application, stood, &entries, desk.here),
        text,
    })))
}

fn is_of_hold(entry: &LedgerEntry) -> bool {
    matches!(entry.kind.as_str(), "hold-began" | "hold-changed" | "hold-ended")
}

fn ends_hold(entry: &LedgerEntry) -> bool {
    entry.kind == "hold-ended"
}

/// Of what happened at once, a hold ends before a run begins, and that before another hold begins.
fn rank(entry: &LedgerEntry) -> u8 {
    match entry.kind.as_str() {
        "hold-ended" => 1,
        "decided" => 2,
        "hold-began" | "hold-changed" => 3,
        "run-ended" => 4,
        _ => 0,
    }
}

fn begin(stood: Option<&LedgerEntry>, from: Timestamp) -> String {
    match stood {
        None => format!("At {} nothing was held.", clock(from)),
        Some(entry) => {
            let since = clock(entry.at);
            format!("At {} a hold stood, as it was since {since}: {}.", clock(from), held(entry))
        }
    }
}

/// One entry as one sentence.
fn sentence(entry: &LedgerEntry) -> String {
    let what = match entry.kind.as_str() {
        "hold-began" => format!("{}. {}", held(entry), ends(entry)),
        "hold-changed" => format!("what held it changed: {}. {}", held(entry), ends(entry)),
        "hold-ended" => hold_ended(entry),
        "decided" => decided(entry),
        "run-ended" => run_ended(entry),
        "native-move" => format!("{}: no run did that, the health of the records changed", entry.text),
        "moved-by-a-run" => format!("{}, as the newest epoch says", entry.text),
        _ => entry.text.clone(),
    };
    format!("At {} {}", clock(entry.at), full_stop(what.trim_end()))
}

fn full_stop(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// `a move from A to B`, as the entry of a hold begins.
fn wanted(entry: &LedgerEntry) -> &str {
    entry.text.split_once(" is held").map_or("a move", |(wanted, _)| wanted)
}

fn holds(entry: &LedgerEntry) -> Vec<Hold> {
    serde_json::from_value(entry.data.clone()).unwrap_or_default()
}

fn held(entry: &LedgerEntry) -> String {
    let holds = holds(entry);
    if holds.is_empty() {
        // Written by another version: its own words say it as well.
        return entry.text.clone();
    }
    let each = holds.iter().map(Hold::in_words).map(|hold| format!("{} ({})", hold.guard, hold.reason));
    format!(
        "{} was wanted and not made, because of {}",
        wanted(entry),
        each.collect::<Vec<_>>().join(" and ")
    )
}

fn ends(entry: &LedgerEntry) -> String {
    let each: Vec<String> =
        holds(entry).iter().map(|h| format!("{}: {}", h.reason.guard(), h.ends)).collect();
    if each.is_empty() { String::new() } else { format!("What would end it: {}", each.join("; ")) }
}

fn hold_ended(entry: &LedgerEntry) -> String {
    match serde_json::from_value::<StandingHolds>(entry.data.clone()) {
        Ok(standing) => format!("{}, after {}", entry.text, span(since(standing.since, entry.at))),
        Err(_) => entry.text.clone(),
    }
}

fn decided(entry: &LedgerEntry) -> String {
    match serde_json::from_value::<Claim>(entry.data.clone()) {
        Ok(claim) => {
            let why = claim.why().join("; ");
            format!("it was {} (run {}), because {why}", entry.text, claim.run())
        }
        Err(_) => format!("it was {}", entry.text),
    }
}

fn run_ended(entry: &LedgerEntry) -> String {
    let Ok(run) = serde_json::from_value::<Run>(entry.data.clone()) else {
        return format!("a run ended: {}", entry.text);
    };
    let time = run.marks.recovery_time().map(|time| format!("; recovery took {}", span(time)));
    format!("run {} ended: {}{}", run.id(), entry.text, time.unwrap_or_default())
}

/// The one sentence that was asked for.
fn in_short(
    application: &Application,
    stood: Option<&LedgerEntry>,
    entries: &[&LedgerEntry],
    here: &Region,
) -> String {
    let name = &application.name;
    let runs: Vec<String> =
        entries.iter().filter(|entry| entry.kind == "run-ended").map(|e| ending(e)).collect();
    let natively: Vec<&str> =
        entries.iter().filter(|entry| entry.kind == "native-move").map(|entry| entry.text.as_str()).collect();
    let mut parts = Vec::new();
    if !runs.is_empty() {
        parts.push(format!("{name} {}", runs.join(", then ")));
    }
    if !natively.is_empty() {
        parts.push(format!("Route 53 itself moved users: {}", natively.join(", then ")));
    }
    let why_not = why_not(stood, entries, !runs.is_empty());
    parts.extend(why_not.map(|why| match parts.is_empty() {
        true => format!("{name} was not moved: {why}"),
        false => why,
    }));
    match parts.is_empty() {
        true => format!("The controller in {here} wanted no move of {name} in this time."),
        false => format!("{}.", parts.join("; ")),
    }
}

fn ending(entry: &LedgerEntry) -> String {
    let failed = serde_json::from_value::<Run>(entry.data.clone())
        .is_ok_and(|run| run.outcome() != Some(&Outcome::Moved));
    if failed { format!("was NOT moved by a run ({})", entry.text) } else { entry.text.clone() }
}

/// What held a move, and how that ended.
fn why_not(stood: Option<&LedgerEntry>, entries: &[&LedgerEntry], moved: bool) -> Option<String> {
    let began = || stood.into_iter().chain(entries.iter().copied()).filter(|entry| is_of_hold(entry));
    let held: Vec<&LedgerEntry> = began().filter(|entry| !ends_hold(entry)).collect();
    let first = held.first()?;
    let guards: BTreeSet<&'static str> =
        held.iter().flat_map(|entry| holds(entry)).map(|hold| hold.reason.guard()).in_order();
    let guards = guards.into_iter().collect::<Vec<_>>().join(", ");
    let last = began().next_back()?;
    let end = match (ends_hold(last), moved) {
        (false, _) => "and that stood at the end of this time".to_owned(),
        (true, true) => format!("until {}", clock(last.at)),
        (true, false) => format!("until {}, when it was no longer wanted or held", clock(last.at)),
    };
    Some(format!("{} was wanted and held by {guards}, {end}", wanted(first)))
}
