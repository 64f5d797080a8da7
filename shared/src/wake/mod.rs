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
mod house;
mod list;
mod measures;
mod orders;
mod outbox;
mod question;
mod record;
mod resume;
mod scope;
mod served;
mod survey;
mod sweep;
mod watched;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join_all, join4};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tracing::{Instrument, error, info, info_span};

use crate::event::Event;
use crate::names::{ApplicationName, Region, WakeId};
use crate::observe::{Depth, observe, read_control};
use crate::plan::{Application, Plan};
use crate::ports::{Watching, World};
use crate::report::{Account, Notice};
use crate::run::Pace;
use crate::state::{Held, Lease, Observations, People, StateError, load, read_peers, read_people, stamp};
use crate::time::{after, since};
pub(crate) use outbox::queue;
pub use survey::{Look, Survey, survey};

use company::Company;
use consider::{Next, View, consider};
use record::{Round, keep_observations, tell_peers};
use watched::Watched;

/// What is left of a wake's time for writing down and publishing what it found.
const LAST_WORDS: Duration = Duration::from_secs(12);

/// The same for a run in flight, which leaves little to write down: the next wake takes it up, and
/// between the two nothing is sent.
const LAST_STEPS: Duration = Duration::from_millis(2_500);

/// A peer that does not answer within this is not waited for: its region may be the one that is lost.
const PEERS_PATIENCE: Duration = Duration::from_secs(2);

/// Of the writes that many applications need at once, so many are under way: each takes a connection.
const AT_ONCE: usize = 32;

/// What a wake knows from its start.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The region in which this controller runs.
    pub here: &'a Region,
    /// This wake.
    pub id: &'a WakeId,
    /// When this wake began.
    pub began: Timestamp,
    /// Leases of this wake end here, with its Lambda's time.
    pub deadline: Timestamp,
    /// No new sample begins after this.
    pub until: Timestamp,
    /// No step of a run begins after this.
    pub walk_until: Timestamp,
    /// The pace of requests to Route 53.
    pub pace: &'a Pace,
    /// Whether a schedule woke us: then the work of the house is done, too.
    pub is_tick: bool,
}

impl Context<'_> {
    /// A lease of this wake.
    fn lease(&self) -> Lease {
        Lease { owner: self.id.clone(), since: Some(self.began), until: self.deadline }
    }

    /// The regions of the other controllers.
    fn peers(&self) -> Vec<Region> {
        self.plan.controllers.iter().filter(|region| *region != self.here).cloned().collect()
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
    /// Applications for which the state table could not be used to the end of this wake.
    #[serde(skip)]
    troubled: BTreeMap<ApplicationName, String>,
}

impl Summary {
    /// How it stands with an application, in words.
    fn say(&mut self, name: ApplicationName, word: impl Into<String>) {
        self.troubled.remove(&name);
        self.applications.insert(name, word.into());
    }
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
    let walk_until = after(now, time.saturating_sub(LAST_STEPS.min(time / 8)));
    let pace = Pace::new(plan.fleet.pace);
    let is_tick = matches!(event, Event::Tick { .. });
    let began = now;
    let context = Context { plan, here, id: &id, began, deadline, until, walk_until, pace: &pace, is_tick };
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
    info!(outcome = %in_json(&summary.applications), "awake for {awake} ms");
    summary
}

/// As logs tell it.
fn in_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
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
    let mut table = match load(world).await {
        Ok(table) => table,
        Err(error) => {
            house::page_table_down(world, context, &chain(&error)).await;
            return Err(error);
        }
    };
    let concerned = scope::concerned(world, context, event, &mut table, summary).await;
    let items = scope::watch(world, context, &mut table, concerned, summary).await;
    measures::heartbeat(world, context, &table, &items);
    let mut company = Company::new(world, context);
    let mut watched: Vec<Watched<'_>> = Vec::new();
    for item in items {
        match item {
            scope::Item::Sample(item) => watched.push(item),
            scope::Item::Resume(item, run) => {
                if run.row.is_unsent() {
                    context.pace.expect_one(world.now());
                }
                company.walk(item, run);
            }
        }
    }
    // Of many at once, the first are considered first.
    watched.sort_by_key(|item| item.application.priority);
    sample(world, context, watched, &mut table.observations, &mut company, summary).await;
    farewell(world, context, company, summary).await;
    if let Some((name, error)) = summary.troubled.first_key_value() {
        house::page_table_down(world, context, &format!("{name}: {error}")).await;
    }
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
    release(world, context, watched, company, summary).await;
}

