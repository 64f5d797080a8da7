//! The parts of the ways: what each takes, what it depends on, and where its figures come from.

use serde::Serialize;

use super::checkers;
use super::span::{Span, seconds};
use crate::plan::{
    Actuator, Application, Mode, OverrideKind, Overrides, Plan, RecordValue, RegionPlan, Signal,
};
use crate::provision;

/// A part of the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phase {
    /// What happens in it.
    pub phase: &'static str,
    /// In seconds; none where nobody can tell.
    pub seconds: Option<Span>,
    /// What it depends on.
    pub because: String,
    /// Where the figures come from.
    pub source: &'static str,
}

/// Between two ticks, in seconds: the schedule of `template.yaml`.
const TICK: f64 = 60.0;
/// A schedule fires at any moment of its minute, so that two ticks can be nearly two minutes apart.
const PRECISION: f64 = 60.0;
/// How long a change's request takes typically, in seconds: an estimate of ours.
const REQUEST: f64 = 1.0;
/// For Route 53's answer to a change, in seconds: ours, the timeout of one request.
const CHANGE: f64 = 5.0;
/// Until all name servers have a change, in seconds: "generally" no longer.
const PROPAGATION: f64 = 60.0;
/// The TTL of a load balancer's alias, in seconds.
const ALIAS_TTL: f64 = 60.0;

const PLAN: &str = "the plan's timing";
const TEMPLATE: &str =
    "template.yaml, the schedule of tick; EventBridge Scheduler User Guide, Schedule types (precision)";
const OURS: &str = "an estimate of ours: AWS publishes no figure";
const CHECKS: &str =
    "Route 53 Developer Guide, How Amazon Route 53 determines whether a health check is healthy";
const CHANGES: &str = "Route 53 API Reference, ChangeResourceRecordSets and GetChange";
const TTLS: &str = "Route 53 API Reference, ResourceRecordSet.TTL";
const NOBODY: &str = "nobody publishes it: a drill measures it";

/// Until a controller wakes.
pub(super) fn look() -> Phase {
    Phase {
        phase: "until a wake looks",
        seconds: Some(Span::new(0.0, TICK / 2.0, TICK + PRECISION)),
        because:
            "the tick comes every minute, at any moment of it; an alarm whose period ends first wakes sooner"
                .to_owned(),
        source: TEMPLATE,
    }
}

/// Samples of a wake that stays awake, until the verdict stands.
pub(super) fn detect(application: &Application) -> Phase {
    let timing = &application.timing;
    let interval = seconds(timing.interval);
    let samples = interval * f64::from(timing.fall.saturating_sub(1));
    let dwell = seconds(timing.dwell);
    let on_a_sample = if interval > 0.0 { (dwell / interval).ceil() * interval } else { dwell };
    let least = samples.max(dwell);
    let because = format!(
        "{} bad samples, one every {interval} s, for {dwell} s at least; one interval until the next at worst",
        timing.fall
    );
    Phase {
        phase: "detect",
        seconds: Some(Span::new(least, samples.max(on_a_sample), least + interval)),
        because,
        source: PLAN,
    }
}

