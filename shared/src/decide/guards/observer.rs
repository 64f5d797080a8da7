//! When everything looks bad, the observer is suspect.

use super::{Hold, Seen, Wish};
use crate::decide::{MoveKind, Reason};
use crate::health::RegionHealth;

/// Objects to an evacuation while no region shows life from here: a sick network of our own looks just
/// like that.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let health = &situation.facts.health;
    let none_healthy = !health.values().any(RegionHealth::shows_life);
    let verdicts = || health.iter().map(|(region, of)| (region.clone(), of.verdict)).collect();
    (wish.kind == MoveKind::Evacuate && none_healthy)
        .then(|| {
            Hold::new(
                Reason::EverythingUnhealthy { verdicts: verdicts() },
                "any region that is healthy again",
            )
        })
        .flatten()
}
