//! The nouns of the plan. Every duration is a [`Duration`]; every default is named in [`Timing`].

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::overrides::Overrides;
use super::window::{Weekly, Window};
use crate::dns::{HealthCheck, NoChild};
use crate::names::{
    ApplicationName, Arn, DnsName, HealthCheckId, PlanDigest, Region, RoleArn, SignalId, TopicName, ZoneId,
};

/// All that the controller knows beforehand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Names this very content, so that a record or a peer can say which plan it was decided by.
    #[serde(skip)]
    pub digest: PlanDigest,
    /// The regions in which a controller runs. One that is no application's region is a witness only.
    pub controllers: Vec<Region>,
    /// Names what provisioning makes, so that two deployments in one account keep off each other's.
    pub deployment: String,
    /// The region whose stack makes checks and records; the others only compare. None where no
    /// controller may: each runs in a primary region.
    pub provision_from: Option<Region>,
    /// What a controller can always reach while its own network works. Where none of them answers,
    /// what this controller's probes say of others is void.
    pub control_targets: Vec<Probe>,
    /// Limits on what is moved at once.
    pub fleet: Fleet,
    /// How overrides are said, where the plan has any.
    pub overrides: Option<Overrides>,
    /// How ARC routing controls are set, where the plan has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arc: Option<Overrides>,
    /// Groups of SNS topics, each with its topics in one or more regions.
    pub topics: BTreeMap<TopicName, Vec<Arn>>,
    /// The applications, by priority (lower first), then name.
    pub applications: Vec<Application>,
}

impl Plan {
    /// The application of that name.
    pub fn application(&self, name: &ApplicationName) -> Option<&Application> {
        self.applications.iter().find(|application| &application.name == name)
    }
}

/// Limits on moves of all applications together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fleet {
    /// Requests to Route 53 a second, from one controller. Route 53 takes 10 a second with a burst of
    /// 50 from an account, and less is advised (Developer Guide, API request throttling).
    pub pace: u32,
    /// So many different regions that look unhealthy within [`Self::stop_within`] stop all moves:
    /// it is more likely that the observer is wrong than that all of them fail.
    pub stop_regions: u32,
    /// See [`Self::stop_regions`].
    pub stop_within: Duration,
}

impl Default for Fleet {
    fn default() -> Self {
        Self { pace: 5, stop_regions: 3, stop_within: Duration::from_secs(600) }
    }
}

/// What users reach at one served name, from two or more regions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Application {
    /// Its key in the plan.
    pub name: ApplicationName,
    /// The name that users resolve.
    pub served: DnsName,
    /// The public hosted zone that holds the served name.
    pub zone: Zone,
    /// How Route 53 chooses among the record sets of the served name.
    pub policy: Policy,
    /// Whether provisioning makes its checks and records. Otherwise people do.
    pub provision: bool,
    /// Whether provisioning makes a copy of the served record sets beside them, which rehearsals can move.
    pub shadow: bool,
    /// How far the controller may go by itself.
    pub mode: Mode,
    /// Whether Route 53 itself may answer another region.
    pub native: Native,
    /// Whether handing traffic back needs a person.
    pub restore: Restore,
    /// Lower is moved first.
    pub priority: u32,
    /// The longest outage that the business accepts.
    pub rto: Duration,
    /// The longest stretch of lost writes that the business accepts, for an application with data.
    pub rpo: Option<Duration>,
    /// The TTL of plain (non-alias) records of the served name.
    pub ttl: Duration,
    /// Set identifiers of the two record sets of a failover pair.
    pub sets: SetNames,
    /// Whether a person's order needs the approval of another one.
    pub two_person: bool,
    /// A standing consent to leave an unhealthy holder for a region that is only degraded.
    pub accept_degraded: bool,
    /// What the regions that serve must carry together, in percent of the whole load. Never undercut
    /// by an evacuation under `weighted` or `latency`.
    pub minimum_capacity: u32,
    /// The stages of a weighted restore, in percent of the planned weight, rising; the last is 100.
    pub ramp: Vec<u8>,
    /// When nothing is moved without a person.
    pub maintenance: Vec<Window>,
    /// When the loss of which region is rehearsed.
    pub drill: Option<DrillPlan>,
    /// Ways to move traffic, in the order in which they are tried.
    pub actuators: Vec<Actuator>,
    /// Who is told of what.
    pub notify: Notify,
    /// How users reach the application through the served name, to verify a move.
    pub reach: Probe,
    /// Counts and times of health and of the guards.
    pub timing: Timing,
    /// Present when the application keeps data that must be promoted.
    pub data: Option<Data>,
    /// The regions, in the order in which they take over.
    pub regions: Vec<RegionPlan>,
}

