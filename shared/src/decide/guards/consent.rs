//! What the plan reserves for people.

use super::{Hold, Situation, Wish};
use crate::decide::{MoveKind, Reason};
use crate::plan::{Mode, Restore};

/// Objects under `mode = "approve"`, and to a restore under `restore = "ask"`.
pub(super) fn guard(situation: &Situation<'_>, wish: &Wish) -> Option<Hold> {
    let application = situation.application;
    let asks = match wish.kind {
        MoveKind::Evacuate => application.mode == Mode::Approve,
        MoveKind::Restore => application.mode == Mode::Approve || application.restore == Restore::Ask,
    };
    let to = format!("move {} from {} to {}", application.name, wish.from, wish.to);
    asks.then(|| Hold::new(Reason::ConsentNeeded { to }, "a person's consent")).flatten()
}
