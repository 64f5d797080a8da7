//! What provisioning reads and writes of record sets: whole zones, and the ground for moves.

use std::collections::BTreeSet;

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{AcceleratedRecoveryStatus, ChangeAction, ChangeBatch};

use super::error::{incomplete, read_error};
use super::page::Start;
use super::translate::change;
use super::{LIST, ZONE, page, roles, send, twice};
use crate::aws::clients::Clients;
use crate::dns::Groundwork;
use crate::in_order::InOrder;
use crate::names::DnsName;
use crate::plan::Zone;
use crate::ports::{ChangeError, ChangeId, PortError};
use crate::provision::LiveZone;

/// Pages of 300 record sets that one zone may take: ten times those of the default quota of 10,000.
const PAGES: usize = 340;

/// Lays the ground for moves, once.
pub(in crate::aws) async fn lay(
    clients: &Clients,
    zone: &Zone,
    groundwork: &Groundwork,
) -> Result<ChangeId, ChangeError> {
    let created = groundwork.creates().first().map(|set| &set.name);
    send(clients, zone, batch(groundwork)?, created).await
}

/// A whole zone: all its sets counted, and those of some served names kept.
pub(in crate::aws) async fn zone(
    clients: &Clients,
    zone: &Zone,
    served: &[&DnsName],
) -> Result<LiveZone, PortError> {
    let client = &roles::route53(clients, zone).await?;
    let served: BTreeSet<&str> = served.iter().map(|name| name.as_str()).in_order();
    let mut whole = kind(client, zone).await?;
    let mut start = Some(Start::of(&zone.name));
    for _ in 0..PAGES {
        let Some(from) = start else { return Ok(whole) };
        let page = page(client, zone, from).await?;
        whole.count += page.count();
        whole.sets.extend(page.sets_of_any(&served));
        start = page.following();
    }
    match start {
        None => Ok(whole),
        Some(_) => {
            Err(PortError::new(LIST, format!("more than {PAGES} pages of record sets in {}", zone.id)))
        }
    }
}

/// What the zone itself says of its kind.
async fn kind(client: &Client, zone: &Zone) -> Result<LiveZone, PortError> {
    let request = client.get_hosted_zone().id(zone.id.as_str()).customize().config_override(twice());
    let reply = request.send().await.map_err(|error| read_error(ZONE, &error, zone))?;
    let live = reply.hosted_zone();
    let private = live.and_then(|live| live.config()).is_some_and(|config| config.private_zone());
    let recovery = live.and_then(|live| live.features()?.accelerated_recovery_status());
    let accelerated = recovery == Some(&AcceleratedRecoveryStatus::Enabled);
    Ok(LiveZone { private, accelerated, ..LiveZone::default() })
}

/// The ground for moves in Route 53's shape.
fn batch(groundwork: &Groundwork) -> Result<ChangeBatch, ChangeError> {
    let mut changes = ChangeBatch::builder().comment(groundwork.comment());
    for set in groundwork.creates() {
        changes = changes.changes(change(ChangeAction::Create, set)?);
    }
    for set in groundwork.upserts() {
        changes = changes.changes(change(ChangeAction::Upsert, set)?);
    }
    changes.build().map_err(incomplete)
}
