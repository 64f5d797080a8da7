//! Drills: the loss of a region is rehearsed. A dry drill decides and resolves everything by the
//! real machinery, and sends nothing: its world has no port that could change a record.
//!
//! A schedule wakes the function every quarter of an hour; the plan says when whose drill is due.
//! The taker of the loss runs it. It yields to any real trouble, and is due again until its slot is
//! an hour old.

mod due;
mod request;
mod script;
mod story;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use tracing::{error, info};

pub use request::Request;
pub use script::{Script, Step};

use crate::decide::{Situation, rehearse};
use crate::names::{ApplicationName, Region, RunId};
use crate::plan::{Application, Plan};
use crate::planted::{self, Planted};
use crate::ports::Watching;
use crate::report::LedgerEntry;
use crate::state::{ApplicationRow, Held, Home, StateError, ledger_write, read, stamp, update};
use crate::wake::{Look, Survey, queue, survey};
use due::Due;

/// What the function answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// How it ended for each application whose drill was due or asked for.
    pub applications: BTreeMap<ApplicationName, Outcome>,
    /// Why nothing could be done, if so.
    pub error: Option<String>,
}

/// How a drill ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "drill")]
pub enum Outcome {
    /// Every step is resolved, and no guard would object.
    Passed {
        /// What would be done.
        script: Box<Script>,
    },
    /// The move would be held.
    WouldBeHeld {
        /// What would be done, and what would object.
        script: Box<Script>,
    },
    /// It was not rehearsed.
    Skipped {
        /// Why.
        why: String,
    },
}

/// Runs the drills that are due, or the one that is asked for.
pub async fn drill<W: Watching>(world: &W, plan: &Plan, here: &Region, payload: &str) -> Answer {
    let mut answer = Answer::default();
    let request = match Request::read(payload, plan) {
        Ok(request) => request,
        Err(why) => return Answer { error: Some(why), ..answer },
    };
    for due in due::all(plan, &request, world.now()) {
        let name = due.application.name.clone();
        match one(world, plan, here, &due).await {
            Ok(Some(outcome)) => drop(answer.applications.insert(name, outcome)),
            Ok(None) => {}
            Err(error) => {
                error!(application = %name, %error, "the drill could not be run");
                answer.applications.insert(name, Outcome::Skipped { why: error.to_string() });
            }
        }
    }
    answer
}

/// One drill. None where it was run before, or another region's controller runs it.
async fn one<W: Watching>(
    world: &W,
    plan: &Plan,
    here: &Region,
    due: &Due<'_>,
) -> Result<Option<Outcome>, StateError> {
    let application = due.application;
    let mut held: Held<ApplicationRow> = read(world, &ApplicationRow::key(&application.name)).await?;
    if due.slot.is_some_and(|slot| held.row.drilled.is_some_and(|done| done >= slot)) {
        return Ok(None);
    }
    let look = Look { plan, here, listed: true };
    let (surveys, _) = survey(world, look, &[application]).await?;
    let Some(survey) = surveys.into_iter().next() else { return Ok(None) };
    if taker(&survey, &due.lose).as_ref() != Some(here) {
        return Ok(None);
    }
    let outcome = rehearsed(world, plan, here, &survey, &due.lose);
    info!(application = %application.name, lose = %due.lose, ?outcome, "drilled");
    if let (Outcome::Skipped { .. }, Some(_)) = (&outcome, due.slot) {
        // It stays due: the next quarter of an hour may be a quiet one.
        return Ok(Some(outcome));
    }
    keep(world, plan, here, due, &outcome, &mut held).await?;
    Ok(Some(outcome))
}

/// Who would act first: the first region of the plan that does not look ill, the lost one aside;
/// where several serve, one that serves.
fn taker(survey: &Survey<'_>, lost: &Region) -> Option<Region> {
    let serving = survey.facts.serving(survey.application).ok()?;
    let names = || survey.application.regions.iter().map(|region| &region.name);
    let able =
        |region: &&Region| *region != lost && survey.facts.health.get(*region).is_some_and(|h| !h.suspect);
    let first = names().filter(able).find(|region| serving.serves(region));
    first.or_else(|| names().find(able)).cloned()
}

fn rehearsed<W: Watching>(
    world: &W,
    plan: &Plan,
    here: &Region,
    survey: &Survey<'_>,
    lost: &Region,
) -> Outcome {
    let Survey { application, row, facts, standing } = survey;
    let trouble = facts.health.values().find(|health| health.suspect);
    if let Some(health) = trouble.filter(|_| !planted::is(Planted::DrillGoesOn)) {
        let why = format!(
            "real trouble goes first: {} is {}: {}",
            health.region,
            health.verdict,
            health.in_words()
        );
        return Outcome::Skipped { why };
    }
    if let Some(run) = &row.run {
        return Outcome::Skipped { why: format!("run {run} is in flight") };
    }
    let now = world.now();
    let run = RunId::new(format!("drill-{}", stamp(now)));
    let situation = Situation { application, plan, here, facts, standing, run: &run, now };
    match rehearse(&situation, lost) {
        None => Outcome::Skipped { why: format!("{lost} serves nobody now: its loss would move nothing") },
        Some(rehearsal) => {
            let script = Box::new(Script::of(&situation, rehearsal));
            if script.holds.is_empty() { Outcome::Passed { script } } else { Outcome::WouldBeHeld { script } }
        }
    }
}

/// The result into the ledger and, by the outbox, to people: the next tick publishes it.
async fn keep<W: Watching>(
    world: &W,
    plan: &Plan,
    here: &Region,
    due: &Due<'_>,
    outcome: &Outcome,
    held: &mut Held<ApplicationRow>,
) -> Result<(), StateError> {
    let application: &Application = due.application;
    let now: Timestamp = world.now();
    let account = story::tell(application, here, &due.lose, outcome, now);
    let entry = LedgerEntry::new(now, "drill", due.lose.as_str(), &account.headline, outcome);
    update(world, &application.name, held, |row| {
        if due.slot.is_some_and(|slot| row.drilled.is_some_and(|done| done >= slot)) {
            return None;
        }
        row.drilled = due.slot.or(row.drilled);
        queue(row, crate::report::Notice::waiting(&account, plan, application));
        Some(((), vec![ledger_write(&application.name, &entry)]))
    })
    .await
    .map(|_| ())
}
