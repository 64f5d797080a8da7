//! How it stands: everything that a controller knows of an application, and what it would decide.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::answer::{Answer, Refusable};
use super::desk::Desk;
use super::shown::{
    ApplicationStatus, Controller, DecisionStatus, OrderStatus, RegionStatus, RunStatus, ServingStatus,
    Status,
};
use super::tables::{Tables, read_tables, run_of};
use crate::decide::{Answered, Decision, EpochReading, Hold, ListingReading, Moves, Situation, decide};
use crate::dns::Serving;
use crate::health::{RegionHealth, Testimony, Verdict};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region, RunId};
use crate::plan::Application;
use crate::ports::{Functions, Watching};
use crate::run::State;
use crate::state::Order;
use crate::time::clock;
use crate::wake::Survey;

/// Looks at one application, or at all of them.
pub(super) async fn status<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    application: Option<&Application>,
) -> Refusable<Answer> {
    let all: Vec<&Application> = match application {
        Some(application) => vec![application],
        None => desk.plan.applications.iter().collect(),
    };
    let tables = read_tables(desk).await;
    // One row that cannot be read hides nothing but its own application.
    let unreadable = match application {
        Some(_) => BTreeMap::new(),
        None => tables.unreadable_in(desk.here),
    };
    let readable: Vec<&Application> =
        all.iter().filter(|application| !unreadable.contains_key(&application.name)).copied().collect();
    // Of many, what the name servers say: the API has a quota for the whole account.
    let seen = desk.look(&readable, application.is_some()).await?;
    let runs = join_all(seen.iter().map(|survey| runs(desk, &tables, &survey.application.name))).await;
    let now = desk.world.now();
    let applications = seen.iter().zip(runs).map(|(survey, runs)| of(desk, survey, &tables, runs, now));
    Ok(Answer::Status(Box::new(Status {
        at: now,
        told_by: desk.here.clone(),
        plan: desk.plan.digest.clone(),
        applications: applications.collect(),
        controllers: controllers(desk, &tables, &all),
        unreadable,
    })))
}

fn controllers<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    applications: &[&Application],
) -> BTreeMap<Region, Controller> {
    let silent: BTreeMap<Region, String> =
        applications.iter().flat_map(|application| tables.silent(&application.name)).in_order();
    let plan = |region: &Region| {
        let (_, table) = tables.heard_of().find(|(known, _)| *known == region)?;
        Some(table.observations.row.plan.as_ref()?.digest.clone())
    };
    let each = desk.controllers().into_iter().map(|region| {
        (region.clone(), Controller { silent: silent.get(region).cloned(), plan: plan(region) })
    });
    each.in_order()
}

async fn runs<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    tables: &Tables,
    application: &ApplicationName,
) -> BTreeMap<Region, RunStatus> {
    let in_flight = tables.rows(application).filter_map(|(region, row)| Some((region, row.run.clone()?)));
    let each = in_flight.map(|(region, id)| async move {
        let run = run_of(desk, region, application, &id).await;
        let step = run.as_ref().map(|run| match &run.state {
            State::At(step) => step.in_words().to_owned(),
            State::Served => "users are served by its override; the records are to follow".to_owned(),
            State::Ended(_) => "it is over".to_owned(),
        });
        let marks = run.as_ref().map(|run| run.marks.clone());
        let journal = run.map(|run| run.journal).unwrap_or_default();
        (region.clone(), RunStatus { id, step, marks, journal })
    });
    join_all(each).await.into_iter().in_order()
}

fn of<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    survey: &Survey<'_>,
    tables: &Tables,
    runs: BTreeMap<Region, RunStatus>,
    at: Timestamp,
) -> ApplicationStatus {
    let Survey { application, facts, standing, .. } = survey;
    let name = &application.name;
    let decision = decide(&Situation {
        application,
        plan: desk.plan,
        here: desk.here,
        facts,
        standing,
        run: &RunId::from("status"),
        now: at,
    });
    let (epoch, epoch_unknown) = match &facts.epoch {
        EpochReading::Known(newest) => (newest.clone(), None),
        EpochReading::Unreadable(error) => (None, Some(error.to_string())),
        EpochReading::Unknown { why } => (None, Some(why.clone())),
    };
    let (moves, moves_unknown) = match &facts.moves {
        Moves::Known(moves) => (moves.clone(), None),
        Moves::Unknown { why } => (Vec::new(), Some(why.clone())),
    };
    let of_rows = || tables.rows(name);
    let mut status = ApplicationStatus {
        summary: String::new(),
        application: name.clone(),
        served: application.served.clone(),
        policy: application.policy,
        mode: application.mode,
        serving: serving(survey),
        epoch,
        epoch_unknown,
        acknowledged: standing.people.acknowledged,
        regions: application.regions.iter().map(|region| region_status(survey, &region.name)).collect(),
        now: in_words(&decision),
        holds: of_rows().filter_map(|(region, row)| Some((region.clone(), row.holds.clone()?))).in_order(),
        questions: tables.questions(application, at),
        pause: standing.people.paused(at).cloned(),
        runs,
        failed: of_rows().filter_map(|(region, row)| Some((region.clone(), row.failed.clone()?))).in_order(),
        orders: orders(survey, at),
        moves,
        moves_unknown,
    };
    status.summary = summary(&status);
    status
}

