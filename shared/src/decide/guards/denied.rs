//! A person said no.

use super::{Hold, Seen};
use crate::decide::Reason;
use crate::names::EffectDigest;
use crate::time::clock;

/// Objects while a person's denial of this very effect stands.
pub(super) fn guard(situation: &Seen<'_>, effect: &EffectDigest) -> Option<Hold> {
    let denied = situation.standing.people.denied(effect, situation.now)?;
    let (author, reason, until) = (denied.author.clone(), denied.reason.clone(), denied.until);
    let ends = format!("time, at {}, or another effect than the one that was denied", clock(until));
    Hold::new(Reason::Denied { author, reason, until }, ends)
}
