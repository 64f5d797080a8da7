//! Which applications an event concerns, and what each needs of this wake.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use tracing::{error, info};

use super::outbox::queue;
use super::watched::Watched;
use super::{AT_ONCE, Context, Summary, trouble};
use crate::event::{AlarmChange, AlarmState, Event};
use crate::in_order::InOrder;
use crate::names::Region;
use crate::plan::{Application, RegionPlan, Signal};
use crate::planted::{self, Planted};
use crate::ports::World;
use crate::report::{LedgerEntry, forgotten_story};
use crate::run::{Run, State, Step};
use crate::state::{
    ApplicationRow, FailedRun, Held, Lease, StateError, Table, find, ledger_write, run_key, update,
};
use crate::time::clock;

/// How many alarm transitions an application's row remembers.
const EVENTS_KEPT: usize = 20;

/// Applications to look at, each with the times at which events say that a region's trouble began.
pub(super) type Concerned<'a> = Vec<(&'a Application, BTreeMap<Region, Timestamp>)>;

/// What an application needs of this wake.
pub(super) enum Item<'a> {
    /// A look.
    Sample(Watched<'a>),
    /// Its run walked on.
    Resume(Watched<'a>, Box<Held<Run>>),
}

impl<'a> Item<'a> {
    /// The application, whatever it needs.
    pub fn watched(&self) -> &Watched<'a> {
        match self {
            Self::Sample(item) | Self::Resume(item, _) => item,
        }
    }
}

/// The applications that an event concerns. Alarm transitions that are stale, were seen before or
/// whose actions are suppressed are written down and otherwise ignored: the tick looks anyway.
pub(super) async fn concerned<'a, W: World>(
    world: &W,
    context: &Context<'a>,
    event: &Event,
    table: &mut Table,
    summary: &mut Summary,
) -> Concerned<'a> {
    let applications = &context.plan.applications;
    let Event::Alarms(changes) = event else {
        return applications.iter().map(|application| (application, BTreeMap::new())).collect();
    };
    let mut concerned = Vec::new();
    for application in applications {
        let ours: Vec<&AlarmChange> = changes.iter().filter(|change| is_of(change, application)).collect();
        if ours.is_empty() || table.unreadable.contains_key(&application.name) {
            continue;
        }
        let name = application.name.clone();
        let held = table.applications.entry(name.clone()).or_default();
        match note_events(world, application, held, &ours).await {
            Ok(fresh) if fresh.is_empty() => {
                summary.say(name, "only stale or repeated events");
            }
            Ok(fresh) => concerned.push((application, impacts(application, &fresh))),
            Err(error) => trouble(summary, name, &error),
        }
    }
    if concerned.is_empty() && summary.applications.is_empty() {
        let changes: Vec<String> = changes.iter().map(AlarmChange::key).collect();
        info!(changes = changes.join(", "), "no application has this alarm");
    }
    concerned
}

fn is_of(change: &AlarmChange, application: &Application) -> bool {
    let signals = application.regions.iter().flat_map(|region| &region.signals);
    signals.into_iter().any(|signal| matches!(signal, Signal::Alarm(arn) if change.alarm.matches(arn)))
}

/// For each region, when the first of its alarms went off.
fn impacts(application: &Application, changes: &[AlarmChange]) -> BTreeMap<Region, Timestamp> {
    let of_region = |region: &RegionPlan| {
        let is_its = |change: &&AlarmChange| {
            let its = |signal: &Signal| matches!(signal, Signal::Alarm(arn) if change.alarm.matches(arn));
            change.state == AlarmState::Alarm && region.signals.iter().any(its)
        };
        let first = changes.iter().filter(is_its).filter_map(|change| change.changed_at).min();
        Some((region.name.clone(), first?))
    };
    application.regions.iter().filter_map(of_region).in_order()
}

/// Writes down what is new among the transitions; gives those that are worth a look.
async fn note_events<W: World>(
    world: &W,
    application: &Application,
    held: &mut Held<ApplicationRow>,
    changes: &[&AlarmChange],
) -> Result<Vec<AlarmChange>, StateError> {
    let now = world.now();
    let stale =
        |change: &AlarmChange| change.age(now).is_some_and(|age| age > application.timing.stale_event);
    let kind = |change: &AlarmChange| match change {
        _ if stale(change) && !planted::is(Planted::EventTrusted) => "stale-event",
        // EventBridge tells of suppressed alarms too; honouring the suppression is left to us.
        change if change.suppressed => "suppressed-event",
        _ => "event",
    };
    let noted = update(world, &application.name, held, |row| {
        // An event without a time cannot be told from the next one: it is always worth a look.
        let known: BTreeSet<String> = row.events.iter().cloned().in_order();
        let is_new = |change: &AlarmChange| {
            planted::is(Planted::EventNotedTwice)
                || change.changed_at.is_none()
                || !known.contains(&change.key())
        };
        // One delivery may tell the same twice.
        let new: BTreeMap<String, AlarmChange> = changes
            .iter()
            .filter(|change| is_new(change))
            .map(|change| (change.key(), (*change).clone()))
            .in_order();
        let new: Vec<AlarmChange> = new.into_values().collect();
        if new.is_empty() {
            return None;
        }
        row.events.extend(new.iter().map(AlarmChange::key));
        let surplus = row.events.len().saturating_sub(EVENTS_KEPT);
        row.events.drain(..surplus);
        let entries = new.iter().map(|change| {
            let text = {
                let since = change.changed_at.map_or_else(|| "an unknown time".to_owned(), clock);
                format!("{} is {} since {since}", change.alarm, change.state)
            };
            ledger_write(
                &application.name,
                &LedgerEntry::new(now, kind(change), &change.key(), text, &change.reason),
            )
        });
        let entries = entries.take(EVENTS_KEPT).collect();
        Some((new, entries))
    });
    let new = noted.await?.unwrap_or_default();
    Ok(new.into_iter().filter(|change| kind(change) == "event").collect())
}

