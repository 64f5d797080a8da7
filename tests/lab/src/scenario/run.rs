//! Running a scenario.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Ending, Moment, Scenario, judge};
use crate::LabError;
use crate::clock;
use crate::cloud::Strike;
use crate::report::{Gathered, gather};
use crate::timeline::Event;
use crate::world::{Action, Places, Settings, World, has};

/// Between two looks at whether something is due.
const LOOK: Duration = Duration::from_millis(20);

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// Its name, with the value of `native` where that is not the file's own.
    pub name: String,
    /// Where its files are.
    pub folder: PathBuf,
    /// Everything that is known.
    pub gathered: Gathered,
    /// Expectations that were not met, and invariants that broke, in words.
    pub failures: Vec<String>,
    /// Whether a process was killed as ordered.
    pub struck: bool,
    /// Seconds, the set-up included.
    pub took: f64,
}

/// What a run is given besides its scenario.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its name.
    pub name: String,
    /// Another value of `native`.
    pub native: Option<String>,
    /// Where its files go, and where the binaries are.
    pub places: Places,
    /// When a process is killed.
    pub strike: Option<Strike>,
    /// Who is told of each event at once.
    pub live: Option<mpsc::UnboundedSender<Event>>,
}

impl Order {
    /// The settings of a scenario under this order.
    fn settings(&self, scenario: &Scenario) -> Settings {
        let mut settings = scenario.settings.clone();
        settings.native = self.native.clone().unwrap_or(settings.native);
        settings
    }
}

/// Runs a scenario from its set-up to its report.
///
/// # Errors
/// The lab cannot go on.
pub async fn run(scenario: &Scenario, order: Order) -> Result<Ran, LabError> {
    let began = clock::now();
    let world = World::start(order.settings(scenario), order.places.clone(), order.live.clone()).await?;
    if let Some(strike) = &order.strike {
        world.cloud.arm(strike.clone());
    }
    perform(&world, scenario).await?;
    let mut ran = finish(world, scenario, &order).await?;
    ran.took = clock::seconds(began, clock::now());
    Ok(ran)
}

/// Does what the script says until the scenario ends.
async fn perform(world: &World, scenario: &Scenario) -> Result<(), LabError> {
    let began = clock::now();
    let mut script: Vec<&(Moment, Action)> = scenario.script.iter().collect();
    loop {
        let now = clock::now();
        let due = |moment: &Moment| match moment {
            Moment::At(time) => clock::after(began, *time) <= now,
            Moment::When(mark, nth, time) => {
                world.timeline.nth(*mark, *nth).is_some_and(|at| clock::after(at, *time) <= now)
            }
        };
        let (ripe, rest) = script.into_iter().partition(|(moment, _)| due(moment));
        script = rest;
        let ripe: Vec<&(Moment, Action)> = ripe;
        for (_, action) in ripe {
            world.act(action).await?;
        }
        if is_over(world, &scenario.ending, began) {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn is_over(world: &World, ending: &Ending, began: jiff::Timestamp) -> bool {
    let reached = |at: jiff::Timestamp, time: Duration| clock::after(at, time) <= clock::now();
    let by_mark = ending.when.and_then(|(mark, nth, time)| Some((world.timeline.nth(mark, nth)?, time)));
    by_mark.is_some_and(|(at, time)| reached(at, time)) || reached(began, ending.at_most)
}

/// Lets notices go out, gathers, judges, writes the files, and ends the world.
///
/// # Errors
/// A file cannot be written.
pub async fn finish(world: World, scenario: &Scenario, order: &Order) -> Result<Ran, LabError> {
    quiet(&world).await;
    let gathered = gather(&world).await;
    let failures = judge(scenario, &world, &gathered);
    let struck = world.cloud.strike().is_some_and(|strike| strike.struck());
    let folder = order.places.folder.clone();
    write(&folder, &world, &gathered)?;
    world.shutdown().await;
    Ok(Ran { name: order.name.clone(), folder, gathered, failures, struck, took: 0.0 })
}

/// Waits until every notice that can be told is told: the next tick tries again what failed.
async fn quiet(world: &World) {
    let end = clock::after(clock::now(), world.settings.tick * 2 + Duration::from_secs(3));
    while clock::now() < end {
        let story = world.story().await;
        let lost = |region: &str| world.controllers.as_ref().is_none_or(|them| them.is_lost(region));
        let published = world.cloud.published();
        let waits = story.applications.iter().filter(|((region, _), _)| !lost(region)).any(|(_, row)| {
            let each =
                row.outbox.iter().flat_map(|notice| notice.pending.iter().map(move |topic| (notice, topic)));
            let mut tellable = each.filter(|(_, topic)| !lost(topic.region().as_str()));
            tellable.any(|(notice, topic)| !has(&published, topic.as_str(), &notice.id))
        });
        if !waits {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn write(folder: &Path, world: &World, gathered: &Gathered) -> Result<(), LabError> {
    let json = serde_json::to_string_pretty(&gathered.report).unwrap_or_default();
    let since = |at| clock::seconds(gathered.zero, at);
    let event = |event: &Event| format!("{:+8.2} s  {}\n", since(event.at), event.text);
    let timeline: String = world.timeline.events().iter().map(event).collect();
    let call = |call: &crate::cloud::Call| {
        let caller = call.caller.as_ref().map_or_else(|| "a stranger".to_owned(), ToString::to_string);
        format!(
            "{:+8.2} s  {caller}: {} {} in {}: {:?}\n",
            since(call.at),
            call.service,
            call.operation,
            call.region,
            call.outcome
        )
    };
    let calls: String = gathered.calls.iter().map(call).collect();
    let invocation = |one: &crate::runtime::Invocation| {
        let caller = one.caller.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
        format!("{:+8.2} s  {caller} for {:.2} s: {:?}\n", since(one.at), one.took, one.ended)
    };
    let invocations: String = gathered.invocations.iter().map(invocation).collect();
    for (name, text) in [
        ("report.json", json + "\n"),
        ("timeline.txt", timeline),
        ("calls.txt", calls),
        ("invocations.txt", invocations),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(LabError::system(format!("cannot write {}", file.display())))?;
    }
    Ok(())
}
