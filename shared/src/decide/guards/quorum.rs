//! One witness is not enough.

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason};

/// Objects to an evacuation while fewer kinds of vantage than the plan's quorum say that the
/// holder is unhealthy.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if wish.kind != MoveKind::Evacuate {
        return None;
    }
    let timing = &situation.application.timing;
    let health = situation.facts.health.get(&wish.from);
    if health.is_some_and(|health| health.has_quorum(timing)) {
        return None;
    }
    let heard = health.map(|health| health.bad_vantages.clone()).unwrap_or_default();
    let ends = format!("{} healthy again, or a further kind of vantage that says it is unhealthy", wish.from);
    Hold::new(Reason::QuorumMissing { heard, needed: timing.quorum }, ends)
}
