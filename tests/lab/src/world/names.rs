//! The names that every lab has.

use std::net::Ipv4Addr;

/// The application.
pub const APPLICATION: &str = "shop";
/// What users resolve.
pub const SERVED: &str = "shop.example.com";
/// The hosted zone.
pub const ZONE: &str = "example.com";
/// The account.
pub const ACCOUNT: &str = "123456789012";
/// The region that serves when all is well.
pub const PRIMARY: &str = "us-east-1";
/// The region that takes over.
pub const STANDBY: &str = "us-west-2";
/// The regions, each with its application's address.
pub const REGIONS: [(&str, Ipv4Addr); 2] =
    [(PRIMARY, Ipv4Addr::new(127, 0, 1, 1)), (STANDBY, Ipv4Addr::new(127, 0, 2, 1))];
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

/// The other region.
pub fn other(region: &str) -> &'static str {
    if region == PRIMARY { STANDBY } else { PRIMARY }
}
