//! What became of what people want: approvals that are used up, runs that are given up, orders that
//! are done.

use super::Context;
use super::watched::Watched;
use crate::names::{OrderId, RunId};
use crate::ports::World;
use crate::run::{Outcome, Run};
use crate::state::{Order, StateError, Wanted};

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
pub(super) fn open<W: World, T>(
    world: &W,
    item: &Watched<'_>,
    wanted: impl Fn(&Wanted) -> Option<T>,
) -> Option<(OrderId, T)> {
    let now = world.now();
    let orders = item.heard.orders.iter().filter(|(_, order)| order.is_open(now));
    orders.filter_map(|(id, order)| Some((id.clone(), wanted(&order.what)?))).next()
}
