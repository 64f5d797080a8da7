//! Gathering a report from a world that has come to its end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use understudy::decide::MoveKind;
use understudy::plan::Plan;
use understudy::run::{Outcome as Ended, Run};
use understudy::time::since;

use super::{Actor, Invariants, Marks, Notification, OfApplication, Report, holds, rounded};
use crate::clock;
use crate::cloud::{Call, Publication};
use crate::runtime::{FUNCTIONS, Invocation};
use crate::scenario::Outcome;
use crate::user::{Request, Seen, User};
use crate::world::{APPLICATION, Answered, Applied, Evidence, Service, Story, World};

/// Everything that is known at the end.
#[derive(Debug)]
pub struct Gathered {
    /// From when times count.
    pub zero: Timestamp,
    /// For machines.
    pub report: Report,
    /// The outcome as a type.
    pub outcome: Option<Outcome>,
    /// The requests of the user of whom the timeline tells.
    pub requests: Vec<Request>,
    /// The requests of every user, with the application that was used.
    pub users: Vec<(String, Vec<Request>)>,
    /// What people said, and were answered.
    pub conversation: Vec<Answered>,
    /// Every accepted batch.
    pub history: Vec<Applied>,
    /// What the controllers wrote down.
    pub story: Story,
    /// Everything that was published.
    pub published: Vec<Publication>,
    /// Every call.
    pub calls: Vec<Call>,
    /// Every invocation of a function that has ended.
    pub invocations: Vec<Invocation>,
    /// The regions that name servers answer at the end.
    pub answered: Vec<String>,
}

/// Gathers it.
pub async fn gather(world: &World) -> Gathered {
    let zero = world.timeline.zero();
    let story = world.story().await;
    let each = |user: &User| (user.person.application.clone(), user.requests());
    let users: Vec<(String, Vec<Request>)> = world.users.iter().map(each).collect();
    let requests = users.first().map(|(_, requests)| requests.clone()).unwrap_or_default();
    let history = world.history.all();
    let (published, calls) = (world.cloud.published(), world.cloud.calls.all());
    let outcome = outcome(&story);
    let run = told_run(&story);
    let violations =
        world.plan().map(|plan| judged(world, &plan, &story, &history, &published)).unwrap_or_default();
    let to_change = run.map(|run| calls_to_change(world, run, &history, &calls)).unwrap_or_default();
    let submitted = run.and_then(|run| run.marks.submitted);
    let report = Report {
        outcome: outcome.map(Outcome::as_str),
        marks: run.map(|run| marks(run, zero)).unwrap_or_default(),
        user: rounded_seen(seen(&users)),
        applications: applications(world, &users, &history, zero),
        aws_calls: world.cloud.calls.counts(),
        notifications: published.iter().map(|one| notification(one, zero)).collect(),
        holds: holds(&story.ledger, zero),
        operate: world.conversation.all().iter().map(said).collect(),
        invariants: Invariants {
            checked: violations.checked,
            violated: violations.violated.len(),
            what: violations.violated,
        },
        settings: world.settings.shown(),
        verdict_to_change_ms: to_change.first_write().zip(submitted).map(|(from, to)| milliseconds(from, to)),
        verdict_to_change_calls: to_change.names(),
        changed_by: run.and_then(|run| actor(world, change_of(run, &history)?)),
        binaries: binaries(world),
        calm_tick_ms: world
            .controllers
            .as_ref()
            .and_then(|them| them.calm_tick())
            .map(|time| time.as_secs_f64() * 1e3),
        peak_memory_bytes: world.controllers.as_ref().map(|them| them.peak_memory()).unwrap_or_default(),
        idle_memory_bytes: world.controllers.as_ref().map(|them| them.idle_memory()).unwrap_or_default(),
    };
    Gathered {
        zero,
        report,
        outcome,
        requests,
        users,
        conversation: world.conversation.all(),
        history,
        story,
        published,
        calls,
        invocations: world.controllers.as_ref().map(|them| them.invocations()).unwrap_or_default(),
        answered: world.answered(),
    }
}

