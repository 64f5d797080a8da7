//! Which fields each type of health check needs, may have and must not have (Route 53 API reference,
//! `HealthCheckConfig`, and the reports named below). What is wrong is `InvalidInput` and names the field.

use std::net::IpAddr;
use std::time::Duration;

use super::config::{Endpoint, HealthCheckConfig, InsufficientData, Kind, Page, Protocol, Target};
use super::input::HealthCheckInput;
use crate::model::HealthCheckId;
use crate::model::error::ApiError;

/// Where checkers can be (service model, `HealthCheckRegion`).
pub(super) const CHECKER_REGIONS: [&str; 8] = [
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
];

/// Children of a calculated check (the quotas page says 255, the API model 256).
const MAX_CHILDREN: usize = 255;

/// What a configuration is judged by beside itself.
pub(in crate::model) struct Surroundings<'a> {
    pub allow_private: bool,
    /// Whether a check exists, and whether it is a calculated one.
    pub child: &'a dyn Fn(&HealthCheckId) -> Option<bool>,
}

/// Reads a configuration.
pub(super) fn parse(
    input: &HealthCheckInput,
    world: &Surroundings<'_>,
) -> Result<HealthCheckConfig, ApiError> {
    let kind = match input.check_type.as_str() {
        "HTTP" | "HTTPS" | "HTTP_STR_MATCH" | "HTTPS_STR_MATCH" | "TCP" => endpoint(input, world)?,
        "CALCULATED" => calculated(input, world)?,
        "CLOUDWATCH_METRIC" => metric(input)?,
        "RECOVERY_CONTROL" => routing_control(input)?,
        other => return refuse(format!("Invalid request: Type '{other}' is not a health check type")),
    };
    let set = |flag: Option<bool>| flag.unwrap_or(false);
    Ok(HealthCheckConfig { kind, inverted: set(input.inverted), disabled: set(input.disabled) })
}

fn refuse<T>(message: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError::invalid_input(message))
}

const ENDPOINT_FIELDS: [&str; 10] = [
    "IPAddress",
    "Port",
    "ResourcePath",
    "FullyQualifiedDomainName",
    "SearchString",
    "RequestInterval",
    "FailureThreshold",
    "MeasureLatency",
    "EnableSNI",
    "Regions",
];

/// Refuses every field that is there and not among `allowed`.
fn only(input: &HealthCheckInput, allowed: &[&str]) -> Result<(), ApiError> {
    let present = [
        ("IPAddress", input.ip_address.is_some()),
        ("Port", input.port.is_some()),
        ("ResourcePath", input.resource_path.is_some()),
        ("FullyQualifiedDomainName", input.fully_qualified_domain_name.is_some()),
        ("SearchString", input.search_string.is_some()),
        ("RequestInterval", input.request_interval.is_some()),
        ("FailureThreshold", input.failure_threshold.is_some()),
        ("MeasureLatency", input.measure_latency.is_some()),
        ("EnableSNI", input.enable_sni.is_some()),
        ("Regions", input.regions.is_some()),
        ("HealthThreshold", input.health_threshold.is_some()),
        ("ChildHealthChecks", input.child_health_checks.is_some()),
        ("AlarmIdentifier", input.alarm.is_some()),
        ("InsufficientDataHealthStatus", input.insufficient_data_health_status.is_some()),
        ("RoutingControlArn", input.routing_control_arn.is_some()),
    ];
    match present.iter().find(|(field, there)| *there && !allowed.contains(field)) {
        Some((field, _)) => {
            refuse(format!("{} health checks must not have {field} specified.", input.check_type))
        }
        None => Ok(()),
    }
}

fn endpoint(input: &HealthCheckInput, world: &Surroundings<'_>) -> Result<Kind, ApiError> {
    if input.check_type == "TCP" && input.resource_path.is_some() {
        // The misspelling is the service's (issue boto#2721).
        return refuse("TCP health checks must not have a resource path specificed.");
    }
    only(input, &ENDPOINT_FIELDS)?;
    let protocol = protocol(input)?;
    let default_port = match protocol {
        Protocol::Tcp => None,
        Protocol::Http(_) => Some(80),
        Protocol::Https { .. } => Some(443),
    };
    let port = match input.port.or(default_port) {
        None => return refuse("Port is required for a TCP health check"),
        Some(port) => u16::try_from(port).ok().filter(|port| *port > 0),
    };
    let Some(port) = port else { return refuse("Port must be between 1 and 65535") };
    let interval = match input.request_interval {
        None | Some(30) => 30,
        Some(10) => 10,
        Some(other) => return refuse(format!("RequestInterval must be 10 or 30, not {other}")),
    };
    let threshold = match input.failure_threshold.unwrap_or(3) {
        threshold @ 1..=10 => threshold as u8,
        other => return refuse(format!("FailureThreshold must be between 1 and 10, not {other}")),
    };
    Ok(Kind::Endpoint(Endpoint {
        target: target(input, world)?,
        protocol,
        port,
        interval: Duration::from_secs(interval),
        threshold,
        measure_latency: input.measure_latency.unwrap_or(false),
        regions: regions(input)?,
    }))
}

