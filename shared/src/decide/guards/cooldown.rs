//! Some rest between two moves.

use std::time::Duration;

use super::{Hold, Situation, Wish, is_later_stage};
use crate::decide::{MoveKind, Moves, Reason};
use crate::dns::EpochRecord;
use crate::names::Region;
use crate::plan::Policy;
use crate::time::{after, clock, since};

/// Objects when the last move is too recent.
///
/// Leaving an unhealthy holder for a region other than the one just left needs no cool-down: the
/// second rescue must not be blocked by the first. Returning to the one just left needs the
/// shorter of soak and cool-down. A restore waits longer while nobody acknowledged the failover.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    if let Moves::Unknown { why } = &situation.facts.moves {
        return Hold::new(Reason::MovesUnknown { why: why.clone() }, "epoch records that can be read");
    }
    let last = situation.facts.last_move()?;
    let acknowledged = last.epoch <= situation.standing.people.acknowledged;
    let needed = needed(situation, wish, last, acknowledged);
    let elapsed = since(last.at, situation.now);
    let ends = format!("time, at {}", clock(after(last.at, needed)));
    (elapsed < needed).then(|| Hold::new(Reason::Cooldown { elapsed, needed, acknowledged }, ends)).flatten()
}

fn needed(situation: &Situation<'_>, wish: &Wish, last: &EpochRecord, acknowledged: bool) -> Duration {
    let timing = &situation.application.timing;
    match wish.kind {
        _ if is_later_stage(situation, wish) => Duration::ZERO,
        MoveKind::Evacuate if was_left(situation, last) == Some(&wish.to) => timing.soak.min(timing.cooldown),
        MoveKind::Evacuate => Duration::ZERO,
        MoveKind::Restore if acknowledged => timing.cooldown,
        MoveKind::Restore => timing.cooldown_unacknowledged,
    }
}

/// The region that the last move left. Where several serve, a restore leaves none.
fn was_left<'a>(situation: &Situation<'_>, last: &'a EpochRecord) -> Option<&'a Region> {
    let left = situation.application.policy == Policy::Failover || last.kind == MoveKind::Evacuate;
    left.then_some(&last.from)
}
