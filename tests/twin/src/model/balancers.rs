//! Names outside every hosted zone: load balancers and the like, which aliases target, and plain hosts.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::health::Health;
use super::{DnsName, ZoneId};

/// The zone of all CloudFront distributions (Route 53 API reference, `AliasTarget.HostedZoneId`).
pub const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
/// The zone of all Global Accelerators (the same place).
pub const GLOBAL_ACCELERATOR_ZONE: &str = "Z2BJ6XQ5FK7U4H";

/// Region and canonical zone of Application and Classic Load Balancers (AWS General Reference, "Elastic Load
/// Balancing endpoints and quotas", `docs.aws.amazon.com/general/latest/gr/elb.html`).
pub const ALB_ZONES: &[(&str, &str)] = &[
    ("af-south-1", "Z268VQBMOI5EKX"),
    ("ap-east-1", "Z3DQVH9N71FHZ0"),
    ("ap-northeast-1", "Z14GRHDCWA56QT"),
    ("ap-northeast-2", "ZWKZPGTI48KDX"),
    ("ap-northeast-3", "Z5LXEXXYW11ES"),
    ("ap-south-1", "ZP97RAFLXTNZK"),
    ("ap-south-2", "Z0173938T07WNTVAEPZN"),
    ("ap-southeast-1", "Z1LMS91P8CMLE5"),
    ("ap-southeast-2", "Z1GM3OXH4ZPM65"),
    ("ca-central-1", "ZQSVJUPU6J1EY"),
    ("eu-central-1", "Z215JYRZR1TBD5"),
    ("eu-north-1", "Z23TAZ6LKFMNIO"),
    ("eu-west-1", "Z32O12XQLNTSW2"),
    ("eu-west-2", "ZHURV8PSTC4K8"),
    ("eu-west-3", "Z3Q77PNBQS71R4"),
    ("me-south-1", "ZS929ML54UICD"),
    ("sa-east-1", "Z2P70J7HTTTPLU"),
    ("us-east-1", "Z35SXDOTRQ7X7K"),
    ("us-east-2", "Z3AADJGX6KTTL2"),
    ("us-west-1", "Z368ELLRRE2KJ0"),
    ("us-west-2", "Z1H1FL5HABSF5"),
];

/// Region and canonical zone of Network Load Balancers (the same table; they differ).
pub const NLB_ZONES: &[(&str, &str)] = &[
    ("af-south-1", "Z203XCE67M25HM"),
    ("ap-east-1", "Z12Y7K3UBGUAD1"),
    ("ap-northeast-1", "Z31USIVHYNEOWT"),
    ("ap-northeast-2", "ZIBE1TIR4HY56"),
    ("ap-northeast-3", "Z1GWIQ4HH19I5X"),
    ("ap-south-1", "ZVDDRBQ08TROA"),
    ("ap-south-2", "Z0711778386UTO08407HT"),
    ("ap-southeast-1", "ZKVM4W9LS7TM"),
    ("ap-southeast-2", "ZCT6FZBF4DROD"),
    ("ca-central-1", "Z2EPGBW3API2WT"),
    ("eu-central-1", "Z3F0SRJ5LGBH90"),
    ("eu-north-1", "Z1UDT6IFJ4EJM"),
    ("eu-west-1", "Z2IFOLAFXWLO4F"),
    ("eu-west-2", "ZD4D7Y8KGAS4G"),
    ("eu-west-3", "Z1CMS0P5QUZ6D5"),
    ("me-south-1", "Z3QSRYVP46NYYV"),
    ("sa-east-1", "ZTK26PT1VY4CU"),
    ("us-east-1", "Z26RNL4JYFTOTI"),
    ("us-east-2", "ZLMOA37VPKANP"),
    ("us-west-1", "Z24FKFUX50B4VW"),
    ("us-west-2", "Z18D5FSROUN65G"),
];

/// The canonical zone of Application Load Balancers in a region.
pub fn alb_zone(region: &str) -> Option<ZoneId> {
    of_region(ALB_ZONES, region)
}

/// The canonical zone of Network Load Balancers in a region.
pub fn nlb_zone(region: &str) -> Option<ZoneId> {
    of_region(NLB_ZONES, region)
}

