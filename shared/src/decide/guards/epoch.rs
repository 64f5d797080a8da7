//! Without the newest epoch there is no fence, and without a fence no move.

use super::{Hold, Seen, Wish};
use crate::decide::{EpochReading, Reason};

/// Objects while the newest epoch is unknown or unreadable, or lies in this clock's future.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let now = situation.now;
    match &situation.facts.epoch {
        EpochReading::Unknown { why } => Hold::new(
            Reason::EpochUnknown { why: why.clone() },
            "an answer of a name server or of the Route 53 API",
        ),
        EpochReading::Unreadable(unreadable) => {
            let (epoch, text) = (unreadable.epoch, unreadable.text.clone());
            Hold::new(Reason::EpochUnreadable { epoch, text }, "a person who looks at that record")
        }
        EpochReading::Known(Some(newest)) if newest.at > now => {
            Hold::new(Reason::ClockBehind { newest: newest.at, now }, "a clock that is right")
        }
        EpochReading::Known(_) => None,
    }
}
