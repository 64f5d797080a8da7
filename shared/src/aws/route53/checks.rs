//! Health checks by Route 53's API.

use std::collections::BTreeMap;

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    AlarmIdentifier, CloudWatchAlarmConfiguration, CloudWatchRegion, Dimension, HealthCheckConfig,
    HealthCheckObservation, HealthCheckRegion, HealthCheckType, InsufficientDataHealthStatus,
    ResettableElementName, Tag, TagResourceType,
};

use jiff::Timestamp;

use super::error::{check_error, check_read_error, incomplete};
use super::twice;
use crate::dns::{
    CheckerRegion, Endpoint, HealthCheck, Interval, MissingData, Page, Place, Protocol, Watches,
};
use crate::event::tidy;
use crate::in_order::InOrder;
use crate::names::{DnsName, HealthCheckId};
use crate::ports::{ChangeError, PortError};
use crate::provision::{AlarmSettings, CheckerReport, LiveCheck};

const LIST: &str = "Route 53 ListHealthChecks";
const STATUS: &str = "Route 53 GetHealthCheckStatus";
const TAGS: &str = "Route 53 ListTagsForResources";

/// Pages, of the service's own size, that one listing may take: an account has 200 checks by default.
const PAGES: usize = 100;

/// How many checks' tags one call tells (API reference, `ListTagsForResources`).
const TAGGED: usize = 10;

/// Every health check of the account.
pub(in crate::aws) async fn list(client: &Client) -> Result<Vec<LiveCheck>, PortError> {
    let mut checks = Vec::new();
    let mut marker = None;
    for _ in 0..PAGES {
        let request = client.list_health_checks().set_marker(marker);
        let request = request.customize().config_override(twice());
        let page = request.send().await.map_err(|error| check_read_error(LIST, &error))?;
        checks.extend(page.health_checks().iter().filter_map(live));
        marker = page.next_marker().map(str::to_owned).filter(|_| page.is_truncated());
        if marker.is_none() {
            return Ok(checks);
        }
    }
    Err(PortError::new(LIST, format!("more than {PAGES} pages of health checks")))
}

fn live(check: &aws_sdk_route53::types::HealthCheck) -> Option<LiveCheck> {
    Some(LiveCheck {
        id: HealthCheckId::new(check.id()),
        reference: check.caller_reference().to_owned(),
        version: check.health_check_version(),
        check: check.health_check_config().and_then(read),
        copied: check.cloud_watch_alarm_configuration().map(copied),
        tags: BTreeMap::new(),
    })
}

/// What a check has copied of its alarm. How many datapoints must breach is not among it.
fn copied(alarm: &CloudWatchAlarmConfiguration) -> AlarmSettings {
    let dimension = |of: &Dimension| (of.name().to_owned(), of.value().to_owned());
    AlarmSettings {
        namespace: Some(alarm.namespace().to_owned()),
        metric: Some(alarm.metric_name().to_owned()),
        dimensions: alarm.dimensions().iter().map(dimension).in_order(),
        statistic: Some(alarm.statistic().as_str().to_owned()),
        period: alarm.period(),
        periods: alarm.evaluation_periods(),
        datapoints: None,
        threshold: Some(alarm.threshold()),
        comparison: alarm.comparison_operator().as_str().to_owned(),
    }
}

/// The tags of some checks.
pub(in crate::aws) async fn tags(
    client: &Client,
    checks: &[HealthCheckId],
) -> Result<BTreeMap<HealthCheckId, BTreeMap<String, String>>, PortError> {
    let mut all = BTreeMap::new();
    for some in checks.chunks(TAGGED) {
        let ids = some.iter().map(ToString::to_string).collect();
        let request = client
            .list_tags_for_resources()
            .resource_type(TagResourceType::Healthcheck)
            .set_resource_ids(Some(ids));
        let request = request.customize().config_override(twice());
        let reply = request.send().await.map_err(|error| check_read_error(TAGS, &error))?;
        for set in reply.resource_tag_sets() {
            let tag = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            let Some(id) = set.resource_id() else { continue };
            all.insert(HealthCheckId::new(id), set.tags().iter().filter_map(tag).in_order());
        }
    }
    Ok(all)
}

/// What the checkers of a check last said.
pub(in crate::aws) async fn reports(
    client: &Client,
    check: &HealthCheckId,
) -> Result<Vec<CheckerReport>, PortError> {
    let request = client.get_health_check_status().health_check_id(check.as_str());
    let request = request.customize().config_override(twice());
    let reply = request.send().await.map_err(|error| check_read_error(STATUS, &error))?;
    let report = |seen: &HealthCheckObservation| {
        let report = seen.status_report()?;
        let said = report.status().unwrap_or_default();
        Some(CheckerReport {
            from: seen.region().map_or("?", |region| region.as_str()).to_owned(),
            // The words behind it are free text (API reference, `StatusReport.Status`).
            success: said.starts_with("Success"),
            said: tidy(said, 200),
            at: report.checked_time().and_then(|at| Timestamp::from_second(at.secs()).ok()),
        })
    };
    Ok(reply.health_check_observations().iter().filter_map(report).collect())
}

