//! The health checks that a plan wants.

use std::collections::BTreeMap;

use super::alarms;
use super::name::{CheckName, CheckRole};
use crate::away;
use crate::dns::{Endpoint, HealthCheck, Interval, MissingData, NoChild, Page, Place, Protocol, Watches};
use crate::in_order::InOrder;
use crate::names::{DnsName, Region};
use crate::plan::{
    Actuator, Application, Behind, Native, OverrideKind, Plan, Probe, RegionPlan, Signal, Target,
};

/// Checks that are wanted, by what they are for.
pub type WantedChecks = BTreeMap<CheckName, HealthCheck<CheckName>>;

/// Equal results in a row where the plan does not say (Route 53 API, `FailureThreshold`).
const THRESHOLD: u8 = 3;

/// All checks of an application.
pub fn of(plan: &Plan, application: &Application) -> WantedChecks {
    application.regions.iter().flat_map(|region| of_region(plan, application, region)).in_order()
}

fn of_region(
    plan: &Plan,
    application: &Application,
    region: &RegionPlan,
) -> Vec<(CheckName, HealthCheck<CheckName>)> {
    let name = |role| named(application, region, role);
    let leaves = [
        endpoint(region).map(|check| (name(CheckRole::Endpoint), check)),
        region.data_check.clone().map(|check| (name(CheckRole::Data), check)),
    ];
    let overrides = overrides(plan, application, region);
    let away: Vec<CheckName> = overrides.iter().map(|(name, _)| name.clone()).collect();
    let leaves: Vec<(CheckName, HealthCheck<NoChild>)> = leaves.into_iter().flatten().collect();
    let own = leaves.iter().map(|(name, _)| name.clone()).collect();
    let serving = serving(application, own, away);
    let leaves = leaves.into_iter().chain(overrides);
    let backup = match &region.behind {
        Some(Behind::Pair(pair)) => Some((name(CheckRole::Backup), pair.check.clone())),
        Some(Behind::Origin(_)) | None => None,
    };
    let leaves = leaves.chain(backup);
    let leaves = leaves.filter_map(|(name, check)| Some((name, check.with_children(|_| None)?)));
    leaves.chain(serving.map(|check| (name(CheckRole::Serving), check))).collect()
}

/// The check by which Route 53 answers a region: the only one, or what is calculated from all.
pub fn serving_check(application: &Application, region: &RegionPlan) -> CheckName {
    let overridden = application.actuators.iter().any(|actuator| actuator.is_override());
    let calculated = application.native == Native::Off || overridden || region.data_check.is_some();
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

/// What is calculated. Under `backstop` all must be healthy, overrides included. Under `off` nothing moves but
/// by a run: the overrides alone count or, where there are none, nothing does (a threshold of 0 is always
/// healthy; Route 53 API, `HealthThreshold`).
fn serving(
    application: &Application,
    own: Vec<CheckName>,
    overrides: Vec<CheckName>,
) -> Option<HealthCheck<CheckName>> {
    let (children, all) = match application.native {
        Native::Off if overrides.is_empty() => (own, false),
        Native::Off => (overrides, true),
        Native::Backstop => ([own, overrides].concat(), true),
    };
    if application.native == Native::Backstop && children.len() < 2 {
        return None;
    }
    let threshold = if all { u16::try_from(children.len()).unwrap_or(u16::MAX) } else { 0 };
    Some(HealthCheck::of(Watches::Calculated { threshold, children }))
}

/// The checks by which each other region with a controller can say that this one is to be left, and that of
/// its routing control.
fn overrides(
    plan: &Plan,
    application: &Application,
    region: &RegionPlan,
) -> Vec<(CheckName, HealthCheck<NoChild>)> {
    let check = |actuator: &Actuator| match actuator {
        Actuator::Override => said_by_others(plan, application, region),
        Actuator::Arc => controlled(application, region).into_iter().collect(),
        Actuator::Records => Vec::new(),
    };
    application.actuators.iter().flat_map(check).collect()
}

fn said_by_others(
    plan: &Plan,
    application: &Application,
    region: &RegionPlan,
) -> Vec<(CheckName, HealthCheck<NoChild>)> {
    let check = |taker: &Region| {
        let name = named(application, region, CheckRole::Override(taker.clone()));
        let check = match &plan.overrides.as_ref()?.kind {
            OverrideKind::Object { bucket } => {
                looking_for(&format!("{bucket}-{taker}"), taker, &away::key(&application.name, &region.name))
            }
            OverrideKind::Metric { .. } => reading(plan, application, (&region.name, taker))?,
            OverrideKind::Control { .. } => return None,
        };
        Some((name, check))
    };
    alarms::takers(plan, application, &region.name).filter_map(check).collect()
}

/// The data of the taker's metric. What was said last holds while nothing is: silence moves nobody.
fn reading(plan: &Plan, application: &Application, pair: (&Region, &Region)) -> Option<HealthCheck<NoChild>> {
    let place = alarms::override_alarm(plan, &application.name, pair)?.place;
    let missing = MissingData::LastKnown;
    Some(HealthCheck::of(Watches::Metric { region: place.region, alarm: place.name, missing }))
}

fn controlled(application: &Application, region: &RegionPlan) -> Option<(CheckName, HealthCheck<NoChild>)> {
    let control = region.routing_control.clone()?;
    Some((named(application, region, CheckRole::Control), HealthCheck::of(Watches::RoutingControl(control))))
}

/// One failure in a row: a checker that finds nothing says so at once, and more than 18 % of them must find
/// the object (Developer Guide, determining the status of an endpoint).
fn looking_for(bucket: &str, there: &Region, key: &str) -> HealthCheck<NoChild> {
    let page = Page { path: format!("/{key}"), contains: None };
    let watches = Watches::Endpoint(Endpoint {
        protocol: Protocol::Https { page, sni: true },
        target: Place::Name(DnsName::new(&format!("{bucket}.s3.{there}.amazonaws.com"))),
        port: 443,
        interval: Interval::Fast,
        threshold: 1,
        measure_latency: false,
        checkers: [].into(),
    });
    HealthCheck { watches, inverted: true, disabled: false }
}

/// As the plan describes it, else what the first probe asks that the public can make, too.
pub fn endpoint(region: &RegionPlan) -> Option<HealthCheck<NoChild>> {
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
