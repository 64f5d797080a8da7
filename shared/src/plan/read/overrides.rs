//! Overrides: how they are said.

use std::time::Duration;

use crate::plan::fault::seen;
use crate::plan::overrides::{OverrideKind, Overrides};
use crate::plan::reader::{Entry, Table};
use crate::plan::report::Report;
use crate::plan::rule::{BUCKET_NAME, METRIC_NAMESPACE, OVERRIDE_KIND};

/// Writing the object, two rounds of checkers at 10 s, their aggregation and an answer, with room.
const WITHIN: Duration = Duration::from_secs(60);

/// A metric's period of a minute, the time until Route 53 reads it, and an answer: an estimate, never measured
/// on AWS.
const WITHIN_OF_A_METRIC: Duration = Duration::from_secs(150);

/// A bucket's name has at most 63 characters (S3 User Guide, bucket naming rules), of which `-` and the
/// region's name take up to 15.
const LONGEST_BUCKET: usize = 63 - 15;

/// CloudWatch API, `PutMetricData`.
const LONGEST_NAMESPACE: usize = 255;

pub(super) fn read(section: Option<Entry<'_>>, report: &mut Report<'_>) -> Option<Overrides> {
    let mut table = section?.table(report)?;
    let kind = kind(&mut table, report);
    let usual = match kind {
        Some(OverrideKind::Metric { .. }) => WITHIN_OF_A_METRIC,
        _ => WITHIN,
    };
    let within = table.take("within").and_then(|entry| entry.duration(report)).unwrap_or(usual);
    table.finish(report);
    Some(Overrides { kind: kind?, within })
}

fn kind(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<OverrideKind> {
    let Some(metric) = table.take("metric") else { return object(table, report) };
    if table.take("bucket").is_some() {
        let message = "an override is said by an object or by a metric, this plan names both";
        let remedy = "remove metric: an object stands whatever becomes of who put it";
        report.raise(OVERRIDE_KIND, &metric.path, message, remedy);
        return None;
    }
    let namespace = metric.text(report)?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-/#:".contains(&b);
    let reserved = namespace.starts_with(':') || namespace.starts_with("AWS/");
    if namespace.is_empty()
        || namespace.len() > LONGEST_NAMESPACE
        || reserved
        || !namespace.bytes().all(allowed)
    {
        let message = format!("{} is not what a metric's namespace can be called", seen(namespace));
        let remedy = "write something like \"Understudy/Overrides\"";
        report.raise(METRIC_NAMESPACE, &metric.path, message, remedy);
        return None;
    }
    Some(OverrideKind::Metric { namespace: namespace.to_owned() })
}

fn object(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<OverrideKind> {
    let entry = table.require("bucket", report)?;
    let bucket = entry.text(report)?.to_owned();
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (3..=LONGEST_BUCKET).contains(&bucket.len()) && bucket.bytes().all(allowed) && !bucket.starts_with('-')
    {
        return Some(OverrideKind::Object { bucket });
    }
    let message = format!("{} is not what buckets can be called by", seen(&bucket));
    let remedy = format!(
        "use 3 to {LONGEST_BUCKET} of the characters a-z, 0-9 and -: each region's name is put behind it"
    );
    report.raise(BUCKET_NAME, &entry.path, message, remedy);
    None
}
