//! Whether what would be done is what was agreed to.

use std::collections::BTreeMap;

use super::change::Change;
use super::difference::Difference;
use super::live::Live;
use crate::names::ZoneId;

/// What was agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Which changes.
    pub consent: Consent,
    /// How much of a zone may be changed, in percent of its record sets.
    pub share: u8,
}

/// Which changes were agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Exactly those of this digest.
    To(String),
    /// Whatever makes what does not exist, and changes nothing that does.
    ToCreate,
}

/// How much of a zone may be changed where nobody says, in percent.
pub const SHARE: u8 = 20;

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something else would be done than what was shown.
    #[error(
        "the difference is {now}, not {agreed}: something has changed since it was shown; look at it again"
    )]
    Differs {
        /// What was agreed to.
        agreed: String,
        /// What it is now.
        now: String,
    },
    /// What exists would be changed.
    #[error(
        "{count} of the changes would change what exists, the first: {first}; look at the whole difference, and apply it by its digest {digest}"
    )]
    Changes {
        /// How many.
        count: usize,
        /// One of them, in words.
        first: String,
        /// Names the difference.
        digest: String,
    },
    /// Too much of a zone at once: more likely a wrong plan than a wish.
    #[error(
        "{count} of the {of} record sets of {zone} would be changed, more than {share} %; raise the share if that is meant"
    )]
    TooMuch {
        /// Which zone.
        zone: ZoneId,
        /// How many sets.
        count: usize,
        /// Of how many.
        of: usize,
        /// How much may be.
        share: u8,
    },
}

/// Whether a difference may be applied.
///
/// # Errors
/// Why not.
pub(super) fn may(difference: &Difference, live: &Live, terms: &Terms) -> Result<(), Refusal> {
    let now = difference.digest();
    match &terms.consent {
        Consent::To(agreed) if *agreed != now => {
            return Err(Refusal::Differs { agreed: agreed.clone(), now });
        }
        Consent::ToCreate => {
            let changing = || difference.changes.iter().filter(|change| change.changes_what_exists());
            if let Some(first) = changing().next() {
                let (count, first) = (changing().count(), first.to_string());
                return Err(Refusal::Changes { count, first, digest: now });
            }
        }
        Consent::To(_) => {}
    }
    not_too_much(difference, live, terms.share)
}

/// So many sets are never too many: a small zone has few in all.
const FEW: usize = 10;

/// What is created beside what stands is no danger to it, and not counted.
fn not_too_much(difference: &Difference, live: &Live, share: u8) -> Result<(), Refusal> {
    let mut changed: BTreeMap<&ZoneId, usize> = BTreeMap::new();
    for change in &difference.changes {
        if let Change::ChangeSet { to, .. } = change {
            *changed.entry(&to.zone).or_default() += 1;
        }
    }
    for (zone, count) in changed {
        let of = live.zones.get(zone).map_or(0, |zone| zone.count);
        if count > FEW && count * 100 > of * usize::from(share) {
            return Err(Refusal::TooMuch { zone: zone.clone(), count, of, share });
        }
    }
    Ok(())
}
