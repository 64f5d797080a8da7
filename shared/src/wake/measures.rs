//! What dashboards and alarms show: the heartbeat, verdicts, holds by guard, moves and their phases.
//!
//! CloudWatch bills a metric for each hour in which it has data. So only the heartbeat is written
//! always; of all else no data means that there is nothing to say.

use super::watched::Watched;
use super::{Context, scope};
use crate::decide::{Decision, Facts};
use crate::health::Verdict;
use crate::ports::{Measure, Metrics, World};
use crate::run::{Outcome, Run};
use crate::state::Table;
use crate::time::since;

/// The heartbeat of this controller, and how long runs and pauses last.
pub(super) fn heartbeat<W: World>(
    world: &W,
    context: &Context<'_>,
    table: &Table,
    items: &[scope::Item<'_>],
) {
    if !context.is_tick {
        return;
    }
    let now = world.now();
    let runs = items.iter().filter_map(|item| match item {
        scope::Item::Resume(_, run) => Some(since(run.row.claim.decided_at(), now)),
        scope::Item::Sample(_) => None,
    });
    let watched = items.iter().map(scope::Item::watched);
    let pauses = watched.flat_map(|item| item.heard.standing(now).map(|(_, pause)| since(pause.at, now)));
    let unreadable = u32::try_from(table.unreadable.len()).unwrap_or(u32::MAX);
    let measures = [
        Some(Measure::count("Heartbeat", 1.0)),
        runs.max().map(|age| Measure::seconds("RunAge", age)),
        pauses.max().map(|age| Measure::seconds("PauseAge", age)),
        (unreadable > 0).then(|| Measure::count("UnreadableRows", f64::from(unreadable))),
    ];
    let measures: Vec<Measure> = measures.into_iter().flatten().collect();
    world.measure(&[("Controller", context.here.as_str())], &measures);
}

/// What dashboards show of an application: verdicts, and what holds it.
pub(super) fn decision<W: Metrics>(
    world: &W,
    context: &Context<'_>,
    item: &Watched<'_>,
    facts: &Facts,
    decision: &Decision,
) {
    let name = item.application.name.as_str();
    let here = context.here.as_str();
    for (region, health) in &facts.health {
        let level = match health.verdict {
            Verdict::Healthy => continue,
            Verdict::Unknown => "RegionUnknown",
            Verdict::Degraded => "RegionDegraded",
            Verdict::Unhealthy => "RegionUnhealthy",
        };
        let dimensions = [("Controller", here), ("Application", name), ("Region", region.as_str())];
        world.measure(&dimensions, &[Measure::count(level, 1.0)]);
    }
    for hold in decision.holds() {
        let dimensions = [("Controller", here), ("Application", name), ("Guard", hold.reason.guard())];
        world.measure(&dimensions, &[Measure::count("Hold", 1.0)]);
    }
}

/// What dashboards show of runs: how many moved, and how long each phase took.
pub(super) fn run<W: Metrics>(world: &W, context: &Context<'_>, item: &Watched<'_>, run: &Run) {
    let dimensions = [("Controller", context.here.as_str()), ("Application", item.application.name.as_str())];
    let name = match run.outcome() {
        Some(Outcome::Moved) => "Moves",
        None if run.is_served() => "Moves",
        Some(Outcome::Failed { .. }) => "FailedRuns",
        _ => return,
    };
    world.measure(&dimensions, &[Measure::count(name, 1.0)]);
    for (phase, time) in run.marks.phases() {
        let dimensions = [dimensions[0], dimensions[1], ("Phase", phase)];
        world.measure(&dimensions, &[Measure::seconds("PhaseTime", time)]);
    }
}
