//! `ListResourceRecordSets`: in the order of the reversed names, then types, then set identifiers.

use std::ops::Bound;

use super::record::{RecordSet, RecordType, SetKey, Sets};
use crate::model::DnsName;
use crate::model::error::ApiError;

/// The largest page, and the default (Route 53 API reference, `ListResourceRecordSets`).
const MAX_ITEMS: usize = 300;

/// Where a page starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStart {
    /// The first name; need not exist.
    pub name: Option<String>,
    /// The first type at that name; only with a name.
    pub rtype: Option<String>,
    /// The first set identifier of that type; only with both.
    pub identifier: Option<String>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPage {
    /// In order.
    pub records: Vec<RecordSet>,
    /// Where the next page starts; none on the last one.
    pub next: Option<SetKey>,
    /// How many were asked for.
    pub max_items: usize,
}

/// One page of a zone's newest version.
pub(in crate::model) fn list(
    sets: &Sets,
    start: &ListStart,
    max_items: Option<i64>,
) -> Result<RecordPage, ApiError> {
    let max_items = match max_items {
        None => MAX_ITEMS,
        Some(asked) if asked < 1 => {
            return Err(ApiError::invalid_input("Invalid request: maxitems must be at least 1"));
        }
        Some(asked) => usize::try_from(asked).unwrap_or(MAX_ITEMS).min(MAX_ITEMS),
    };
    let from = bound(start)?;
    let mut rest = sets.range((from, Bound::Unbounded));
    let records = rest.by_ref().take(max_items).map(|(_, set)| set.clone()).collect();
    Ok(RecordPage { records, next: rest.next().map(|(key, _)| key.clone()), max_items })
}

fn bound(start: &ListStart) -> Result<Bound<SetKey>, ApiError> {
    let Some(name) = &start.name else {
        if start.rtype.is_some() || start.identifier.is_some() {
            return Err(ApiError::invalid_input(
                "Invalid request: a start type or identifier needs a start name",
            ));
        }
        return Ok(Bound::Unbounded);
    };
    if start.identifier.is_some() && start.rtype.is_none() {
        return Err(ApiError::invalid_input("Invalid request: a start identifier needs a start type"));
    }
    let name =
        DnsName::parse(name).map_err(|fault| ApiError::invalid_input(format!("Invalid request: {fault}")))?;
    let rtype = match start.rtype.as_deref() {
        None => RecordType::A,
        Some(text) => RecordType::parse(text).ok_or_else(|| {
            ApiError::invalid_input(format!("Invalid request: unknown record type '{text}'"))
        })?,
    };
    Ok(Bound::Included(SetKey { name, rtype, set_identifier: start.identifier.clone() }))
}
