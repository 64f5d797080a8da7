//! The nouns that have an identity: one type for each, so that none can stand in for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares a name that is any text, checked where it enters (the plan file, an event, a row).
macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

text_name! {
    /// An AWS region's name, such as `us-east-1`.
    Region
}
text_name! {
    /// An application's name: its key in the plan file.
    ApplicationName
}
text_name! {
    /// One execution of a decision. ASCII letters, digits, `-` and `.`: it stands in a public TXT record.
    RunId
}
text_name! {
    /// One stretch of trouble of one application; several runs may belong to it.
    IncidentId
}
text_name! {
    /// One wake of one function: who holds a lease.
    WakeId
}
text_name! {
    /// The first 12 hexadecimal digits of the SHA-256 of a plan's canonical form.
    PlanDigest
}
text_name! {
    /// A Route 53 health check's id (a UUID).
    HealthCheckId
}
text_name! {
    /// A Route 53 hosted zone's id, without `/hostedzone/`.
    ZoneId
}
text_name! {
    /// The name of a group of SNS topics in the plan, such as `ops-team`.
    TopicName
}
text_name! {
    /// An IAM role's ARN. IAM is global, so that its ARNs name no region.
    RoleArn
}
text_name! {
    /// A digest of what a decision would do: a person's approval is bound to it.
    EffectDigest
}
text_name! {
    /// One order of a person.
    OrderId
}
text_name! {
    /// A signal's name: what it asks, as text. The key of its series in the table.
    SignalId
}

/// A domain name: lower case, without a trailing dot.
///
/// Route 53 compares names without regard to case and ends them with a dot
/// (API reference, `ResourceRecordSet.Name`); both are folded away here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct DnsName(String);

impl DnsName {
    /// Folds the case and the trailing dot.
    pub fn new(text: &str) -> Self {
        Self(text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase())
    }

    /// The name without a trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name one label below this one.
    pub fn child(&self, label: &str) -> Self {
        Self::new(&[label, ".", &self.0].concat())
    }

    /// Whether this name is `zone` or lies below it.
    pub fn is_within(&self, zone: &Self) -> bool {
        self.0 == zone.0 || self.0.strip_suffix(&zone.0).is_some_and(|head| head.ends_with('.'))
    }
}

impl From<String> for DnsName {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<&str> for DnsName {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<DnsName> for String {
    fn from(name: DnsName) -> Self {
        name.0
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A number per application that only grows. Zero: no change of records was ever made by us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch that the next change claims.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An ARN, split where we need its parts: `arn:partition:service:region:account:resource`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    text: String,
    region: Region,
}

/// A text that is not an ARN of the expected shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ARN of the form arn:partition:service:region:account:resource")]
pub struct NotAnArn(pub String);

impl Arn {
    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region that hosts the resource.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The service, such as `cloudwatch` or `sns`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The account's 12 digits.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// What follows the account, such as `alarm:shop-errors` or a topic's name.
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// The alarm's name, for the ARN of a CloudWatch alarm.
    pub fn alarm_name(&self) -> Option<&str> {
        (self.service() == "cloudwatch").then(|| self.resource().strip_prefix("alarm:")).flatten()
    }

    fn part(&self, index: usize) -> &str {
        self.text.splitn(6, ':').nth(index).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = NotAnArn;

    fn from_str(text: &str) -> Result<Self, NotAnArn> {
        let refused = || NotAnArn(text.chars().take(200).collect());
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let &[scheme, partition, service, region, account, resource] = parts.as_slice() else {
            return Err(refused());
        };
        let whole = scheme == "arn"
            && ![partition, service, region, resource].contains(&"")
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit());
        if !whole {
            return Err(refused());
        }
        Ok(Self { text: text.to_owned(), region: Region::new(region) })
    }
}

impl TryFrom<String> for Arn {
    type Error = NotAnArn;

    fn try_from(text: String) -> Result<Self, NotAnArn> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.text
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl RunId {
    /// The run of a later stage of the same move: `<run>.<stage>-<tag>`. The tag tells attempts at
    /// one stage apart: an id that came again could not tell our own record from another's.
    pub fn stage(&self, stage: usize, attempt: &Self) -> Self {
        let tag = attempt.0.get(attempt.0.len().saturating_sub(4)..).unwrap_or_default();
        Self(format!("{}.{stage}-{tag}", self.of_move()))
    }

    /// What all stages of one move have in common.
    pub fn of_move(&self) -> &str {
        self.0.split_once('.').map_or(self.0.as_str(), |(whole, _)| whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_of_one_move_have_one_name_in_common() {
        let first = RunId::from("20261122T214501Z-1a2b3c4d");
        let attempt = RunId::from("20261122T220000Z-5e6f7a8b");
        let third = first.stage(2, &first).stage(3, &attempt);
        assert_eq!((third.as_str(), third.of_move()), ("20261122T214501Z-1a2b3c4d.3-7a8b", first.as_str()));
    }

    #[test]
    fn names_are_compared_as_route53_compares_them() {
        assert_eq!(DnsName::new("Shop.Example.COM."), DnsName::new("shop.example.com"));
    }

    #[test]
    fn a_name_lies_within_a_zone_only_at_a_label_border() {
        let zone = DnsName::new("example.com");
        assert!(DnsName::new("shop.example.com").is_within(&zone));
        assert!(zone.is_within(&zone));
        assert!(!DnsName::new("shop-example.com").is_within(&zone));
        assert!(!DnsName::new("example.org").is_within(&zone));
    }

    #[test]
    fn an_arn_knows_its_region_and_alarm() {
        let arn: Arn = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop: errors".parse().unwrap();
        assert_eq!(arn.region().as_str(), "us-west-2");
        assert_eq!(arn.account(), "123456789012");
        assert_eq!(arn.alarm_name(), Some("shop: errors"));
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        for text in
            ["", "arn", "arn:aws:sns:us-east-1:12:topic", "arn:aws:sns::123456789012:t", "x:y:z:a:b:c"]
        {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}
