//! When everything fails at once, it is more likely that the observer is wrong.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};
use crate::names::Region;
use crate::time::since;

/// Objects to evacuations while too many different regions look unhealthy, of whichever
/// applications, that began to within the plan's span of each other. What has been bad for long
/// does not count beside what is bad since now.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let fleet = &situation.plan.fleet;
    let suspects = &situation.standing.suspects;
    let now_bad = || suspects.iter().filter(|(_, of)| since(of.last, situation.now) <= fleet.stop_within);
    let newest = now_bad().map(|(_, of)| of.since).max()?;
    let together = now_bad().filter(|(_, of)| since(of.since, newest) <= fleet.stop_within);
    let regions: Vec<Region> = together.map(|(region, _)| region.clone()).collect();
    let stopped = regions.len() >= usize::try_from(fleet.stop_regions).unwrap_or(usize::MAX);
    let (limit, within) = (fleet.stop_regions, fleet.stop_within);
    (wish.kind == MoveKind::Evacuate && stopped)
        .then(|| {
            Hold::new(
                Reason::FleetStop { regions, limit, within },
                "fewer regions that look unhealthy, or a person",
            )
        })
        .flatten()
}