/// Creates a check.
pub(in crate::aws) async fn create(
    client: &Client,
    reference: &str,
    check: &HealthCheck<HealthCheckId>,
) -> Result<HealthCheckId, ChangeError> {
    let request =
        client.create_health_check().caller_reference(reference).health_check_config(config(check)?);
    let reply = request.send().await.map_err(|error| check_error(&error))?;
    let made = reply.health_check().map(|made| HealthCheckId::new(made.id()));
    made.ok_or_else(|| ChangeError::OutcomeUnknown("the answer holds no health check".to_owned()))
}

/// Brings a check to other settings. What never changes is not sent, and what is not wanted is reset.
pub(in crate::aws) async fn update(
    client: &Client,
    id: &HealthCheckId,
    version: i64,
    check: &HealthCheck<HealthCheckId>,
) -> Result<(), ChangeError> {
    let wanted = config(check)?;
    let reset = [
        (wanted.child_health_checks().is_empty(), ResettableElementName::ChildHealthChecks),
        (wanted.fully_qualified_domain_name().is_none(), ResettableElementName::FullyQualifiedDomainName),
        (wanted.regions().is_empty(), ResettableElementName::Regions),
        (wanted.resource_path().is_none(), ResettableElementName::ResourcePath),
    ];
    let reset =
        resettable(check).into_iter().filter(|element| reset.contains(&(true, element.clone()))).collect();
    let request = client
        .update_health_check()
        .health_check_id(id.as_str())
        .health_check_version(version)
        .set_ip_address(wanted.ip_address)
        .set_port(wanted.port)
        .set_resource_path(wanted.resource_path)
        .set_fully_qualified_domain_name(wanted.fully_qualified_domain_name)
        .set_search_string(wanted.search_string)
        .set_failure_threshold(wanted.failure_threshold)
        .set_inverted(wanted.inverted)
        .set_disabled(wanted.disabled)
        .set_health_threshold(wanted.health_threshold)
        .set_child_health_checks(wanted.child_health_checks.filter(|children| !children.is_empty()))
        .set_enable_sni(wanted.enable_sni)
        .set_regions(wanted.regions)
        .set_alarm_identifier(wanted.alarm_identifier)
        .set_insufficient_data_health_status(wanted.insufficient_data_health_status)
        .set_reset_elements(Some(reset));
    request.send().await.map(drop).map_err(|error| check_error(&error))
}

/// What an update can take away from a check of this type (API reference, `ResettableElementName`).
fn resettable(check: &HealthCheck<HealthCheckId>) -> Vec<ResettableElementName> {
    match &check.watches {
        Watches::Endpoint(Endpoint { target: Place::Address { .. }, .. }) => {
            vec![ResettableElementName::FullyQualifiedDomainName, ResettableElementName::Regions]
        }
        Watches::Endpoint(_) => vec![ResettableElementName::Regions],
        Watches::Calculated { .. } => vec![ResettableElementName::ChildHealthChecks],
        Watches::Metric { .. } | Watches::RoutingControl(_) => Vec::new(),
    }
}

/// Adds tags to a check, or changes their values.
pub(in crate::aws) async fn tag(
    client: &Client,
    id: &HealthCheckId,
    tags: &BTreeMap<String, String>,
) -> Result<(), ChangeError> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let request = client
        .change_tags_for_resource()
        .resource_type(TagResourceType::Healthcheck)
        .resource_id(id.as_str())
        .set_add_tags(Some(tags));
    request.send().await.map(drop).map_err(|error| check_error(&error))
}

