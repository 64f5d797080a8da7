//! The hosted zone, its records and health checks, as an operator would make them by hand.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use twin::model::health::HealthCheckInput;
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{ApiError, Config, HealthCheckId, NewZone, Propagation, Time, Twin};

use super::Settings;
use super::layout::{Layout, Place, Service};
use super::names::{PRIMARY, ZONE, away_alarm, routing_control};
use super::settings::By;
use crate::LabError;
use crate::cloud::BUCKET;

/// What the plan has to know of the zone.
#[derive(Clone, Debug)]
pub(super) struct Seeded {
    /// The zone's id.
    pub zone: String,
    /// By application and region, the check that hangs on its served record.
    pub checks: BTreeMap<(String, String), String>,
}

/// The quota of an account that has many applications: 200 where nobody asked for more.
const HEALTH_CHECKS: usize = 1_000;

/// How many name servers a zone has.
pub(super) const NAME_SERVERS: usize = 4;

/// A model with everything in it.
///
/// # Errors
/// The twin refuses something.
pub(super) fn seed(
    settings: &Settings,
    layout: &Layout,
    (port, cloud): (u16, SocketAddr),
    seed: u64,
) -> Result<(Twin, Seeded), LabError> {
    let mut twin = Twin::new(config(settings, seed));
    let refused = |error: ApiError| LabError::Refused { what: "the hosted zone", why: format!("{error:?}") };
    let seeded = fill(&mut twin, settings, layout, (port, cloud)).map_err(refused)?;
    Ok((twin, seeded))
}

fn config(settings: &Settings, seed: u64) -> Config {
    Config::default()
        .seed(seed)
        .name_servers(NAME_SERVERS)
        .propagation(Propagation::between(settings.propagation.from, settings.propagation.to))
        .checkers(usize::from(settings.checkers))
        .interval_override(settings.checker_interval)
        .allow_private(true)
        .max_health_checks(HEALTH_CHECKS)
}

fn fill(
    twin: &mut Twin,
    settings: &Settings,
    layout: &Layout,
    (port, cloud): (u16, SocketAddr),
) -> Result<Seeded, ApiError> {
    let zone = twin.create_hosted_zone(&NewZone::public(ZONE), Time::ZERO)?.0.id;
    let mut seeded = Seeded { zone: zone.to_string(), checks: BTreeMap::new() };
    let direct = layout.direct().into_iter().fold(ChangeBatch::new(), |batch, (name, ip)| {
        batch.create(RecordSetInput::simple(&name, "A", 60, &[&ip.to_string()]))
    });
    twin.change_resource_record_sets(&zone, &direct, Time::ZERO)?;
    for service in &layout.services {
        let mut batch = ChangeBatch::new();
        for place in &layout.places {
            let Some(ip) = place.ip else { continue };
            let endpoint = endpoint_check(twin, settings, service, place, SocketAddr::from((ip, port)))?;
            batch = up_pair(batch, service, place, &endpoint);
            let served = match (settings.overrides, settings.is_native()) {
                (Some(by), native) => {
                    let mut children: Vec<HealthCheckId> = native.then_some(endpoint).into_iter().collect();
                    children.extend(override_checks(twin, layout, (by, cloud), service, place)?);
                    all_healthy(twin, service, place, &children)?
                }
                (None, true) => endpoint,
                (None, false) => always_healthy(twin, service, place, &endpoint)?,
            };
            if let Some(set) = served_set(settings, service, place, ip) {
                batch = batch.create(set.checked_by(&served));
            }
            seeded.checks.insert((service.name.clone(), place.name.clone()), served.to_string());
        }
        twin.change_resource_record_sets(&zone, &batch, Time::ZERO)?;
    }
    Ok(seeded)
}

/// Asks the region's application, and never holds an override.
fn endpoint_check(
    twin: &mut Twin,
    settings: &Settings,
    service: &Service,
    place: &Place,
    address: SocketAddr,
) -> Result<HealthCheckId, ApiError> {
    let mut check = HealthCheckInput::http(&address.ip().to_string(), address.port(), "/health");
    check.request_interval = Some(10);
    check.failure_threshold = Some(i64::from(settings.checker_threshold));
    let reference = format!("endpoint-{}-{}", service.name, place.name);
    Ok(twin.create_health_check(&reference, &check, Time::ZERO)?.id)
}

