//! A sound health check configuration: only the fields that its type has.

use std::net::IpAddr;
use std::time::Duration;

use super::input::{AlarmIdentifier, HealthCheckInput};
use crate::model::HealthCheckId;

/// A configuration as the service keeps it, with its defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheckConfig {
    /// What is checked.
    pub kind: Kind,
    /// Whether the result is turned round.
    pub inverted: bool,
    /// Whether the check stands still and counts as healthy (as unhealthy where inverted).
    pub disabled: bool,
}

/// What a health check looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An endpoint, asked by the checkers.
    Endpoint(Endpoint),
    /// Other checks (type `CALCULATED`).
    Calculated {
        /// How many must be healthy: 0 is always healthy, more than there are is always unhealthy.
        threshold: u16,
        /// At most 255, none of them calculated.
        children: Vec<HealthCheckId>,
    },
    /// An alarm's data (type `CLOUDWATCH_METRIC`).
    Metric {
        /// Which alarm.
        alarm: AlarmIdentifier,
        /// What missing data mean.
        insufficient: InsufficientData,
    },
    /// A routing control (type `RECOVERY_CONTROL`).
    RoutingControl {
        /// Which one.
        arn: String,
    },
}

/// What missing data mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsufficientData {
    /// Healthy.
    Healthy,
    /// Unhealthy.
    Unhealthy,
    /// What the last data meant, for some hours; healthy where there were none.
    LastKnownStatus,
}

impl InsufficientData {
    pub(super) const WORDS: [(&'static str, Self); 3] = [
        ("Healthy", Self::Healthy),
        ("Unhealthy", Self::Unhealthy),
        ("LastKnownStatus", Self::LastKnownStatus),
    ];
}

/// An endpoint and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How it is asked.
    pub protocol: Protocol,
    /// Where it is.
    pub target: Target,
    /// Its port.
    pub port: u16,
    /// From a response to the next request of the same checker: 10 or 30 seconds.
    pub interval: Duration,
    /// Consecutive results that change a checker's mind, either way.
    pub threshold: u8,
    /// Whether latency is measured.
    pub measure_latency: bool,
    /// Where the checkers are; all regions where empty.
    pub regions: Vec<String>,
}

/// How an endpoint is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A connection is enough.
    Tcp,
    /// A page by HTTP.
    Http(Page),
    /// A page by HTTPS; certificates are not validated.
    Https {
        /// The page.
        page: Page,
        /// Whether the server's name is sent.
        sni: bool,
    },
}

/// What is asked for, and what must be in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The path; `/` where absent.
    pub path: Option<String>,
    /// What the first 5 120 bytes must contain (types `HTTP_STR_MATCH` and `HTTPS_STR_MATCH`).
    pub search: Option<String>,
}

/// Where an endpoint is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An address, with the host header's name where one was given.
    Address {
        /// The address.
        ip: IpAddr,
        /// The name.
        host: Option<String>,
    },
    /// A name, resolved anew for each request (A records only).
    Name(String),
}

/// What `GetHealthCheck` shows.
impl From<&HealthCheckConfig> for HealthCheckInput {
    fn from(config: &HealthCheckConfig) -> Self {
        let mut input = match &config.kind {
            Kind::Endpoint(endpoint) => of_endpoint(endpoint),
            Kind::Calculated { threshold, children } => Self {
                check_type: "CALCULATED".to_owned(),
                health_threshold: Some(i64::from(*threshold)),
                child_health_checks: (!children.is_empty())
                    .then(|| children.iter().map(ToString::to_string).collect()),
                ..Self::default()
            },
            Kind::Metric { alarm, insufficient } => Self {
                check_type: "CLOUDWATCH_METRIC".to_owned(),
                alarm: Some(alarm.clone()),
                insufficient_data_health_status: InsufficientData::WORDS
                    .iter()
                    .find(|(_, meaning)| meaning == insufficient)
                    .map(|(word, _)| (*word).to_owned()),
                ..Self::default()
            },
            Kind::RoutingControl { arn } => Self::recovery_control(arn),
        };
        input.inverted = Some(config.inverted);
        input.disabled = Some(config.disabled);
        input
    }
}

fn of_endpoint(endpoint: &Endpoint) -> HealthCheckInput {
    let (name, page, sni) = match &endpoint.protocol {
        Protocol::Tcp => ("TCP", Page::default(), None),
        Protocol::Http(page) if page.search.is_some() => ("HTTP_STR_MATCH", page.clone(), Some(false)),
        Protocol::Http(page) => ("HTTP", page.clone(), Some(false)),
        Protocol::Https { page, sni } if page.search.is_some() => {
            ("HTTPS_STR_MATCH", page.clone(), Some(*sni))
        }
        Protocol::Https { page, sni } => ("HTTPS", page.clone(), Some(*sni)),
    };
    let (ip_address, host) = match &endpoint.target {
        Target::Address { ip, host } => (Some(ip.to_string()), host.clone()),
        Target::Name(name) => (None, Some(name.clone())),
    };
    HealthCheckInput {
        check_type: name.to_owned(),
        ip_address,
        port: Some(i64::from(endpoint.port)),
        resource_path: page.path,
        fully_qualified_domain_name: host,
        search_string: page.search,
        request_interval: i64::try_from(endpoint.interval.as_secs()).ok(),
        failure_threshold: Some(i64::from(endpoint.threshold)),
        measure_latency: Some(endpoint.measure_latency),
        enable_sni: sni,
        regions: (!endpoint.regions.is_empty()).then(|| endpoint.regions.clone()),
        ..HealthCheckInput::default()
    }
}
