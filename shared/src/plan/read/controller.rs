//! The controllers: where they run, how they know that their own network works, and how much they may move.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{probe, value};
use crate::names::Region;
use crate::plan::draft::ControlDraft;
use crate::plan::fault::seen;
use crate::plan::path::Path;
use crate::plan::reader::{Entry, each_once};
use crate::plan::report::Report;
use crate::plan::rule::DEPLOYMENT_NAME;
use crate::plan::types::{Fleet, Probe};

/// Route 53 takes 10 requests a second from an account (Developer Guide, API request throttling).
const PACES: RangeInclusive<u32> = 1..=10;
/// One region that looks unhealthy is what failovers are for: only several may stop them.
const STOPS: RangeInclusive<u32> = 2..=u32::MAX;

/// The name of a deployment that has none: what the README calls the stack.
const DEPLOYMENT: &str = "understudy";

/// What the plan says of its controllers.
pub(super) struct Controllers {
    /// Where they run, if that could be read.
    pub regions: Option<Vec<Region>>,
    pub deployment: String,
    pub provision_from: Option<Region>,
    pub targets: Vec<ControlDraft>,
}

pub(super) fn read(section: Option<Entry<'_>>, timeout: Duration, report: &mut Report<'_>) -> Controllers {
    let mut told = Controllers {
        regions: None,
        deployment: DEPLOYMENT.to_owned(),
        provision_from: None,
        targets: Vec::new(),
    };
    let Some(mut table) = section.and_then(|entry| entry.table(report)) else { return told };
    told.regions = table.take("regions").and_then(|entry| regions(&entry, report));
    if let Some(name) = table.take("deployment").and_then(|entry| deployment(&entry, report)) {
        told.deployment = name;
    }
    told.provision_from = table.take("provision_from").and_then(|entry| value::region(&entry, report));
    let targets = table.take("control_targets").and_then(|entry| entry.items(report)).unwrap_or_default();
    table.finish(report);
    for item in targets {
        let probe = control_target(&item, timeout, report);
        told.targets.push(ControlDraft { path: item.path, probe });
    }
    told
}

/// A deployment's name stands in caller references, tags and a public record.
fn deployment(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = entry.text(report)?;
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
        return Some(text.to_owned());
    }
    let message = format!("{} is not a name for a deployment", seen(text));
    report.raise(DEPLOYMENT_NAME, &entry.path, message, "use 1 to 32 of the characters a-z, 0-9 and -");
    None
}

fn regions(list: &Entry<'_>, report: &mut Report<'_>) -> Option<Vec<Region>> {
    let items = list.items(report)?;
    let read = items.into_iter().map(|item| (item.path.clone(), value::region(&item, report)));
    let read: Vec<(Path, Option<Region>)> = read.collect();
    let whole = read.iter().all(|(_, region)| region.is_some());
    let regions =
        each_once(read.into_iter().filter_map(|(path, region)| region.map(|known| (path, known))), report);
    // A list that was half read would make rules complain of regions that do stand in it.
    whole.then_some(regions)
}

fn control_target(entry: &Entry<'_>, timeout: Duration, report: &mut Report<'_>) -> Option<Probe> {
    let mut table = entry.table(report)?;
    let asked = table.require("probe", report);
    let probe = probe::read(asked.as_ref(), &mut table, timeout, report);
    table.finish(report);
    probe
}

/// Limits on what is moved at once.
pub(super) fn fleet(section: Option<Entry<'_>>, report: &mut Report<'_>) -> Fleet {
    let mut fleet = Fleet::default();
    let Some(mut table) = section.and_then(|entry| entry.table(report)) else { return fleet };
    for (key, slot, bounds) in
        [("pace", &mut fleet.pace, PACES), ("stop_regions", &mut fleet.stop_regions, STOPS)]
    {
        *slot = table.take(key).and_then(|entry| entry.within(bounds, report)).unwrap_or(*slot);
    }
    let within = table.take("stop_within").and_then(|entry| entry.duration(report));
    fleet.stop_within = within.unwrap_or(fleet.stop_within);
    table.finish(report);
    fleet
}
