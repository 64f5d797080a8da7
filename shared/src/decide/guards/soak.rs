//! Traffic returns to a region that has proved itself.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};

/// Objects to a restore until the preferred region has been healthy, without a break and from
/// every vantage that knows anything, for the plan's soak.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let needed = situation.application.timing.soak;
    let good_for = situation.facts.health.get(&wish.to)?.good_for(situation.now);
    let ends = format!("{} healthy without a break for the soak", wish.to);
    (wish.kind == MoveKind::Restore && good_for < needed)
        .then(|| Hold::new(Reason::SoakNotMet { good_for, needed }, ends))
        .flatten()
}
