//! When everything fails at once, it is more likely that the observer is wrong.

use jiff::Timestamp;

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason};
use crate::names::Region;
use crate::time::since;

/// Objects to evacuations while too many different regions look unhealthy, of whichever
/// applications, that began to within the plan's span of each other. What has been bad for long
/// does not count beside what is bad since now, nor does one more failure end the stop of others.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let fleet = &situation.plan.fleet;
    let regions = together(situation, &wish.from);
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

/// The most regions that began to look unhealthy within the plan's span, among them the newest one,
/// or the one that is left.
fn together(situation: &Seen<'_>, left: &Region) -> Vec<Region> {
    let within = situation.plan.fleet.stop_within;
    let suspects = &situation.standing.suspects;
    let now_bad: Vec<(&Region, Timestamp)> = suspects
        .iter()
        .filter(|(_, of)| since(of.last, situation.now) <= within)
        .map(|(region, of)| (region, of.since))
        .collect();
    let newest = now_bad.iter().map(|(_, at)| *at).max();
    let in_question = |region: &Region, at: Timestamp| region == left || Some(at) == newest;
    let begun_after = |first: Timestamp| -> Vec<(&Region, Timestamp)> {
        now_bad.iter().filter(|(_, at)| first <= *at && since(first, *at) <= within).copied().collect()
    };
    let groups = now_bad.iter().map(|(_, first)| begun_after(*first));
    let groups = groups.filter(|group| group.iter().any(|(region, at)| in_question(region, *at)));
    let largest = groups.max_by_key(Vec::len).unwrap_or_default();
    largest.into_iter().map(|(region, _)| region.clone()).collect()
}
