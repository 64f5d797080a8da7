//! Overrides: how they are said.

use std::time::Duration;

use crate::plan::fault::seen;
use crate::plan::reader::{Entry, Table};
use crate::plan::report::Report;
use crate::plan::rule::BUCKET_NAME;
use crate::plan::types::{OverrideKind, Overrides};

/// Writing the object, two rounds of checkers at 10 s, their aggregation and an answer, with room.
const WITHIN: Duration = Duration::from_secs(60);

/// A bucket's name has at most 63 characters (S3 User Guide, bucket naming rules), of which `-` and the
/// region's name take up to 15.
const LONGEST_BUCKET: usize = 63 - 15;

pub(super) fn read(section: Option<Entry<'_>>, report: &mut Report<'_>) -> Option<Overrides> {
    let mut table = section?.table(report)?;
    let kind = object(&mut table, report);
    let within = table.take("within").and_then(|entry| entry.duration(report)).unwrap_or(WITHIN);
    table.finish(report);
    Some(Overrides { kind: kind?, within })
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
