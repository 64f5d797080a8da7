//! Some rest between two moves.

use std::time::Duration;

use super::{Hold, Seen, Wish, is_later_stage};
use crate::decide::{MoveKind, Moves, Reason};
use crate::dns::EpochRecord;
use crate::names::Region;
use crate::plan::Policy;
use crate::time::{after, clock, since};

/// Objects when the last move is too recent.
///
/// Leaving a holder that looks ill for a region other than the one just left needs no cool-down: the
/// second rescue must not be blocked by the first. Returning to the one just left needs the
/// shorter of soak and cool-down. All else, a restore or a person's wish to leave a holder that is
/// well, waits longer while nobody acknowledged the last failover.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if let Moves::Unknown { why } = &situation.facts.moves {
        return Hold::new(Reason::MovesUnknown { why: why.clone() }, "epoch records that can be read");
    }
    let last = situation.facts.last_move()?;
    let acknowledged = is_acknowledged(situation);
    let needed = needed(situation, wish, last, acknowledged);
    let elapsed = since(last.at, situation.now);
    let ends = format!("time, at {}", clock(after(last.at, needed)));
    (elapsed < needed).then(|| Hold::new(Reason::Cooldown { elapsed, needed, acknowledged }, ends)).flatten()
}

fn needed(situation: &Seen<'_>, wish: &Wish, last: &EpochRecord, acknowledged: bool) -> Duration {
    let timing = &situation.application.timing;
    match wish.kind {
        _ if is_later_stage(situation, wish) => Duration::ZERO,
        MoveKind::Evacuate if was_left(situation, last) == Some(&wish.to) => timing.soak.min(timing.cooldown),
        MoveKind::Evacuate if situation.is_suspect(&wish.from) => Duration::ZERO,
        _ if acknowledged => timing.cooldown,
        _ => timing.cooldown_unacknowledged,
    }
}

/// Whether a person has acknowledged the last failover: what was handed back since needs nobody's word.
fn is_acknowledged(situation: &Seen<'_>) -> bool {
    let Moves::Known(records) = &situation.facts.moves else { return false };
    let mut failovers = records.iter().filter(|r| r.changed_holder() && r.kind == MoveKind::Evacuate);
    failovers.next().is_none_or(|newest| newest.epoch <= situation.standing.people.acknowledged)
}

/// The region that the last move left. Where several serve, a restore leaves none.
fn was_left<'a>(situation: &Seen<'_>, last: &'a EpochRecord) -> Option<&'a Region> {
    let left = situation.application.policy == Policy::Failover || last.kind == MoveKind::Evacuate;
    left.then_some(&last.from)
}
