//! What an alias leads to, as its name tells: which zone holds it, and what Route 53 asks of an alias of it.

use super::target_zones::ZONES;
use crate::names::{DnsName, ZoneId};

/// The zone of every CloudFront distribution, an edge-optimised API's among them
/// (Route 53 API, `AliasTarget.HostedZoneId`; AWS General Reference, API Gateway endpoints).
pub const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
/// The zone of every accelerator (Route 53 API, `AliasTarget.HostedZoneId`).
const ACCELERATOR_ZONE: &str = "Z2BJ6XQ5FK7U4H";

/// What an alias leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// An Application or Classic Load Balancer.
    LoadBalancer,
    /// A Network Load Balancer.
    NetworkLoadBalancer,
    /// A regional domain of API Gateway.
    ApiGateway,
    /// A CloudFront distribution, an edge-optimised API's included.
    CloudFront,
    /// A website that an S3 bucket serves.
    Website,
    /// A Global Accelerator.
    Accelerator,
    /// A record, or something that its name does not tell.
    Other,
}

impl TargetKind {
    /// As a target's name tells.
    pub fn of(target: &DnsName) -> Self {
        read(target.as_str()).0
    }

    /// The zone that holds a target, where that is known.
    pub fn zone_of(target: &DnsName) -> Option<ZoneId> {
        let (kind, region) = read(target.as_str());
        let column = match kind {
            Self::CloudFront => return Some(ZoneId::new(CLOUDFRONT_ZONE)),
            Self::Accelerator => return Some(ZoneId::new(ACCELERATOR_ZONE)),
            Self::LoadBalancer => 1,
            Self::NetworkLoadBalancer => 2,
            Self::ApiGateway => 3,
            Self::Website => 4,
            Self::Other => return None,
        };
        let of_region = |line: &&str| line.split(' ').next() == Some(region);
        let zone = ZONES.lines().find(of_region)?.split(' ').nth(column)?;
        (zone != "-").then(|| ZoneId::new(zone))
    }

    /// The region in which a target stands, where its name tells.
    pub fn region_of(target: &DnsName) -> Option<&str> {
        let (_, region) = read(target.as_str());
        (!region.is_empty()).then_some(region)
    }

    /// Whether it answers only for the record that bears the name it was made for: a bucket's, an alternate
    /// domain name, a custom domain name (Route 53 API, `AliasTarget.DNSName`).
    pub fn is_bound_to_its_name(self) -> bool {
        matches!(self, Self::ApiGateway | Self::CloudFront | Self::Website)
    }

    /// Whether an alias that takes the target's health for its own gains anything by that. CloudFront has none
    /// that could be taken, and that of API Gateway and S3 tells nothing of an application
    /// (Route 53 API, `AliasTarget.EvaluateTargetHealth`).
    pub fn has_health(self) -> bool {
        !self.is_bound_to_its_name()
    }

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoadBalancer => "a load balancer",
            Self::NetworkLoadBalancer => "a network load balancer",
            Self::ApiGateway => "an API Gateway domain",
            Self::CloudFront => "a CloudFront distribution",
            Self::Website => "an S3 website",
            Self::Accelerator => "an accelerator",
            Self::Other => "a record",
        }
    }
}

/// The kind and the region that a name tells; no region where the kind has none.
fn read(name: &str) -> (TargetKind, &str) {
    if is_below(name, "cloudfront.net") {
        return (TargetKind::CloudFront, "");
    }
    if is_below(name, "awsglobalaccelerator.com") {
        return (TargetKind::Accelerator, "");
    }
    let bare = name.strip_suffix(".cn").unwrap_or(name);
    bare.strip_suffix(".amazonaws.com").map_or((TargetKind::Other, ""), of_amazonaws)
}

