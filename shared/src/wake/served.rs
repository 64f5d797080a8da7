//! A run whose override serves users: the records are to say the same, and then the override is taken back.
//! What runs left behind is taken back, too.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use super::consider::{Next, View, decided, hold, standing};
use super::outbox::queue;
use super::watched::Watched;
use super::{Context, act};
use crate::away::{Away, LeftBehind};
use crate::decide::{Claim, Decision, Facts, Hold, ListingReading, OfRecords, Situation, in_the_records};
use crate::planted::{self, Planted};
use crate::ports::{World, Write};
use crate::report::{LedgerEntry, unrecorded_story};
use crate::run::{Outcome, Run, State, Step};
use crate::state::{Held, StateError, ledger_write, replace, run_key, update};
use crate::time::{after, since};

/// People hear that the records do not say it yet when that has lasted so long.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Half a minute after it was said, what fades is said again: it covers a minute at least.
const FADES: Duration = Duration::from_secs(30);

/// What was said, and is gone, is looked for so much longer: a request that nobody saw the end of may arrive.
const ARRIVES_LATE: Duration = Duration::from_secs(10 * 60);

/// Brings the records to what the override has done; where that cannot be, gives back what it took, if that
/// is wanted.
pub(super) async fn look_after<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    facts: Facts,
    view: View<'_>,
) -> Result<Next, StateError> {
    let Some(mut run) = item.served.clone() else { return Ok(Next::leave("steady")) };
    if !run.row.told {
        // Who walked it came no further.
        act::tell_served(world, context, item, &mut run, false).await?;
        item.served = Some(run.clone());
    }
    keep_saying(world, context, item, &run.row).await;
    let next = in_the_records(
        &Situation {
            application: item.application,
            plan: context.plan,
            here: context.here,
            facts: &facts,
            standing: &standing(item, view),
            run: run.row.id(),
            now: world.now(),
        },
        &run.row.claim,
    );
    match next {
        OfRecords::Write(_) if planted::is(Planted::OverrideNotRecorded) => {
            wait(world, context, item, &run.row, "nobody writes them").await
        }
        OfRecords::Write(claim) => walk_on(world, context, item, run, |run| to_be_written(run, *claim)).await,
        OfRecords::Superseded { by } => {
            info!(run = %run.row.id(), %by, "another run moved users since: the override goes");
            walk_on(world, context, item, run, |run| run.state = State::Ended(Outcome::Superseded { by }))
                .await
        }
        OfRecords::NotListed if item.listing == ListingReading::NotAsked => {
            if !item.lease(world, context).await? {
                return Ok(Next::leave("another wake is at it"));
            }
            item.listed_at = facts.newest_epoch().unwrap_or_default();
            Ok(Next::List)
        }
        OfRecords::NotListed => give_back(world, context, item, &run.row, facts, view).await,
        OfRecords::Held(holds) => {
            let guards: Vec<&str> = holds.iter().map(|hold| hold.reason.guard()).collect();
            let why = holds.first().map(Hold::in_words).map_or_else(String::new, |words| words.reason);
            info!(guards = guards.join(", "), "the records are not written");
            wait(world, context, item, &run.row, &why).await
        }
    }
}

fn to_be_written(run: &mut Run, claim: Claim) {
    run.claim = claim;
    run.state = State::At(Step::MoveRecords);
}

/// Takes the run up again in another state.
async fn walk_on<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    mut run: Box<Held<Run>>,
    change: impl FnOnce(&mut Run),
) -> Result<Next, StateError> {
    change(&mut run.row);
    let name = &item.application.name;
    let now = world.now();
    let taken = update(world, name, &mut item.row, |row| {
        let free = !row.walker.as_ref().is_some_and(|held| held.is_held_by_another(context.id, now));
        (free && row.run.as_ref() == Some(run.row.id())).then(|| {
            row.walker = Some(context.lease());
            row.sampling = None;
            ((), vec![replace(run_key(name, run.row.id()), &run.row, run.version)])
        })
    });
    if taken.await?.is_none() {
        return Ok(Next::leave("another wake walks its run"));
    }
    item.served = None;
    run.version = run.version.map(|version| version + 1);
    Ok(Next::Walk(run))
}