/// The checks that tell whether this region is to be left.
fn override_checks(
    twin: &mut Twin,
    layout: &Layout,
    (by, cloud): (By, SocketAddr),
    service: &Service,
    place: &Place,
) -> Result<Vec<HealthCheckId>, ApiError> {
    let others = layout.serving().map(|(region, _)| region).filter(|region| *region != place.name);
    let inputs: Vec<(String, HealthCheckInput)> = match by {
        By::Object => others.map(|there| (there.to_owned(), looking(service, place, there, cloud))).collect(),
        By::Metric => {
            let alarm = away_alarm(&service.name, &place.name);
            let reading = |there: &str| HealthCheckInput::metric(there, &alarm, "LastKnownStatus");
            others.map(|there| (there.to_owned(), reading(there))).collect()
        }
        By::Arc => {
            let control = routing_control(&service.name, &place.name);
            vec![("control".to_owned(), HealthCheckInput::recovery_control(&control))]
        }
    };
    let mut checks = Vec::new();
    for (there, input) in inputs {
        let reference = format!("override-{}-{}-{there}", service.name, place.name);
        checks.push(twin.create_health_check(&reference, &input, Time::ZERO)?.id);
    }
    Ok(checks)
}

/// An inverted check that looks in another region's bucket.
fn looking(service: &Service, place: &Place, there: &str, cloud: SocketAddr) -> HealthCheckInput {
    let key = understudy::away::key(&service.name.as_str().into(), &place.name.as_str().into());
    let path = format!("/{BUCKET}-{there}/{key}");
    HealthCheckInput {
        request_interval: Some(10),
        failure_threshold: Some(1),
        inverted: Some(true),
        ..HealthCheckInput::http(&cloud.ip().to_string(), cloud.port(), &path)
    }
}

/// A calculated check that every child has to keep healthy.
fn all_healthy(
    twin: &mut Twin,
    service: &Service,
    place: &Place,
    children: &[HealthCheckId],
) -> Result<HealthCheckId, ApiError> {
    let all = i64::try_from(children.len()).unwrap_or(i64::MAX);
    let reference = format!("serving-{}-{}", service.name, place.name);
    Ok(twin.create_health_check(&reference, &HealthCheckInput::calculated(all, children), Time::ZERO)?.id)
}

/// A calculated check that no child has to keep healthy: nothing moves but by a run.
fn always_healthy(
    twin: &mut Twin,
    service: &Service,
    place: &Place,
    endpoint: &HealthCheckId,
) -> Result<HealthCheckId, ApiError> {
    let check = HealthCheckInput::calculated(0, [endpoint]);
    let reference = format!("always-{}-{}", service.name, place.name);
    Ok(twin.create_health_check(&reference, &check, Time::ZERO)?.id)
}

/// What Route 53's checkers think of a region, as DNS tells it.
fn up_pair(batch: ChangeBatch, service: &Service, place: &Place, check: &HealthCheckId) -> ChangeBatch {
    let name = format!("up-{}._understudy.{}", place.name, service.served());
    let text = |word: &str| RecordSetInput::simple(&name, "TXT", 1, &[&format!("\"{word}\"")]);
    batch
        .create(text("up").failover("up", FailoverRole::Primary).checked_by(check))
        .create(text("down").failover("down", FailoverRole::Secondary))
}

/// A region's record set; none for the third region of a failover pair, which only takes over.
fn served_set(settings: &Settings, service: &Service, place: &Place, ip: Ipv4Addr) -> Option<RecordSetInput> {
    let ttl = i64::try_from(settings.ttl.as_secs()).unwrap_or(60);
    let set = RecordSetInput::simple(&service.served(), "A", ttl, &[&ip.to_string()]);
    match service.policy.as_str() {
        "weighted" => Some(set.weighted(&place.name, i64::from(place.weight))),
        "latency" => Some(set.latency(&place.name, &place.name)),
        _ if place.name == PRIMARY => Some(set.failover("primary", FailoverRole::Primary)),
        _ => {
            let second = settings.regions.iter().find(|region| *region != PRIMARY);
            (second == Some(&place.name)).then(|| set.failover("secondary", FailoverRole::Secondary))
        }
    }
}
