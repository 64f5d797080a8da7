//! How far the plan lets the controller go by itself.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;
use crate::plan::Mode;

/// Objects always under `advise`.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    (situation.application.mode == Mode::Advise)
        .then(|| Hold::new(Reason::Advise, "a change of `mode` in the plan"))
        .flatten()
}
