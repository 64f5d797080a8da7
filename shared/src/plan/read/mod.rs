//! From the tree to drafts: one file per section of the plan.

mod address;
mod application;
mod arc;
mod check;
mod controller;
mod overrides;
mod probe;
mod region;
mod timing;
mod value;
mod window;
mod zone;

use std::collections::BTreeMap;

use super::draft::{Draft, PlanDraft};
use super::path::Path;
use super::reader::{Table, each_once};
use super::report::Report;
use super::rule::{APPLICATION_NAME, NO_APPLICATION};
use super::types::Timing;
use crate::names::{ApplicationName, Arn, TopicName};

pub(super) use address::{is_forbidden, is_private};
pub(super) use value::LONGEST_NAME;

/// Reads the whole file, as far as it can be read.
pub(super) fn plan(mut root: Table<'_>, report: &mut Report<'_>) -> PlanDraft {
    let timing = defaults(&mut root, report);
    let told = controller::read(root.take("controller"), timing.timeout, report);
    let fleet = controller::fleet(root.take("fleet"), report);
    let overrides = overrides::read(root.take("override"), report);
    let arc = arc::read(root.take("arc"), report);
    let topics = topics(&mut root, report);
    let applications = applications(&mut root, &timing, report);
    root.finish(report);
    PlanDraft {
        controllers: told.regions,
        deployment: told.deployment,
        provision_from: told.provision_from,
        control_targets: told.targets,
        fleet,
        overrides,
        arc,
        topics,
        applications,
    }
}

fn topics(root: &mut Table<'_>, report: &mut Report<'_>) -> BTreeMap<TopicName, Vec<Arn>> {
    let table = root.take("topics").and_then(|entry| entry.table(report));
    let groups = table.map(|table| table.entries()).unwrap_or_default();
    let mut topics = BTreeMap::new();
    for (name, entry) in groups {
        let items = entry.items(report).unwrap_or_default();
        let read = items.into_iter().map(|item| (item.path.clone(), value::topic(&item, report)));
        let read: Vec<(Path, Option<Arn>)> = read.collect();
        let read = read.into_iter().filter_map(|(path, arn)| arn.map(|arn| (path, arn)));
        topics.insert(TopicName::new(name), each_once(read, report));
    }
    topics
}

fn defaults(root: &mut Table<'_>, report: &mut Report<'_>) -> Timing {
    let Some(mut table) = root.take("defaults").and_then(|entry| entry.table(report)) else {
        return Timing::default();
    };
    let timing = timing::read(table.take("timing"), Timing::default(), report);
    table.finish(report);
    timing
}

fn applications(root: &mut Table<'_>, timing: &Timing, report: &mut Report<'_>) -> Vec<Draft> {
    let Some(section) = root.take("application") else {
        no_application(&root.path, report);
        return Vec::new();
    };
    let Some(table) = section.table(report) else { return Vec::new() };
    let entries = table.entries();
    if entries.is_empty() {
        no_application(&section.path, report);
    }
    let mut drafts = Vec::new();
    for (name, entry) in entries {
        check_name(name, &entry.path, report);
        if let Some(table) = entry.table(report) {
            drafts.push(application::read(ApplicationName::new(name), table, timing, report));
        }
    }
    drafts
}

fn no_application(path: &Path, report: &mut Report<'_>) {
    let remedy = "add [application.<name>] with its name, zone and regions";
    report.raise(NO_APPLICATION, path, "the plan names no application", remedy);
}

fn check_name(name: &str, path: &Path, report: &mut Report<'_>) {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=32).contains(&name.len()) && name.bytes().all(allowed) {
        return;
    }
    let message = format!("{} is not a name for an application", super::fault::seen(name));
    report.raise(APPLICATION_NAME, path, message, "use 1 to 32 of the characters a-z, 0-9 and -");
}
