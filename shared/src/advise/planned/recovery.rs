//! RTO by the plan: the way from a failure until users are served elsewhere, phase by phase.

use serde::Serialize;

use super::checkers;
use super::judge::Judged;
use super::span::{Span, seconds};
use crate::plan::{Actuator, Application, Native, OverrideKind, Overrides, Plan, RegionPlan};
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

/// One way by which users come to be served elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// Who moves the traffic.
    pub by: &'static str,
    /// In their order.
    pub phases: Vec<Phase>,
    /// All that can be told, in seconds.
    pub total: Span,
    /// The phases of which nobody can tell how long they take.
    pub unknown: Vec<&'static str>,
}

/// How soon an application is back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recovery {
    /// The application.
    pub application: String,
    /// The longest outage that the plan accepts (`rto`), in seconds.
    pub target: f64,
    /// Whether the worst case is within it.
    pub judged: Judged,
    /// The controller's way first: it alone is judged, since it alone verifies.
    pub ways: Vec<Way>,
}

impl Recovery {
    /// Of an application.
    pub fn of(plan: &Plan, application: &Application) -> Self {
        let mut ways = vec![by_controller(plan, application)];
        ways.extend(by_route53(application));
        let target = seconds(application.rto);
        let judged = ways.first().map_or(Judged::Unknown, |way| way.judged(target));
        Self { application: application.name.to_string(), target, judged, ways }
    }

    /// Whether nothing of the controller's way is unknown.
    pub fn is_whole(&self) -> bool {
        self.unknown().is_empty()
    }

    /// What nobody can tell of the controller's way.
    pub fn unknown(&self) -> &[&'static str] {
        self.ways.first().map_or(&[], |way| &way.unknown)
    }

    /// All that can be told of the controller's way.
    pub fn total(&self) -> Span {
        self.ways.first().map(|way| way.total).unwrap_or_default()
    }
}

impl Way {
    fn of(by: &'static str, phases: Vec<Phase>) -> Self {
        let total = phases.iter().filter_map(|phase| phase.seconds).sum();
        let unknown =
            phases.iter().filter(|phase| phase.seconds.is_none()).map(|phase| phase.phase).collect();
        Self { by, phases, total, unknown }
    }

    /// What is known may already be too long; what is not may make it so.
    fn judged(&self, target: f64) -> Judged {
        if self.total.worst.get() > target {
            Judged::Missed
        } else if self.unknown.is_empty() {
            Judged::Met
        } else {
            Judged::Unknown
        }
    }
}

/// Between two ticks, in seconds: the schedule of `template.yaml`.
const TICK: f64 = 60.0;
/// For Route 53's answer to a change, in seconds: ours, the timeout of one request.
const CHANGE: f64 = 5.0;
/// Until all name servers have a change, in seconds: "generally" no longer.
const PROPAGATION: f64 = 60.0;
/// The TTL of a load balancer's alias, in seconds.
const ALIAS_TTL: f64 = 60.0;

const PLAN: &str = "the plan's timing";
const TEMPLATE: &str = "template.yaml, the schedule of tick";
const CHECKS: &str =
    "Route 53 Developer Guide, How Amazon Route 53 determines whether a health check is healthy";
const CHANGES: &str = "Route 53 API Reference, ChangeResourceRecordSets and GetChange";
const TTLS: &str = "Route 53 API Reference, ResourceRecordSet.TTL";
const NOBODY: &str = "nobody publishes it: a drill measures it";

/// A controller in another region sees it, decides, moves.
fn by_controller(plan: &Plan, application: &Application) -> Way {
    let looks = Phase {
        phase: "until a wake looks",
        seconds: Some(Span::new(0.0, TICK / 2.0, TICK)),
        because: "the tick comes every minute; an alarm whose period ends first wakes sooner".to_owned(),
        source: TEMPLATE,
    };
    let detect = detect(application);
    let seen = looks.seconds.into_iter().chain(detect.seconds).sum();
    let mut phases = vec![looks, detect];
    phases.extend(agree(plan, application, seen));
    phases.push(rank(application));
    phases.extend(fleet(plan, application));
    phases.extend(moves(plan, application));
    phases.extend(promote(application));
    phases.push(caches(application));
    Way::of("a controller", phases)
}