/// What the users of the first application saw: the longest outage is that of the unluckiest.
fn seen(users: &[(String, Vec<Request>)]) -> Seen {
    let of_it = users.iter().filter(|(application, _)| application == APPLICATION);
    of_it.map(|(_, requests)| Seen::of(requests)).fold(Seen::default(), |all, one| Seen {
        requests: all.requests + one.requests,
        failed: all.failed + one.failed,
        outage_s: all.outage_s.max(one.outage_s),
    })
}

/// What became of each application, where there are several.
fn applications(
    world: &World,
    users: &[(String, Vec<Request>)],
    history: &[Applied],
    zero: Timestamp,
) -> BTreeMap<String, OfApplication> {
    let several = world.layout.services.iter().filter(|_| world.layout.services.len() > 1);
    let each = |service: &Service| {
        let requests = users.iter().find(|(application, _)| application == &service.name);
        let outage_s = requests.map(|(_, requests)| Seen::of(requests).outage_s).unwrap_or_default();
        let its = history.iter().filter(|applied| applied.application.as_ref() == Some(&service.name));
        let moved = its.map(|applied| rounded(clock::seconds(zero, applied.at))).collect();
        (service.name.clone(), OfApplication { outage_s: rounded(outage_s), moved })
    };
    several.map(each).collect()
}

fn said(answered: &Answered) -> String {
    format!("{} in {}: {}", answered.command, answered.region, answered.in_words())
}

fn rounded_seen(seen: Seen) -> Seen {
    Seen { outage_s: rounded(seen.outage_s), ..seen }
}

fn judged(
    world: &World,
    plan: &Plan,
    story: &Story,
    history: &[Applied],
    published: &[Publication],
) -> crate::world::Violations {
    let lost = |region: &str| world.controllers.as_ref().is_some_and(|them| them.is_lost(region));
    let reachable: BTreeSet<String> =
        world.layout.regions().filter(|region| !lost(region)).map(str::to_owned).collect();
    let layout = &world.layout;
    world.invariants.judge(&Evidence { plan, layout, history, story, published, reachable: &reachable })
}

/// The run that the report tells: the first rescue that came to its end well, else the last one.
pub(crate) fn told_run(story: &Story) -> Option<&Run> {
    let evacuations = || story.of_kind(APPLICATION, MoveKind::Evacuate);
    let moved = evacuations().find(|run| run.outcome() == Some(&Ended::Moved));
    moved.or(evacuations().last()).or(story.runs_of(APPLICATION).last())
}

fn outcome(story: &Story) -> Option<Outcome> {
    let last = story.of_kind(APPLICATION, MoveKind::Evacuate).last().or(story.runs_of(APPLICATION).last());
    let Some(run) = last else {
        return story
            .ledger
            .iter()
            .any(|noted| noted.entry.kind.starts_with("hold-"))
            .then_some(Outcome::Held);
    };
    Some(Outcome::of(run))
}

impl Outcome {
    /// How a run ended.
    pub(crate) fn of(run: &Run) -> Self {
        match run.outcome() {
            Some(Ended::Moved) => Self::Moved,
            Some(Ended::Superseded { .. }) => Self::Superseded,
            Some(Ended::Lapsed) => Self::Lapsed,
            Some(Ended::Cancelled { .. }) => Self::Cancelled,
            Some(Ended::Failed { .. }) => Self::Failed,
            None => Self::Waiting,
        }
    }
}

fn marks(run: &Run, zero: Timestamp) -> Marks {
    let from = |at: Option<Timestamp>| at.map(|at| rounded(clock::seconds(zero, at)));
    let marks = &run.marks;
    Marks {
        detected: from(marks.detected),
        decided: from(marks.decided),
        submitted: from(marks.submitted),
        in_sync: from(marks.in_sync),
        answer_changed: from(marks.answer_changed),
        verified: from(marks.verified),
    }
}

fn notification(publication: &Publication, zero: Timestamp) -> Notification {
    Notification {
        id: publication.fact("id"),
        event: publication.fact("event"),
        severity: publication.fact("severity"),
        topic: publication.topic.clone(),
        subject: publication.subject.clone(),
        at: rounded(clock::seconds(zero, publication.at)),
    }
}