/// The records cannot be written. Where who was left is well again, what was taken may be given back, under
/// the guards of any restore.
async fn give_back<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
    mut facts: Facts,
    view: View<'_>,
) -> Result<Next, StateError> {
    // What was sent, and nobody saw the end of, may be applied as long as it is valid.
    if run.submissions > 0 && world.now() < after(run.claim.valid_until(), ARRIVES_LATE) {
        return wait(world, context, item, run, "Route 53's API does not answer").await;
    }
    facts.pretend_recorded(run.claim.batch().claim());
    match decided(world, context, item, &facts, view) {
        decision @ Decision::Restore(_) => act::begin(world, context, item, decision, &facts).await,
        decision @ (Decision::Hold { .. } | Decision::Ask { .. }) => {
            hold(world, context, item, &decision, &facts).await
        }
        Decision::Steady | Decision::Evacuate(_) => {
            wait(world, context, item, run, "Route 53's API does not answer").await
        }
    }
}

/// Leaves the run to the next wake. People are told once that the records lag behind.
async fn wait<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
    why: &str,
) -> Result<Next, StateError> {
    let application = item.application;
    let now = world.now();
    let late = run.marks.verified.is_some_and(|served| since(served, now) >= PATIENCE);
    let account = unrecorded_story(application, context.here, run, why, now);
    update(world, &application.name, &mut item.row, |row| {
        let told = late && row.incident.as_mut()?.told.insert("unrecorded".into());
        told.then(|| {
            queue(row, context.notice(application, &account));
            let entry = LedgerEntry::new(now, "unrecorded", run.id().as_str(), &account.headline, &account);
            ((), vec![ledger_write(&application.name, &entry)])
        })
    })
    .await?;
    item.release(world, context).await?;
    Ok(Next::Leave(format!("served by its override, the records are to follow: {why}")))
}

/// Says again what would fade, by whichever wake has the run in hand, as long as users are served by it.
pub(super) async fn keep_saying<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
) {
    let now = world.now();
    let lately = item.said_again.is_some_and(|at| since(at, now) < FADES);
    if lately || planted::is(Planted::MetricNotSaidAgain) {
        return;
    }
    item.said_again = Some(now);
    for away in run.all_said() {
        let overrides = context.plan.overrides_by(away.by).filter(|overrides| overrides.kind.fades());
        let Some(overrides) = overrides else { continue };
        if let Err(error) = world.keep_saying(overrides, away).await {
            warn!(%error, run = %away.run, "an override is not said again");
        }
    }
}

/// Whether a run in flight says the same, as far as this wake knows: where what stands does not name its run,
/// taking back an old one would take back the new one.
fn may_be_said_anew(item: &Watched<'_>, away: &Away) -> bool {
    let flying = item.row.row.run.is_some();
    flying && item.served.as_ref().is_none_or(|run| run.row.all_said().any(|said| said.key() == away.key()))
}

/// Takes back what runs that have ended left behind.
pub(super) async fn tidy<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    is_tick: bool,
) -> Result<(), StateError> {
    let mut left = item.row.row.left_behind.clone();
    let now = world.now();
    for behind in left.iter_mut().filter(|behind| is_tick || behind.gone.is_none()) {
        let Some(overrides) = context.plan.overrides_by(behind.away.by) else { continue };
        if !overrides.kind.names_its_run() && may_be_said_anew(item, &behind.away) {
            continue;
        }
        if planted::is(Planted::OverrideLeftStanding) {
            behind.gone = Some(now);
            continue;
        }
        match world.unsay(overrides, &behind.away).await {
            Ok(()) => drop(behind.gone.get_or_insert(now)),
            Err(error) => warn!(%error, run = %behind.away.run, "an override is not taken back yet"),
        }
    }
    // One that fades may have been said again right before it went, by a process that stood still since.
    let last = |behind: &LeftBehind, gone: Timestamp| after(gone.max(behind.away.until), ARRIVES_LATE);
    left.retain(|behind| behind.gone.is_none_or(|gone| now < last(behind, gone)));
    if left == item.row.row.left_behind {
        return Ok(());
    }
    let known = item.row.row.left_behind.clone();
    let kept = update(world, &item.application.name, &mut item.row, |row| {
        // Another wake has ended a run meanwhile: the next look takes care of that.
        (row.left_behind == known).then(|| {
            row.left_behind.clone_from(&left);
            ((), Vec::<Write>::new())
        })
    });
    kept.await.map(|_| ())
}
