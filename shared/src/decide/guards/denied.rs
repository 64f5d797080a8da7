//! A person said no.

use super::{Hold, Situation};
use crate::decide::{Effect, Reason};
use crate::state::Wanted;
use crate::time::clock;

/// Objects while a person's denial of this very effect stands.
pub(super) fn guard(situation: &Situation<'_>, effect: &Effect) -> Option<Hold> {
    let digest = effect.digest();
    let orders = situation.standing.people.orders.values();
    let denied = orders
        .filter(|order| order.is_open(situation.now) && order.what == Wanted::Deny { digest: digest.clone() })
        .max_by_key(|order| order.at)?;
    let (author, reason, until) = (denied.author.clone(), denied.reason.clone(), denied.until);
    let ends = format!("time, at {}, or another effect than the one that was denied", clock(until));
    Hold::new(Reason::Denied { author, reason, until }, ends)
}
