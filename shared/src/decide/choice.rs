//! The choice: what would be done if no guard objected.
//!
//! Evacuation is pulled by a taker, restore is handed back by a holder. From any state with a
//! healthy holder no other region ever wants a move, unless a person orders it.

use serde::{Deserialize, Serialize};

use super::Seen;
use crate::dns::Serving;
use crate::health::Verdict;
use crate::names::{Epoch, Region};
use crate::plan::Policy;
use crate::planted::{self, Planted};
use crate::state::{Order, Wanted};

pub use crate::dns::MoveKind;

/// A move that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Evacuate or restore.
    pub kind: MoveKind,
    /// Who holds traffic by the records, or hands some of it back.
    pub from: Region,
    /// Who is to hold it.
    pub to: Region,
    /// The part of its planned share that `to` gets, in percent: below 100 in the stages of a ramp.
    #[serde(default = "whole")]
    pub share: u8,
}

fn whole() -> u8 {
    100
}

impl Wish {
    /// A move of all of it.
    pub fn new(kind: MoveKind, from: Region, to: Region) -> Self {
        Self { kind, from, to, share: whole() }
    }
}

/// What is wanted, the most wanted first. Where one is held for a reason of its own, the next may
/// still be made.
pub(super) fn wishes(situation: &Seen<'_>) -> Vec<Wish> {
    // Records that cannot be understood are the `records` guard's to report; the wish stands.
    let serving = situation.served_by();
    if let Some((_, order)) = situation.order() {
        return ordered(situation, &serving, order).into_iter().collect();
    }
    match &serving {
        Serving::Seat(seat) => by_seat(situation, seat).into_iter().collect(),
        Serving::All { .. } => among_holders(situation, &serving),
    }
}

/// What a person wants, unless it is so already or a later move has overtaken it. An order may have been
/// given under another plan: where it names a region that this one does not know, nobody would serve.
fn ordered(situation: &Seen<'_>, serving: &Serving, order: &Order) -> Option<Wish> {
    let is_known = |region: &Region| situation.application.region(region).is_some();
    match &order.what {
        Wanted::FailOver { from, to, .. } | Wanted::FailBack { from, to, .. }
            if !is_known(from) || !is_known(to) =>
        {
            None
        }
        // The records say who holds: the order names who it was when it was given.
        Wanted::FailOver { from, to, after, .. } => {
            let from = match serving {
                Serving::Seat(seat) => seat,
                Serving::All { .. } => from,
            };
            let wanted = from != to && serving.serves(from) && !is_overtaken(situation, *after);
            wanted.then(|| Wish::new(MoveKind::Evacuate, from.clone(), to.clone()))
        }
        Wanted::FailBack { from, to, after, .. } => {
            let share = next_share(situation, serving.share(to));
            let newest = situation.facts.newest();
            // The stages of the ramp that it began are no overtaking.
            let own = newest.is_some_and(|newest| newest.kind == MoveKind::Restore && &newest.to == to);
            let wanted =
                serving.serves(from) && serving.share(to) < 100 && (own || !is_overtaken(situation, *after));
            wanted.then(|| Wish { share, ..Wish::new(MoveKind::Restore, from.clone(), to.clone()) })
        }
        _ => None,
    }
}

fn is_overtaken(situation: &Seen<'_>, after: Epoch) -> bool {
    situation.facts.newest_epoch().is_some_and(|newest| newest > after)
}

/// `failover`: one region holds all.
fn by_seat(situation: &Seen<'_>, seat: &Region) -> Option<Wish> {
    let (application, here) = (situation.application, situation.here);
    let well = situation.verdict(here) == Verdict::Healthy;
    if planted::is(Planted::RestoredRegionPullsBack)
        && seat != here
        && &application.preferred().name == here
        && well
    {
        return Some(Wish::new(MoveKind::Restore, seat.clone(), here.clone()));
    }
    if seat != here {
        let wanted = application.region(here).is_some()
            && situation.is_suspect(seat)
            && !is_served_by_another(situation, seat);
        return wanted.then(|| Wish::new(MoveKind::Evacuate, seat.clone(), here.clone()));
    }
    let preferred = &application.preferred().name;
    let wanted = preferred != here && situation.verdict(preferred) == Verdict::Healthy;
    wanted.then(|| Wish::new(MoveKind::Restore, seat.clone(), preferred.clone()))
}

/// Whether Route 53 itself answers a third region that looks well: its own controller latches that.
fn is_served_by_another(situation: &Seen<'_>, seat: &Region) -> bool {
    situation.facts.answered.only().is_some_and(|answered| {
        answered != seat && answered != situation.here && !situation.is_suspect(answered)
    })
}

/// `weighted` and `latency`: every region that serves is a holder, and may pull another's users.
/// One that is out, or on its way back, comes to the rescue only where nobody who serves wholly
/// looks well; what people took out by hand does not.
fn among_holders(situation: &Seen<'_>, serving: &Serving) -> Vec<Wish> {
    let (application, here) = (situation.application, situation.here);
    if application.region(here).is_none() {
        return Vec::new();
    }
    let others = || application.regions.iter().map(|region| &region.name).filter(|region| *region != here);
    let is_full = |region: &Region| serving.share(region) == 100;
    let rescues = situation.facts.is_out(here)
        && !others().any(|region| is_full(region) && !situation.is_suspect(region));
    let mut suspects: Vec<&Region> =
        others().filter(|region| serving.serves(region) && situation.is_suspect(region)).collect();
    suspects.sort_by_key(|region| situation.verdict(region) != Verdict::Unhealthy);
    if !suspects.is_empty() && (is_full(here) || rescues) {
        let evacuate = |from: &Region| Wish::new(MoveKind::Evacuate, from.clone(), here.clone());
        return suspects.into_iter().map(evacuate).collect();
    }
    let lost = others().filter(|region| situation.facts.is_out(region) && !is_full(region));
    let well = lost.filter(|region| is_full(here) && situation.verdict(region) == Verdict::Healthy);
    let restore = |back: &Region| {
        let share = next_share(situation, serving.share(back));
        Wish { share, ..Wish::new(MoveKind::Restore, here.clone(), back.clone()) }
    };
    well.map(restore).collect()
}

/// The stage that follows a share. `failover` and `latency` give all at once.
fn next_share(situation: &Seen<'_>, share: u8) -> u8 {
    let ramp = &situation.application.ramp;
    let next = ramp.iter().copied().find(|stage| *stage > share);
    match situation.application.policy {
        Policy::Weighted => next.unwrap_or(100),
        Policy::Failover | Policy::Latency => 100,
    }
}