fn protocol(input: &HealthCheckInput) -> Result<Protocol, ApiError> {
    let name = input.check_type.as_str();
    let matches = name.ends_with("_STR_MATCH");
    match &input.search_string {
        Some(_) if !matches => {
            return refuse(format!("{name} health checks must not have SearchString specified."));
        }
        None if matches => {
            return refuse(format!("SearchString is required for a health check of type {name}"));
        }
        Some(text) if text.is_empty() || text.chars().count() > 255 => {
            return refuse("SearchString must have 1 to 255 characters");
        }
        _ => {}
    }
    if input.resource_path.as_ref().is_some_and(|path| path.chars().count() > 255) {
        return refuse("ResourcePath must have at most 255 characters");
    }
    let page = Page { path: input.resource_path.clone(), search: input.search_string.clone() };
    match (name, input.enable_sni) {
        ("TCP", Some(_)) => refuse("TCP health checks must not have EnableSNI specified."),
        ("TCP", None) => Ok(Protocol::Tcp),
        ("HTTP" | "HTTP_STR_MATCH", Some(true)) => {
            refuse(format!("{name} health checks must not have EnableSNI specified."))
        }
        ("HTTP" | "HTTP_STR_MATCH", _) => Ok(Protocol::Http(page)),
        (_, sni) => Ok(Protocol::Https { page, sni: sni.unwrap_or(true) }),
    }
}

fn target(input: &HealthCheckInput, world: &Surroundings<'_>) -> Result<Target, ApiError> {
    let host = input.fully_qualified_domain_name.clone();
    if host.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > 255) {
        return refuse("FullyQualifiedDomainName must have 1 to 255 characters");
    }
    match (&input.ip_address, host) {
        (None, None) => refuse("Either IPAddress or FullyQualifiedDomainName is required"),
        (None, Some(name)) => Ok(Target::Name(name)),
        // Issue aws-sdk-php#1527.
        (Some(_), Some(_)) if input.check_type == "TCP" => refuse(
            "TCP health checks that have IP address must not have a fully qualified domain name specified.",
        ),
        (Some(text), host) => match text.parse::<IpAddr>() {
            Err(_) => refuse(format!("IPAddress '{text}' is not an IP address")),
            Ok(ip) if is_unreachable(ip) && !world.allow_private => {
                refuse(format!("IPAddress {ip} is in a local, private, non-routable or multicast range"))
            }
            Ok(ip) => Ok(Target::Address { ip, host }),
        },
    }
}

/// Ranges that checkers on the public internet cannot reach (RFC 5735, 6598, 5156).
fn is_unreachable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
        }
        IpAddr::V6(ip) => {
            let first = ip.segments()[0];
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || first & 0xfe00 == 0xfc00
                || first & 0xffc0 == 0xfe80
        }
    }
}

fn regions(input: &HealthCheckInput) -> Result<Vec<String>, ApiError> {
    let Some(regions) = &input.regions else { return Ok(Vec::new()) };
    if let Some(unknown) = regions.iter().find(|region| !CHECKER_REGIONS.contains(&region.as_str())) {
        return refuse(format!("Regions: '{unknown}' is not a region with health checkers"));
    }
    let mut distinct = regions.clone();
    distinct.sort();
    distinct.dedup();
    if distinct.len() < 3 || distinct.len() != regions.len() {
        return refuse("Regions must name at least three different regions");
    }
    Ok(regions.clone())
}

fn calculated(input: &HealthCheckInput, world: &Surroundings<'_>) -> Result<Kind, ApiError> {
    only(input, &["HealthThreshold", "ChildHealthChecks"])?;
    let Some(threshold) = input.health_threshold else {
        return refuse("HealthThreshold is required for a CALCULATED health check");
    };
    if !(0..=256).contains(&threshold) {
        return refuse(format!("HealthThreshold must be between 0 and 256, not {threshold}"));
    }
    // Children are not required: an update can reset them (issue terraform-provider-aws#44004).
    let children: Vec<HealthCheckId> =
        input.child_health_checks.iter().flatten().map(|id| HealthCheckId::from(id.as_str())).collect();
    if children.len() > MAX_CHILDREN {
        return refuse(format!("ChildHealthChecks must have at most {MAX_CHILDREN} elements"));
    }
    for child in &children {
        match (world.child)(child) {
            None => {
                return refuse(format!(
                    "ChildHealthChecks: no health check exists with the specified ID: {child}"
                ));
            }
            Some(true) => {
                return refuse(format!(
                    "ChildHealthChecks: {child} is a CALCULATED health check, which cannot be a child"
                ));
            }
            Some(false) => {}
        }
    }
    Ok(Kind::Calculated { threshold: threshold as u16, children })
}

fn metric(input: &HealthCheckInput) -> Result<Kind, ApiError> {
    only(input, &["AlarmIdentifier", "InsufficientDataHealthStatus"])?;
    let Some(alarm) = input.alarm.clone() else {
        return refuse("AlarmIdentifier is required for a CLOUDWATCH_METRIC health check");
    };
    if alarm.region.is_empty() || alarm.name.is_empty() {
        return refuse("AlarmIdentifier must have a Region and a Name");
    }
    let Some(word) = &input.insufficient_data_health_status else {
        return refuse("InsufficientDataHealthStatus is required for a CLOUDWATCH_METRIC health check");
    };
    match InsufficientData::WORDS.iter().find(|(known, _)| known == word) {
        Some((_, insufficient)) => Ok(Kind::Metric { alarm, insufficient: *insufficient }),
        None => refuse(format!(
            "InsufficientDataHealthStatus '{word}' is not Healthy, Unhealthy or LastKnownStatus"
        )),
    }
}

fn routing_control(input: &HealthCheckInput) -> Result<Kind, ApiError> {
    only(input, &["RoutingControlArn"])?;
    match &input.routing_control_arn {
        Some(arn) if !arn.is_empty() && arn.len() <= 255 => Ok(Kind::RoutingControl { arn: arn.clone() }),
        _ => refuse("RoutingControlArn is required for a RECOVERY_CONTROL health check"),
    }
}
