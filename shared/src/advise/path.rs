//! The way from a failure until users are served elsewhere, and how long each part of it may take.

use std::time::Duration;

use serde::Serialize;

use crate::plan::{Application, Plan};

/// A part of the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Phase {
    /// What happens in it.
    pub name: &'static str,
    /// The longest that it takes, as far as the plan and AWS's documentation say.
    pub longest: Duration,
    /// Where that comes from.
    pub because: String,
}

/// Between two ticks: the schedule of `template.yaml`. An alarm wakes sooner, where there is one.
const TICK: Duration = Duration::from_secs(60);
/// For Route 53's answer to a change: the timeout of one request.
const CHANGE: Duration = Duration::from_secs(5);
/// Until all name servers have a change: "generally" within 60 seconds (Route 53 API,
/// `ChangeResourceRecordSets`).
const PROPAGATION: Duration = Duration::from_secs(60);
/// The phase of the change comes after three others.
const BEFORE_THE_CHANGE: usize = 3;
/// The TTL of an alias of a load balancer (Route 53 API, `ResourceRecordSet.TTL`).
const ALIAS_TTL: Duration = Duration::from_secs(60);

/// The longest way that a move takes while Route 53's API answers, phase by phase: every override fails, and the
/// records are written after it. Clients that stretch a TTL are not in it: 8.7 % of measured resolvers do.
pub fn worst_path(plan: &Plan, application: &Application) -> Vec<Phase> {
    let timing = &application.timing;
    let counted = timing.interval.saturating_mul(timing.fall.saturating_sub(1)).max(timing.dwell);
    let phase = |name, longest, because: String| Phase { name, longest, because };
    let takers = application.regions.len().saturating_sub(1);
    let waits = u32::try_from(takers.saturating_sub(1)).unwrap_or(u32::MAX);
    let overrides = application.actuators.iter().filter_map(|actuator| plan.overrides_by(*actuator));
    let tried: Duration = overrides.map(|overrides| overrides.within).sum();
    let mut path = vec![
        phase("until a wake looks", TICK, "the tick comes every minute; an alarm may be sooner".to_owned()),
        phase(
            "detect",
            counted.saturating_add(timing.interval),
            format!(
                "{} bad samples, one every {} s, for {} s at least, and one interval until the next",
                timing.fall,
                timing.interval.as_secs_f64(),
                timing.dwell.as_secs_f64()
            ),
        ),
        phase(
            "wait for those before",
            timing.rank_wait.saturating_mul(waits),
            format!("{takers} can take over; the last one waits for those before it that look alive"),
        ),
        phase("change", CHANGE, "one request to Route 53, with its timeout".to_owned()),
        phase("propagate", PROPAGATION, "until every name server has it: generally within 60 s".to_owned()),
        phase("caches", cached(application), "for so long clients keep the old answer (TTL)".to_owned()),
    ];
    if !tried.is_zero() {
        let because = "what says \"away\" has its time (within) before the records are written".to_owned();
        path.insert(BEFORE_THE_CHANGE, phase("override", tried, because));
    }
    path
}

/// How long clients keep an answer: an alias of another zone has its target's TTL.
fn cached(application: &Application) -> Duration {
    if application.has_foreign_ttl() { ALIAS_TTL } else { application.ttl }
}
