//! The decision: a pure function of the plan, the observations, the state and the time.
//!
//! [`decide`] makes one choice ([`Wish`]) and asks every guard about it; none hides another.
//! What comes out is data: it is logged, kept in the ledger and explained to people as it is.

mod choice;
mod claim;
mod effect;
mod facts;
mod guards;
mod hold;
mod reason;
mod record;
mod rehearse;
mod seen;
mod situation;
#[cfg(test)]
mod tests;
mod ways;
mod words;

use std::time::Duration;

use serde::Serialize;

pub use choice::{MoveKind, Wish};
pub use claim::Claim;
pub use effect::{DataLoss, Effect};
pub use facts::{Answered, EpochReading, Facts, ListingReading, Moves};
pub use hold::{Hold, HoldWords};
pub use reason::{GUARDS_BY_NAME, Reason};
pub use record::{OfRecords, in_the_records};
pub use rehearse::{Rehearsal, RehearsedChange, rehearse};
use seen::Seen;
pub use situation::{Situation, Standing};

use crate::plan::Actuator;

/// What to do, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[must_use]
pub enum Decision {
    /// Nothing is wanted.
    Steady,
    /// Something is wanted, and guards keep us from it.
    Hold {
        /// What is wanted.
        wish: Wish,
        /// Every guard that objects; at least one.
        holds: Vec<Hold>,
    },
    /// Only a person's consent is missing.
    Ask {
        /// What is wanted.
        wish: Wish,
        /// What the consent is for.
        holds: Vec<Hold>,
        /// What exactly would be done.
        effect: Effect,
    },
    /// Pull traffic away from a region that fails.
    Evacuate(Box<Claim>),
    /// Hand traffic back to the preferred region.
    Restore(Box<Claim>),
}

/// Decides. The same inputs give the same bytes.
///
/// A person's order goes first. One that is held, or wants nothing, does not keep the controller
/// from what it would do by itself.
pub fn decide(situation: &Situation<'_>) -> Decision {
    let first = among_wishes(situation);
    if first.acts() || situation.order().is_none() {
        return first;
    }
    let standing = situation.standing.without_moves_ordered();
    let by_itself = among_wishes(&Situation { standing: &standing, ..situation.clone() });
    if by_itself.acts() || first == Decision::Steady { by_itself } else { first }
}

/// Decides a person's order alone, whatever the controller would do by itself: for whoever gives it.
pub fn decide_order(situation: &Situation<'_>) -> Decision {
    among_wishes(situation)
}

/// The first wish to which nothing objects; where all are held, the most wanted.
fn among_wishes(situation: &Situation<'_>) -> Decision {
    let seen = Seen::of(situation);
    let mut decisions = choice::wishes(&seen).into_iter().map(|wish| about(&seen, wish));
    let Some(first) = decisions.next() else { return Decision::Steady };
    if first.acts() {
        return first;
    }
    decisions.find(Decision::acts).unwrap_or(first)
}

fn about(situation: &Seen<'_>, wish: Wish) -> Decision {
    let raised = guards::raised(situation, &wish);
    let effect = claim::effect(situation, &wish, &raised);
    let digest = effect.digest();
    let guards::Objections { holds, overridden } = guards::objections(situation, &wish, raised, &digest);
    if holds.is_empty() {
        return claim::claim(situation, wish, digest, overridden);
    }
    if holds.iter().all(|hold| hold.reason.is_consent()) {
        return Decision::Ask { wish, holds, effect };
    }
    Decision::Hold { wish, holds }
}

impl Decision {
    /// What is wanted and why it is not done: empty for decisions that act, or want nothing.
    pub fn holds(&self) -> &[Hold] {
        match self {
            Self::Hold { holds, .. } | Self::Ask { holds, .. } => holds,
            Self::Steady | Self::Evacuate(_) | Self::Restore(_) => &[],
        }
    }

    /// What is wanted.
    pub fn wish(&self) -> Option<&Wish> {
        match self {
            Self::Steady => None,
            Self::Hold { wish, .. } | Self::Ask { wish, .. } => Some(wish),
            Self::Evacuate(claim) | Self::Restore(claim) => Some(claim.wish()),
        }
    }

    /// Whether something is done.
    pub fn acts(&self) -> bool {
        matches!(self, Self::Evacuate(_) | Self::Restore(_))
    }

    /// By what a decision that acts is carried out first.
    pub fn begins_with(&self) -> Option<Actuator> {
        match self {
            Self::Evacuate(claim) | Self::Restore(claim) => claim.ways().first().copied(),
            Self::Steady | Self::Hold { .. } | Self::Ask { .. } => None,
        }
    }

    /// The claim of a decision that acts.
    pub fn into_claim(self) -> Option<Claim> {
        match self {
            Self::Evacuate(claim) | Self::Restore(claim) => Some(*claim),
            Self::Steady | Self::Hold { .. } | Self::Ask { .. } => None,
        }
    }

    /// The same, held because the turn of its application has not come: `ahead` is what those before
    /// it take. What does not act waits for no turn.
    pub fn out_of_turn(self, ahead: Duration, per_second: u32) -> Self {
        match self {
            Self::Evacuate(claim) | Self::Restore(claim) => {
                let reason = Reason::FleetPace { ahead, per_second };
                let holds = vec![Hold { reason, ends: "those before it have moved".to_owned() }];
                Self::Hold { wish: claim.wish().clone(), holds }
            }
            waiting => waiting,
        }
    }

    /// Whether only its turn has not come.
    pub fn waits_for_its_turn(&self) -> bool {
        let of_pace = |hold: &Hold| matches!(hold.reason, Reason::FleetPace { .. });
        !self.holds().is_empty() && self.holds().iter().all(of_pace)
    }

    /// Whether more samples within this wake may lift what holds: only counts that are not yet full.
    pub fn is_settling(&self) -> bool {
        matches!(self, Self::Hold { wish, holds } if wish.kind == MoveKind::Evacuate
            && holds.iter().all(|hold| hold.reason.may_settle()))
    }
}
