//! From a decision that acts to a run that has ended, and what is told of it.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{Instrument, info, info_span, warn};

use super::company::Done;
use super::consider::Next;
use super::outbox::queue;
use super::watched::Watched;
use super::{Context, holds, measures, orders, served};
use crate::away::LeftBehind;
use crate::decide::{Claim, Decision, Facts, MoveKind};
use crate::names::RunId;
use crate::plan::{Actuator, Application};
use crate::planted::{self, Planted};
use crate::ports::{World, Write, within};
use crate::report::{LedgerEntry, delay_story, run_story, served_story};
use crate::run::{Marks, Outcome, Run, State, Step, cancel, walk};
use crate::state::{ApplicationRow, FailedRun, Held, StateError, ledger_write, replace, run_key, update};
use crate::time::{DAY, after, since};

/// People are told that a run waits when Route 53 has not accepted it for this long.
const PATIENCE: Duration = Duration::from_secs(15);

/// A run that waits listens so often whether people have paused or cancelled it.
const LISTENING: Duration = Duration::from_secs(5);

/// People are told that a move is not verified when it has not been for this long: Route 53's own
/// propagation takes a minute at most as a rule (API reference, ChangeResourceRecordSets).
const PROPAGATION: Duration = Duration::from_secs(60);

/// What is kept of a wake's time for giving a run to the next one.
const LAST_WRITE: Duration = Duration::from_secs(1);

/// A run that begins has heard people right before.
const JUST_NOW: Duration = Duration::from_secs(3);

/// How many lapsed runs a row remembers.
const LAPSED_KEPT: usize = 8;

/// Writes down the run and takes its walker lease, all or none; then it can be walked.
pub(super) async fn begin<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    decision: Decision,
    facts: &Facts,
) -> Result<Next, StateError> {
    let application = item.application;
    let Some(claim) = decision.into_claim() else { return Ok(Next::leave("steady")) };
    // What an override took is given back by a run of its own, which ends the one that took it.
    let served = item.served.clone();
    if is_forbidden(world, item, &claim).await? {
        // The next round decides with it, and says so.
        return Ok(Next::Stay);
    }
    let incident = holds::incident_of(world, item, facts, claim.wish(), claim.decided_at());
    let marks = match claim.wish().kind {
        MoveKind::Evacuate => Marks {
            impact: Some(incident.impact),
            detected: incident.detected.or(Some(claim.decided_at())),
            ..Marks::default()
        },
        MoveKind::Restore => Marks::default(),
    };
    let mut run = Run::new(application.name.clone(), incident.id.clone(), claim, marks);
    if let (None, Some(served)) = (&run.away, &served) {
        run.away.clone_from(&served.row.away);
        run.said_before.clone_from(&served.row.said_before);
    }
    let now = world.now();
    let used_up = orders::use_up(world, context, item, &run);
    let known = item.row.row.drift.clone();
    let begun = update(world, &application.name, &mut item.row, |row| {
        let mine = row.sampling.as_ref().is_none_or(|lease| !lease.is_held_by_another(context.id, now));
        let others = row.run.as_ref() != served.as_ref().map(|served| served.row.id());
        // Drift that was found since this wake read the row has not been decided on.
        if others || !mine || row.drift != known {
            return None;
        }
        let mut writes = holds::note_answer(context, application, row, facts, now);
        writes.extend(holds::end(context, application, row, now));
        writes.extend(served.as_ref().map(|served| given_back(application, row, served)));
        row.run = Some(run.id().clone());
        row.sampling = None;
        row.walker = Some(context.lease());
        row.incident = Some(incident.clone());
        row.cleared = None;
        row.question = None;
        writes.push(replace(run_key(&application.name, run.id()), &run, None));
        if !planted::is(Planted::DecisionNotWritten) {
            writes.push(decided(application, &run));
        }
        writes.extend(used_up.clone());
        Some(((), writes))
    });
    if begun.await?.is_none() {
        item.served = None;
        let ours = item.row.row.sampling.as_ref().is_some_and(|lease| &lease.owner == context.id);
        if ours && item.row.row.run.is_none() {
            // What people said, or drift, was written meanwhile: the next round hears it.
            return Ok(Next::Stay);
        }
        item.release(world, context).await?;
        return Ok(Next::leave("another wake was first"));
    }
    item.served = None;
    info!(run = %run.id(), epoch = %run.claim.epoch(), "run begins");
    Ok(Next::Walk(Box::new(Held { row: run, version: Some(1) })))
}