impl Application {
    /// The region of that name.
    pub fn region(&self, name: &Region) -> Option<&RegionPlan> {
        self.regions.iter().find(|region| &region.name == name)
    }

    /// The region that serves when all is well, under `failover`; else the first of the plan.
    pub fn preferred(&self) -> &RegionPlan {
        let primary = self.regions.iter().find(|region| region.role == Role::Primary);
        // The parser refuses a plan without a region, so that the first one exists.
        primary.unwrap_or(&self.regions[0])
    }

    /// Whether an answer has the TTL of what an alias leads to, and not the plan's.
    pub fn has_foreign_ttl(&self) -> bool {
        let is_foreign =
            |record: &RecordValue| matches!(record, RecordValue::Alias { zone, .. } if *zone != self.zone.id);
        self.regions.iter().flat_map(RegionPlan::answers).any(is_foreign)
    }
}

/// A public hosted zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its id.
    pub id: ZoneId,
    /// Its apex.
    pub name: DnsName,
    /// The role to assume where the zone belongs to another account.
    pub role: Option<RoleArn>,
}

/// A rehearsal that comes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrillPlan {
    /// How far it goes.
    pub kind: DrillKind,
    /// The region whose loss is rehearsed.
    pub lose: Region,
    /// When it is due.
    pub when: Weekly,
}

/// How far a drill goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DrillKind {
    /// Everything is decided and resolved, nothing is sent.
    Dry,
}

/// A Route 53 routing policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// One PRIMARY and one SECONDARY record set.
    Failover,
    /// A record set with a weight for each region: all serve.
    Weighted,
    /// A record set for each region, answered to whom it is nearest: all serve.
    Latency,
}

/// How far the controller may go by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Decides and acts.
    Auto,
    /// Decides, and asks a person.
    Approve,
    /// Decides and reports; never acts.
    Advise,
}

/// Whether Route 53 itself may answer another region before a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Native {
    /// Endpoint checks hang on the records: Route 53 may move first, a run latches it.
    Backstop,
    /// Nothing moves but by a run.
    Off,
}

/// Whether handing traffic back needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restore {
    /// A person says so.
    Ask,
    /// A standing consent: the guards alone decide.
    Auto,
}

/// A way to move traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actuator {
    /// A health check is told to leave a region: Route 53's data plane alone moves the traffic.
    Override,
    /// The same, by an ARC routing control.
    Arc,
    /// One Route 53 batch that writes the record sets.
    Records,
}

impl Actuator {
    /// As people call it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Override => "an override",
            Self::Arc => "a routing control",
            Self::Records => "the records",
        }
    }

    /// Whether it says "away" to a health check, so that the records have to follow.
    pub fn is_override(self) -> bool {
        match self {
            Self::Override | Self::Arc => true,
            Self::Records => false,
        }
    }
}

/// The set identifiers of a failover pair. They are the identity of a record set: never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetNames {
    /// Of the PRIMARY record set.
    pub primary: String,
    /// Of the SECONDARY record set.
    pub secondary: String,
}

/// Who is told of what, by groups of topics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Notify {
    /// Moves, holds while users are not served, failures.
    pub critical: Vec<TopicName>,
    /// All else.
    pub info: Vec<TopicName>,
}

