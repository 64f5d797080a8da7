//! A system that moves all day helps nobody.

use super::{Hold, Seen, Wish, is_later_stage};
use crate::decide::Reason;
use crate::planted::{self, Planted};

/// Objects when the moves of the last 24 hours have reached the plan's limit.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if planted::is(Planted::FlapLimitIgnored) {
        return None;
    }
    let limit = situation.application.timing.flap_limit;
    // Unknown moves are the cool-down guard's to report.
    let moves = u32::try_from(situation.facts.moves_of_a_day(situation.now)?.len()).unwrap_or(u32::MAX);
    let ends = "a day that is over since the oldest of them, or a person";
    let counts = moves >= limit && !is_later_stage(situation, wish);
    counts.then(|| Hold::new(Reason::FlapLimit { moves, limit }, ends)).flatten()
}
