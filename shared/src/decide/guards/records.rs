//! What only the live account can tell: whether the record sets can be moved at all.

use super::{Hold, Seen, Wish};
use crate::decide::Reason;

/// Objects when the zone is private or its record sets are not those that the plan names.
pub(super) fn guard(situation: &Seen<'_>, _wish: &Wish) -> Option<Hold> {
    let private = situation.facts.listing.read().is_some_and(|listing| listing.private_zone);
    let why = match &situation.serving {
        _ if private => format!("zone {} is private", situation.application.zone.id),
        Err(why) => why.clone(),
        Ok(_) => return None,
    };
    Hold::new(Reason::RecordsUnusable { why }, "record sets that agree with the plan")
}