/// Gives up what still wants another round when the time is up, while runs are walked on.
async fn release<'a, W: World>(
    world: &'a W,
    context: &'a Context<'a>,
    watched: Vec<Watched<'a>>,
    company: &mut Company<'a, W>,
    summary: &mut Summary,
) {
    let released = watched.into_iter().map(|mut item| async move {
        let released = item.release(world, context).await;
        (item, released)
    });
    let released = stream::iter(released).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    for (item, released) in company.beside(released).await {
        let name = item.application.name.clone();
        match released {
            // What was the trouble to the end is not over because nothing had to be given back.
            Ok(()) if summary.troubled.contains_key(&name) => {}
            Ok(()) => summary.say(name, "time is up; the next wake goes on"),
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
    let mut seen = company.beside(look_around(world, context, &applications, depth)).await;
    company.beside(keep_observations(world, context, observations, &applications, &seen)).await;
    company.beside(hear_people(world, context, &mut watched, &mut seen)).await;
    let considered = watched.iter_mut().zip(&seen.samples).map(|(item, sample)| {
        let span = info_span!("consider", application = %item.application.name);
        let view = View { sample, round: &seen, own: &observations.row };
        consider(world, context, item, view).instrument(span)
    });
    let considered = company.beside(join_all(considered)).await;
    let (mut stay, mut wanting) = (Vec::new(), Vec::new());
    for (item, next) in watched.into_iter().zip(considered) {
        let name = item.application.name.clone();
        match next {
            Ok(Next::Stay) => {
                summary.troubled.remove(&name);
                company.publish(&item.row.row.outbox);
                stay.push(item);
            }
            Ok(Next::List) => {
                summary.troubled.remove(&name);
                wanting.push(item);
            }
            Ok(Next::Leave(word)) => {
                summary.say(name, word);
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
    strike_out(world, &mut stay, company, summary).await;
    company.beside(list::list(world, context, wanting.iter_mut().collect())).await;
    stay.extend(wanting);
    stay.sort_by_key(|item| item.application.priority);
    stay
}

/// Takes what topics have got out of the outboxes, while all else goes on.
async fn strike_out<'a, W: World>(
    world: &'a W,
    items: &mut [Watched<'a>],
    company: &mut Company<'a, W>,
    summary: &mut Summary,
) {
    let delivered = company.delivered().clone();
    let struck = items.iter_mut().map(|item| async {
        let name = item.application.name.clone();
        item.delivered(world, &delivered).await.err().map(|error| (name, error))
    });
    let struck = stream::iter(struck).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    for (name, error) in company.beside(struck).await.into_iter().flatten() {
        trouble(summary, name, &error);
    }
}

/// Everything that a round looks at, at once.
async fn look_around<W: Watching>(
    world: &W,
    context: &Context<'_>,
    applications: &[&Application],
    depth: Depth,
) -> Round {
    let (samples, control, peers, people) = join4(
        observe(world, applications, depth),
        read_control(world, &context.plan.control_targets),
        read_peers(world, &context.peers(), PEERS_PATIENCE),
        said_meanwhile(world, depth),
    )
    .await;
    Round { samples, control, peers, people }
}

/// A wake that stays awake hears what people say meanwhile: another wake would find it at work, and
/// leave.
async fn said_meanwhile<W: Watching>(world: &W, depth: Depth) -> BTreeMap<ApplicationName, Held<People>> {
    match depth {
        Depth::Glance => BTreeMap::new(),
        Depth::Close => read_people(world).await.unwrap_or_default(),
    }
}

/// Brings together what people said here and elsewhere; a tick tells peers that missed some of it.
async fn hear_people<W: World>(
    world: &W,
    context: &Context<'_>,
    watched: &mut [Watched<'_>],
    seen: &mut Round,
) {
    let (peers, said) = (&seen.peers, &seen.people);
    let hearing = watched.iter_mut().map(|item| async move {
        if let Some(people) = said.get(&item.application.name) {
            item.people = people.clone();
        }
        if let Err(error) = item.hear(world, peers).await {
            error!(application = %item.application.name, error = chain(&error), "what people said is not written down");
        }
    });
    join_all(hearing).await;
    if context.is_tick {
        tell_peers(world, watched, &mut seen.peers).await;
    }
}

/// One application's trouble with the table is not another's.
fn trouble(summary: &mut Summary, name: ApplicationName, error: &StateError) {
    error!(application = %name, error = chain(error), "the state table cannot be used: nothing is done");
    let error = chain(error);
    summary.applications.insert(name.clone(), error.clone());
    summary.troubled.insert(name, error);
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
            Ok(word) => summary.say(name, word),
            Err(error) => trouble(summary, name, &error),
        }
        company.leave(*item);
    }
    let (left, delivered) = company.part();
    let laid_down = left.into_iter().map(|item| lay_down(world, context, item, &delivered));
    let laid_down: Vec<_> = stream::iter(laid_down).buffer_unordered(AT_ONCE).collect().await;
    for (name, error) in laid_down.into_iter().flatten() {
        trouble(summary, name, &error);
    }
}

/// What is left to do for an application before a wake lets go of it; what went wrong.
async fn lay_down<W: World>(
    world: &W,
    context: &Context<'_>,
    mut item: Watched<'_>,
    delivered: &watched::Delivered,
) -> Vec<(ApplicationName, StateError)> {
    let mut troubles = Vec::new();
    if item.sweep && world.now() < context.until {
        troubles.extend(sweep::sweep(world, context, &mut item).await.err());
    }
    troubles.extend(item.lay_down(world, context, delivered).await.err());
    let name = &item.application.name;
    troubles.into_iter().map(|error| (name.clone(), error)).collect()
}