/// Route 53 leaves the region by itself, by its endpoint's check.
fn by_route53(application: &Application) -> Option<Way> {
    if application.native == Native::Off {
        return None;
    }
    let check = provision::checks::endpoint(application.preferred())?;
    let detect = Phase {
        phase: "Route 53 detects",
        seconds: checkers::detection(&check),
        because: checkers::in_words(&check),
        source: CHECKS,
    };
    let phases =
        [vec![detect, answers()], promote(application).into_iter().collect(), vec![caches(application)]];
    Some(Way::of("Route 53 by itself", phases.concat()))
}

/// Samples of a wake that stays awake, until the verdict stands.
fn detect(application: &Application) -> Phase {
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

/// What the second kind of vantage takes longer than the first.
fn agree(plan: &Plan, application: &Application, seen: Span) -> Option<Phase> {
    if application.timing.quorum < 2 {
        return None;
    }
    let lost = application.preferred();
    let interval = seconds(application.timing.interval);
    let fall = f64::from(application.timing.fall);
    let check = provision::checks::endpoint(lost).filter(|_| has_opinion(application, lost));
    let by_checkers = check.as_ref().and_then(checkers::detection).map(|turns| {
        let samples = Span::new(interval * (fall - 1.0), interval * (fall - 0.5), interval * fall);
        turns.then(samples).beyond(seen)
    });
    // A peer sees it by its own ticks, and is heard at the next sample.
    let by_peers = has_peer(plan, lost).then(|| Span::new(0.0, interval, interval));
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
            (because.to_owned(), CHECKS)
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

/// Whether a controller runs that is neither in the lost region nor who takes over.
fn has_peer(plan: &Plan, lost: &RegionPlan) -> bool {
    plan.controllers.iter().filter(|region| **region != lost.name).count() > 1
}

fn rank(application: &Application) -> Phase {
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
fn fleet(plan: &Plan, application: &Application) -> Option<Phase> {
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
fn moves(plan: &Plan, application: &Application) -> Vec<Phase> {
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
    let (turns, because) = match &overrides.kind {
        OverrideKind::Object { .. } => {
            (checkers::finding(), "checkers ask for the object every 10 s; more than 18 % must find it")
        }
        OverrideKind::Metric { .. } => (
            Span::new(60.0, 120.0, within),
            "a check of a metric: one to three periods of 60 s (an estimate)",
        ),
        OverrideKind::Control { .. } => {
            (Span::new(0.0, within / 2.0, within), "no figure is published for a routing control")
        }
    };
    let turns = Span::new(turns.best.get().min(within), turns.typical.get().min(within), within);
    let only_at_worst = Span::new(0.0, 0.0, within);
    Phase {
        phase: if actuator == Actuator::Arc { "routing control" } else { "override" },
        seconds: Some(if first { turns } else { only_at_worst }),
        because: format!("{because}; it is given {within} s (within)"),
        source: CHECKS,
    }
}

fn writes_records(first: bool) -> [Phase; 2] {
    let counted = |best, typical, worst| {
        if first { Span::new(best, typical, worst) } else { Span::new(0.0, 0.0, worst) }
    };
    [
        Phase {
            phase: "change the records",
            seconds: Some(counted(0.0, 1.0, CHANGE)),
            because: format!("one request; about a second (an estimate), {CHANGE} s is its timeout"),
            source: CHANGES,
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
fn promote(application: &Application) -> Option<Phase> {
    let data = application.data.as_ref()?;
    Some(Phase {
        phase: "promote the data",
        seconds: None,
        because: format!("{}: nothing in the plan promotes it, so that people do", data.kind),
        source: NOBODY,
    })
}

/// From a check that has turned until name servers answer otherwise.
fn answers() -> Phase {
    Phase {
        phase: "name servers follow",
        seconds: Some(Span::default()),
        because: "no record changes, and nothing propagates; how soon name servers know is not published"
            .to_owned(),
        source: NOBODY,
    }
}

/// How long clients keep the old answer.
fn caches(application: &Application) -> Phase {
    let ttl = if application.has_foreign_ttl() { ALIAS_TTL } else { seconds(application.ttl) };
    Phase {
        phase: "caches",
        seconds: Some(Span::new(0.0, ttl / 2.0, ttl)),
        because: format!("clients keep an answer for up to {ttl} s (TTL), on average for half of it"),
        source: TTLS,
    }
}
