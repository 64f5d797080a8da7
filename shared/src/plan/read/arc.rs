//! ARC routing controls: the cluster that keeps them, and the control of a region.

use std::collections::BTreeMap;
use std::time::Duration;

use url::{Host, Url};

use super::value;
use crate::names::Region;
use crate::plan::draft::ArcDraft;
use crate::plan::fault::{counted, seen};
use crate::plan::reader::Entry;
use crate::plan::report::Report;
use crate::plan::rule::{ARC_ENDPOINTS, ROUTING_CONTROL};

/// A request that two endpoints have to be tried for, and an answer, with room.
const WITHIN: Duration = Duration::from_secs(30);

/// A cluster has so many (ARC Developer Guide, components of routing control).
const ENDPOINTS: usize = 5;

pub(super) fn read(section: Option<Entry<'_>>, report: &mut Report<'_>) -> Option<ArcDraft> {
    let mut table = section?.table(report)?;
    let endpoints = table.require("endpoints", report).and_then(|entry| endpoints(&entry, report));
    let within = table.take("within").and_then(|entry| entry.duration(report)).unwrap_or(WITHIN);
    table.finish(report);
    Some(ArcDraft { endpoints: endpoints?, within })
}

fn endpoints(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<BTreeMap<Region, String>> {
    let entries = entry.table(report)?.entries();
    let count = entries.len();
    if count != ENDPOINTS {
        let message =
            format!("a cluster has five endpoints, and the plan knows {}", counted(count, "endpoint"));
        report.raise(ARC_ENDPOINTS, &entry.path, message, "write those that DescribeCluster lists");
    }
    let mut endpoints = BTreeMap::new();
    for (region, entry) in entries {
        let known = value::region_named(region, &entry, report);
        if let (Some(region), Some(url)) = (known, endpoint(&entry, report)) {
            endpoints.insert(region, url);
        }
    }
    (endpoints.len() == count).then_some(endpoints)
}

/// By TLS, but for a cluster on this very host, which tests have.
fn endpoint(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    let is_known = Url::parse(text).is_ok_and(|url| match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(ip))) => ip.is_loopback(),
        _ => false,
    });
    if !is_known {
        let message = format!("{} is not the URL of an endpoint", seen(text));
        let remedy = "write https://<host>.<region>.cluster.routing-control.amazonaws.com/v1";
        report.raise(ARC_ENDPOINTS, &entry.path, message, remedy);
        return None;
    }
    Some(text.trim_end_matches('/').to_owned())
}

/// The ARN of a region's routing control
/// (`arn:<partition>:route53-recovery-control::<account>:controlpanel/<id>/routingcontrol/<id>`).
pub(super) fn control(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_known = matches!(parts[..], ["arn", _, "route53-recovery-control", "", account, path]
        if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) && is_control(path));
    if !is_known {
        let message = format!("{} is not the ARN of a routing control", seen(text));
        let remedy =
            "write arn:aws:route53-recovery-control::<account>:controlpanel/<id>/routingcontrol/<id>";
        report.raise(ROUTING_CONTROL, &entry.path, message, remedy);
        return None;
    }
    Some(text.to_owned())
}

fn is_control(path: &str) -> bool {
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], ["controlpanel", panel, "routingcontrol", control] if is_id(panel) && is_id(control))
}