/// Whether people forbid it by now: they paused the application, or denied this very effect. An order
/// that names the guard goes on all the same.
async fn is_forbidden<W: World>(
    world: &W,
    item: &mut Watched<'_>,
    claim: &Claim,
) -> Result<bool, StateError> {
    item.hear_again(world).await?;
    let now = world.now();
    let counts = |guard: &str| !claim.ordered().is_some_and(|ordered| ordered.overrides(guard));
    let paused = counts("paused") && item.heard.paused(now).is_some();
    let denied = counts("denied") && item.heard.denied(claim.effect(), now).is_some();
    Ok(paused || denied)
}

/// The end of a run that moved users by its override, before the records could say the same.
fn given_back(application: &Application, row: &mut ApplicationRow, served: &Held<Run>) -> Write {
    let mut run = served.row.clone();
    row.unrecorded.push(run.claim.batch().claim().clone());
    run.state = State::Ended(Outcome::Moved);
    replace(run_key(&application.name, run.id()), &run, served.version)
}

fn decided(application: &Application, run: &Run) -> Write {
    let claim = &run.claim;
    let wish = claim.wish();
    let text = format!("decided to move from {} to {} with epoch {}", wish.from, wish.to, claim.epoch());
    ledger_write(
        &application.name,
        &LedgerEntry::new(claim.decided_at(), "decided", run.id().as_str(), text, claim),
    )
}

/// Walks a run until it ends, this wake's time is up, or people are to hear something of it before it goes on.
pub(super) async fn walk_run<'a, W: World>(
    world: &'a W,
    context: &'a Context<'a>,
    mut item: Watched<'a>,
    mut run: Box<Held<Run>>,
) -> Done<'a> {
    let (name, id, epoch) = (&item.application.name, run.row.id(), run.row.claim.epoch());
    let span = info_span!("run", application = %name, run = %id, epoch = %epoch);
    match walk_on(world, context, &mut item, &mut run).instrument(span).await {
        Ok(Some(word)) => Done::Walked(Box::new(item), Ok(word)),
        Ok(None) => Done::Waits(Box::new(item), run),
        Err(error) => Done::Walked(Box::new(item), Err(error)),
    }
}

/// How it stands when this wake is done with it; none when people are to hear that it takes long, or that users are
/// served and the records are yet to follow.
async fn walk_on<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &mut Held<Run>,
) -> Result<Option<String>, StateError> {
    loop {
        if run.row.is_served() {
            served::keep_saying(world, context, item, &run.row).await;
        }
        if may_not_send(world, context, item, &mut run.row).await? {
            if run.row.outcome().is_some() {
                return finish(world, context, item, run).await.map(Some);
            }
            return hand_over(world, context, item, "people forbid it: the run waits").await.map(Some);
        }
        let slice = after(world.now(), LISTENING).min(context.walk_until);
        let means = (context.plan, context.pace, slice);
        let walking = walk(world, item.application, run, means);
        let left = since(world.now(), context.deadline).saturating_sub(LAST_WRITE);
        let Some(walked) = within(world, left, walking).await else {
            // What it waits for is read by the next wake: each step says what it does before it does it.
            return hand_over(world, context, item, "its run goes on with the next wake").await.map(Some);
        };
        if !walked? {
            warn!("another walker has this run");
            return Ok(Some("another wake walks its run".into()));
        }
        if run.row.outcome().is_some() {
            return finish(world, context, item, run).await.map(Some);
        }
        if run.row.state == State::Served {
            let (goes_on, was_told) = (records_follow(context, run, world.now()), run.row.told);
            let word = tell_served(world, context, item, run, goes_on).await?;
            if !goes_on {
                return Ok(Some(word));
            }
            run.row.state = State::At(Step::MoveRecords);
            if !was_told {
                return Ok(None);
            }
            continue;
        }
        if tell_of_delay(world, context, item, &run.row).await? {
            return Ok(None);
        }
        if world.now() >= context.walk_until {
            return hand_over(world, context, item, "its run goes on with the next wake").await.map(Some);
        }
    }
}

