//! A person's pause.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;
use crate::time::clock;

/// Objects while a pause stands that has not expired.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let pause = situation.standing.people.paused(situation.now)?;
    let ends =
        format!("{} or anyone on call resumes it, or it expires at {}", pause.author, clock(pause.until));
    let (author, reason, until) = (pause.author.clone(), pause.reason.clone(), pause.until);
    Hold::new(Reason::Paused { author, reason, until }, ends)
}
