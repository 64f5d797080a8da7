//! The work of the house: a pause that lasts, and a table that cannot be used.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tracing::{error, warn};

use super::Context;
use super::outbox::queue;
use super::record::Round;
use super::watched::Watched;
use crate::names::{Arn, Region};
use crate::ports::{Expect, Key, Measure, PeerTable, Store, Watching, World, Write, within};
use crate::report::{pause_story, table_down_message};
use crate::state::{Pause, StateError, update};
use crate::time::{DAY, after, since};

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
    let lasts = |pause: &&Pause| ours && since(pause.at, now) >= DAY;
    let Some(pause) = item.heard.paused(now).filter(lasts).cloned() else { return Ok(()) };
    let application = item.application;
    update(world, &application.name, &mut item.row, |row| {
        if row.pause_told.is_some_and(|told| told >= pause.at && since(told, now) < DAY) {
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
pub(super) async fn page_table_down<W: Watching>(world: &W, context: &Context<'_>, trouble: &str) {
    let now = world.now();
    world.measure(&[("Controller", context.here.as_str())], &[Measure::count("StateTableDown", 1.0)]);
    let memory = memory(world, context).await;
    if matches!(memory, Some((_, true))) {
        return;
    }
    let message = table_down_message(context.plan, context.here, trouble, now);
    let topics = critical_topics(context);
    let published = join_all(topics.iter().map(|topic| world.publish(topic, &message))).await;
    for (topic, error) in
        topics.iter().zip(&published).filter_map(|(topic, sent)| Some((topic, sent.as_ref().err()?)))
    {
        error!(%topic, %error, "nobody was told that the state table is down");
    }
    if let (Some((peer, _)), true) = (memory, published.iter().any(Result::is_ok)) {
        remember(world, context, peer).await;
    }
}

/// The first peer that answers, and whether it remembers that somebody was paged lately: our own
/// memory is what is down.
async fn memory<W: Watching>(world: &W, context: &Context<'_>) -> Option<(Region, bool)> {
    let key = page_key(context);
    for peer in context.peers() {
        let table = PeerTable { world, peer: &peer };
        let asked = within(world, ASKING, table.query(&key.partition, &key.sort)).await;
        let Some(Ok(rows)) = asked else { continue };
        let paged: Option<Timestamp> = rows.iter().find_map(|row| row.body.trim_matches('"').parse().ok());
        let lately = paged.is_some_and(|at| since(at, world.now()) < PAGE_AGAIN);
        return Some((peer, lately));
    }
    None
}

async fn remember<W: Watching>(world: &W, context: &Context<'_>, peer: Region) {
    let now = world.now();
    let expires = Some(after(now, DAY));
    let write =
        Write { key: page_key(context), body: format!("\"{now}\""), expect: Expect::Anything, expires };
    let table = PeerTable { world, peer: &peer };
    if !matches!(within(world, ASKING, table.commit(&[write])).await, Some(Ok(_))) {
        warn!(%peer, "the page could not be remembered");
    }
}

fn page_key(context: &Context<'_>) -> Key {
    Key::new("controller", format!("page#{}", context.here))
}

fn critical_topics(context: &Context<'_>) -> Vec<Arn> {
    let groups = context.plan.applications.iter().flat_map(|application| &application.notify.critical);
    let mut topics: Vec<Arn> =
        groups.filter_map(|group| context.plan.topics.get(group)).flatten().cloned().collect();
    topics.sort();
    topics.dedup();
    topics
}
