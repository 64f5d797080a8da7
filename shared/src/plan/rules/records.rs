//! What the regions put into the served name's record sets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::names::DnsName;
use crate::plan::draft::{Draft, RegionDraft};
use crate::plan::path::Path;
use crate::plan::read::is_private;
use crate::plan::report::Report;
use crate::plan::rule::{
    BATCH_TOO_LARGE, CNAME_AT_APEX, LONG_TTL, PRIVATE_ADDRESS, RECORD_AT_ITSELF, RECORD_TYPES_DIFFER,
    SAME_RECORD, TTL_NOT_WHOLE_SECONDS, ZERO_TTL,
};
use crate::plan::types::RecordValue;

/// Elements in one batch (Developer Guide, quotas of ChangeResourceRecordSets).
const MOST_ELEMENTS: usize = 1_000;
/// Characters of values in one batch (the same page).
const MOST_CHARACTERS: usize = 32_000;
/// An UPSERT counts twice (the same page).
const UPSERT: usize = 2;
/// The longest text of an epoch record with its quotes: one string of 255 characters.
const EPOCH_TEXT: usize = 257;
/// The longest TTL that Route 53 recommends with health checks (API, `ResourceRecordSet.TTL`).
const LONGEST_TTL_SECONDS: u64 = 60;

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    for (path, record) in draft.regions.iter().flat_map(RegionDraft::records) {
        match record {
            RecordValue::Addresses { v4, v6 } => addresses((v4, v6), &path, report),
            RecordValue::Cname(target) => cname(draft, target, &path.key("cname"), report),
            RecordValue::Alias { target, .. } => leads_elsewhere(draft, target, &path.key("alias"), report),
        }
    }
    types_are_alike(draft, report);
    values_are_different(draft, report);
    batch_fits(draft, report);
    ttl(draft, report);
}

fn addresses((v4, v6): (&[Ipv4Addr], &[Ipv6Addr]), path: &Path, report: &mut Report<'_>) {
    let v4 = v4.iter().enumerate().map(|(index, address)| ("a", index, IpAddr::V4(*address)));
    let v6 = v6.iter().enumerate().map(|(index, address)| ("aaaa", index, IpAddr::V6(*address)));
    for (key, index, address) in v4.chain(v6).filter(|(_, _, address)| is_private(*address)) {
        let path = path.key(key).index(index);
        let message = format!("{address} cannot be reached from the internet");
        report.raise(
            PRIVATE_ADDRESS,
            &path,
            message,
            "write a public address, unless all users share its network",
        );
    }
}

fn cname(draft: &Draft, target: &DnsName, path: &Path, report: &mut Report<'_>) {
    leads_elsewhere(draft, target, path, report);
    if let (Some(served), Some(zone)) = (&draft.served, &draft.zone.name)
        && served == zone
    {
        let message = format!("{served} is the apex of its zone, which cannot hold a CNAME");
        report.raise(
            CNAME_AT_APEX,
            path,
            message,
            "use an alias or addresses, or serve a name below the apex",
        );
    }
}

fn leads_elsewhere(draft: &Draft, target: &DnsName, path: &Path, report: &mut Report<'_>) {
    if draft.served.as_ref() == Some(target) {
        let message = format!("the record of {target} leads to {target}");
        report.raise(RECORD_AT_ITSELF, path, message, "name what serves in this region");
    }
}

/// The record types that a value gives the served name.
pub(super) fn types(record: &RecordValue) -> &'static str {
    match record {
        RecordValue::Addresses { v4, v6 } if !v4.is_empty() && !v6.is_empty() => "A and AAAA",
        RecordValue::Addresses { v4, .. } if v4.is_empty() => "AAAA",
        RecordValue::Alias { ipv6: true, .. } => "A and AAAA",
        RecordValue::Addresses { .. } | RecordValue::Alias { .. } => "A",
        RecordValue::Cname(_) => "CNAME",
    }
}

