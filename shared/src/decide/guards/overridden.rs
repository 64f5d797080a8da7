//! A region that an override of ours still keeps out would not be answered.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;

/// Objects to a move to a region that an override here says to leave, left behind by a run that has ended.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let standing = &situation.standing.left_behind;
    let run = standing.iter().find(|away| away.from == wish.to)?.run.clone();
    let region = wish.to.clone();
    Hold::new(Reason::OverrideStands { region, run }, "its override taken back, which each wake tries")
}
