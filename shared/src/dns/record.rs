//! Record sets as Route 53 holds them (API reference, `ResourceRecordSet`).

use std::borrow::Cow;
use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};

use crate::names::{DnsName, HealthCheckId, Region, ZoneId};

/// The types that a batch of ours can hold, and that we ask name servers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Another name.
    Cname,
    /// Text.
    Txt,
}

impl RecordType {
    /// The type as Route 53 and DNS write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Txt => "TXT",
        }
    }

    /// Whether users ask for it: a served name may have texts, too, which are not ours.
    pub fn is_answer(self) -> bool {
        self != Self::Txt
    }

    /// The type of that name, if it is one of ours.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::A, Self::Aaaa, Self::Cname, Self::Txt].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One record set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSet {
    /// Its name.
    pub name: DnsName,
    /// Its type.
    pub kind: RecordType,
    /// How it takes part among the sets of one name and type.
    pub routing: Routing,
    /// What it answers.
    pub content: Content,
    /// The check that decides whether it is answered. It belongs to the set, not to the value:
    /// when a value moves to another set, its check must move with it.
    pub health_check: Option<HealthCheckId>,
}

/// How a record set takes part among the sets of one name and type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Routing {
    /// The only one.
    Simple,
    /// One of a failover pair.
    Failover {
        /// The set identifier: the identity of the set, never renamed.
        set: String,
        /// PRIMARY or SECONDARY.
        side: Side,
    },
    /// One of several, answered in proportion to its weight.
    Weighted {
        /// The set identifier.
        set: String,
        /// 0 to 255; 0 is answered only where every other one is unhealthy or 0.
        weight: u8,
    },
    /// One of several, answered to those to whom its region is nearest.
    Latency {
        /// The set identifier.
        set: String,
        /// Nearest to this region. It stays, whatever the set answers.
        region: Region,
    },
    /// A policy that we do not write; kept so that a listing loses nothing.
    Other {
        /// The set identifier.
        set: String,
    },
}

impl Routing {
    /// The set identifier, where there is one.
    pub fn set(&self) -> Option<&str> {
        match self {
            Self::Simple => None,
            Self::Failover { set, .. }
            | Self::Weighted { set, .. }
            | Self::Latency { set, .. }
            | Self::Other { set } => Some(set),
        }
    }

    /// The same part in another set.
    pub(crate) fn named(self, identifier: String) -> Self {
        match self {
            Self::Simple => Self::Simple,
            Self::Failover { side, .. } => Self::Failover { set: identifier, side },
            Self::Weighted { weight, .. } => Self::Weighted { set: identifier, weight },
            Self::Latency { region, .. } => Self::Latency { set: identifier, region },
            Self::Other { .. } => Self::Other { set: identifier },
        }
    }

    /// The weight, where there is one.
    pub fn weight(&self) -> Option<u8> {
        match self {
            Self::Weighted { weight, .. } => Some(*weight),
            _ => None,
        }
    }
}

/// A side of a failover pair. Sides are never swapped: serving units move between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Side {
    /// Answered while healthy, and when both are unhealthy.
    Primary,
    /// Answered while PRIMARY is unhealthy.
    Secondary,
}

impl Side {
    /// As Route 53 writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Secondary => "SECONDARY",
        }
    }
}

/// What a record set answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Its own values, in the form in which Route 53 holds them (TXT quoted).
    Values {
        /// Seconds that a resolver may keep the answer.
        ttl: u32,
        /// The values.
        values: Vec<String>,
    },
    /// Those of another name.
    Alias {
        /// The zone that holds the target.
        zone: ZoneId,
        /// The target.
        target: DnsName,
        /// Whether the target's health counts as this set's.
        evaluate_target_health: bool,
    },
}

impl Content {
    /// Seconds that a resolver may keep the answer; an alias has its target's.
    pub fn ttl(&self) -> Option<u32> {
        match self {
            Self::Values { ttl, .. } => Some(*ttl),
            Self::Alias { .. } => None,
        }
    }

    /// The zone of an alias's target, and whether the target's health counts.
    pub fn alias(&self) -> Option<(&ZoneId, bool)> {
        match self {
            Self::Values { .. } => None,
            Self::Alias { zone, evaluate_target_health, .. } => Some((zone, *evaluate_target_health)),
        }
    }

    /// The same content with the TTL of the set that it replaces: a live TTL is the operator's.
    pub(super) fn with_ttl_of(&self, current: Option<&RecordSet>) -> Self {
        match (current.map(|set| &set.content), self) {
            (Some(Self::Values { ttl, .. }), Self::Values { values, .. }) => {
                Self::Values { ttl: *ttl, values: values.clone() }
            }
            _ => self.clone(),
        }
    }

    /// Whether both answer the same, whatever their TTL and the order of their values.
    pub fn answers_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Values { values: a, .. }, Self::Values { values: b, .. }) => sorted(a) == sorted(b),
            (Self::Alias { target: a, .. }, Self::Alias { target: b, .. }) => bare_alias(a) == bare_alias(b),
            _ => false,
        }
    }
}

fn sorted(values: &[String]) -> Vec<Cow<'_, str>> {
    let mut folded: Vec<Cow<'_, str>> = values.iter().map(|value| folded(value)).collect();
    folded.sort();
    folded
}

/// A value in the one spelling in which values are compared: people write an IPv6 address in many.
fn folded(value: &str) -> Cow<'_, str> {
    let bare = value.strip_suffix('.').unwrap_or(value);
    let is_spelled_in_many_ways = |byte: u8| byte == b':' || byte.is_ascii_uppercase();
    if !bare.bytes().any(is_spelled_in_many_ways) {
        return bare.into();
    }
    let address = bare.parse::<Ipv6Addr>().map(|address| address.to_string());
    address.unwrap_or_else(|_| bare.to_ascii_lowercase()).into()
}

/// The console prefixes a load balancer's name with `dualstack.`; it is the same load balancer.
fn bare_alias(name: &DnsName) -> &str {
    name.as_str().strip_prefix("dualstack.").unwrap_or(name.as_str())
}
