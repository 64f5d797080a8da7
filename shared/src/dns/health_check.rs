//! Route 53 health checks as plain data: each type with the fields that it has, and no others
//! (API reference, `HealthCheckConfig`).

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::names::{DnsName, Region};

/// A health check. `Child` is how it names the checks that it is calculated from: by id where it
/// lives, by what they are for where it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck<Child> {
    /// What it looks at.
    pub watches: Watches<Child>,
    /// Whether healthy means unhealthy. A new inverted check is unhealthy until it has enough data.
    pub inverted: bool,
    /// Whether it stands still: healthy, or unhealthy where it is inverted; it is billed all the same.
    pub disabled: bool,
}

/// The child of a check that is not calculated: there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoChild {}

/// What a health check looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Watches<Child> {
    /// An endpoint, asked by Route 53's checkers over the public internet.
    Endpoint(Endpoint),
    /// Other checks (`CALCULATED`). They cannot be calculated ones themselves.
    Calculated {
        /// How many of them must be healthy: 0 is always healthy.
        threshold: u16,
        /// The others: at most 255 (Developer Guide, quotas).
        children: Vec<Child>,
    },
    /// The data of a CloudWatch alarm (`CLOUDWATCH_METRIC`): never the alarm's state.
    Metric {
        /// The alarm's region.
        region: Region,
        /// The alarm's name. Its settings are copied when the check is made or updated; it belongs to the
        /// account of the check.
        alarm: String,
        /// What missing data mean. The check knows nothing of the alarm's own treatment of them.
        missing: MissingData,
    },
    /// An ARC routing control (`RECOVERY_CONTROL`): On is healthy, Off is unhealthy.
    RoutingControl(String),
}

/// What missing data mean to a check of an alarm's data (API reference, `InsufficientDataHealthStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingData {
    /// Healthy.
    Healthy,
    /// Unhealthy.
    Unhealthy,
    /// What the last data meant, for a few hours at most; healthy where there never were any.
    LastKnown,
}

impl MissingData {
    /// All that they can mean.
    pub const ALL: [Self; 3] = [Self::Healthy, Self::Unhealthy, Self::LastKnown];
}

/// An endpoint, and how the checkers ask it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The question.
    pub protocol: Protocol,
    /// Where it goes.
    pub target: Place,
    /// The port.
    pub port: u16,
    /// From an answer to the next question of one checker. It can never be changed.
    pub interval: Interval,
    /// Equal results in a row that change a checker's mind: 1 to 10.
    pub threshold: u8,
    /// Whether latency is measured, which costs. It can never be changed.
    pub measure_latency: bool,
    /// Where the checkers stand: three regions at least, or all where this is empty.
    pub checkers: BTreeSet<CheckerRegion>,
}

/// What the checkers ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// For a connection (`TCP`).
    Tcp,
    /// For a page (`HTTP`, `HTTP_STR_MATCH`).
    Http(Page),
    /// For a page, by TLS; certificates are not verified (`HTTPS`, `HTTPS_STR_MATCH`).
    Https {
        /// The page.
        page: Page,
        /// Whether the name is told in the TLS handshake.
        sni: bool,
    },
}

/// A page, and what must stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Path and query, beginning with `/`: at most 255 characters.
    pub path: String,
    /// What must stand within the first 5,120 bytes: 1 to 255 characters. It makes the type a string match.
    pub contains: Option<String>,
}

/// Where an endpoint is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A name, resolved to IPv4 for each question.
    Name(DnsName),
    /// A public address. It can be changed, but a name can never become one, nor the reverse.
    Address {
        /// The address.
        ip: IpAddr,
        /// The host to ask for; none with TCP.
        host: Option<DnsName>,
    },
}

/// How often one checker asks. Other intervals do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interval {
    /// 10 seconds, which costs.
    Fast,
    /// 30 seconds.
    Standard,
}

impl Interval {
    /// In seconds.
    pub fn seconds(self) -> u8 {
        match self {
            Self::Fast => 10,
            Self::Standard => 30,
        }
    }

    /// The interval of so many seconds, if it exists.
    pub fn of(time: Duration) -> Option<Self> {
        [Self::Fast, Self::Standard]
            .into_iter()
            .find(|interval| time == Duration::from_secs(interval.seconds().into()))
    }
}

/// Where checkers stand (API reference, `HealthCheckRegion`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckerRegion {
    /// `ap-northeast-1`.
    ApNortheast1,
    /// `ap-southeast-1`.
    ApSoutheast1,
    /// `ap-southeast-2`.
    ApSoutheast2,
    /// `eu-west-1`.
    EuWest1,
    /// `sa-east-1`.
    SaEast1,
    /// `us-east-1`.
    UsEast1,
    /// `us-west-1`.
    UsWest1,
    /// `us-west-2`.
    UsWest2,
}

impl CheckerRegion {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ApNortheast1,
        Self::ApSoutheast1,
        Self::ApSoutheast2,
        Self::EuWest1,
        Self::SaEast1,
        Self::UsEast1,
        Self::UsWest1,
        Self::UsWest2,
    ];

    /// As Route 53 writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApNortheast1 => "ap-northeast-1",
            Self::ApSoutheast1 => "ap-southeast-1",
            Self::ApSoutheast2 => "ap-southeast-2",
            Self::EuWest1 => "eu-west-1",
            Self::SaEast1 => "sa-east-1",
            Self::UsEast1 => "us-east-1",
            Self::UsWest1 => "us-west-1",
            Self::UsWest2 => "us-west-2",
        }
    }

    /// The region of that name, if checkers stand there.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.as_str() == name)
    }
}

