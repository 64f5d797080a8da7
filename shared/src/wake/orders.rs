//! What became of what people want: approvals that are used up, runs that are given up, orders that
//! are done.

use tracing::warn;

use super::Context;
use super::watched::Watched;
use crate::names::{OrderId, RunId};
use crate::ports::{World, Write};
use crate::run::{Outcome, Run};
use crate::state::{Done, Home, Order, People, StateError, Wanted, replace};

/// A run begins: the approval of its very effect is used up. The write that says so belongs to the
/// transaction that begins the run: a crash between the two would leave it good for another move.
pub(super) fn use_up<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &Watched<'_>,
    run: &Run,
) -> Option<Write> {
    let digest = run.claim.effect().clone();
    let (order, ()) =
        open(world, item, |what| (*what == Wanted::Approve { digest: digest.clone() }).then_some(()))?;
    let mut people = item.heard.clone();
    let word = format!("run {} does it", run.id());
    people.orders.get_mut(&order)?.done = Some(Done { at: world.now(), by: context.here.clone(), word });
    Some(replace(People::key(&item.application.name), &people, item.people.version))
}

/// A run is given up: so is the order that it carried out, and the same effect is denied for as long
/// as the word stands; else it would be decided again within a minute.
pub(super) async fn give_up<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
    order: &OrderId,
) -> Result<(), StateError> {
    if let Some(said) = item.heard.orders.get(order).cloned() {
        let what = Wanted::Deny { digest: run.claim.effect().clone() };
        let denial = OrderId::new(format!("{order}-denial"));
        item.heard.orders.insert(denial, Order { what, done: None, ..said });
    }
    if let Some(ordered) = run.claim.ordered() {
        item.close_order(world, context.here, &ordered.id, "its run was given up").await?;
    }
    item.close_order(world, context.here, order, "the run is given up").await
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

/// A run that was ordered has moved all that the order asks for. Should this not be written, the next
/// wake finds that it is so.
pub(super) async fn close_done<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    run: &Run,
) {
    let whole = run.claim.wish().share == 100 && run.outcome() == Some(&Outcome::Moved);
    let Some(ordered) = run.claim.ordered().filter(|_| whole) else { return };
    let word = format!("moved by run {}", run.id());
    if let Err(error) = item.close_order(world, context.here, &ordered.id, &word).await {
        warn!(%error, "what became of an order is not written down yet");
    }
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
