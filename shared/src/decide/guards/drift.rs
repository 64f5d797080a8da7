//! Records and checks that are not as the plan says may not carry a move.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;
use crate::time::clock;

/// Objects while what provisioning last saw would make a move stumble. A finding that nobody has renewed
/// in time says nothing: unknown is neither drift nor its absence.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let drift = situation.standing.drift.as_ref().filter(|drift| situation.now < drift.until)?;
    let first = drift.critical.first.first()?.clone();
    let ends = format!(
        "Route 53 as the plan says, seen by the next look (`understudy plan` tells what to mend); or, where nobody looks again, at {}",
        clock(drift.until)
    );
    Hold::new(Reason::Drift { count: drift.critical.count, first, seen: drift.seen }, ends)
}
