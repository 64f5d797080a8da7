//! A valid record set. It can only be made by [`super::parse`], so what a zone holds is sound in itself.

use std::collections::BTreeMap;
use std::time::Duration;

use super::rdata::Rdata;
use crate::model::{DnsName, HealthCheckId, ZoneId};

/// All record sets of a zone, in the service's listing order.
pub(in crate::model) type Sets = BTreeMap<SetKey, RecordSet>;

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The record types that the twin knows. They order by their text, as in a listing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordType {
            $($(#[$doc])* $name,)*
        }

        impl RecordType {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The type as it stands in requests and zone files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

types! {
    /// An IPv4 address.
    A = "A",
    /// An IPv6 address.
    Aaaa = "AAAA",
    /// Which authorities may issue certificates.
    Caa = "CAA",
    /// Another name.
    Cname = "CNAME",
    /// A mail exchanger.
    Mx = "MX",
    /// A name server.
    Ns = "NS",
    /// A name for an address.
    Ptr = "PTR",
    /// The start of authority.
    Soa = "SOA",
    /// The old sender policy, written like a text.
    Spf = "SPF",
    /// A service's host and port.
    Srv = "SRV",
    /// A text.
    Txt = "TXT",
}

impl RecordType {
    /// The type of this text, or nothing for one that the twin does not know.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == text)
    }
}

impl std::fmt::Display for RecordType {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What identifies a record set in its zone: name, type and set identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetKey {
    /// The name.
    pub name: DnsName,
    /// The type.
    pub rtype: RecordType,
    /// The set identifier; absent for a simple record set only.
    pub set_identifier: Option<String>,
}

/// A record set as a zone holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSet {
    /// The name.
    pub name: DnsName,
    /// The type.
    pub rtype: RecordType,
    /// How Route 53 chooses among the sets of this name and type, with the set identifier.
    pub policy: Policy,
    /// What is answered.
    pub data: RecordData,
    /// The health check whose state the set takes.
    pub health_check: Option<HealthCheckId>,
}

impl RecordSet {
    /// The set's identity.
    pub fn key(&self) -> SetKey {
        SetKey {
            name: self.name.clone(),
            rtype: self.rtype,
            set_identifier: self.policy.set_identifier().map(str::to_owned),
        }
    }

    /// The alias target, where it is an alias.
    pub fn alias(&self) -> Option<&AliasTarget> {
        match &self.data {
            RecordData::Alias(target) => Some(target),
            RecordData::Values { .. } => None,
        }
    }

    /// The values, in the order given; none for an alias.
    pub fn values(&self) -> &[Value] {
        match &self.data {
            RecordData::Values { values, .. } => values,
            RecordData::Alias(_) => &[],
        }
    }
}

/// A routing policy. Only the simple one has no set identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// One set for the name and type.
    Simple,
    /// Primary or secondary, by health.
    Failover {
        /// The set identifier.
        id: String,
        /// Which of the two.
        role: FailoverRole,
    },
    /// In proportion to the weights.
    Weighted {
        /// The set identifier.
        id: String,
        /// 0 to 255.
        weight: u8,
    },
    /// The region with the lowest latency to the client.
    Latency {
        /// The set identifier.
        id: String,
        /// An AWS region.
        region: String,
    },
    /// Up to eight healthy ones at once.
    Multivalue {
        /// The set identifier.
        id: String,
    },
}

impl Policy {
    /// The set identifier; none for the simple policy.
    pub fn set_identifier(&self) -> Option<&str> {
        match self {
            Self::Simple => None,
            Self::Failover { id, .. }
            | Self::Weighted { id, .. }
            | Self::Latency { id, .. }
            | Self::Multivalue { id } => Some(id),
        }
    }

    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Failover { .. } => "failover",
            Self::Weighted { .. } => "weighted",
            Self::Latency { .. } => "latency",
            Self::Multivalue { .. } => "multivalue answer",
        }
    }
}

/// The role in a failover pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailoverRole {
    /// Answers while it is healthy.
    Primary,
    /// Answers while the primary is not.
    Secondary,
}

impl FailoverRole {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Secondary => "SECONDARY",
        }
    }
}

/// What a record set answers: values with a time to live, or whatever another name answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordData {
    /// Values of its own.
    Values {
        /// How long a resolver may keep them, in whole seconds.
        ttl: Duration,
        /// At least one.
        values: Vec<Value>,
    },
    /// Route 53's own kind of indirection.
    Alias(AliasTarget),
}

/// One value: the text as it was given, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// As given, and as listed.
    pub text: String,
    /// As answered.
    pub rdata: Rdata,
}

/// Where an alias points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasTarget {
    /// The hosted zone of the target: this zone, or the canonical zone of a load balancer.
    pub zone: ZoneId,
    /// The target's name.
    pub dns_name: DnsName,
    /// Whether the alias takes the target's health for its own.
    pub evaluate_target_health: bool,
}