fn types_are_alike(draft: &Draft, report: &mut Report<'_>) {
    let records = draft.regions.iter().flat_map(RegionDraft::records);
    let mut kinds = records.map(|(path, record)| (path, types(record)));
    let Some((_, first)) = kinds.next() else { return };
    for (path, kind) in kinds.filter(|(_, kind)| *kind != first) {
        let message = format!("this one answers with {kind}, the first one with {first}");
        let remedy = format!("give all of them {first}, or all of them {kind}");
        report.raise(RECORD_TYPES_DIFFER, &path, message, remedy);
    }
}

fn values_are_different(draft: &Draft, report: &mut Report<'_>) {
    let records: Vec<(Path, &RecordValue)> = draft.regions.iter().flat_map(RegionDraft::records).collect();
    for (index, (path, record)) in records.iter().enumerate() {
        let before = records.iter().take(index).map(|(_, record)| *record);
        if let Some(shared) = before.filter_map(|other| shared(record, other)).next() {
            let message = format!("{shared} serves in more than one place");
            report.raise(SAME_RECORD, path, message, "name what serves in this region only");
        }
    }
}

/// What two values have in common, so that an answer would not tell them apart.
fn shared(left: &RecordValue, right: &RecordValue) -> Option<String> {
    match (left, right) {
        (RecordValue::Addresses { v4, v6 }, RecordValue::Addresses { v4: other4, v6: other6 }) => {
            let v4 = v4.iter().find(|address| other4.contains(address)).map(ToString::to_string);
            v4.or_else(|| v6.iter().find(|address| other6.contains(address)).map(ToString::to_string))
        }
        (RecordValue::Cname(left), RecordValue::Cname(right)) => (left == right).then(|| left.to_string()),
        (RecordValue::Alias { target: left, .. }, RecordValue::Alias { target: right, .. }) => {
            (left == right).then(|| left.to_string())
        }
        _ => None,
    }
}

/// One move writes every region's value, creates the epoch record and upserts the one that names the newest.
fn batch_fits(draft: &Draft, report: &mut Report<'_>) {
    let (mut elements, mut characters) = (1 + UPSERT, EPOCH_TEXT * (1 + UPSERT));
    for record in draft.regions.iter().filter_map(|region| region.record.as_ref()) {
        let (records, text) = size(record);
        elements += records * UPSERT;
        characters += text * UPSERT;
    }
    if elements > MOST_ELEMENTS || characters > MOST_CHARACTERS {
        let message = format!(
            "one move would need {elements} elements and {characters} characters, Route 53 takes {MOST_ELEMENTS} and {MOST_CHARACTERS}"
        );
        let remedy =
            "make the other names aliases of one switch record, so that one small batch moves them all";
        report.raise(BATCH_TOO_LARGE, &draft.path.key("region"), message, remedy);
    }
}

/// The elements of a value and the characters in them; an alias is one element and no value.
fn size(record: &RecordValue) -> (usize, usize) {
    match record {
        RecordValue::Addresses { v4, v6 } => {
            let v4_text: usize = v4.iter().map(|address| address.to_string().len()).sum();
            let v6_text: usize = v6.iter().map(|address| address.to_string().len()).sum();
            (v4.len() + v6.len(), v4_text + v6_text)
        }
        RecordValue::Cname(target) => (1, target.as_str().len()),
        RecordValue::Alias { ipv6, .. } => (1 + usize::from(*ipv6), 0),
    }
}

fn ttl(draft: &Draft, report: &mut Report<'_>) {
    let path = draft.path.key("ttl");
    let (ttl, shown) = (draft.ttl, crate::plan::duration::show(draft.ttl));
    if ttl.subsec_nanos() != 0 {
        let remedy = "write whole seconds, such as \"60s\"";
        report.raise(TTL_NOT_WHOLE_SECONDS, &path, format!("a TTL of {shown} cannot be had"), remedy);
    } else if ttl.is_zero() {
        report.raise(ZERO_TTL, &path, "the TTL is 0s: every request asks anew", "write 10s to 60s");
    } else if ttl.as_secs() > LONGEST_TTL_SECONDS {
        let message = format!("clients may keep the old answer for {shown}");
        report.raise(LONG_TTL, &path, message, format!("write at most {LONGEST_TTL_SECONDS}s"));
    }
}
