//! "No" is an answer with a type: each hold carries the numbers that the guard saw.

use serde::{Deserialize, Serialize};

use super::reason::Reason;

/// One guard's objection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Why not.
    pub reason: Reason,
    /// Who or what ends it, in words.
    pub ends: String,
}

/// A hold in words: what is kept and told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldWords {
    /// The guard's name.
    pub guard: String,
    /// Its reason, with its numbers.
    pub reason: String,
    /// Who or what ends it.
    pub ends: String,
}

impl Hold {
    /// The hold in words.
    pub fn in_words(&self) -> HoldWords {
        let (guard, reason) = (self.reason.guard().to_owned(), self.reason.in_words());
        HoldWords { guard, reason, ends: self.ends.clone() }
    }

    pub(super) fn new(reason: Reason, ends: impl Into<String>) -> Option<Self> {
        Some(Self { reason, ends: ends.into() })
    }
}