/// What the second kind of vantage takes longer than the first. What checkers say is sampled from the wake on.
pub(super) fn agree(plan: &Plan, application: &Application, woken: Span, seen: Span) -> Option<Phase> {
    if application.timing.quorum < 2 {
        return None;
    }
    let lost = application.preferred();
    let interval = seconds(application.timing.interval);
    let fall = f64::from(application.timing.fall);
    let check = provision::checks::endpoint(lost).filter(|_| has_opinion(application, lost));
    let by_checkers = check.as_ref().and_then(checkers::detection).map(|turns| {
        let samples = Span::new(interval * (fall - 1.0), interval * (fall - 0.5), interval * fall);
        turns.both(woken).then(samples).beyond(seen)
    });
    // A peer sees it by its own ticks, and is heard at the next sample.
    let by_peers = has_peer(plan, lost).then(|| Span::new(0.0, interval, interval));
    let peers_are_first = |turns: Span| by_peers.is_some_and(|peers| peers.worst < turns.worst);
    let assumed = if application.provision {
        ""
    } else {
        " (the plan does not have its settings: Route 53's defaults)"
    };
    let told = || check.as_ref().map(checkers::in_words).unwrap_or_default() + assumed;
    let (because, source) = match (&by_checkers, &by_peers) {
        (None, None) => (
            "the plan has no second kind of vantage: a controller in a third region, or a check that Route 53 asks".to_owned(),
            NOBODY,
        ),
        (Some(_), None) => (format!("beyond the phases above; Route 53's checkers: {}", told()), CHECKS),
        (None, Some(_)) => ("beyond the phases above; a controller in a third region".to_owned(), PLAN),
        (Some(_), Some(_)) => {
            let because = "beyond the phases above; Route 53's checkers or a controller in a third region, whoever is first";
            (because.to_owned(), if by_checkers.is_some_and(peers_are_first) { PLAN } else { CHECKS })
        }
    };
    let seconds = match (by_checkers, by_peers) {
        (Some(one), Some(other)) => Some(one.first(other)),
        (one, other) => one.or(other),
    };
    Some(Phase { phase: "a second vantage agrees", seconds, because, source })
}

/// Whether what Route 53's checkers think of a region can be asked for.
fn has_opinion(application: &Application, region: &RegionPlan) -> bool {
    application.provision || region.health_check.is_some()
}

/// Whether a controller runs that is neither in the lost region nor who takes over. Peers testify by probes alone.
fn has_peer(plan: &Plan, lost: &RegionPlan) -> bool {
    is_probed(lost) && plan.controllers.iter().filter(|region| **region != lost.name).count() > 1
}

fn is_probed(region: &RegionPlan) -> bool {
    region.signals.iter().any(|signal| matches!(signal, Signal::Probe(_)))
}

/// Where nobody probes the region that may be lost: its alarms turn when their own periods say so.
pub(super) fn alarm(application: &Application) -> Option<Phase> {
    let because = "the region is seen by alarms alone, whose periods are not in the plan".to_owned();
    let turns = Phase { phase: "an alarm turns", seconds: None, because, source: "the plan's signals" };
    (!is_probed(application.preferred())).then_some(turns)
}

pub(super) fn rank(application: &Application) -> Phase {
    let takers = application.regions.len().saturating_sub(1);
    let before = u32::try_from(takers.saturating_sub(1)).unwrap_or(u32::MAX);
    let longest = seconds(application.timing.rank_wait.saturating_mul(before));
    Phase {
        phase: "wait for those before",
        seconds: Some(Span::new(0.0, 0.0, longest)),
        because: format!("{takers} can take over; the last one waits for those before it that look alive"),
        source: PLAN,
    }
}

/// Whoever is served by the same region moves, too: changes of records have a pace, and lower priorities go first.
pub(super) fn fleet(plan: &Plan, application: &Application) -> Option<Phase> {
    let others = plan.applications.iter().take_while(|other| other.name != application.name);
    let lost = &application.preferred().name;
    let ahead =
        u32::try_from(others.filter(|other| &other.preferred().name == lost).count()).unwrap_or(u32::MAX);
    let pace = plan.fleet.pace.max(1);
    let longest = f64::from(ahead) / f64::from(pace);
    let by_records = application.actuators.first() == Some(&Actuator::Records);
    (ahead > 0).then(|| Phase {
        phase: "wait for the fleet",
        seconds: Some(Span::new(0.0, if by_records { longest } else { 0.0 }, longest)),
        because: format!("{ahead} before it among those that {lost} serves, at {pace} changes a second"),
        source: "the plan's fleet.pace and priorities",
    })
}

/// How traffic is moved. The first way works, but for the worst case: there each has its time, and the last one
/// moves.
pub(super) fn moves(plan: &Plan, application: &Application) -> Vec<Phase> {
    let mut phases = Vec::new();
    for actuator in &application.actuators {
        let first = phases.is_empty();
        match plan.overrides_by(*actuator) {
            Some(overrides) => phases.push(says_away(*actuator, overrides, first)),
            None => phases.extend(writes_records(first)),
        }
    }
    phases
}

