//! What aliases lead to: that Route 53 can have it so, and that the plan's promises are kept.

use crate::dns::{CLOUDFRONT_ZONE, TargetKind};
use crate::names::{DnsName, ZoneId};
use crate::plan::draft::{Draft, RegionDraft};
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{
    ALIAS_OUTSIDE_ZONE, ALIAS_WITHOUT_IPV6, ALIAS_ZONE_DIFFERS, CLOUDFRONT_ALIAS, NAME_BOUND_ALIAS,
    NATIVE_OFF_DIRECT_ALIAS, WEBSITE_ALIAS,
};
use crate::plan::types::{Policy, RecordValue};

/// An alias with its place.
struct Alias<'a> {
    path: Path,
    target: &'a DnsName,
    zone: &'a ZoneId,
    ipv6: bool,
    kind: TargetKind,
}

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    for region in &draft.regions {
        for alias in of(region) {
            zone(draft, &alias, report);
            ipv6(&alias, report);
            if alias.kind.is_bound_to_its_name() && (draft.shadow || region.backup.is_some()) {
                bound_to_its_name(&alias, report);
            }
        }
        native_off(draft, region, report);
    }
    cloudfront(draft, report);
    websites(draft, report);
}

fn of(region: &RegionDraft) -> impl Iterator<Item = Alias<'_>> {
    region.records().filter_map(|(path, record)| match record {
        RecordValue::Alias { target, zone, ipv6 } => {
            let is_cloudfront = zone.as_str() == CLOUDFRONT_ZONE;
            let kind = if is_cloudfront { TargetKind::CloudFront } else { TargetKind::of(target) };
            Some(Alias { path, target, zone, ipv6: *ipv6, kind })
        }
        RecordValue::Addresses { .. } | RecordValue::Cname(_) => None,
    })
}

fn zone(draft: &Draft, alias: &Alias<'_>, report: &mut Report<'_>) {
    let Alias { path, target, zone, kind, .. } = alias;
    if let (Some(own), Some(apex)) = (&draft.zone.id, &draft.zone.name)
        && *zone == own
        && !target.is_within(apex)
    {
        let message = format!("{target} does not lie within {apex}, whose id {zone} is");
        let remedy = "leave the zone out to have it found, or name a target in the application's zone";
        report.raise(ALIAS_OUTSIDE_ZONE, &path.key("alias"), message, remedy);
    } else if let Some(known) = TargetKind::zone_of(target).filter(|known| known != *zone) {
        let message = format!("{target} is {}, which lies in {known}, not in {zone}", kind.as_str());
        let remedy = format!("write zone = \"{known}\", or leave the key out");
        report.raise(ALIAS_ZONE_DIFFERS, &path.key("zone"), message, remedy);
    }
}

fn ipv6(alias: &Alias<'_>, report: &mut Report<'_>) {
    let remedy = match alias.kind {
        TargetKind::Website => "remove ipv6, or put a CloudFront distribution before the bucket",
        TargetKind::Accelerator if !alias.target.as_str().contains(".dualstack.") => {
            "remove ipv6, or name the accelerator by its dual-stack name"
        }
        _ => return,
    };
    if alias.ipv6 {
        let message = format!("{} has no IPv6 address", alias.target);
        report.raise(ALIAS_WITHOUT_IPV6, &alias.path.key("ipv6"), message, remedy);
    }
}

fn bound_to_its_name(alias: &Alias<'_>, report: &mut Report<'_>) {
    let Alias { path, target, kind, .. } = alias;
    let message =
        format!("{target} is {}, which a record beside the served name cannot lead to", kind.as_str());
    let remedy = "name a load balancer or addresses, or do without backup and shadow";
    report.raise(NAME_BOUND_ALIAS, &path.key("alias"), message, remedy);
}

fn native_off(draft: &Draft, region: &RegionDraft, report: &mut Report<'_>) {
    let Some(RecordValue::Alias { target, zone, .. }) = &region.record else { return };
    if draft.is_provisioned() || !draft.needs_origin(target, zone) {
        return;
    }
    let name = region.name.as_ref().map_or("<region>", |name| name.as_str());
    let served = draft.served.as_ref().map_or("<served name>", |served| served.as_str());
    let message =
        format!("native is off, but the alias leads straight to {target}, whose health moves traffic");
    let remedy = format!(
        "write provision = true, or let origin-{name}._understudy.{served} alias it without evaluating its health, and alias that name here"
    );
    report.raise(NATIVE_OFF_DIRECT_ALIAS, &region.path.key("record").key("alias"), message, remedy);
}

/// None under `failover`; one at most elsewhere.
fn cloudfront(draft: &Draft, report: &mut Report<'_>) {
    let remedy = "put all regions behind one distribution as an origin group, or serve them without it";
    let all = draft.regions.iter().flat_map(of).filter(|alias| alias.kind == TargetKind::CloudFront);
    let is_failover = draft.policy == Some(Policy::Failover);
    for alias in all.skip(usize::from(!is_failover)) {
        let message = if is_failover {
            format!(
                "{} is a CloudFront distribution, whose health a failover alias would have to evaluate and cannot",
                alias.target
            )
        } else {
            format!(
                "{} is the second CloudFront distribution, of which one alone can have the served name",
                alias.target
            )
        };
        report.raise(CLOUDFRONT_ALIAS, &alias.path.key("alias"), message, remedy);
    }
}

fn websites(draft: &Draft, report: &mut Report<'_>) {
    let all = || draft.regions.iter().flat_map(of).filter(|alias| alias.kind == TargetKind::Website);
    for alias in all().filter(|alias| !alias.target.as_str().starts_with("s3-website")) {
        let message = format!("{} is the website of one bucket, not an endpoint of S3", alias.target);
        let remedy = "write s3-website-<region>.amazonaws.com, or s3-website.<region>.amazonaws.com in newer regions: the bucket is found by the served name";
        report.raise(WEBSITE_ALIAS, &alias.path.key("alias"), message, remedy);
    }
    for alias in all().skip(1) {
        let message = "a second S3 website, but one bucket alone can have the served name";
        let remedy = "put one CloudFront distribution before both buckets, as an origin group";
        report.raise(WEBSITE_ALIAS, &alias.path.key("alias"), message, remedy);
    }
}
