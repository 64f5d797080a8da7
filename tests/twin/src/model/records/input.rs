//! A record set as a client sends it: nothing is checked yet, so anything can be sent.

use super::record::{FailoverRole, Policy, RecordData, RecordSet};

/// The element `ResourceRecordSet` of a request or a response. All fields are as in the Route 53 API
/// reference, `ResourceRecordSet`; numbers are wide, because a client can send a weight of 300.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSetInput {
    /// With or without the trailing dot.
    pub name: String,
    /// `A`, `TXT`, ...
    pub rtype: String,
    /// 1 to 128 characters; with any policy but the simple one.
    pub set_identifier: Option<String>,
    /// 0 to 255.
    pub weight: Option<i64>,
    /// An AWS region, for latency.
    pub region: Option<String>,
    /// `PRIMARY` or `SECONDARY`.
    pub failover: Option<String>,
    /// Only `true` is accepted.
    pub multivalue_answer: Option<bool>,
    /// Seconds, 0 to 2147483647.
    pub ttl: Option<i64>,
    /// Values in the zone file's notation.
    pub values: Vec<String>,
    /// In place of a TTL and values.
    pub alias: Option<AliasInput>,
    /// The health check's id.
    pub health_check: Option<String>,
    /// The name of an element that the real service knows and the twin does not (geolocation and the like).
    pub not_modelled: Option<String>,
}

/// The element `AliasTarget`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasInput {
    /// The target's zone, with or without `/hostedzone/`.
    pub zone: String,
    /// The target's name.
    pub dns_name: String,
    /// Whether the alias takes the target's health.
    pub evaluate_target_health: bool,
}

impl RecordSetInput {
    /// A simple record set with values.
    pub fn simple(name: &str, rtype: &str, ttl: i64, values: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            rtype: rtype.to_owned(),
            ttl: Some(ttl),
            values: values.iter().map(|&value| value.to_owned()).collect(),
            ..Self::default()
        }
    }

    /// An alias of another name.
    pub fn alias(
        name: &str,
        rtype: &str,
        target_zone: &str,
        target: &str,
        evaluate_target_health: bool,
    ) -> Self {
        let alias =
            AliasInput { zone: target_zone.to_owned(), dns_name: target.to_owned(), evaluate_target_health };
        Self { name: name.to_owned(), rtype: rtype.to_owned(), alias: Some(alias), ..Self::default() }
    }

    /// The same as one half of a failover pair.
    #[must_use]
    pub fn failover(mut self, set_identifier: &str, role: FailoverRole) -> Self {
        self.failover = Some(role.as_str().to_owned());
        self.identified(set_identifier)
    }

    /// The same with a weight.
    #[must_use]
    pub fn weighted(mut self, set_identifier: &str, weight: i64) -> Self {
        self.weight = Some(weight);
        self.identified(set_identifier)
    }

    /// The same for the clients that are nearest to a region.
    #[must_use]
    pub fn latency(mut self, set_identifier: &str, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self.identified(set_identifier)
    }

    /// The same as one of several values.
    #[must_use]
    pub fn multivalue(mut self, set_identifier: &str) -> Self {
        self.multivalue_answer = Some(true);
        self.identified(set_identifier)
    }

    /// The same with a health check.
    #[must_use]
    pub fn checked_by(mut self, health_check: impl std::fmt::Display) -> Self {
        self.health_check = Some(health_check.to_string());
        self
    }

    fn identified(mut self, set_identifier: &str) -> Self {
        self.set_identifier = Some(set_identifier.to_owned());
        self
    }
}

/// What a listing shows of a record set: what a `DELETE` of it has to send.
impl From<&RecordSet> for RecordSetInput {
    fn from(set: &RecordSet) -> Self {
        let mut input = Self {
            name: set.name.to_string(),
            rtype: set.rtype.to_string(),
            set_identifier: set.policy.set_identifier().map(str::to_owned),
            health_check: set.health_check.as_ref().map(ToString::to_string),
            ..Self::default()
        };
        match &set.policy {
            Policy::Simple => {}
            Policy::Failover { role, .. } => input.failover = Some(role.as_str().to_owned()),
            Policy::Weighted { weight, .. } => input.weight = Some(i64::from(*weight)),
            Policy::Latency { region, .. } => input.region = Some(region.clone()),
            Policy::Multivalue { .. } => input.multivalue_answer = Some(true),
        }
        match &set.data {
            RecordData::Values { ttl, values } => {
                input.ttl = i64::try_from(ttl.as_secs()).ok();
                input.values = values.iter().map(|value| value.text.clone()).collect();
            }
            RecordData::Alias(target) => {
                input.alias = Some(AliasInput {
                    zone: target.zone.to_string(),
                    dns_name: target.dns_name.to_string(),
                    evaluate_target_health: target.evaluate_target_health,
                });
            }
        }
        input
    }
}
