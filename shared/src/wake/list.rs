//! Asking Route 53 for the record sets of many applications, in as few requests as they fit in.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::Context;
use super::watched::Watched;
use crate::decide::ListingReading;
use crate::dns::Listing;
use crate::names::{DnsName, ZoneId};
use crate::plan::Application;
use crate::ports::{PortError, Watching};

/// An API that has failed so often in a row is down: who comes later does not wait for it again.
const FAILURES: usize = 2;

/// Lists what these applications have in their zones.
pub(super) async fn list<W: Watching>(world: &W, context: &Context<'_>, items: Vec<&mut Watched<'_>>) {
    let mut zones: BTreeMap<&ZoneId, Vec<&mut Watched<'_>>> = BTreeMap::new();
    for item in items {
        zones.entry(&item.application.zone.id).or_default().push(item);
    }
    join_all(zones.into_values().map(|items| list_zone(world, context, items))).await;
}

/// One name after another, as they stand in the zone: what a listing showed on its way is not asked
/// for again.
async fn list_zone<W: Watching>(world: &W, context: &Context<'_>, mut items: Vec<&mut Watched<'_>>) {
    items.sort_by_cached_key(|item| place(&item.application.served));
    let served: Vec<&DnsName> = items.iter().map(|item| &item.application.served).collect();
    let mut shown: BTreeMap<DnsName, Listing> = BTreeMap::new();
    let mut failures: Vec<PortError> = Vec::new();
    for (number, item) in items.into_iter().enumerate() {
        item.listing = match (shown.remove(served[number]), failures.get(FAILURES - 1)) {
            (Some(listing), _) => ListingReading::Read(listing),
            (None, Some(error)) => ListingReading::Unavailable { why: error.to_string() },
            (None, None) => match ask(world, context, item.application, &served[number + 1..]).await {
                Ok((listing, others)) => {
                    failures.clear();
                    shown.extend(others);
                    ListingReading::Read(listing)
                }
                Err(error) => {
                    let why = error.to_string();
                    failures.push(error);
                    ListingReading::Unavailable { why }
                }
            },
        };
    }
}

async fn ask<W: Watching>(
    world: &W,
    context: &Context<'_>,
    application: &Application,
    others: &[&DnsName],
) -> Result<(Listing, BTreeMap<DnsName, Listing>), PortError> {
    let _turn = context.pace.list(world, application).await;
    world.list_along(&application.zone, &application.served, others).await
}

/// Listings are in the order of names with their labels reversed.
fn place(served: &DnsName) -> Vec<String> {
    served.as_str().rsplit('.').map(str::to_owned).collect()
}