fn serving(survey: &Survey<'_>) -> ServingStatus {
    let Survey { application, facts, .. } = survey;
    let by_epoch = if facts.newest().is_some() { "the newest epoch" } else { "the plan" };
    let (by, trouble) = match &facts.listing {
        ListingReading::Read(_) => match facts.serving(application) {
            Ok(_) => ("the record sets", None),
            Err(why) => (by_epoch, Some(why)),
        },
        ListingReading::Unavailable { why } => (by_epoch, Some(why.clone())),
        ListingReading::NotAsked => (by_epoch, None),
    };
    let serving =
        facts.serving(application).unwrap_or_else(|_| Serving::by_epoch(application, facts.newest()));
    let (answered, answered_unknown) = match &facts.answered {
        Answered::Regions(regions) => (regions.iter().cloned().collect(), None),
        Answered::Unknown { why } => (Vec::new(), Some(why.clone())),
    };
    let names = application.regions.iter().map(|region| &region.name);
    let shares = names.map(|name| (name.clone(), serving.share(name))).in_order();
    ServingStatus { by, shares, trouble, answered, answered_unknown }
}

fn region_status(survey: &Survey<'_>, region: &Region) -> RegionStatus {
    let facts = &survey.facts;
    let health = facts.health.get(region);
    let line = |testimony: &Testimony| {
        let counts = if testimony.counts { "" } else { ", does not count here" };
        format!("{}: {} ({} in a row{counts})", testimony.signal, testimony.seen, testimony.count)
    };
    RegionStatus {
        region: region.clone(),
        verdict: health.map_or(Verdict::Unknown, |health| health.verdict),
        evidence: health.into_iter().flat_map(|health: &RegionHealth| &health.evidence).map(line).collect(),
        bad_since: health.and_then(|health| health.bad_since),
        good_since: health.and_then(|health| health.good_since),
        not_ready: facts.vetoes.get(region).cloned().unwrap_or_default(),
    }
}

fn in_words(decision: &Decision) -> DecisionStatus {
    let word = match decision {
        Decision::Steady => "steady",
        Decision::Hold { .. } => "hold",
        Decision::Ask { .. } => "ask",
        Decision::Evacuate(_) => "evacuate",
        Decision::Restore(_) => "restore",
    };
    DecisionStatus {
        decision: word,
        wish: decision.wish().cloned(),
        holds: decision.holds().iter().map(Hold::in_words).collect(),
    }
}

fn orders(survey: &Survey<'_>, at: Timestamp) -> Vec<OrderStatus> {
    let state = |order: &Order| match (&order.done, order.is_open(at)) {
        (Some(_), _) => "done",
        (None, true) => "open",
        (None, false) => "void",
    };
    let known = survey.standing.people.orders.iter();
    let mut orders: Vec<OrderStatus> = known
        .map(|(id, order)| OrderStatus { id: id.clone(), state: state(order), order: order.clone() })
        .collect();
    orders.sort_by(|one, other| (other.order.at, &other.id).cmp(&(one.order.at, &one.id)));
    orders
}

/// Who serves, what is wrong, and what keeps it so, in one line.
fn summary(status: &ApplicationStatus) -> String {
    let serve: Vec<String> = status
        .serving
        .shares
        .iter()
        .filter(|(_, share)| **share > 0)
        .map(
            |(region, share)| {
                if *share == 100 { region.to_string() } else { format!("{region} ({share} %)") }
            },
        )
        .collect();
    let serves = if serve.len() == 1 { "serves" } else { "serve" };
    let mut parts = vec![format!("{} {serves}", serve.join(", "))];
    let ill = status.regions.iter().filter(|region| region.verdict != Verdict::Healthy);
    parts.extend(ill.map(|region| format!("{} is {}", region.region, region.verdict)));
    parts.extend(status.pause.as_ref().map(|pause| format!("PAUSED until {}", clock(pause.until))));
    parts.extend(status.runs.iter().map(|(region, run)| format!("run {} of {region} is in flight", run.id)));
    parts.extend(status.questions.first().map(|asked| format!("asks for consent to {}", asked.digest)));
    let guards: Vec<&str> = status.now.holds.iter().map(|hold| hold.guard.as_str()).collect();
    parts.push(match (&status.now.wish, guards.as_slice()) {
        (None, _) => "steady".to_owned(),
        (Some(wish), []) => format!("about to move from {} to {}", wish.from, wish.to),
        (Some(wish), held) => {
            format!("a move from {} to {} is held by {}", wish.from, wish.to, held.join(", "))
        }
    });
    format!("{}: {}", status.application, parts.join("; "))
}
