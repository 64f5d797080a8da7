//! The work of the house: a pause that lasts, and a table that cannot be used.

use std::time::Duration;

use futures_util::future::join_all;
use tracing::{error, warn};

use super::outbox::queue;
use super::record::Round;
use super::watched::Watched;
use super::{Context, chain};
use crate::names::Arn;
use crate::ports::{Expect, Key, Measure, PeerTable, Store, Watching, World, Write, within};
use crate::report::{pause_story, table_down_message};
use crate::state::{StateError, update};
use crate::time::{DAY, since};

/// A page that the state table is down is repeated after this.
const PAGE_AGAIN: Duration = Duration::from_secs(15 * 60);

/// Asking a peer whether somebody was paged already may take this long.
const ASKING: Duration = Duration::from_secs(2);

/// Reminds people once a day of a pause that still stands. One controller does it: the first of
/// the plan that is not known to be silent.
pub(super) async fn remind_of_pause<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    round: &Round,
) -> Result<(), StateError> {
    let now = world.now();
    let speaks =
        |region| region == context.here || round.peers.get(region).is_some_and(|peer| peer.silent.is_none());
    let ours = context.plan.controllers.iter().find(|region| speaks(region)) == Some(context.here);
    let Some(pause) = item.heard.paused(now).filter(|_| ours).cloned() else { return Ok(()) };
    let Some(begun) = pause.at.filter(|at| since(*at, now) >= DAY) else { return Ok(()) };
    let application = item.application;
    update(world, &application.name, &mut item.row, |row| {
        if row.pause_told.is_some_and(|told| told >= begun && since(told, now) < DAY) {
            return None;
        }
        row.pause_told = Some(now);
        let account = pause_story(application, context.here, &pause, now);
        queue(row, context.notice(application, &account));
        Some(((), Vec::new()))
    })
    .await
    .map(|_| ())
}

/// Without its state a controller does not act; it says so, at most every quarter of an hour as far
/// as a peer's table can tell.
pub(super) async fn page_table_down<W: Watching>(world: &W, context: &Context<'_>, trouble: &StateError) {
    let now = world.now();
    world.measure(&[("Controller", context.here.as_str())], &[Measure::count("StateTableDown", 1.0)]);
    if was_paged(world, context).await {
        return;
    }
    let message = table_down_message(context.plan, context.here, &chain(trouble), now);
    let topics = critical_topics(context);
    let published = join_all(topics.iter().map(|topic| world.publish(topic, &message))).await;
    for (topic, error) in topics.iter().zip(published).filter_map(|(topic, sent)| Some((topic, sent.err()?)))
    {
        error!(%topic, %error, "nobody was told that the state table is down");
    }
}

/// Whether somebody was paged lately, by the memory of the first peer that answers: our own is what
/// is down.
async fn was_paged<W: Watching>(world: &W, context: &Context<'_>) -> bool {
    let now = world.now();
    let key = Key::new("controller", format!("page#{}", context.here));
    for peer in &context.peers() {
        let table = PeerTable { world, peer };
        let Some(Ok(rows)) = within(world, ASKING, table.query(&key.partition, &key.sort)).await else {
            continue;
        };
        let paged = rows.iter().find_map(|row| row.body.trim_matches('"').parse().ok());
        if paged.is_some_and(|at| since(at, now) < PAGE_AGAIN) {
            return true;
        }
        let expires = Some(crate::time::after(now, DAY));
        let write = Write { key: key.clone(), body: format!("\"{now}\""), expect: Expect::Anything, expires };
        if !matches!(within(world, ASKING, table.commit(&[write])).await, Some(Ok(_))) {
            warn!(%peer, "the page could not be remembered");
        }
        return false;
    }
    false
}

fn critical_topics(context: &Context<'_>) -> Vec<Arn> {
    let groups = context.plan.applications.iter().flat_map(|application| &application.notify.critical);
    let mut topics: Vec<Arn> =
        groups.filter_map(|group| context.plan.topics.get(group)).flatten().cloned().collect();
    topics.sort();
    topics.dedup();
    topics
}
