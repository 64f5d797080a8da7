//! The health checks that a plan wants.

use std::collections::BTreeMap;

use super::name::{CheckName, CheckRole};
use crate::dns::{Endpoint, HealthCheck, Interval, NoChild, Page, Place, Protocol, Watches};
use crate::in_order::InOrder;
use crate::names::DnsName;
use crate::plan::{Application, Behind, Native, Probe, RegionPlan, Signal, Target};

/// Checks that are wanted, by what they are for.
pub type WantedChecks = BTreeMap<CheckName, HealthCheck<CheckName>>;

/// Equal results in a row where the plan does not say (Route 53 API, `FailureThreshold`).
const THRESHOLD: u8 = 3;

/// All checks of an application.
pub fn of(application: &Application) -> WantedChecks {
    application.regions.iter().flat_map(|region| of_region(application, region)).in_order()
}

fn of_region(application: &Application, region: &RegionPlan) -> Vec<(CheckName, HealthCheck<CheckName>)> {
    let name = |role| named(application, region, role);
    let leaves = [
        endpoint(region).map(|check| (name(CheckRole::Endpoint), check)),
        region.data_check.clone().map(|check| (name(CheckRole::Data), check)),
    ];
    let leaves: Vec<(CheckName, HealthCheck<NoChild>)> = leaves.into_iter().flatten().collect();
    let serving = serving(application, leaves.iter().map(|(name, _)| name.clone()).collect());
    let backup = match &region.behind {
        Some(Behind::Pair(pair)) => Some((name(CheckRole::Backup), pair.check.clone())),
        Some(Behind::Origin(_)) | None => None,
    };
    let leaves = leaves.into_iter().chain(backup);
    let leaves = leaves.filter_map(|(name, check)| Some((name, check.with_children(|_| None)?)));
    leaves.chain(serving.map(|check| (name(CheckRole::Serving), check))).collect()
}

/// The check by which Route 53 answers a region: the only one, or what is calculated from all.
pub fn serving_check(application: &Application, region: &RegionPlan) -> CheckName {
    let calculated = application.native == Native::Off || region.data_check.is_some();
    named(application, region, if calculated { CheckRole::Serving } else { CheckRole::Endpoint })
}

/// The check of a region's endpoint, which never holds anything but what the endpoint says.
pub fn endpoint_check(application: &Application, region: &RegionPlan) -> CheckName {
    named(application, region, CheckRole::Endpoint)
}

/// The check of a region's backup.
pub fn backup_check(application: &Application, region: &RegionPlan) -> CheckName {
    named(application, region, CheckRole::Backup)
}

fn named(application: &Application, region: &RegionPlan, role: CheckRole) -> CheckName {
    CheckName { application: application.name.clone(), region: region.name.clone(), role }
}

/// What is calculated: under `backstop` all must be healthy; under `off` nothing moves but by a run, so that
/// none must be (a threshold of 0 is always healthy; Route 53 API, `HealthThreshold`).
fn serving(application: &Application, leaves: Vec<CheckName>) -> Option<HealthCheck<CheckName>> {
    let all = u16::try_from(leaves.len()).unwrap_or(u16::MAX);
    let threshold = match application.native {
        Native::Off => 0,
        Native::Backstop if leaves.len() > 1 => all,
        Native::Backstop => return None,
    };
    Some(HealthCheck::of(Watches::Calculated { threshold, children: leaves }))
}

/// As the plan describes it, else what the first probe asks that the public can make, too.
pub(crate) fn endpoint(region: &RegionPlan) -> Option<HealthCheck<NoChild>> {
    let probes = region.signals.iter().filter_map(|signal| match signal {
        Signal::Probe(probe) => Some(probe),
        Signal::Alarm(_) => None,
    });
    let derived = || probes.into_iter().find(|probe| probe.is_public()).map(asking);
    region.check.clone().or_else(derived)
}

fn asking(probe: &Probe) -> HealthCheck<NoChild> {
    let page = |path: &String| Page { path: path.clone(), contains: probe.contains.clone() };
    let protocol = match &probe.target {
        Target::Tcp { .. } => Protocol::Tcp,
        Target::Http { tls: false, path, .. } => Protocol::Http(page(path)),
        Target::Http { tls: true, path, .. } => Protocol::Https { page: page(path), sni: true },
    };
    let target = match probe.target.host().parse() {
        Ok(ip) => Place::Address { ip, host: None },
        Err(_) => Place::Name(DnsName::new(probe.target.host())),
    };
    HealthCheck::of(Watches::Endpoint(Endpoint {
        protocol,
        target,
        port: probe.target.port(),
        interval: Interval::Standard,
        threshold: THRESHOLD,
        measure_latency: false,
        checkers: [].into(),
    }))
}
