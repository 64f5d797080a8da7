//! The controllers: where they run, how they know that their own network works, and how much they may move.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{probe, value};
use crate::names::Region;
use crate::plan::draft::ControlDraft;
use crate::plan::path::Path;
use crate::plan::reader::{Entry, each_once};
use crate::plan::report::Report;
use crate::plan::types::{Fleet, Probe};

/// Route 53 takes 10 requests a second from an account (Developer Guide, API request throttling).
const PACES: RangeInclusive<u32> = 1..=10;
/// One region that looks unhealthy is what failovers are for: only several may stop them.
const STOPS: RangeInclusive<u32> = 2..=u32::MAX;

/// Where controllers run, if that could be read, and their control targets.
pub(super) fn read(
    section: Option<Entry<'_>>,
    timeout: Duration,
    report: &mut Report<'_>,
) -> (Option<Vec<Region>>, Vec<ControlDraft>) {
    let Some(mut table) = section.and_then(|entry| entry.table(report)) else { return (None, Vec::new()) };
    let regions = table.take("regions").and_then(|entry| regions(&entry, report));
    let targets = table.take("control_targets").and_then(|entry| entry.items(report)).unwrap_or_default();
    table.finish(report);
    let mut drafts = Vec::new();
    for item in targets {
        let probe = control_target(&item, timeout, report);
        drafts.push(ControlDraft { path: item.path, probe });
    }
    (regions, drafts)
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
