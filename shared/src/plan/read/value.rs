//! Values with a shape of their own: names, regions, ids and ARNs.

use crate::names::{Arn, DnsName, HealthCheckId, Region, RoleArn, ZoneId};
use crate::plan::fault::seen;
use crate::plan::reader::Entry;
use crate::plan::report::Report;
use crate::plan::rule::{
    MALFORMED_ALARM, MALFORMED_HEALTH_CHECK, MALFORMED_NAME, MALFORMED_REGION, MALFORMED_ROLE,
    MALFORMED_TOPIC, MALFORMED_ZONE_ID, NAME_TOO_LONG, UNKNOWN_REGION,
};

/// The regions of AWS's commercial partition: `ResourceRecordSetRegion` of the Route 53 API
/// as aws-sdk-route53 1.132.0 has it, read in November 2026.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// The longest label of a name (RFC 1035 section 2.3.4).
const LONGEST_LABEL: usize = 63;
/// The longest name as text, without a trailing dot (RFC 1035: 255 octets on the wire).
pub(in crate::plan) const LONGEST_NAME: usize = 253;

/// A region: misshapen is refused, merely unknown is only warned of.
pub(super) fn region(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Region> {
    region_named(entry.text(report)?, entry, report)
}

/// A region whose name is a key, or a value, at this place.
pub(super) fn region_named(text: &str, entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Region> {
    if !is_region(text) {
        let message = format!("{} is not the name of a region", seen(text));
        report.raise(MALFORMED_REGION, &entry.path, message, "write it like \"us-east-1\"");
        return None;
    }
    if !REGIONS.contains(&text) {
        let message = format!("the region {} is not known to this version", seen(text));
        report.raise(
            UNKNOWN_REGION,
            &entry.path,
            message,
            "check the spelling; a new region works all the same",
        );
    }
    Some(Region::new(text))
}

/// `xx-word-n`, with more words in some partitions.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, words @ .., number] = parts.as_slice() else { return false };
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let numbered = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 32 && letters(first) && !words.is_empty() && words.iter().all(letters) && numbered
}

/// A host name.
pub(super) fn name(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<DnsName> {
    let text = entry.text(report)?;
    let name = DnsName::new(text);
    if name.as_str().split('.').any(|label| label.len() > LONGEST_LABEL) || name.as_str().len() > LONGEST_NAME
    {
        let message = format!("{} has {} characters", seen(text), name.as_str().len());
        let remedy = format!("a name has at most {LONGEST_NAME}, each of its labels at most {LONGEST_LABEL}");
        report.raise(NAME_TOO_LONG, &entry.path, message, remedy);
        return None;
    }
    if !is_host_name(name.as_str()) {
        let message = format!("{} is not a host name", seen(text));
        let remedy =
            "write labels of letters, digits, - and _ with dots between; no scheme, path, port, * or address";
        report.raise(MALFORMED_NAME, &entry.path, message, remedy);
        return None;
    }
    Some(name)
}

/// Whether this is a name that records can have and probes can ask; a last label of digits is an address.
pub(super) fn is_host_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.split('.').all(label) && !last.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn zone_id(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<ZoneId> {
    let text = entry.text(report)?;
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let rest = text.strip_prefix('Z').unwrap_or_default();
    if (1..=31).contains(&rest.len()) && rest.bytes().all(allowed) {
        return Some(ZoneId::new(text));
    }
    let message = format!("{} is not a hosted zone's id", seen(text));
    let remedy = "write Z and up to 31 upper-case letters and digits, without /hostedzone/";
    report.raise(MALFORMED_ZONE_ID, &entry.path, message, remedy);
    None
}

pub(super) fn health_check(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<HealthCheckId> {
    let text = entry.text(report)?;
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let allowed = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-';
    if lengths == [8, 4, 4, 4, 12] && text.bytes().all(allowed) {
        return Some(HealthCheckId::new(text));
    }
    let message = format!("{} is not a health check's id", seen(text));
    let remedy = "write the UUID as Route 53 prints it, in lower case, or leave the key out to have it found";
    report.raise(MALFORMED_HEALTH_CHECK, &entry.path, message, remedy);
    None
}

pub(super) fn alarm(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Arn> {
    let text = entry.text(report)?;
    let named = |arn: &Arn| arn.alarm_name().is_some_and(|name| !name.is_empty());
    let alarm = text.parse().ok().filter(|arn: &Arn| named(arn) && is_region(arn.region().as_str()));
    if alarm.is_none() {
        let message = format!("{} is not the ARN of an alarm", seen(text));
        let remedy = "write arn:aws:cloudwatch:<region>:<12 digits>:alarm:<name>";
        report.raise(MALFORMED_ALARM, &entry.path, message, remedy);
    }
    alarm
}

pub(super) fn topic(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Arn> {
    let text = entry.text(report)?;
    // A subscription's ARN has one part more.
    let named = |arn: &Arn| arn.service() == "sns" && !arn.resource().contains(':');
    let topic = text.parse().ok().filter(|arn: &Arn| named(arn) && is_region(arn.region().as_str()));
    if topic.is_none() {
        let message = format!("{} is not the ARN of a topic", seen(text));
        report.raise(MALFORMED_TOPIC, &entry.path, message, "write arn:aws:sns:<region>:<12 digits>:<name>");
    }
    topic
}

/// An IAM role, of any partition.
pub(super) fn role(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<RoleArn> {
    let text = entry.text(report)?;
    if is_role(text) {
        return Some(RoleArn::new(text));
    }
    let message = format!("{} is not the ARN of a role", seen(text));
    report.raise(MALFORMED_ROLE, &entry.path, message, "write arn:aws:iam::<12 digits>:role/<name>");
    None
}

/// `arn:<partition>:iam::<account>:role/<path><name>` with the characters that IAM allows (API, `CreateRole`).
fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &["arn", partition, "iam", "", account, resource] = parts.as_slice() else { return false };
    let Some(named) = resource.strip_prefix("role/") else { return false };
    let (path, name) = named.rsplit_once('/').unwrap_or(("", named));
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    let lettered = |b: u8| b.is_ascii_lowercase() || b == b'-';
    partition.starts_with("aws")
        && partition.bytes().all(lettered)
        && is_account(account)
        && path.len() <= 512
        && path.bytes().all(|b| b.is_ascii_graphic())
        && (1..=64).contains(&name.len())
        && name.bytes().all(allowed)
}

/// The 12 digits of an AWS account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_its_shape() {
        for good in REGIONS.iter().chain(&["cn-north-1", "us-gov-west-1", "eusc-de-east-1", "xx-yyyy-1"]) {
            assert!(is_region(good), "{good}");
        }
        for bad in
            ["", "us", "us-1", "us-east", "us-east-", "US-EAST-1", "us-east-1a", "us east 1", "-east-1"]
        {
            assert!(!is_region(bad), "{bad}");
        }
    }

    #[test]
    fn a_role_has_its_shape() {
        for good in [
            "arn:aws:iam::123456789012:role/understudy-dns",
            "arn:aws-cn:iam::123456789012:role/dns",
            "arn:aws-us-gov:iam::123456789012:role/service/of/ours/dns_1+=,.@-",
        ] {
            assert!(is_role(good), "{good}");
        }
        for bad in [
            "",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/dns/",
            "arn:aws:iam::123456789012:user/dns",
            "arn:aws:iam:us-east-1:123456789012:role/dns",
            "arn:aws:iam::12345:role/dns",
            "arn:aws:sts::123456789012:assumed-role/dns/session",
            "arn:gcp:iam::123456789012:role/dns",
            "arn:aws:iam::123456789012:role/d n s",
        ] {
            assert!(!is_role(bad), "{bad}");
        }
    }

    #[test]
    fn a_host_name_has_its_shape() {
        for good in
            ["example.com", "e1._understudy.shop.example.com", "xn--mnchen-3ya.de", "localhost", "1a.b2"]
        {
            assert!(is_host_name(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "a..b",
            "*.example.com",
            "192.0.2.1",
            "a b.c",
            "-a.b",
            "a-.b",
            "a/b",
            "a:80",
            "münchen.de",
        ] {
            assert!(!is_host_name(bad), "{bad}");
        }
    }
}
