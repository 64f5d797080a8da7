//! Runs that had ended, and go on: one whose change appeared after all, one that a person wants to
//! be tried again.

use tracing::{info, warn};

use super::watched::Watched;
use super::{Context, orders};
use crate::decide::{EpochReading, Facts};
use crate::names::RunId;
use crate::planted::{self, Planted};
use crate::ports::World;
use crate::run::{Run, State, Step};
use crate::state::{ApplicationRow, Held, StateError, Wanted, find, replace, run_key, update};

/// A run that lapsed, was given up or was refused, and whose change appeared after all: it is verified
/// and told like any other.
pub(super) async fn adopt<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    facts: &Facts,
) -> Result<Option<Held<Run>>, StateError> {
    let EpochReading::Known(Some(newest)) = &facts.epoch else { return Ok(None) };
    if planted::is(Planted::LapsedNotAdopted) {
        return Ok(None);
    }
    if !item.row.row.lapsed.contains(&newest.run) || item.row.row.run.is_some() {
        return Ok(None);
    }
    let Some(run) = known_run(world, item, &newest.run).await? else { return Ok(None) };
    verify_again(world, context, item, run, |row| row.lapsed.retain(|id| id != &newest.run)).await
}

/// A failed run that a person wants to go on: at its step, where its records have moved; where
/// Route 53 refused it, the next decision makes a new one.
pub(super) async fn retry<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
) -> Result<Option<Held<Run>>, StateError> {
    let wanted = orders::open(world, item, |what| match what {
        Wanted::Retry { run } => Some(run.clone()),
        _ => None,
    });
    let Some((order, id)) = wanted else { return Ok(None) };
    // The order stands in every table: another controller's run is that one's to try again.
    if item.row.row.failed.as_ref().is_none_or(|failed| failed.run != id) {
        return Ok(None);
    }
    let moved = known_run(world, item, &id).await?.filter(|run| run.row.marks.submitted.is_some());
    let (taken, word) = match moved {
        Some(run) => {
            info!(run = %id, "a person wants this run to go on");
            let taken = verify_again(world, context, item, run, |row| row.failed = None).await?;
            (taken, "the run goes on at its step")
        }
        None => {
            let forgotten = update(world, &item.application.name, &mut item.row, |row| {
                row.failed.take_if(|failed| failed.run == id).map(|_| ((), Vec::new()))
            });
            forgotten.await?;
            (None, "its records never moved: what is wanted is decided afresh")
        }
    };
    if let Err(error) = item.close_order(world, context.here, &order, word).await {
        warn!(%error, "what became of an order is not written down yet");
    }
    Ok(taken)
}

/// A run's row, where it is there and can be read.
async fn known_run<W: World>(
    world: &W,
    item: &Watched<'_>,
    id: &RunId,
) -> Result<Option<Held<Run>>, StateError> {
    match find::<Run>(world, &run_key(&item.application.name, id)).await {
        Err(StateError::Unreadable { .. }) => Ok(None),
        found => found,
    }
}

/// Takes a run up where its records have moved and what is left is to look whether users have.
async fn verify_again<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    mut run: Held<Run>,
    note: impl Fn(&mut ApplicationRow),
) -> Result<Option<Held<Run>>, StateError> {
    let name = &item.application.name;
    let id = run.row.id().clone();
    run.row.state = State::At(Step::NameServersHaveIt);
    run.row.marks.submitted = Some(world.now());
    let taken = update(world, name, &mut item.row, |row| {
        if row.run.is_some() {
            return None;
        }
        note(row);
        row.run = Some(id.clone());
        row.sampling = None;
        row.walker = Some(context.lease());
        Some(((), vec![replace(run_key(name, &id), &run.row, run.version)]))
    });
    if taken.await?.is_none() {
        return Ok(None);
    }
    run.version = run.version.map(|version| version + 1);
    Ok(Some(run))
}
