//! What people want done, as far as it is not a decision: runs that go on or are given up, and what
//! became of each order.

use tracing::info;

use super::Context;
use super::watched::Watched;
use crate::names::{OrderId, RunId};
use crate::ports::World;
use crate::run::{Outcome, Run, State, Step};
use crate::state::{Held, Order, StateError, Wanted, find, replace, run_key, update};

/// A failed run that a person wants to go on: at its step, where its records have moved; where
/// Route 53 refused it, the next decision makes a new one.
pub(super) async fn retry<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
) -> Result<Option<Held<Run>>, StateError> {
    let Some((order, wanted)) = open(world, item, |what| match what {
        Wanted::Retry { run } => Some(run.clone()),
        _ => None,
    }) else {
        return Ok(None);
    };
    let failed = item.row.row.failed.as_ref().is_some_and(|failed| failed.run == wanted);
    if !failed {
        item.close_order(world, context.here, &order, "that run has not failed, or was tried again").await?;
        return Ok(None);
    }
    let key = run_key(&item.application.name, &wanted);
    let run = find::<Run>(world, &key).await?.filter(|run| run.row.marks.submitted.is_some());
    let Some(mut run) = run else {
        let forgotten = update(world, &item.application.name, &mut item.row, |row| {
            row.failed.take().map(|_| ((), Vec::new()))
        });
        forgotten.await?;
        item.close_order(world, context.here, &order, "its records never moved: it is decided afresh")
            .await?;
        return Ok(None);
    };
    run.row.state = State::At(Step::NameServersHaveIt);
    run.row.marks.submitted = Some(world.now());
    let taken = update(world, &item.application.name, &mut item.row, |row| {
        if row.run.is_some() {
            return None;
        }
        row.failed = None;
        row.run = Some(wanted.clone());
        row.sampling = None;
        row.walker = Some(context.lease());
        Some(((), vec![replace(key.clone(), &run.row, run.version)]))
    });
    if taken.await?.is_none() {
        return Ok(None);
    }
    run.version = run.version.map(|version| version + 1);
    info!(run = %wanted, "a person wants this run to go on");
    item.close_order(world, context.here, &order, "the run goes on at its step").await?;
    Ok(Some(run))
}

/// A run begins: the approval of its very effect is used up. An order stands until it is so.
pub(super) async fn use_up<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
) -> Result<(), StateError> {
    let digest = run.claim.effect().clone();
    let approval =
        open(world, item, |what| (*what == Wanted::Approve { digest: digest.clone() }).then_some(()));
    if let Some((order, ())) = approval {
        item.close_order(world, context.here, &order, &format!("run {} does it", run.id())).await?;
    }
    Ok(())
}

/// The order that gives this run up, if a person gave one: its id, and who.
pub(super) fn cancelled<W: World>(world: &W, item: &Watched<'_>, run: &RunId) -> Option<(OrderId, String)> {
    let now = world.now();
    let orders = item.heard.orders.iter().filter(|(_, order)| order.is_open(now));
    let wanted = |order: &Order| matches!(&order.what, Wanted::Cancel { run: of } if of == run);
    orders.filter(|(_, order)| wanted(order)).map(|(id, order)| (id.clone(), order.author.clone())).next()
}

/// Nothing is wanted: what was ordered is so, and what was to be given up is over.
pub(super) async fn close_fulfilled<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
) -> Result<(), StateError> {
    let ordered = item.heard.order_for(context.here, world.now()).map(|(id, _)| id.clone());
    if let Some(order) = ordered {
        item.close_order(world, context.here, &order, "it is so, or a later move has overtaken it").await?;
    }
    Ok(())
}

/// A run that was ordered has moved all that the order asks for.
pub(super) async fn close_done<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
) -> Result<(), StateError> {
    let whole = run.claim.wish().share == 100 && run.outcome() == Some(&Outcome::Moved);
    let Some(ordered) = run.claim.ordered().filter(|_| whole) else { return Ok(()) };
    item.close_order(world, context.here, &ordered.id, &format!("moved by run {}", run.id())).await
}

/// The first open order that `wanted` picks.
fn open<W: World, T>(
    world: &W,
    item: &Watched<'_>,
    wanted: impl Fn(&Wanted) -> Option<T>,
) -> Option<(OrderId, T)> {
    let now = world.now();
    let orders = item.heard.orders.iter().filter(|(_, order)| order.is_open(now));
    orders.filter_map(|(id, order)| Some((id.clone(), wanted(&order.what)?))).next()
}
