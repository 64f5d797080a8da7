//! One witness is not enough.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};
use crate::health::Vantage;

/// Objects to an evacuation while fewer kinds of vantage than the plan's quorum say that the
/// holder is unhealthy. Route 53's checkers alone never suffice: with them alone, Route 53's own
/// failover already does what can be done.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    if wish.kind != MoveKind::Evacuate {
        return None;
    }
    let health = situation.facts.health.get(&wish.from);
    let heard = health.map(|health| health.bad_vantages.clone()).unwrap_or_default();
    let bad_for = health.map(|health| health.bad_for(situation.now)).unwrap_or_default();
    let needed = situation.application.timing.quorum;
    let enough = heard.len() >= usize::try_from(needed).unwrap_or(usize::MAX);
    let more_than_checkers = heard.iter().any(|vantage| *vantage != Vantage::Checkers);
    let ends = format!("{} healthy again, or a further kind of vantage that says it is unhealthy", wish.from);
    (!(enough && more_than_checkers))
        .then(|| Hold::new(Reason::QuorumMissing { heard, needed, bad_for }, ends))
        .flatten()
}
