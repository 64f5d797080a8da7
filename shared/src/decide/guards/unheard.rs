//! What a person said somewhere, and nobody here can read, may be a pause.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;

/// Objects while a peer that answers keeps a row of what people said that cannot be read.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let (peer, why) = situation.standing.unheard.iter().next()?;
    let (peer, why) = (peer.clone(), why.clone());
    let ends = "one version of Understudy in every region, or a person";
    Hold::new(Reason::PeopleUnreadable { peer, why }, ends)
}
