//! Traffic returns to a region that has proved itself.

use super::{Hold, Seen, Wish, is_later_stage};
use crate::decide::{MoveKind, Reason};
use crate::planted::{self, Planted};
use crate::time::since;

/// Objects to a restore until the region has been healthy, without a break and from every vantage
/// that knows anything: for the plan's soak, or within a ramp for a whole stage since the last one.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if planted::is(Planted::SoakSkipped) {
        return None;
    }
    if wish.kind != MoveKind::Restore {
        return None;
    }
    let timing = &situation.application.timing;
    let healthy_for = situation.facts.health.get(&wish.to)?.good_for(situation.now);
    let (good_for, needed) = if is_later_stage(situation, wish) {
        let stage_began = situation.facts.newest().map_or(situation.now, |newest| newest.at);
        (healthy_for.min(since(stage_began, situation.now)), timing.stage)
    } else {
        (healthy_for, timing.soak)
    };
    let ends = format!("{} healthy without a break for so long", wish.to);
    (good_for < needed).then(|| Hold::new(Reason::SoakNotMet { good_for, needed }, ends)).flatten()
}