fn of_region(table: &[(&str, &str)], region: &str) -> Option<ZoneId> {
    table.iter().find(|(known, _)| *known == region).map(|(_, zone)| ZoneId::from(*zone))
}

/// Something with a name and addresses outside every hosted zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// The canonical zone; none for a plain host, which no alias can target.
    pub zone: Option<ZoneId>,
    /// What the name answers, for both address families.
    pub addresses: Vec<IpAddr>,
    /// Whether every target group with targets has a healthy one (Route 53 API reference,
    /// `EvaluateTargetHealth`).
    pub health: Health,
    /// The one name that it answers for: a distribution's alternate domain name, an API's custom domain name, the
    /// name of a bucket (Route 53 API reference, `AliasTarget.DNSName`). None where any record may lead to it.
    pub only_for: Option<DnsName>,
}

/// Where the target of an alias was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Found,
    Missing,
    Elsewhere,
}

/// The table of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Balancers(BTreeMap<DnsName, LoadBalancer>);

impl Balancers {
    pub fn insert(&mut self, name: DnsName, balancer: LoadBalancer) {
        self.0.insert(name, balancer);
    }

    pub fn get_mut(&mut self, name: &DnsName) -> Option<&mut LoadBalancer> {
        self.0.get_mut(name)
    }

    /// The entry of a name; `dualstack.` before a load balancer's name means the same balancer.
    pub fn get(&self, name: &DnsName) -> Option<&LoadBalancer> {
        self.0
            .get(name)
            .or_else(|| self.0.get(&DnsName::parse(name.as_str().strip_prefix("dualstack.")?).ok()?))
    }

    pub fn place(&self, zone: &ZoneId, name: &DnsName) -> Place {
        match self.get(name) {
            Some(balancer) if balancer.zone.as_ref() == Some(zone) => Place::Found,
            Some(_) => Place::Elsewhere,
            None if lies_within(zone, name) => Place::Missing,
            None => Place::Elsewhere,
        }
    }
}

/// Whether a name has the form of the names in a canonical zone.
fn lies_within(zone: &ZoneId, name: &DnsName) -> bool {
    let region = |table: &[(&'static str, &str)]| {
        table.iter().find(|(_, id)| *id == zone.as_str()).map(|(region, _)| *region)
    };
    let suffix = match zone.as_str() {
        CLOUDFRONT_ZONE => "cloudfront.net".to_owned(),
        GLOBAL_ACCELERATOR_ZONE => "awsglobalaccelerator.com".to_owned(),
        _ => match (region(ALB_ZONES), region(NLB_ZONES)) {
            (Some(region), _) => format!("{region}.elb.amazonaws.com"),
            (None, Some(region)) => format!("elb.{region}.amazonaws.com"),
            (None, None) => return false,
        },
    };
    DnsName::parse(&suffix).is_ok_and(|suffix| name.is_within(&suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_lies_in_its_own_canonical_zone_only() {
        let name = DnsName::parse("shop-1.us-west-2.elb.amazonaws.com").unwrap();
        let west = alb_zone("us-west-2").unwrap();
        let mut balancers = Balancers::default();
        assert_eq!(balancers.place(&west, &name), Place::Missing);
        assert_eq!(balancers.place(&"Z1D633PJN98FT9".into(), &name), Place::Elsewhere);
        balancers.insert(
            name.clone(),
            LoadBalancer {
                zone: Some(west.clone()),
                addresses: Vec::new(),
                health: Health::Healthy,
                only_for: None,
            },
        );
        assert_eq!(balancers.place(&west, &name), Place::Found);
        assert_eq!(balancers.place(&nlb_zone("us-west-2").unwrap(), &name), Place::Elsewhere);
        let dual = DnsName::parse("dualstack.shop-1.us-west-2.elb.amazonaws.com").unwrap();
        assert_eq!(balancers.place(&west, &dual), Place::Found);
    }

    #[test]
    fn the_seed_document_s_wrong_zone_is_in_no_table() {
        assert_eq!(alb_zone("us-west-2"), Some("Z1H1FL5HABSF5".into()));
        assert!(!ALB_ZONES.iter().chain(NLB_ZONES).any(|(_, zone)| *zone == "Z1D633PJN98FT9"));
    }
}
