//! What stands in the row beside a hold: what people are asked, and since when only a rank is waited for.

use jiff::Timestamp;

use crate::decide::{Decision, Facts, Reason};
use crate::names::EffectDigest;
use crate::plan::Application;
use crate::state::{ApplicationRow, Cleared, Question};
use crate::time::after;

/// Since when nothing but its rank keeps this controller from the move.
pub(super) fn note_clearance(row: &mut ApplicationRow, decision: &Decision, facts: &Facts, now: Timestamp) {
    let only_rank = decision.holds().iter().all(|hold| matches!(hold.reason, Reason::RankWait { .. }));
    let epoch = facts.newest_epoch().unwrap_or_default();
    row.cleared = match (decision.wish(), row.cleared.take()) {
        (Some(wish), Some(cleared)) if only_rank && cleared.wish == *wish && cleared.epoch == epoch => {
            Some(cleared)
        }
        (Some(wish), _) if only_rank => Some(Cleared { wish: wish.clone(), epoch, at: now }),
        _ => None,
    };
}

/// What people are asked; its digest where it is another question than before. One that has lapsed and is
/// still wanted is asked anew: reminders tell of it.
pub(super) fn note_question(
    row: &mut ApplicationRow,
    decision: &Decision,
    application: &Application,
    now: Timestamp,
) -> Option<EffectDigest> {
    let Decision::Ask { effect, .. } = decision else {
        row.question = None;
        return None;
    };
    let digest = effect.digest();
    let standing = row.question.as_ref().filter(|question| question.digest == digest);
    let is_new = standing.is_none();
    if standing.is_none_or(|question| question.until <= now) {
        let at = standing.map_or(now, |question| question.at);
        let until = after(now, application.timing.approval);
        row.question = Some(Question { effect: effect.clone(), digest: digest.clone(), at, until });
    }
    is_new.then_some(digest)
}
