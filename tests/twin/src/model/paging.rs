//! Listings with markers.

use super::error::ApiError;
use super::{DnsName, Page, Response, Twin, ZoneDetails, ZoneId};

/// Items of a page (Route 53 API reference, `ListHostedZones` and `ListHealthChecks`).
const MAX_PAGE: usize = 100;
impl Twin {
    pub(super) fn list_hosted_zones_by_name(
        &self,
        dns_name: Option<String>,
        zone: Option<ZoneId>,
        max_items: Option<i64>,
    ) -> Result<Response, ApiError> {
        if zone.is_some() && dns_name.is_none() {
            return Err(ApiError::invalid_input("Invalid request: a hosted zone id needs a DNS name"));
        }
        let from = match &dns_name {
            None => None,
            Some(text) => {
                Some(DnsName::parse(text).map_err(|fault| ApiError::invalid_input(fault.to_string()))?)
            }
        };
        let mut zones: Vec<ZoneDetails> = self.zones.iter().map(|zone| zone.details()).collect();
        zones.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        let key = |it: &ZoneDetails| (Some(it.name.clone()), Some(it.id.clone()));
        zones.retain(|it| key(it) >= (from.clone(), zone.clone()));
        let max_items = page_size(max_items)?;
        let next = zones.get(max_items).map(|zone| format!("{} {}", zone.name, zone.id));
        zones.truncate(max_items);
        let page = Page { items: zones, marker: None, next, max_items };
        Ok(Response::ZonesByName { page, asked_name: dns_name, asked_zone: zone })
    }
}

fn page_size(max_items: Option<i64>) -> Result<usize, ApiError> {
    match max_items {
        None => Ok(MAX_PAGE),
        Some(asked) if asked < 1 => {
            Err(ApiError::invalid_input("Invalid request: maxitems must be at least 1"))
        }
        Some(asked) => Ok(usize::try_from(asked).unwrap_or(MAX_PAGE).min(MAX_PAGE)),
    }
}

/// One page of what comes in the order of its markers; the marker itself is the first of its page.
pub(super) fn page<T>(
    all: impl Iterator<Item = (String, T)>,
    marker: Option<String>,
    max_items: Option<i64>,
) -> Result<Page<T>, ApiError> {
    let max_items = page_size(max_items)?;
    let mut rest = all.skip_while(|(id, _)| marker.as_ref().is_some_and(|marker| id < marker));
    let items = rest.by_ref().take(max_items).map(|(_, item)| item).collect();
    Ok(Page { items, next: rest.next().map(|(id, _)| id), marker, max_items })
}