impl fmt::Display for CheckerRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<Child> HealthCheck<Child> {
    /// A check that is neither inverted nor disabled.
    pub fn of(watches: Watches<Child>) -> Self {
        Self { watches, inverted: false, disabled: false }
    }

    /// The check's type, as Route 53 writes it.
    pub fn kind(&self) -> &'static str {
        match &self.watches {
            Watches::Endpoint(endpoint) => endpoint.kind(),
            Watches::Calculated { .. } => "CALCULATED",
            Watches::Metric { .. } => "CLOUDWATCH_METRIC",
            Watches::RoutingControl(_) => "RECOVERY_CONTROL",
        }
    }

    /// What an update can never change: where two checks differ in this, one cannot become the other
    /// (API reference, `UpdateHealthCheckRequest`).
    pub fn for_good(&self) -> String {
        let more = match &self.watches {
            Watches::Endpoint(endpoint) => {
                let target = match endpoint.target {
                    Place::Name(_) => "name",
                    Place::Address { .. } => "address",
                };
                format!(" {} {} {target}", endpoint.interval.seconds(), endpoint.measure_latency)
            }
            Watches::RoutingControl(arn) => format!(" {arn}"),
            Watches::Calculated { .. } | Watches::Metric { .. } => String::new(),
        };
        format!("{}{more}", self.kind())
    }

    /// The same check, its children named otherwise; none where one of them has no such name.
    pub fn with_children<Other>(&self, name: impl Fn(&Child) -> Option<Other>) -> Option<HealthCheck<Other>> {
        let watches = match &self.watches {
            Watches::Calculated { threshold, children } => Watches::Calculated {
                threshold: *threshold,
                children: children.iter().map(name).collect::<Option<_>>()?,
            },
            Watches::Endpoint(endpoint) => Watches::Endpoint(endpoint.clone()),
            Watches::Metric { region, alarm, missing } => {
                Watches::Metric { region: region.clone(), alarm: alarm.clone(), missing: *missing }
            }
            Watches::RoutingControl(arn) => Watches::RoutingControl(arn.clone()),
        };
        Some(HealthCheck { watches, inverted: self.inverted, disabled: self.disabled })
    }
}

impl Endpoint {
    fn kind(&self) -> &'static str {
        let matches = |page: &Page| page.contains.is_some();
        match &self.protocol {
            Protocol::Tcp => "TCP",
            Protocol::Http(page) if matches(page) => "HTTP_STR_MATCH",
            Protocol::Http(_) => "HTTP",
            Protocol::Https { page, .. } if matches(page) => "HTTPS_STR_MATCH",
            Protocol::Https { .. } => "HTTPS",
        }
    }
}

impl<Child: fmt::Display> fmt::Display for HealthCheck<Child> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.disabled, self.inverted) {
            (true, false) => f.write_str("always healthy: ")?,
            (true, true) => f.write_str("always unhealthy: ")?,
            (false, true) => f.write_str("not ")?,
            (false, false) => {}
        }
        match &self.watches {
            Watches::Endpoint(endpoint) => endpoint.fmt(f),
            Watches::Calculated { threshold, children } => {
                let children: Vec<String> = children.iter().map(ToString::to_string).collect();
                write!(f, "{threshold} of [{}]", children.join(", "))
            }
            Watches::Metric { region, alarm, missing } => {
                let missing = match missing {
                    MissingData::Healthy => "healthy",
                    MissingData::Unhealthy => "unhealthy",
                    MissingData::LastKnown => "as before",
                };
                write!(f, "the data of the alarm {alarm} in {region}, missing is {missing}")
            }
            Watches::RoutingControl(arn) => write!(f, "the routing control {arn}"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, asked_for) = match &self.target {
            Place::Name(name) => (name.to_string(), None),
            Place::Address { ip: IpAddr::V6(ip), host } => (format!("[{ip}]"), host.as_ref()),
            Place::Address { ip, host } => (ip.to_string(), host.as_ref()),
        };
        let (scheme, page) = match &self.protocol {
            Protocol::Tcp => ("tcp", None),
            Protocol::Http(page) => ("http", Some(page)),
            Protocol::Https { page, .. } => ("https", Some(page)),
        };
        write!(f, "{scheme}://{host}:{}{}", self.port, page.map_or("", |page| &page.path))?;
        if let Some(host) = asked_for {
            write!(f, " as {host}")?;
        }
        if let Some(text) = page.and_then(|page| page.contains.as_ref()) {
            write!(f, " containing {text:?}")?;
        }
        write!(f, ", every {} s, {} in a row", self.interval.seconds(), self.threshold)?;
        if self.measure_latency {
            f.write_str(", latency measured")?;
        }
        if !self.checkers.is_empty() {
            let names: Vec<&str> = self.checkers.iter().map(|region| region.as_str()).collect();
            write!(f, ", from {}", names.join(", "))?;
        }
        match &self.protocol {
            Protocol::Https { sni: false, .. } => f.write_str(", without SNI"),
            _ => Ok(()),
        }
    }
}