/// Data that must be promoted before another region can take writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Data {
    /// What keeps the data, in the plan's own words.
    pub kind: String,
}

/// Counts and times. The defaults are those of [`Timing::default`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// Between two samples while a wake stays awake.
    pub interval: Duration,
    /// For one probe or one question.
    pub timeout: Duration,
    /// Consecutive unhealthy samples until a signal is bad.
    pub fall: u32,
    /// Consecutive healthy samples until a signal is good.
    pub rise: u32,
    /// From the first bad sample of an unbroken series until it may count.
    pub dwell: Duration,
    /// The age at which a sample says nothing more.
    pub freshness: Duration,
    /// Kinds of vantage that must agree that a region is unhealthy: 1 or 2.
    pub quorum: u32,
    /// Between two moves.
    pub cooldown: Duration,
    /// Between two moves while the last failover is not acknowledged.
    pub cooldown_unacknowledged: Duration,
    /// Moves in 24 hours.
    pub flap_limit: u32,
    /// How long a region must have been healthy before traffic returns to it.
    pub soak: Duration,
    /// The age at which an alarm event is only recorded.
    pub stale_event: Duration,
    /// How long after its observations a decision may still be sent.
    pub validity: Duration,
    /// How long each taker gives those before it.
    pub rank_wait: Duration,
    /// How long a question to people stands, and an order of theirs.
    pub approval: Duration,
    /// How long a stage of a ramp must have been healthy before the next.
    pub stage: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        const fn seconds(n: u64) -> Duration {
            Duration::from_secs(n)
        }
        Self {
            interval: seconds(10),
            timeout: seconds(3),
            fall: 3,
            rise: 3,
            dwell: seconds(20),
            freshness: seconds(30),
            quorum: 2,
            cooldown: seconds(600),
            cooldown_unacknowledged: seconds(3600),
            flap_limit: 3,
            soak: seconds(900),
            stale_event: seconds(300),
            validity: seconds(120),
            rank_wait: seconds(30),
            approval: seconds(3600),
            stage: seconds(300),
        }
    }
}

/// One region of an application.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegionPlan {
    /// The region.
    pub name: Region,
    /// A preference for restore, never a reason to move.
    pub role: Role,
    /// The health check that hangs on the region's record set and moves with its value.
    /// Where absent, it is found on the live record set that holds the region's value.
    pub health_check: Option<HealthCheckId>,
    /// What Route 53's checkers are to ask, where provisioning makes the check.
    /// Where absent, what the first probe asks.
    pub check: Option<HealthCheck<NoChild>>,
    /// The same of the region's data, which must be healthy too for Route 53 to answer the region.
    pub data_check: Option<HealthCheck<NoChild>>,
    /// The ARN of the ARC routing control that lets Route 53 answer the region, while it is On.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_control: Option<String>,
    /// What the served name answers when this region serves.
    pub record: RecordValue,
    /// What the record leads to, where that is a record of ours.
    pub behind: Option<Behind>,
    /// The evidence about this region.
    pub signals: Vec<Signal>,
    /// The identifier of its record set under `weighted` and `latency`: never renamed.
    pub set: String,
    /// Its weight when all is well, under `weighted` (1 to 255).
    pub weight: u8,
    /// What it can carry alone, in percent of the application's whole load.
    pub capacity: u32,
    /// Alarms that say that it cannot take over: each in ALARM vetoes it as a target.
    pub readiness: Vec<Arn>,
}

impl RegionPlan {
    /// What users get in the end: the record, or what stands behind it.
    pub fn answers(&self) -> impl Iterator<Item = &RecordValue> {
        let (first, second) = match &self.behind {
            None => (&self.record, None),
            Some(Behind::Origin(origin)) => (origin, None),
            Some(Behind::Pair(pair)) => (&pair.record, Some(&pair.backup)),
        };
        [first].into_iter().chain(second)
    }
}

