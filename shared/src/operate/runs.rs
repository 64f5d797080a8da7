//! Cancel and retry: what a person wants of a run.

use super::answer::{Answer, Refusable, Refusal};
use super::desk::Desk;
use super::members::Who;
use super::request::still_stands;
use super::tables::{Tables, read_tables, run_of};
use super::write::{Word, record};
use crate::names::{OrderId, Region, RunId};
use crate::plan::Application;
use crate::ports::{Functions, Watching};
use crate::run::{Run, State, Step};
use crate::state::Wanted;
use crate::time::clock;

/// Gives up a run that is in flight, as long as Route 53 has not accepted it.
pub(super) async fn cancel<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    run: RunId,
    who: &Who,
) -> Refusable<Answer> {
    let tables = read_tables(desk).await;
    let in_flight: Vec<(&Region, &RunId)> = tables
        .rows(&application.name)
        .filter_map(|(region, row)| Some((region, row.run.as_ref()?)))
        .collect();
    let Some((region, _)) = in_flight.iter().find(|(_, id)| **id == run) else {
        let known = in_flight.iter().map(|(region, id)| format!("{id} of {region}"));
        return Err(not_known(&tables, application, &run, "in flight", known.collect()));
    };
    let row = run_of(desk, region, &application.name, &run).await;
    if row.as_ref().is_some_and(is_accepted) {
        let problem = format!("Route 53 has accepted {run} already: there is nothing left to give up");
        return Err(Refusal::one("run", problem, "fail-back, once the run has ended"));
    }
    let mut notes = vec![
        "if Route 53 accepts it first, the run goes on; status tells which it was".into(),
        "the same move is denied for as long; fail-over with \"force\":[\"denied\"] makes it sooner".into(),
    ];
    if row.is_none() {
        notes.push(format!("the run's own row in {region} could not be read from here"));
    }
    let what = Wanted::Cancel { run: run.clone() };
    let text = format!("{} gave up run {run}: {}", who.author, who.reason);
    say(desk, &tables, application, ("cancel", what), who, (text, notes)).await
}

/// Whether the records may have moved.
fn is_accepted(run: &Run) -> bool {
    run.marks.submitted.is_some() || run.change.is_some() || run.state != State::At(Step::MoveRecords)
}

/// Lets a run that failed go on.
pub(super) async fn retry<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: &Application,
    run: RunId,
    who: &Who,
) -> Refusable<Answer> {
    let tables = read_tables(desk).await;
    let failed = || {
        let of = tables.rows(&application.name);
        of.filter_map(|(region, row)| Some((region, row.failed.as_ref()?)))
    };
    let Some((region, failure)) = failed().find(|(_, failed)| failed.run == run) else {
        let known = failed().map(|(region, failed)| format!("{} of {region}", failed.run));
        return Err(not_known(&tables, application, &run, "failed", known.collect()));
    };
    let notes = vec![format!("it failed in {region} at {}: {}", clock(failure.at), failure.error)];
    let what = Wanted::Retry { run: run.clone() };
    let text = format!("{} wants run {run} to go on: {}", who.author, who.reason);
    say(desk, &tables, application, ("retry", what), who, (text, notes)).await
}

async fn say<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    application: &Application,
    (verb, what): (&str, Wanted),
    who: &Who,
    (text, notes): (String, Vec<String>),
) -> Refusable<Answer> {
    let until = still_stands(desk.said, application.timing.approval, desk.world.now())?;
    let id = desk.id(verb);
    already(desk, tables, application, &id)?;
    let order = desk.order(who, until, what);
    let words = [Word::order(desk, &application.name, (&id, &order), &text)];
    let mut recorded = record(desk, tables, &words, text).await?;
    recorded.order = Some(id);
    recorded.until = Some(until);
    recorded.notes = notes;
    Ok(Answer::Recorded(Box::new(recorded)))
}

fn not_known(
    tables: &Tables,
    application: &Application,
    run: &RunId,
    how: &str,
    known: Vec<String>,
) -> Box<Refusal> {
    let problem = format!("no run {run} of {} is {how}, as far as could be read", application.name);
    let allowed = if known.is_empty() { format!("none is {how} now") } else { known.join(", ") };
    Refusal::one("run", problem, allowed).without(tables.silent(&application.name))
}

/// EventBridge delivers an event more than once: an order is written down once.
pub(super) fn already<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    application: &Application,
    id: &OrderId,
) -> Refusable<()> {
    if !tables.people(&application.name, desk.world.now()).orders.contains_key(id) {
        return Ok(());
    }
    let problem = format!("{id} is recorded already: this is the same event once more");
    Err(Refusal::one("id", problem, "a new event for a new command"))
}
