//! One wake, from event to notification:
//! event, observe, verdicts, decide, run (apply, verify), report.
//!
//! Events are hints: whatever woke us, the controller observes afresh and decides on what it sees.
//! A wake that sees a bad sample stays awake and samples every `interval` until its decision is
//! settled or its time is nearly up. Runs are walked beside the sampling of other applications.

mod act;
mod company;
mod consider;
mod holds;
mod outbox;
mod scope;
mod watched;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;
use tracing::{Instrument, error, info, info_span};

use crate::event::Event;
use crate::names::{ApplicationName, Region, WakeId};
use crate::observe::{Depth, observe};
use crate::plan::{Application, Plan};
use crate::ports::World;
use crate::report::{Account, Notice};
use crate::state::{Held, Lease, Observations, StateError, load, stamp};
use crate::time::{after, since};
use company::Company;
use consider::{Next, consider};
use watched::{Watched, keep_observations};

/// What is left of a wake's time for writing down and publishing what it found.
const LAST_WORDS: Duration = Duration::from_secs(12);

/// What a wake knows from its start.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The region in which this controller runs.
    pub here: &'a Region,
    /// This wake.
    pub id: &'a WakeId,
    /// Leases of this wake end here, with its Lambda's time.
    pub deadline: Timestamp,
    /// No new sample or step begins after this.
    pub until: Timestamp,
}

impl Context<'_> {
    /// A lease of this wake.
    fn lease(&self) -> Lease {
        Lease { owner: self.id.clone(), until: self.deadline }
    }

    /// A notice that this wake publishes.
    fn notice(&self, application: &Application, account: &Account) -> Notice {
        Notice::of(account, self.plan, application, self.lease())
    }
}

/// What a wake answers: for the log, and for whoever invoked it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// What woke us, in words.
    pub event: String,
    /// How it ended for each application that was looked at.
    pub applications: BTreeMap<ApplicationName, String>,
    /// Why nothing could be done, if so.
    pub error: Option<String>,
}

/// Wakes: the same for an alarm, a tick and a command.
pub async fn wake<W: World>(
    world: &W,
    plan: &Plan,
    here: &Region,
    event: &Event,
    deadline: Timestamp,
) -> Summary {
    let now = world.now();
    let id = WakeId::new(format!("{}-{:08x}", stamp(now), world.bits() >> 32));
    let time = since(now, deadline);
    let until = after(now, time.saturating_sub(LAST_WORDS.min(time / 4)));
    let context = Context { plan, here, id: &id, deadline, until };
    let span = info_span!("wake", wake = %id, event = event.in_words());
    look_and_tell(world, &context, event).instrument(span).await
}

async fn look_and_tell<W: World>(world: &W, context: &Context<'_>, event: &Event) -> Summary {
    let began = world.now();
    let mut summary = Summary { event: event.in_words(), ..Summary::default() };
    if let Err(error) = look(world, context, event, &mut summary).await {
        // Without its state a controller does not act.
        error!(error = chain(&error), "the state table cannot be used: nothing is done");
        summary.error = Some(chain(&error));
    }
    let awake = since(began, world.now()).as_millis();
    info!(outcome = ?summary.applications, "awake for {awake} ms");
    summary
}

/// The whole chain of an error, said once, at the outermost edge.
fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}

async fn look<W: World>(
    world: &W,
    context: &Context<'_>,
    event: &Event,
    summary: &mut Summary,
) -> Result<(), StateError> {
    if matches!(event, Event::NotMine { .. }) {
        return Ok(());
    }
    let mut table = load(world).await?;
    let concerned = scope::concerned(world, context, event, &mut table, summary).await;
    let items = scope::watch(world, context, &mut table, concerned, summary).await;
    let mut company = Company::new(world, context);
    let mut watched = Vec::new();
    for item in items {
        match item {
            scope::Item::Sample(item) => watched.push(item),
            scope::Item::Resume(item, run) => company.walk(item, run),
        }
    }
    sample(world, context, watched, &mut table.observations, &mut company, summary).await;
    farewell(world, context, company, summary).await;
    Ok(())
}

