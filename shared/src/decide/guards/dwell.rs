//! A blip is not an outage.

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason};
use crate::planted::{self, Planted};

/// Objects to an evacuation until the holder has been bad, without a break, for the plan's dwell.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if planted::is(Planted::DwellSkipped) {
        return None;
    }
    let needed = situation.application.timing.dwell;
    let bad_for = situation.facts.health.get(&wish.from)?.bad_for(situation.now);
    let ends = format!("{} healthy again, or bad without a break for the dwell", wish.from);
    (wish.kind == MoveKind::Evacuate && bad_for < needed)
        .then(|| Hold::new(Reason::DwellNotMet { bad_for, needed }, ends))
        .flatten()
}
