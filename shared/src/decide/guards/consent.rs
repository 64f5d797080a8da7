//! What the plan reserves for people.

use super::{Hold, Seen, Wish, is_later_stage};
use crate::decide::{MoveKind, Reason};
use crate::names::EffectDigest;
use crate::plan::{Mode, Restore};
use crate::planted::{self, Planted};
use crate::state::Wanted;

/// Objects under `mode = "approve"`, and to a restore under `restore = "ask"`, unless a person
/// ordered the move.
pub(super) fn guard(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    if planted::is(Planted::ConsentNotAsked) {
        return None;
    }
    let application = situation.application;
    let asks = match wish.kind {
        MoveKind::Evacuate => application.mode == Mode::Approve,
        MoveKind::Restore => application.mode == Mode::Approve || application.restore == Restore::Ask,
    };
    let given = situation.order().is_some() || is_later_stage(situation, wish);
    let to = format!("move {} from {} to {}", application.name, wish.from, wish.to);
    (asks && !given).then(|| Hold::new(Reason::ConsentNeeded { to }, "a person's consent")).flatten()
}

/// Objects to a person's order under `two_person`, until another one approves of it.
pub(super) fn two_person(situation: &Seen<'_>, wish: &Wish) -> Option<Hold> {
    let (_, order) = situation.order()?;
    let needed = situation.application.two_person && !is_later_stage(situation, wish);
    let author = order.author.clone();
    needed
        .then(|| {
            let ends = format!("the approval of a person other than {author}");
            Hold::new(Reason::SecondPersonNeeded { author }, ends)
        })
        .flatten()
}

/// The objections that no approval of this very effect lifts.
pub(super) fn still_missing(situation: &Seen<'_>, effect: &EffectDigest, consents: Vec<Hold>) -> Vec<Hold> {
    let proposer = situation.order().map(|(_, order)| order.author.as_str());
    let approved = situation.standing.people.orders.values().any(|order| {
        order.is_open(situation.now)
            && order.what == Wanted::Approve { digest: effect.clone() }
            && !(situation.application.two_person && proposer == Some(order.author.as_str()))
    });
    if approved { Vec::new() } else { consents }
}