/// Whether the records are written at once: the decision that moved users is still valid, and says how.
fn records_follow(context: &Context<'_>, run: &Held<Run>, now: Timestamp) -> bool {
    let claim = &run.row.claim;
    let in_time = after(now, JUST_NOW) < claim.valid_until().min(context.walk_until);
    if planted::is(Planted::OverrideNotRecorded) {
        return false;
    }
    in_time && run.row.submissions == 0 && claim.ways().contains(&Actuator::Records)
}

/// Says once that users are served by an override.
pub(super) async fn tell_served<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &mut Held<Run>,
    goes_on: bool,
) -> Result<String, StateError> {
    let application = item.application;
    let now = world.now();
    let by = run.row.moved_by.unwrap_or(Actuator::Override).in_words();
    let word = format!("moved to {} by {by}; the records are to follow", run.row.claim.wish().to);
    let is_news = !std::mem::replace(&mut run.row.told, true);
    let account = served_story(application, context.here, &run.row, now);
    let entry = LedgerEntry::new(now, "served", run.row.id().as_str(), &account.headline, &run.row);
    let told = update(world, &application.name, &mut item.row, |row| {
        if row.run.as_ref() != Some(run.row.id()) {
            return None;
        }
        row.answered = Some(run.row.claim.wish().to.clone());
        row.walker = row.walker.take().filter(|_| goes_on);
        if !is_news {
            return Some(((), Vec::new()));
        }
        queue(row, context.notice(application, &account));
        let key = run_key(&application.name, run.row.id());
        let kept = replace(key, &run.row, run.version);
        Some(((), vec![kept, ledger_write(&application.name, &entry)]))
    });
    if told.await?.is_some() && is_news {
        run.version = run.version.map(|version| version + 1);
        measures::run(world, context, item, &run.row);
    }
    if planted::is(Planted::OverrideNotLatched) {
        for away in run.row.all_said() {
            if let Some(overrides) = context.plan.overrides_by(away.by) {
                drop(world.unsay(overrides, away).await);
            }
        }
    }
    Ok(word)
}

/// Whether a person keeps the batch from being sent (again): by a pause, or by giving the run up. A
/// run that begins has just looked; one whose validity is over sends nothing anyway.
async fn may_not_send<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &mut Run,
) -> Result<bool, StateError> {
    let effects = [Step::SayAway, Step::Unsay, Step::MoveRecords].map(State::At);
    let sends = effects.contains(&run.state) && world.now() < run.claim.valid_until();
    let begins =
        run.submissions == 0 && run.attempts == 0 && since(run.claim.decided_at(), world.now()) < JUST_NOW;
    if !sends || begins || planted::is(Planted::PauseIgnoredWhileWaiting) {
        return Ok(false);
    }
    let forbidden = is_forbidden(world, item, &run.claim).await?;
    let Some((order, author)) = orders::cancelled(world, item, run.id()) else { return Ok(forbidden) };
    cancel(world, item.application, run, &author).await;
    let given_up = matches!(run.outcome(), Some(Outcome::Cancelled { .. }));
    if given_up {
        orders::give_up(world, context, item, run, &order).await?;
    } else {
        item.close_order(world, context.here, &order, "Route 53 had accepted it already").await?;
    }
    Ok(run.outcome().is_some())
}

/// Says once per incident that a run takes long; whether this was the time.
async fn tell_of_delay<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
) -> Result<bool, StateError> {
    let application = item.application;
    let now = world.now();
    // Whoever is served by an override waits for nothing.
    if run.is_served() {
        return Ok(false);
    }
    let key = match run.marks.submitted {
        None if since(run.claim.decided_at(), now) >= PATIENCE => "waiting",
        None => return Ok(false),
        Some(submitted) if since(submitted, now) >= PROPAGATION => "unverified",
        Some(_) => return Ok(false),
    };
    let account = delay_story(application, context.here, run, now);
    let entry = LedgerEntry::new(now, key, run.id().as_str(), &account.headline, &account);
    let told = update(world, &application.name, &mut item.row, |row| {
        let is_news = row.incident.as_mut()?.told.insert(key.into());
        is_news.then(|| {
            queue(row, context.notice(application, &account));
            ((), vec![ledger_write(&application.name, &entry)])
        })
    });
    Ok(told.await?.is_some())
}

/// Gives the walker lease back, so that the next wake goes on at once.
async fn hand_over<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    word: &str,
) -> Result<String, StateError> {
    let given = update(world, &item.application.name, &mut item.row, |row| {
        row.walker.take_if(|lease| &lease.owner == context.id).map(|_| ((), Vec::new()))
    });
    given.await?;
    Ok(word.to_owned())
}