/// A check in Route 53's shape: the fields that its type has, and no others.
fn config(check: &HealthCheck<HealthCheckId>) -> Result<HealthCheckConfig, ChangeError> {
    let config = HealthCheckConfig::builder()
        .r#type(HealthCheckType::from(check.kind()))
        .inverted(check.inverted)
        .disabled(check.disabled);
    let config = match &check.watches {
        Watches::Endpoint(endpoint) => {
            let (ip, host) = match &endpoint.target {
                Place::Name(name) => (None, Some(name.to_string())),
                Place::Address { ip, host } => (Some(ip.to_string()), host.as_ref().map(ToString::to_string)),
            };
            let (page, sni) = match &endpoint.protocol {
                Protocol::Tcp => (None, None),
                Protocol::Http(page) => (Some(page), None),
                Protocol::Https { page, sni } => (Some(page), Some(*sni)),
            };
            let regions: Vec<HealthCheckRegion> =
                endpoint.checkers.iter().map(|region| HealthCheckRegion::from(region.as_str())).collect();
            config
                .set_ip_address(ip)
                .set_fully_qualified_domain_name(host)
                .port(i32::from(endpoint.port))
                .set_resource_path(page.map(|page| page.path.clone()))
                .set_search_string(page.and_then(|page| page.contains.clone()))
                .set_enable_sni(sni)
                .request_interval(i32::from(endpoint.interval.seconds()))
                .failure_threshold(i32::from(endpoint.threshold))
                .measure_latency(endpoint.measure_latency)
                .set_regions(Some(regions).filter(|regions| !regions.is_empty()))
        }
        Watches::Calculated { threshold, children } => config
            .health_threshold(i32::from(*threshold))
            .set_child_health_checks(Some(children.iter().map(ToString::to_string).collect())),
        Watches::Metric { region, alarm, missing } => {
            let identifier = AlarmIdentifier::builder()
                .region(CloudWatchRegion::from(region.as_str()))
                .name(alarm)
                .build()
                .map_err(incomplete)?;
            config
                .alarm_identifier(identifier)
                .insufficient_data_health_status(InsufficientDataHealthStatus::from(word(*missing)))
        }
        Watches::RoutingControl(arn) => config.routing_control_arn(arn),
    };
    config.build().map_err(incomplete)
}

/// A check in our shape; none where it has what we know nothing of.
fn read(config: &HealthCheckConfig) -> Option<HealthCheck<HealthCheckId>> {
    let watches = match config.r#type().as_str() {
        "CALCULATED" => Watches::Calculated {
            threshold: u16::try_from(config.health_threshold()?).ok()?,
            children: config.child_health_checks().iter().map(|id| HealthCheckId::new(id.as_str())).collect(),
        },
        "CLOUDWATCH_METRIC" => metric(config)?,
        "RECOVERY_CONTROL" => Watches::RoutingControl(config.routing_control_arn()?.to_owned()),
        kind => Watches::Endpoint(endpoint(kind, config)?),
    };
    Some(HealthCheck {
        watches,
        inverted: config.inverted().unwrap_or(false),
        disabled: config.disabled().unwrap_or(false),
    })
}

fn endpoint(kind: &str, config: &HealthCheckConfig) -> Option<Endpoint> {
    let path = config.resource_path().filter(|path| !path.is_empty()).unwrap_or("/").to_owned();
    let page = Page { path, contains: config.search_string().map(str::to_owned) };
    let protocol = match kind {
        "TCP" => Protocol::Tcp,
        "HTTP" | "HTTP_STR_MATCH" => Protocol::Http(page),
        // Where it is not told, it is on (terraform#9822).
        "HTTPS" | "HTTPS_STR_MATCH" => Protocol::Https { page, sni: config.enable_sni().unwrap_or(true) },
        _ => return None,
    };
    let host = config.fully_qualified_domain_name().map(DnsName::new);
    let target = match (config.ip_address(), host) {
        (Some(ip), host) => Place::Address { ip: ip.parse().ok()?, host },
        (None, host) => Place::Name(host?),
    };
    let default_port = if kind.starts_with("HTTPS") { 443 } else { 80 };
    let seconds = config.request_interval().unwrap_or(30);
    let checkers = config.regions().iter().map(|region| CheckerRegion::from_name(region.as_str()));
    Some(Endpoint {
        protocol,
        target,
        port: u16::try_from(config.port().unwrap_or(default_port)).ok()?,
        interval: Interval::of(std::time::Duration::from_secs(u64::try_from(seconds).ok()?))?,
        threshold: u8::try_from(config.failure_threshold().unwrap_or(3)).ok()?,
        measure_latency: config.measure_latency().unwrap_or(false),
        checkers: checkers.collect::<Option<Vec<_>>>()?.into_iter().in_order(),
    })
}

fn metric(config: &HealthCheckConfig) -> Option<Watches<HealthCheckId>> {
    let alarm = config.alarm_identifier()?;
    let told = config.insufficient_data_health_status()?.as_str();
    let missing = MissingData::ALL.into_iter().find(|missing| word(*missing) == told)?;
    Some(Watches::Metric { region: alarm.region().as_str().into(), alarm: alarm.name().to_owned(), missing })
}

fn word(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Healthy => "Healthy",
        MissingData::Unhealthy => "Unhealthy",
        MissingData::LastKnown => "LastKnownStatus",
    }
}
