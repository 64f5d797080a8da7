//! The names that every lab has.

/// The application.
pub const APPLICATION: &str = "shop";
/// What users of it resolve.
pub const SERVED: &str = "shop.example.com";
/// The hosted zone.
pub const ZONE: &str = "example.com";
/// The account.
pub const ACCOUNT: &str = "123456789012";
/// The region that serves when all is well.
pub const PRIMARY: &str = "us-east-1";
/// The region that takes over.
pub const STANDBY: &str = "us-west-2";
/// The regions that a lab can have.
pub const REGIONS: [&str; 8] = [
    PRIMARY,
    STANDBY,
    "eu-west-1",
    "ca-central-1",
    "us-east-2",
    "eu-central-1",
    "ap-southeast-2",
    "ap-northeast-1",
];
/// Groups of topics in the plan.
pub const GROUPS: [&str; 2] = ["ops-team", "management"];

/// The topic of a group in a region.
pub fn topic(group: &str, region: &str) -> String {
    format!("arn:aws:sns:{region}:{ACCOUNT}:{}", topic_name(group))
}

/// A group's topics have this name in each region.
pub fn topic_name(group: &str) -> String {
    format!("understudy-{group}")
}

/// Whether a lab can have that region.
pub fn is_region(name: &str) -> bool {
    REGIONS.contains(&name)
}

/// The role by which another account's zone is changed.
pub const ZONE_ROLE: &str = "arn:aws:iam::210987654321:role/zone-changes";
/// The account of the zone, where it is another one.
pub const ZONE_ACCOUNT: &str = "210987654321";
/// A plan that not every controller has is written to files of this name.
pub const SKEWED_PLAN: &str = "failover-other";

/// The alarm whose settings make the metric of an override the data of a health check.
pub fn away_alarm(service: &str, from: &str) -> String {
    format!("away-{service}-{from}")
}

/// The routing control of a region of an application.
pub fn routing_control(service: &str, region: &str) -> String {
    let control = format!("{service}{}", region.replace('-', ""));
    format!("arn:aws:route53-recovery-control::{ACCOUNT}:controlpanel/lab/routingcontrol/{control}")
}
