//! A person said no.

use super::{Hold, Situation};
use crate::decide::{Effect, Reason};
use crate::time::clock;

/// Objects while a person's denial of this very effect stands.
pub(super) fn guard(situation: &Situation<'_>, effect: &Effect) -> Option<Hold> {
    let denied = situation.standing.people.denied(&effect.digest(), situation.now)?;
    let (author, reason, until) = (denied.author.clone(), denied.reason.clone(), denied.until);
    let ends = format!("time, at {}, or another effect than the one that was denied", clock(until));
    Hold::new(Reason::Denied { author, reason, until }, ends)
}