/// A record of ours between the served name and what the plan names for a region.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behind {
    /// An alias that does not take its target's health for its own, so that nothing moves but by a run.
    Origin(RecordValue),
    /// A failover pair of the region's own.
    Pair(Pair),
}

/// What a region answers, and what it answers instead while that is unhealthy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// In PRIMARY, with the region's check.
    pub record: RecordValue,
    /// In SECONDARY.
    pub backup: RecordValue,
    /// The backup's own check: without it Route 53 would take it for healthy whatever happens.
    pub check: HealthCheck<NoChild>,
}

/// A preference for restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Serves when all is well.
    Primary,
    /// Takes over.
    Standby,
    /// Serves beside the others, under `weighted` and `latency`.
    Active,
}

/// What a region puts into the served name's record set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordValue {
    /// Plain addresses: an A and/or an AAAA record set. At least one list is not empty.
    Addresses {
        /// Of the A record set.
        v4: Vec<Ipv4Addr>,
        /// Of the AAAA record set.
        v6: Vec<Ipv6Addr>,
    },
    /// A CNAME record set (never at a zone's apex).
    Cname(DnsName),
    /// An alias to an AWS resource or to a record of the same zone.
    Alias {
        /// The target's name.
        target: DnsName,
        /// The zone that holds the target: the load balancer's canonical zone, or our own.
        zone: ZoneId,
        /// Whether there is an AAAA record set beside the A one.
        ipv6: bool,
    },
}

/// One source of evidence about one region.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Asked by the controller itself.
    Probe(Probe),
    /// A CloudWatch alarm, read in its own region.
    Alarm(Arn),
}

impl Signal {
    /// What it asks, as text; unique within a region.
    pub fn id(&self) -> SignalId {
        match self {
            Self::Probe(probe) => probe.id(),
            Self::Alarm(arn) => SignalId::new(format!("alarm {arn}")),
        }
    }
}

/// A question to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Probe {
    /// What is asked.
    pub target: Target,
    /// Text that must stand in the first 5,120 bytes of the body
    /// (the reach of Route 53's own string match; Developer Guide, health check values).
    pub contains: Option<String>,
    /// Admits RFC 1918, unique local and loopback addresses.
    pub private: bool,
    /// Whether the certificate must be valid for the host.
    pub verify_tls: bool,
    /// Longer than this is unhealthy.
    pub timeout: Duration,
}

impl Probe {
    /// What it asks, as text.
    pub fn id(&self) -> SignalId {
        SignalId::new(format!("probe {}", self.target))
    }

    /// Whether it can be made from the public internet, as far as its target tells.
    pub fn is_public(&self) -> bool {
        let is_private = |ip: IpAddr| super::read::is_private(ip);
        !self.private && !self.target.host().parse().is_ok_and(is_private)
    }
}

/// Where a probe goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A GET; healthy is a status of 2xx or 3xx, as Route 53 counts.
    Http {
        /// Whether TLS is spoken.
        tls: bool,
        /// A name or an address (IPv6 without brackets).
        host: String,
        /// The port.
        port: u16,
        /// Path and query, beginning with `/`.
        path: String,
    },
    /// A TCP connection; healthy is one that opens.
    Tcp {
        /// A name or an address (IPv6 without brackets).
        host: String,
        /// The port.
        port: u16,
    },
}

impl Target {
    /// The name or address that is resolved and connected to.
    pub fn host(&self) -> &str {
        match self {
            Self::Http { host, .. } | Self::Tcp { host, .. } => host,
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        match self {
            Self::Http { port, .. } | Self::Tcp { port, .. } => *port,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = |host: &str| if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        match self {
            Self::Http { tls, host, port, path } => {
                let scheme = if *tls { "https" } else { "http" };
                write!(f, "{scheme}://{}:{port}{path}", bracketed(host))
            }
            Self::Tcp { host, port } => write!(f, "tcp://{}:{port}", bracketed(host)),
        }
    }
}
