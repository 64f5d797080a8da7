//! The one choice: what would be done if no guard objected.
//!
//! Evacuation is pulled by a taker, restore is handed back by the holder. From any state with a
//! healthy holder no other region ever wants a move.

use serde::{Deserialize, Serialize};

use super::Situation;
use crate::health::Verdict;
use crate::names::Region;

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveKind {
    /// Away from a region that fails.
    Evacuate,
    /// Back to the preferred region.
    Restore,
}

/// A move that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Evacuate or restore.
    pub kind: MoveKind,
    /// Who holds traffic by the records.
    pub from: Region,
    /// Who is to hold it.
    pub to: Region,
}

/// What is wanted, if anything.
pub(super) fn wish(situation: &Situation<'_>) -> Option<Wish> {
    let application = situation.application;
    let here = situation.here;
    let preferred = &application.preferred().name;
    // Records that cannot be understood are the `records` guard's to report; the wish stands.
    let seat = situation.facts.seat(application).unwrap_or_else(|_| preferred.clone());
    if &seat != here {
        return evacuation(situation, seat);
    }
    let verdict = situation.facts.health.get(preferred).map(|health| health.verdict);
    (preferred != here && verdict == Some(Verdict::Healthy)).then(|| Wish {
        kind: MoveKind::Restore,
        from: seat,
        to: preferred.clone(),
    })
}

fn evacuation(situation: &Situation<'_>, seat: Region) -> Option<Wish> {
    let is_taker = situation.application.region(situation.here).is_some();
    let suspect = situation.facts.health.get(&seat).is_none_or(|health| health.suspect);
    (is_taker && suspect).then(|| Wish { kind: MoveKind::Evacuate, from: seat, to: situation.here.clone() })
}
