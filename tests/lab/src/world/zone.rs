//! The hosted zone, its records and health checks, as an operator would make them by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use twin::model::health::HealthCheckInput;
use twin::model::records::{ChangeBatch, FailoverRole, RecordSetInput};
use twin::model::{ApiError, Config, HealthCheckId, NewZone, Propagation, Time, Twin};

use super::Settings;
use super::names::{PRIMARY, REGIONS, SERVED, STANDBY, ZONE};
use crate::LabError;

/// What the plan has to know of the zone.
#[derive(Clone, Debug)]
pub(super) struct Seeded {
    /// The zone's id.
    pub zone: String,
    /// By region, the check that hangs on its served record.
    pub checks: BTreeMap<String, String>,
}

/// How many name servers a zone has.
pub(super) const NAME_SERVERS: usize = 4;

/// A model with everything in it.
///
/// # Errors
/// The twin refuses something.
pub(super) fn seed(settings: &Settings, port: u16, seed: u64) -> Result<(Twin, Seeded), LabError> {
    let mut twin = Twin::new(config(settings, seed));
    let refused = |error: ApiError| LabError::Refused { what: "the hosted zone", why: format!("{error:?}") };
    let seeded = fill(&mut twin, settings, port).map_err(refused)?;
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
}

fn fill(twin: &mut Twin, settings: &Settings, port: u16) -> Result<Seeded, ApiError> {
    let zone = twin.create_hosted_zone(&NewZone::public(ZONE), Time::ZERO)?.0.id;
    let mut seeded = Seeded { zone: zone.to_string(), checks: BTreeMap::new() };
    let mut batch = ChangeBatch::new();
    for (region, ip) in REGIONS {
        let endpoint = endpoint_check(twin, settings, region, SocketAddr::from((ip, port)))?;
        batch = up_pair(batch, region, &endpoint);
        let served = if settings.is_native() { endpoint } else { always_healthy(twin, region, &endpoint)? };
        batch = batch.create(served_set(settings, region, &ip.to_string(), &served));
        seeded.checks.insert(region.to_owned(), served.to_string());
    }
    twin.change_resource_record_sets(&zone, &batch, Time::ZERO)?;
    Ok(seeded)
}

/// Asks the region's application, and never holds an override.
fn endpoint_check(
    twin: &mut Twin,
    settings: &Settings,
    region: &str,
    address: SocketAddr,
) -> Result<HealthCheckId, ApiError> {
    let mut check = HealthCheckInput::http(&address.ip().to_string(), address.port(), "/health");
    check.request_interval = Some(10);
    check.failure_threshold = Some(i64::from(settings.checker_threshold));
    Ok(twin.create_health_check(&format!("endpoint-{region}"), &check, Time::ZERO)?.id)
}

/// A calculated check that no child has to keep healthy: nothing moves but by a run.
fn always_healthy(
    twin: &mut Twin,
    region: &str,
    endpoint: &HealthCheckId,
) -> Result<HealthCheckId, ApiError> {
    let check = HealthCheckInput::calculated(0, [endpoint]);
    Ok(twin.create_health_check(&format!("always-{region}"), &check, Time::ZERO)?.id)
}

/// What Route 53's checkers think of a region, as DNS tells it.
fn up_pair(batch: ChangeBatch, region: &str, check: &HealthCheckId) -> ChangeBatch {
    let name = format!("up-{region}._understudy.{SERVED}");
    let text = |word: &str| RecordSetInput::simple(&name, "TXT", 1, &[&format!("\"{word}\"")]);
    batch
        .create(text("up").failover("up", FailoverRole::Primary).checked_by(check))
        .create(text("down").failover("down", FailoverRole::Secondary))
}

fn served_set(settings: &Settings, region: &str, ip: &str, check: &HealthCheckId) -> RecordSetInput {
    let ttl = i64::try_from(settings.ttl.as_secs()).unwrap_or(60);
    let (set, role) = match region {
        PRIMARY => ("primary", FailoverRole::Primary),
        _ => ("secondary", FailoverRole::Secondary),
    };
    debug_assert!(region == PRIMARY || region == STANDBY, "a failover pair has two regions");
    RecordSetInput::simple(SERVED, "A", ttl, &[ip]).failover(set, role).checked_by(check)
}