/// Saying "away" to a check: until it turns, or until its time is over.
fn says_away(actuator: Actuator, overrides: &Overrides, first: bool) -> Phase {
    let within = seconds(overrides.within);
    let (turns, because, source) = match &overrides.kind {
        OverrideKind::Object { .. } => (
            checkers::finding(),
            "checkers ask for the object every 10 s; more than 18 % must find it",
            CHECKS,
        ),
        OverrideKind::Metric { .. } => {
            (Span::new(60.0, 120.0, within), "a check of a metric: one to three periods of 60 s", OURS)
        }
        OverrideKind::Control { .. } => {
            (Span::new(0.0, within / 2.0, within), "a routing control: half of its time", OURS)
        }
    };
    let turns = Span::new(turns.best.get().min(within), turns.typical.get().min(within), within);
    let only_at_worst = Span::new(0.0, 0.0, within);
    Phase {
        phase: if actuator == Actuator::Arc { "routing control" } else { "override" },
        seconds: Some(if first { turns } else { only_at_worst }),
        because: format!("{because}; it is given {within} s (within)"),
        source,
    }
}

fn writes_records(first: bool) -> [Phase; 2] {
    let counted = |best, typical, worst| {
        if first { Span::new(best, typical, worst) } else { Span::new(0.0, 0.0, worst) }
    };
    [
        Phase {
            phase: "change the records",
            seconds: Some(counted(0.0, REQUEST, CHANGE)),
            because: format!("one request: about {REQUEST} s, and its timeout of {CHANGE} s"),
            source: OURS,
        },
        Phase {
            phase: "propagate",
            seconds: Some(counted(0.0, PROPAGATION / 2.0, PROPAGATION)),
            because:
                "until every name server has it: generally within 60 s; half of that is taken as typical"
                    .to_owned(),
            source: CHANGES,
        },
    ]
}

/// Where there are data, another region cannot write before they are promoted.
pub(super) fn promote(application: &Application) -> Option<Phase> {
    let data = application.data.as_ref()?;
    Some(Phase {
        phase: "promote the data",
        seconds: None,
        because: format!("{}: nothing in the plan promotes it, so that people do", data.kind),
        source: NOBODY,
    })
}

/// Whether what clients keep, the answer of the region that may be lost, has the TTL of what an alias leads to.
pub(super) fn has_foreign_ttl(application: &Application) -> bool {
    let is_foreign = |record: &RecordValue| matches!(record, RecordValue::Alias { zone, .. } if *zone != application.zone.id);
    application.preferred().answers().any(is_foreign)
}

/// How long clients keep the old answer.
pub(super) fn caches(application: &Application) -> Phase {
    let ttl = if has_foreign_ttl(application) { ALIAS_TTL } else { seconds(application.ttl) };
    Phase {
        phase: "caches",
        seconds: Some(Span::new(0.0, ttl / 2.0, ttl)),
        because: format!("clients keep an answer for up to {ttl} s (TTL), on average for half of it"),
        source: TTLS,
    }
}

/// Where a person is asked, or nothing is done at all.
pub(super) fn consent(application: &Application) -> Option<Phase> {
    let because = match application.mode {
        Mode::Auto if application.data.is_some() => {
            "it keeps data: nothing moves until a person accepts what may be lost"
        }
        Mode::Auto => return None,
        Mode::Approve => "mode = \"approve\": nothing moves until a person says so",
        Mode::Advise => "mode = \"advise\": no controller moves anything",
    };
    let because = because.to_owned();
    Some(Phase { phase: "a person decides", seconds: None, because, source: "the plan's mode and data" })
}

/// Until Route 53's check of the endpoint turns.
pub(super) fn turn(application: &Application) -> Option<Phase> {
    let check = provision::checks::endpoint(application.preferred())?;
    Some(Phase {
        phase: "Route 53 detects",
        seconds: checkers::detection(&check),
        because: checkers::in_words(&check),
        source: CHECKS,
    })
}

/// From a check that has turned until name servers answer otherwise.
pub(super) fn follow() -> Phase {
    Phase {
        phase: "name servers follow",
        seconds: Some(Span::default()),
        because: "no record changes, and nothing propagates; how soon name servers know is not published"
            .to_owned(),
        source: NOBODY,
    }
}