/// Round after round, until nothing is left that more samples could settle, or the time is up.
async fn sample<'a, W: World>(
    world: &'a W,
    context: &'a Context<'a>,
    mut watched: Vec<Watched<'a>>,
    observations: &mut Held<Observations>,
    company: &mut Company<'a, W>,
    summary: &mut Summary,
) {
    let mut depth = Depth::Glance;
    while let Some(interval) = watched.iter().map(|item| item.application.timing.interval).min() {
        let began = world.now();
        watched = round(world, context, watched, depth, observations, company, summary).await;
        depth = Depth::Close;
        let rest = interval.saturating_sub(since(began, world.now()));
        if watched.is_empty() || after(world.now(), rest) >= context.until {
            break;
        }
        company.beside(world.sleep(rest)).await;
    }
    for mut item in watched {
        let name = item.application.name.clone();
        match item.release(world, context).await {
            Ok(()) => drop(summary.applications.insert(name, "time is up; the next wake goes on".into())),
            Err(error) => trouble(summary, name, &error),
        }
        company.leave(item);
    }
}

/// One round: observe all, then consider each. Gives those that want another round.
async fn round<'a, W: World>(
    world: &'a W,
    context: &'a Context<'a>,
    mut watched: Vec<Watched<'a>>,
    depth: Depth,
    observations: &mut Held<Observations>,
    company: &mut Company<'a, W>,
    summary: &mut Summary,
) -> Vec<Watched<'a>> {
    let applications: Vec<_> = watched.iter().map(|item| item.application).collect();
    let samples = company.beside(observe(world, &applications, depth)).await;
    company.beside(keep_observations(world, observations, &applications, &samples)).await;
    let considered = watched.iter_mut().zip(&samples).map(|(item, sample)| {
        let span = info_span!("consider", application = %item.application.name);
        let series = observations.row.applications.get(&item.application.name);
        consider(world, context, item, sample, series).instrument(span)
    });
    let considered = company.beside(join_all(considered)).await;
    let mut stay = Vec::new();
    for (mut item, next) in watched.into_iter().zip(considered) {
        let name = item.application.name.clone();
        match next {
            Ok(Next::Stay) => {
                company.publish(&item.row.row.outbox);
                if let Err(error) = item.delivered(world, company.delivered()).await {
                    trouble(summary, name, &error);
                }
                stay.push(item);
            }
            Ok(Next::Leave(word)) => {
                summary.applications.insert(name, word);
                company.leave(item);
            }
            Ok(Next::Walk(run)) => company.walk(item, run),
            // The next round is the second attempt.
            Err(error) => {
                trouble(summary, name, &error);
                stay.push(item);
            }
        }
    }
    stay
}

/// One application's trouble with the table is not another's.
fn trouble(summary: &mut Summary, name: ApplicationName, error: &StateError) {
    error!(application = %name, error = chain(error), "the state table cannot be used: nothing is done");
    summary.applications.insert(name, chain(error));
}

/// Waits for the runs that are being walked, then publishes what is still to be said.
async fn farewell<'a, W: World>(
    world: &'a W,
    context: &Context<'_>,
    mut company: Company<'a, W>,
    summary: &mut Summary,
) {
    while let Some((item, walked)) = company.next_walked().await {
        let name = item.application.name.clone();
        match walked {
            Ok(word) => drop(summary.applications.insert(name, word)),
            Err(error) => trouble(summary, name, &error),
        }
        company.leave(*item);
    }
    let (left, delivered) = company.part();
    for mut item in left {
        let name = item.application.name.clone();
        if let Err(error) = item.lay_down(world, context, &delivered).await {
            trouble(summary, name, &error);
        }
    }
}
