//! Route 53's API: listing the record sets of an application, sending one batch, and sweeping.

#[cfg(feature = "provision")]
pub(super) mod checks;
mod error;
#[cfg(feature = "provision")]
mod ground;
mod order;
mod page;
mod translate;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_route53::Client;
use aws_sdk_route53::config::Builder;
use aws_sdk_route53::config::retry::RetryConfig;
use aws_sdk_route53::types::{ChangeBatch, ChangeStatus};

#[cfg(feature = "provision")]
pub(super) use self::error::check_error;
use self::error::{change_error, read_error};
#[cfg(feature = "provision")]
pub(super) use self::ground::{lay, zone};
use self::order::Subtree;
use self::page::{Page, Start};
use super::clients::Clients;
use super::roles;
use crate::dns::{Batch, Listing, Sweep};
use crate::in_order::InOrder;
use crate::names::{DnsName, ZoneId};
use crate::plan::Zone;
use crate::ports::{ChangeError, ChangeId, PortError};

const LIST: &str = "Route 53 ListResourceRecordSets";
const ZONE: &str = "Route 53 GetHostedZone";
const CHANGE: &str = "Route 53 GetChange";

/// Pages of 300 record sets (API reference, `MaxItems`) that one listing may take.
const PAGES: usize = 10;

/// For a whole listing, all pages.
const LISTING: Duration = Duration::from_secs(15);

/// Which zones are private: a zone cannot change that, so that one answer is enough.
#[derive(Debug, Default)]
pub(super) struct ZoneKinds(Mutex<BTreeMap<ZoneId, bool>>);

/// The record sets of a served name and of the names below `_understudy.<served>`; and those of
/// others that were seen whole on the way.
pub(super) async fn list(
    clients: &Clients,
    kinds: &ZoneKinds,
    zone: &Zone,
    (served, others): (&DnsName, &[&DnsName]),
) -> Result<(Listing, BTreeMap<DnsName, Listing>), PortError> {
    let subtree = Subtree::of(served);
    let both = async {
        let client = &roles::route53(clients, zone).await?;
        futures_util::try_join!(is_private(client, kinds, zone), pages(client, zone, served, &subtree))
    };
    match tokio::time::timeout(LISTING, both).await {
        Ok(Ok((private_zone, pages))) => {
            let sets = pages.iter().flat_map(|page| page.sets_of(&subtree)).collect();
            let seen_whole = |other: &&DnsName| {
                let subtree = Subtree::of(other);
                let page = pages.iter().find(|page| page.shows_all_of(&subtree))?;
                Some(((*other).clone(), Listing { private_zone, sets: page.sets_of(&subtree).collect() }))
            };
            Ok((Listing { private_zone, sets }, others.iter().filter_map(seen_whole).in_order()))
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(PortError::new(LIST, format!("no complete answer within {} s", LISTING.as_secs()))),
    }
}

/// Sends one batch, once.
pub(super) async fn change(clients: &Clients, zone: &Zone, batch: &Batch) -> Result<ChangeId, ChangeError> {
    send(clients, zone, translate::change_batch(batch)?, Some(&batch.create().name)).await
}

/// Deletes old epoch records, once.
pub(super) async fn sweep(clients: &Clients, zone: &Zone, sweep: &Sweep) -> Result<(), ChangeError> {
    send(clients, zone, translate::sweep_batch(sweep)?, None).await.map(|_| ())
}

async fn send(
    clients: &Clients,
    zone: &Zone,
    batch: ChangeBatch,
    claimed: Option<&DnsName>,
) -> Result<ChangeId, ChangeError> {
    let client = roles::route53(clients, zone).await;
    let reply = client
        .map_err(|error| ChangeError::NotSent(error.to_string()))?
        .change_resource_record_sets()
        .hosted_zone_id(zone.id.as_str())
        .change_batch(batch)
        .send()
        .await
        .map_err(|error| change_error(&error, zone, claimed))?;
    match reply.change_info() {
        Some(info) => Ok(ChangeId(info.id().trim_start_matches("/change/").to_owned())),
        None => Err(ChangeError::OutcomeUnknown("the answer holds no change id".to_owned())),
    }
}

/// Whether all name servers have a change.
pub(super) async fn in_sync(clients: &Clients, zone: &Zone, change: &ChangeId) -> Result<bool, PortError> {
    let client = roles::route53(clients, zone).await?;
    let request = client.get_change().id(&change.0).customize().config_override(twice());
    let reply = request.send().await.map_err(|error| read_error(CHANGE, &error, zone))?;
    Ok(reply.change_info().is_some_and(|info| info.status() == &ChangeStatus::Insync))
}

async fn is_private(client: &Client, kinds: &ZoneKinds, zone: &Zone) -> Result<bool, PortError> {
    let known = kinds.0.lock().unwrap_or_else(PoisonError::into_inner).get(&zone.id).copied();
    if let Some(private) = known {
        return Ok(private);
    }
    let request = client.get_hosted_zone().id(zone.id.as_str()).customize().config_override(twice());
    let reply = request.send().await.map_err(|error| read_error(ZONE, &error, zone))?;
    let private =
        reply.hosted_zone().and_then(|zone| zone.config()).is_some_and(|config| config.private_zone());
    kinds.0.lock().unwrap_or_else(PoisonError::into_inner).insert(zone.id.clone(), private);
    Ok(private)
}

/// All pages that hold anything of an application.
async fn pages(
    client: &Client,
    zone: &Zone,
    served: &DnsName,
    subtree: &Subtree,
) -> Result<Vec<Page>, PortError> {
    let mut start = Some(Start::of(served));
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        let Some(from) = start else { return Ok(pages) };
        let page = page(client, zone, from).await?;
        start = page.next(subtree);
        pages.push(page);
    }
    match start {
        None => Ok(pages),
        Some(_) => Err(PortError::new(LIST, format!("more than {PAGES} pages of record sets"))),
    }
}

async fn page(client: &Client, zone: &Zone, from: Start) -> Result<Page, PortError> {
    let request = client
        .list_resource_record_sets()
        .hosted_zone_id(zone.id.as_str())
        .start_record_name(&from.name)
        .set_start_record_type(from.kind.clone())
        .set_start_record_identifier(from.set.clone())
        .max_items(300)
        .customize()
        .config_override(twice());
    let reply = request.send().await.map_err(|error| read_error(LIST, &error, zone))?;
    Ok(Page::of(from, reply))
}

/// Reads may be repeated: a connection that died while the sandbox slept costs no answer.
fn twice() -> Builder {
    Builder::new().retry_config(RetryConfig::standard().with_max_attempts(2))
}

#[cfg(test)]
mod tests;
