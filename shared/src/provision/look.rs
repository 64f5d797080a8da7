//! Reading what stands.

use std::collections::{BTreeMap, BTreeSet};

use tracing::warn;

use super::alarms::{self, AlarmPlace, AlarmSettings};
use super::apply::GAP;
use super::live::{Live, LiveZone};
use super::name;
use crate::in_order::InOrder;
use crate::names::{DnsName, HealthCheckId, Region, ZoneId};
use crate::plan::{Application, Plan, Zone};
use crate::ports::{Clock, PortError, ReadEstate};

/// Checks whose tags come with one request (Route 53 API, `ListTagsForResources`).
const TAGS_AT_ONCE: usize = 10;

/// All that a plan's difference is computed from. One zone after the other: Route 53's quota is one for all.
///
/// # Errors
/// Something cannot be read. Half of it is nothing to decide on.
pub async fn look(world: &(impl Clock + ReadEstate), plan: &Plan) -> Result<Live, PortError> {
    let mut checks = world.health_checks().await?;
    let ours: Vec<HealthCheckId> = checks
        .iter()
        .filter(|check| name::is_ours(&plan.deployment, &check.reference))
        .map(|check| check.id.clone())
        .collect();
    let mut tags = BTreeMap::new();
    for some in ours.chunks(TAGS_AT_ONCE) {
        // Two hundred checks are twenty requests: others use the account's quota, too.
        world.sleep(GAP).await;
        tags.extend(world.check_tags(some).await?);
    }
    for check in &mut checks {
        check.tags = tags.remove(&check.id).unwrap_or_default();
    }
    let zones = zones(world, plan).await?;
    let (alarms, unread) = alarms(world, plan).await;
    Ok(Live { checks, zones, alarms, unread })
}

/// The alarms that overrides need, and those that the plan's checks read; and the regions where none can be read.
async fn alarms(
    world: &impl ReadEstate,
    plan: &Plan,
) -> (BTreeMap<AlarmPlace, AlarmSettings>, BTreeSet<Region>) {
    let needed = alarms::wanted(plan).into_iter().map(|alarm| alarm.place);
    let mut by_region: BTreeMap<Region, Vec<String>> = BTreeMap::new();
    for place in needed.chain(alarms::read(plan)) {
        by_region.entry(place.region).or_default().push(place.name);
    }
    let (mut all, mut unread) = (BTreeMap::new(), BTreeSet::new());
    for (region, names) in by_region {
        match world.alarms(&region, &names).await {
            Ok(found) => {
                let place = |name| AlarmPlace { region: region.clone(), name };
                all.extend(found.into_iter().map(|(name, settings)| (place(name), settings)));
            }
            Err(error) => {
                warn!(%error, %region, "alarms are not read");
                unread.insert(region);
            }
        }
    }
    (all, unread)
}

async fn zones(world: &impl ReadEstate, plan: &Plan) -> Result<BTreeMap<ZoneId, LiveZone>, PortError> {
    let provisioned = || plan.applications.iter().filter(|application: &&Application| application.provision);
    let ids: BTreeSet<&ZoneId> = provisioned().map(|application| &application.zone.id).in_order();
    let mut zones = BTreeMap::new();
    for id in ids {
        let within = || provisioned().filter(|application| &application.zone.id == id);
        let served: Vec<&DnsName> = within().map(|application| &application.served).collect();
        let zone: Option<&Zone> = within().map(|application| &application.zone).next();
        if let Some(zone) = zone {
            zones.insert(id.clone(), world.zone(zone, &served).await?);
        }
    }
    Ok(zones)
}
