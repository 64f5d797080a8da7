//! One-way doors ask.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;

/// Objects to every move of an application that keeps data: its promotion is not built, so that
/// a person must weigh what is lost.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let kind = situation.application.data.as_ref()?.kind.clone();
    Hold::new(Reason::DataNeedsConsent { kind }, "a person who promotes the data and moves the records")
}