fn is_below(name: &str, of: &str) -> bool {
    name.strip_suffix(of).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// What stands before `amazonaws.com`: `<name>.<region>.elb`, `<name>.elb.<region>`,
/// `<id>.execute-api.<region>`, `s3-website.<region>` or, in older regions, `s3-website-<region>`.
fn of_amazonaws(rest: &str) -> (TargetKind, &str) {
    let mut labels = rest.rsplit('.');
    let last = labels.next().unwrap_or_default();
    if let Some(region) = last.strip_prefix("s3-website-") {
        return (TargetKind::Website, region);
    }
    let before = labels.next().unwrap_or_default();
    let is_named = labels.next().is_some();
    match (before, last) {
        ("s3-website", region) => (TargetKind::Website, region),
        (region, "elb") if is_named => (TargetKind::LoadBalancer, region),
        ("elb", region) if is_named => (TargetKind::NetworkLoadBalancer, region),
        ("execute-api", region) if is_named => (TargetKind::ApiGateway, region),
        _ => (TargetKind::Other, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> (TargetKind, Option<String>) {
        let name = DnsName::new(name);
        (TargetKind::of(&name), TargetKind::zone_of(&name).map(|zone| zone.to_string()))
    }

    #[test]
    fn a_name_tells_its_kind_and_its_zone() {
        use TargetKind::{
            Accelerator, ApiGateway, CloudFront, LoadBalancer, NetworkLoadBalancer, Other, Website,
        };
        for (name, kind, zone) in [
            ("shop-1.us-west-2.elb.amazonaws.com", LoadBalancer, Some("Z1H1FL5HABSF5")),
            ("dualstack.shop-1.us-east-1.elb.amazonaws.com", LoadBalancer, Some("Z35SXDOTRQ7X7K")),
            ("shop-1.cn-north-1.elb.amazonaws.com.cn", LoadBalancer, Some("Z1GDH35T77C1KE")),
            ("shop-1.elb.us-west-2.amazonaws.com", NetworkLoadBalancer, Some("Z18D5FSROUN65G")),
            ("d-1a2b3c.execute-api.eu-west-1.amazonaws.com", ApiGateway, Some("ZLY8HYME6SFDD")),
            ("d111111abcdef8.cloudfront.net", CloudFront, Some("Z2FDTNDATAQYW2")),
            ("s3-website-us-east-1.amazonaws.com", Website, Some("Z3AQBSTGFYJSTF")),
            ("s3-website.eu-central-1.amazonaws.com", Website, Some("Z21DNDUVLTQW6Q")),
            ("a1234567890abcdef.awsglobalaccelerator.com", Accelerator, Some("Z2BJ6XQ5FK7U4H")),
            ("a1.dualstack.awsglobalaccelerator.com", Accelerator, Some("Z2BJ6XQ5FK7U4H")),
            ("shop-1.mars-east-1.elb.amazonaws.com", LoadBalancer, None),
            ("s3-website.af-south-1.amazonaws.com", Website, None),
            ("us-east-1.elb.amazonaws.com", Other, None),
            ("cloudfront.net", Other, None),
            ("mycloudfront.net", Other, None),
            ("amazonaws.com", Other, None),
            ("a.shop.example.com", Other, None),
        ] {
            assert_eq!(told(name), (kind, zone.map(str::to_owned)), "{name}");
        }
    }

    #[test]
    fn every_line_of_the_table_has_a_region_and_four_zones_each_once() {
        let is_zone = |word: &str| {
            word == "-"
                || word.strip_prefix('Z').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()))
        };
        let mut met = std::collections::BTreeSet::new();
        for line in ZONES.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            assert!(words.len() == 5 && words.iter().skip(1).all(|word| is_zone(word)), "{line}");
            for word in words.into_iter().filter(|word| *word != "-") {
                assert!(met.insert(word), "{word} stands twice");
            }
        }
    }

    #[test]
    fn what_has_one_name_of_its_own_has_no_health_to_evaluate() {
        for kind in [TargetKind::ApiGateway, TargetKind::CloudFront, TargetKind::Website] {
            assert!(kind.is_bound_to_its_name() && !kind.has_health());
        }
        for kind in [TargetKind::LoadBalancer, TargetKind::Accelerator, TargetKind::Other] {
            assert!(!kind.is_bound_to_its_name() && kind.has_health());
        }
    }
}
