//! What an override has done, to be written down in the records: the same move, by the same run.

use super::choice::Wish;
use super::claim::{self, Claim};
use super::guards;
use super::hold::Hold;
use super::{EpochReading, Reason, Seen, Situation};
use crate::dns::{EpochRecord, MoveKind, Serving};
use crate::names::RunId;
use crate::plan::Policy;

/// What is to become of a move that an override has made.
#[derive(Clone, Debug, PartialEq)]
pub enum OfRecords {
    /// This is sent.
    Write(Box<Claim>),
    /// Another run has moved users since: the override has nothing left to keep.
    Superseded {
        /// That run.
        by: RunId,
    },
    /// The record sets must be listed first.
    NotListed,
    /// Not now.
    Held(Vec<Hold>),
}

/// What is to become of the move of `claim`, whose run is the situation's. It was decided already, and users
/// are served by it: only what protects the records themselves is asked again.
pub fn in_the_records(situation: &Situation<'_>, claim: &Claim) -> OfRecords {
    let seen = Seen::of(situation);
    let wish = claim.wish();
    if let EpochReading::Known(Some(newest)) = &situation.facts.epoch {
        if &newest.run == claim.run() {
            // It was sent before, and nobody saw the answer.
            return OfRecords::Write(Box::new(claim.clone()));
        }
        if newest.epoch >= claim.epoch() && undoes(situation.application.policy, newest, wish) {
            return OfRecords::Superseded { by: newest.run.clone() };
        }
    }
    if situation.facts.listing.read().is_none() {
        return OfRecords::NotListed;
    }
    let mut holds = guards::raised_against_records(&seen, wish);
    holds.extend(moved_by_hand(&seen, wish));
    if !holds.is_empty() {
        return OfRecords::Held(holds);
    }
    match claim::batch(&seen, wish) {
        Some(batch) => OfRecords::Write(Box::new(claim.with_records(&seen, batch))),
        None => OfRecords::NotListed,
    }
}

/// Whether a newer change of records is about the same users. Where several regions serve, another region's
/// move leaves ours as it is, and ours takes the next number.
fn undoes(policy: Policy, newest: &EpochRecord, wish: &Wish) -> bool {
    match (policy, newest.kind) {
        (Policy::Failover, _) => true,
        (_, MoveKind::Evacuate) => newest.from == wish.from || newest.from == wish.to,
        (_, MoveKind::Restore) => newest.to == wish.from,
    }
}

/// Who the records seat must be who was left, or who took over: a third one is somebody's choice.
fn moved_by_hand(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let Ok(Serving::Seat(seat)) = &situation.serving else { return None };
    let third = seat != &wish.from && seat != &wish.to;
    let why = || format!("the records seat {seat}, which no run did");
    third.then(|| Hold::new(Reason::HolderUnknown { why: why() }, "record sets that agree with a move"))?
}
