//! What a stack agreed to, kept so that its schedule can go on with what was begun.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::difference::Difference;
use super::name::digits;
use super::resource::Properties;
use super::rights::{Consent, Terms};
use crate::in_order::InOrder;
use crate::names::PlanDigest;
use crate::ports::{Key, Store};
use crate::state::{Held, StateError, read, save};

/// One row of this region's table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Agreement {
    /// What the stack said; none where it takes no part, or no longer.
    pub given: Option<Given>,
    /// What was agreed to by a digest: what is left of it after a part was done has another digest.
    pub seen: Option<Agreed>,
    /// The plan to which Route 53 was last brought.
    pub brought: Option<PlanDigest>,
}

/// What a stack said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Given {
    /// The digest of a difference that somebody has seen.
    pub digest: Option<String>,
    /// How much of a zone may be changed, in percent.
    pub share: u8,
    /// For which plan.
    pub plan: PlanDigest,
    /// When.
    pub at: Timestamp,
}

/// A difference that was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Agreed {
    /// Names all of it.
    pub digest: String,
    /// Names each change.
    pub changes: BTreeSet<String>,
}

impl Agreement {
    /// What the stack says now, for a plan.
    pub fn give(&mut self, properties: &Properties, plan: &PlanDigest, at: Timestamp) {
        let Properties { digest, share, .. } = properties;
        self.given = Some(Given { digest: digest.clone(), share: *share, plan: plan.clone(), at });
    }

    /// The terms of what is to be done now. A digest stands for the difference that it names and for any part
    /// of it; for another one it says nothing, and then only what does not exist may be made.
    pub fn terms(&mut self, difference: &Difference) -> Option<Terms> {
        let given = self.given.as_ref()?;
        let now = difference.digest();
        if given.digest.as_ref() == Some(&now) {
            let changes = difference.changes.iter().map(name).in_order();
            self.seen = Some(Agreed { digest: now.clone(), changes });
        }
        let seen = self.seen.as_ref().filter(|seen| Some(&seen.digest) == given.digest.as_ref());
        let is_part =
            |seen: &Agreed| difference.changes.iter().all(|change| seen.changes.contains(&name(change)));
        let consent = if seen.is_some_and(is_part) { Consent::To(now) } else { Consent::ToCreate };
        Some(Terms { consent, share: given.share })
    }
}

/// Names one change.
fn name(change: &Change) -> String {
    // Cannot fail: every key of every map is a text.
    digits(&serde_json::to_string(change).unwrap_or_default(), 12)
}

fn key() -> Key {
    Key::new("provision", "agreement")
}

/// How often a row that another invocation wrote meanwhile is read again.
const CONFLICTS: u32 = 5;

/// Reads the row.
///
/// # Errors
/// The table does not answer, or another version wrote the row.
pub(super) async fn agreement(store: &impl Store) -> Result<Agreement, StateError> {
    read(store, &key()).await.map(|held: Held<Agreement>| held.row)
}

/// Changes the row.
///
/// # Errors
/// The table does not answer, or others write the row all the time.
pub(super) async fn amend(
    store: &impl Store,
    change: impl Fn(&mut Agreement),
) -> Result<Agreement, StateError> {
    for _ in 0..CONFLICTS {
        let mut held: Held<Agreement> = read(store, &key()).await?;
        let before = held.row.clone();
        change(&mut held.row);
        if held.row == before || save(store, key(), &mut held).await? {
            return Ok(held.row);
        }
    }
    Err(StateError::Contended(key().sort))
}
