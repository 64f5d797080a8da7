//! Where traffic is, is read from DNS; a move from an unknown place is no move.

use super::{Hold, Seen, Wish};
use crate::decide::{Answered, Reason};
use crate::plan::Policy;

/// Objects while the authoritative answer cannot be told, or names a region that has no part
/// in the move. The answer may be the taker already: then the run latches it.
/// Under `weighted` and `latency` one answer proves nothing: there the records tell who serves.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if situation.application.policy != Policy::Failover {
        return None;
    }
    let why = match &situation.facts.answered {
        Answered::Regions(regions) if regions.iter().all(|r| [&wish.from, &wish.to].contains(&r)) => {
            return None;
        }
        Answered::Regions(regions) => {
            format!("the records seat {}, but name servers answer {regions:?}", wish.from)
        }
        Answered::Unknown { why } => why.clone(),
    };
    Hold::new(Reason::HolderUnknown { why }, "an authoritative answer that names one region")
}