/// Sorts applications by what they need. One that another wake samples or walks is left alone.
pub(super) async fn watch<'a, W: World>(
    world: &W,
    context: &Context<'a>,
    table: &mut Table,
    concerned: Concerned<'a>,
    summary: &mut Summary,
) -> Vec<Item<'a>> {
    let mut free = Vec::new();
    let now = world.now();
    for (application, hinted) in concerned {
        let name = application.name.clone();
        if let Some(error) = table.unreadable.get(&name) {
            trouble(summary, name, error);
            continue;
        }
        let item = Watched { hinted, ..Watched::take(table, application) };
        let row = &item.row;
        let busy =
            |lease: &Option<Lease>| lease.as_ref().is_some_and(|l| l.is_held_by_another(context.id, now));
        if busy(&row.row.sampling) || busy(&row.row.walker) {
            summary.say(name, "another wake is at it");
            continue;
        }
        free.push(item);
    }
    let taken = free.into_iter().map(|item| async move {
        let name = item.application.name.clone();
        (name, take(world, context, item).await)
    });
    let taken: Vec<_> = stream::iter(taken).buffered(AT_ONCE).collect().await;
    let mut items = Vec::new();
    for (name, taken) in taken {
        match taken {
            Ok(Some(item)) => items.push(item),
            Ok(None) => summary.say(name, "another wake walks its run"),
            Err(error) => trouble(summary, name, &error),
        }
    }
    items
}

/// Takes up an application: its notices, and its run where one is in flight.
async fn take<'a, W: World>(
    world: &W,
    context: &Context<'a>,
    mut item: Watched<'a>,
) -> Result<Option<Item<'a>>, StateError> {
    item.carry(world, context).await?;
    let name = &item.application.name;
    let Some(id) = item.row.row.run.clone() else { return Ok(Some(Item::Sample(item))) };
    let now = world.now();
    let taken = update(world, name, &mut item.row, |row| {
        let free = !row.walker.as_ref().is_some_and(|held| held.is_held_by_another(context.id, now));
        (free && row.run.as_ref() == Some(&id)).then(|| {
            row.walker = Some(context.lease());
            ((), Vec::new())
        })
    });
    if taken.await?.is_none() {
        return Ok(None);
    }
    match find::<Run>(world, &run_key(name, &id)).await {
        Ok(Some(mut run)) => {
            if planted::is(Planted::ResumedAtTheWrongStep) && run.row.marks.submitted.is_none() {
                run.row.state = State::At(Step::ApplicationReached);
                run.row.marks.submitted = Some(now);
            }
            if run.row.state == State::Served {
                return served(world, context, item, run).await.map(Some);
            }
            return Ok(Some(Item::Resume(item, Box::new(run))));
        }
        Ok(None) => forget_run(world, context, &mut item, "its row is missing").await?,
        Err(error @ StateError::Unreadable { .. }) => {
            forget_run(world, context, &mut item, &error.to_string()).await?
        }
        Err(error) => return Err(error),
    }
    Ok(Some(Item::Sample(item)))
}

/// A run that waits for its records is nobody's to walk: the application is looked at like any other.
async fn served<'a, W: World>(
    world: &W,
    context: &Context<'a>,
    mut item: Watched<'a>,
    run: Held<Run>,
) -> Result<Item<'a>, StateError> {
    let free = update(world, &item.application.name, &mut item.row, |row| {
        row.walker.take_if(|lease| &lease.owner == context.id).map(|_| ((), Vec::new()))
    });
    free.await?;
    item.served = Some(Box::new(run));
    Ok(Item::Sample(item))
}

/// A run whose row cannot be read must not block its application for ever. It counts as failed, so
/// that people hear of it and nothing is sent for a while; should its change appear after all, its
/// epoch says that it was ours.
async fn forget_run<W: World>(
    world: &W,
    context: &Context<'_>,
    item: &mut Watched<'_>,
    why: &str,
) -> Result<(), StateError> {
    let now = world.now();
    let application = item.application;
    let forgotten = update(world, &application.name, &mut item.row, |row| {
        let run = row.run.take()?;
        error!(%run, why, "the run in flight is forgotten");
        let account = forgotten_story(application, context.here, &run, why, now);
        let entry = LedgerEntry::new(now, "run-forgotten", run.as_str(), &account.headline, &why);
        queue(row, context.notice(application, &account));
        row.walker = None;
        row.lapsed.push(run.clone());
        row.failed = Some(FailedRun { run, error: why.to_owned(), at: now, wish: None });
        Some(((), vec![ledger_write(&application.name, &entry)]))
    });
    forgotten.await.map(|_| ())
}
