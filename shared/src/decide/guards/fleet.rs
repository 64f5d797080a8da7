//! When everything fails at once, it is more likely that the observer is wrong.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};
use crate::names::Region;
use crate::time::since;

/// Objects to evacuations while too many different regions look unhealthy, of whichever
/// applications, within the plan's span.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let fleet = &situation.plan.fleet;
    let recent = |at| since(at, situation.now) <= fleet.stop_within;
    let suspects = &situation.standing.suspects;
    let regions: Vec<Region> =
        suspects.iter().filter(|(_, at)| recent(**at)).map(|(region, _)| region.clone()).collect();
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