/// Writes down how a run ended, with all that follows from it, all or none.
async fn finish<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &mut Held<Run>,
) -> Result<String, StateError> {
    let application = item.application;
    let now = world.now();
    let Some(outcome) = run.row.outcome().cloned() else { return Ok("not ended".into()) };
    let story = run_story(application, context.here, &run.row, now);
    let word = in_words(&run.row, &outcome);
    let entry = LedgerEntry::new(now, "run-ended", run.row.id().as_str(), &word, &run.row);
    let ended = update(world, &application.name, &mut item.row, |row| {
        if row.run.as_ref() != Some(run.row.id()) {
            return None;
        }
        let is_news = is_news(row, &outcome, now);
        if let Some(account) = story.as_ref().filter(|_| is_news && !planted::is(Planted::NoticeLostOnCrash))
        {
            queue(row, context.notice(application, account));
        }
        follow(row, &run.row, &outcome, now);
        let key = run_key(&application.name, run.row.id());
        Some(((), vec![replace(key, &run.row, run.version), ledger_write(&application.name, &entry)]))
    });
    ended.await?;
    served::tidy(world, context, item, false).await?;
    if let Some(account) = story.as_ref().filter(|_| planted::is(Planted::NoticeLostOnCrash)) {
        let told = update(world, &application.name, &mut item.row, |row| {
            queue(row, context.notice(application, account));
            Some(((), Vec::new()))
        });
        told.await?;
    }
    if !run.row.is_served() {
        measures::run(world, context, item, &run.row);
    }
    orders::close_done(world, context, item, &run.row).await;
    info!("run ended: {word}");
    Ok(word)
}

/// The same failure is told once per incident, and again when a reminder is due, however often it
/// is tried.
fn is_news(row: &mut ApplicationRow, outcome: &Outcome, now: Timestamp) -> bool {
    match (outcome, &mut row.incident) {
        (Outcome::Failed { error }, Some(incident)) => {
            let reminder = holds::reminders_due(since(incident.impact, now));
            incident.told.insert(format!("failed ({reminder}): {error}"))
        }
        _ => true,
    }
}

fn follow(row: &mut ApplicationRow, run: &Run, outcome: &Outcome, now: Timestamp) {
    row.run = None;
    row.walker = None;
    row.left_behind.extend(run.all_said().cloned().map(|away| LeftBehind { away, gone: None }));
    row.unrecorded.retain(|record| since(record.at, now) <= DAY);
    match outcome {
        Outcome::Moved => {
            row.incident = None;
            row.failed = None;
            row.answered = Some(run.claim.wish().to.clone());
            if run.claims_its_epoch() {
                row.noted_epoch = run.claim.epoch();
            } else {
                row.unrecorded.push(run.claim.batch().claim().clone());
            }
        }
        // Should the change of one appear after all, it is still ours.
        Outcome::Lapsed | Outcome::Cancelled { .. } => remember_lapsed(row, run.id()),
        Outcome::Failed { error } => {
            // So is that of one whose last attempt was refused: an earlier one may still be under way.
            if run.marks.submitted.is_none() {
                remember_lapsed(row, run.id());
            }
            let wish = Some(run.claim.wish().clone());
            row.failed = Some(FailedRun { run: run.id().clone(), error: error.clone(), at: now, wish });
        }
        Outcome::Superseded { .. } => {}
    }
}

fn remember_lapsed(row: &mut ApplicationRow, run: &RunId) {
    row.lapsed.push(run.clone());
    let surplus = row.lapsed.len().saturating_sub(LAPSED_KEPT);
    row.lapsed.drain(..surplus);
}

fn in_words(run: &Run, outcome: &Outcome) -> String {
    let to = &run.claim.wish().to;
    match outcome {
        Outcome::Moved if !run.claims_its_epoch() => format!("moved to {to} by taking an override back"),
        Outcome::Moved => format!("moved to {to} with epoch {}", run.claim.epoch()),
        Outcome::Superseded { by } => format!("superseded by run {by}"),
        Outcome::Cancelled { by } => format!("cancelled by {by}"),
        Outcome::Lapsed => "lapsed: Route 53 did not accept it in time".into(),
        Outcome::Failed { error } => format!("failed: {error}"),
    }
}