/// The calls from the observation that completed the verdict to the accepted change.
#[derive(Default)]
struct ToChange<'a>(Vec<&'a Call>);

impl ToChange<'_> {
    fn names(&self) -> Vec<String> {
        self.0.iter().map(|call| format!("{} {}", call.service, call.operation)).collect()
    }

    /// The samples are complete when they are written.
    fn first_write(&self) -> Option<Timestamp> {
        self.0.iter().find(|call| call.operation == "PutItem").map(|call| call.at)
    }
}

fn milliseconds(from: Timestamp, to: Timestamp) -> f64 {
    rounded(since(from, to).as_secs_f64() * 1e3)
}

/// A decision is valid from its observations on, so that its end tells when they were made. What is told
/// meanwhile of something else is no part of the way.
fn calls_to_change<'a>(world: &World, run: &Run, history: &[Applied], calls: &'a [Call]) -> ToChange<'a> {
    let Some(applied) = change_of(run, history) else { return ToChange::default() };
    let validity = world.settings.validity;
    let of_it = |call: &&Call| {
        let left = since(call.at, run.claim.valid_until());
        let ours = call.caller.is_some() && call.caller == applied.caller && call.service != "sns";
        ours && left <= validity && call.at <= applied.at
    };
    ToChange(calls.iter().filter(of_it).collect())
}

/// The accepted batch of a run.
fn change_of<'a>(run: &Run, history: &'a [Applied]) -> Option<&'a Applied> {
    history.iter().find(|applied| applied.claim().is_some_and(|claim| &claim.run == run.id()))
}

fn actor(world: &World, applied: &Applied) -> Option<Actor> {
    let caller = applied.caller.as_ref()?;
    let invocations = world.controllers.as_ref()?.invocations();
    let over = |one: &&Invocation| clock::seconds(one.at, applied.at) > one.took;
    let before = invocations.iter().filter(|one| one.caller.as_ref() == Some(caller)).filter(over);
    let (function, region) = (caller.function.clone(), caller.region.clone());
    Some(Actor { function, region, served_before: before.count() })
}

fn binaries(world: &World) -> BTreeMap<String, u64> {
    let size = |function: &str| {
        let file = world.places.binaries.join(function).join("bootstrap");
        std::fs::metadata(file).ok().map(|metadata| (function.to_owned(), metadata.len()))
    };
    FUNCTIONS.into_iter().filter_map(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_exactly_the_promised_members() {
        let report = Report {
            outcome: Some("moved"),
            marks: Marks { detected: Some(1.0), ..Marks::default() },
            user: Seen::default(),
            applications: BTreeMap::new(),
            operate: Vec::new(),
            aws_calls: BTreeMap::new(),
            notifications: Vec::new(),
            holds: Vec::new(),
            invariants: Invariants { checked: 1, violated: 0, what: Vec::new() },
            settings: BTreeMap::new(),
            verdict_to_change_ms: None,
            verdict_to_change_calls: Vec::new(),
            changed_by: None,
            binaries: BTreeMap::new(),
            calm_tick_ms: None,
            peak_memory_bytes: BTreeMap::new(),
            idle_memory_bytes: BTreeMap::new(),
        };
        let json = serde_json::to_value(&report).unwrap();
        let members: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            [
                "applications",
                "aws_calls",
                "binaries",
                "calm_tick_ms",
                "changed_by",
                "holds",
                "idle_memory_bytes",
                "invariants",
                "marks",
                "notifications",
                "operate",
                "outcome",
                "peak_memory_bytes",
                "settings",
                "user",
                "verdict_to_change_calls",
                "verdict_to_change_ms",
            ]
        );
        assert_eq!(json["marks"]["detected"], 1.0);
        assert_eq!(json["marks"]["verified"], serde_json::Value::Null);
        let user: Vec<&String> = json["user"].as_object().unwrap().keys().collect();
        assert_eq!(user, ["failed", "outage_s", "requests"]);
    }
}
