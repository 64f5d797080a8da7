//! From changes of record sets to batches: what may be laid without an epoch, and what needs one.

use jiff::Timestamp;

use super::change::{Change, SetChange};
use super::live::Live;
use super::standing::Standing;
use crate::dns::{Batch, EpochRecord, Groundwork, MoveKind, RecordSet};
use crate::names::{Epoch, RunId};
use crate::plan::{Application, Plan};
use crate::ports::ChangeError;

/// The changes of one application.
pub(super) struct Parts {
    /// What stands beside the served name, and what serves where nothing did.
    pub ground: Groundwork,
    /// What serves, where something does: it is changed under an epoch of its own.
    pub serving: Vec<RecordSet>,
}

/// Parts the changes of one application; `fill` knows the ids of their checks.
///
/// # Errors
/// An id is not known, or a set is none of this application's.
pub(super) fn parts(
    application: &Application,
    live: &Live,
    changes: &[&Change],
    fill: impl Fn(&SetChange) -> Result<RecordSet, ChangeError>,
) -> Result<Parts, ChangeError> {
    let zone = live.zones.get(&application.zone.id);
    let is_served = zone.is_some_and(|zone| {
        zone.sets.iter().any(|set| set.name == application.served && set.kind.is_answer())
    });
    let mut parts = Parts { ground: Groundwork::of(&application.served), serving: Vec::new() };
    for change in changes {
        let (set, exists) = match change {
            Change::CreateSet(set) => (set, false),
            Change::ChangeSet { to, .. } => (to, true),
            _ => continue,
        };
        let filled = fill(set)?;
        if set.serves && is_served {
            parts.serving.push(filled);
            continue;
        }
        let ground = if exists { parts.ground.upsert(filled) } else { parts.ground.create(filled) };
        parts.ground = ground.ok_or_else(|| ChangeError::Refused {
            code: "NotSent".to_owned(),
            message: format!("{} is no name of {}", set.set.name, application.name),
        })?;
    }
    Ok(parts)
}

/// The batch that changes what serves, and moves nobody. It claims the epoch after the newest one of the very
/// look that `serving` was computed from: a move that came since has claimed it, and then this one loses.
///
/// # Errors
/// The newest epoch cannot be read.
pub(super) fn batch(
    plan: &Plan,
    application: &Application,
    (live, serving): (&Live, Vec<RecordSet>),
    run: &RunId,
    now: Timestamp,
) -> Result<Batch, ChangeError> {
    let listing = live.zones.get(&application.zone.id).map(|zone| zone.listing(&application.served));
    let listing = listing.unwrap_or_default();
    let epochs = listing.epochs(&application.served).map_err(|unreadable| ChangeError::Refused {
        code: "NotSent".to_owned(),
        message: unreadable.to_string(),
    })?;
    let newest = epochs.first();
    let holder = match Standing::of(application, &listing, newest) {
        Standing::Seats { primary, .. } => primary,
        Standing::Weights(_) | Standing::Answers(_) => {
            newest.map_or_else(|| application.preferred().name.clone(), |record| record.to.clone())
        }
    };
    let claim = EpochRecord {
        epoch: Epoch(newest.map_or(0, |record| record.epoch.0).saturating_add(1)),
        run: run.clone(),
        from: holder.clone(),
        to: holder,
        kind: MoveKind::Restore,
        out: newest.map(|record| record.out.clone()).unwrap_or_default(),
        at: now,
        plan: plan.digest.clone(),
    };
    Ok(Batch::new(application.served.clone(), claim, serving))
}
