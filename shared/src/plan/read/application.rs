//! One application.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{probe, region, timing, value, window, zone};
use crate::names::{ApplicationName, TopicName};
use crate::plan::draft::{Draft, ReachDraft, RegionDraft};
use crate::plan::path::Path;
use crate::plan::reader::{Entry, Table, each_once};
use crate::plan::report::Report;
use crate::plan::types::{Actuator, Data, Mode, Native, Notify, Policy, Restore, SetNames, Timing};

const MODES: &[(&str, Mode)] = &[("auto", Mode::Auto), ("approve", Mode::Approve), ("advise", Mode::Advise)];
const NATIVES: &[(&str, Native)] = &[("backstop", Native::Backstop), ("off", Native::Off)];
const RESTORES: &[(&str, Restore)] = &[("ask", Restore::Ask), ("auto", Restore::Auto)];
const POLICIES: &[(&str, Policy)] =
    &[("failover", Policy::Failover), ("weighted", Policy::Weighted), ("latency", Policy::Latency)];
const ACTUATORS: &[(&str, Actuator)] =
    &[("override", Actuator::Override), ("arc", Actuator::Arc), ("records", Actuator::Records)];

/// The priority of an application that names none.
const PRIORITY: u32 = 100;
/// The TTL of an application that names none: the longest that Route 53 recommends with health checks.
const TTL: Duration = Duration::from_secs(60);
/// The stages of a weighted restore that names none, in percent.
const RAMP: [u8; 4] = [5, 25, 50, 100];
/// What must remain where the plan does not say, in percent: the whole load.
const MINIMUM_CAPACITY: u32 = 100;
/// Percent of the whole load; more than ten times of it is a slip.
const CAPACITIES: RangeInclusive<u32> = 1..=1_000;

pub(super) fn read(
    name: ApplicationName,
    mut table: Table<'_>,
    shared: &Timing,
    report: &mut Report<'_>,
) -> Draft {
    let timing = timing::read(table.take("timing"), shared.clone(), report);
    let policy = match table.take("policy") {
        Some(entry) => entry.word(POLICIES, report),
        None => Some(Policy::Failover),
    };
    let minimum = table.take("minimum_capacity").and_then(|entry| entry.within(CAPACITIES, report));
    let data = table.take("data");
    let native = if data.is_some() { Native::Off } else { Native::Backstop };
    let data = data.and_then(|entry| data_section(&entry, report));
    let zone = zone::read(table.require("zone", report), report);
    let around = region::Around { policy, timeout: timing.timeout, zone: &zone };
    let regions = regions(table.require("region", report), &around, report);
    let draft = Draft {
        name,
        path: table.path.clone(),
        served: table.require("name", report).and_then(|entry| value::name(&entry, report)),
        zone,
        policy,
        provision: table.take("provision").and_then(|entry| entry.flag(report)),
        shadow: flag(table.take("shadow"), report),
        mode: table.take("mode").and_then(|entry| entry.word(MODES, report)).unwrap_or(Mode::Auto),
        native: table.take("native").and_then(|entry| entry.word(NATIVES, report)).unwrap_or(native),
        restore: table.take("restore").and_then(|entry| entry.word(RESTORES, report)).unwrap_or(Restore::Ask),
        priority: table.take("priority").and_then(|entry| entry.count(report)).unwrap_or(PRIORITY),
        rto: table.require("rto", report).and_then(|entry| entry.duration(report)),
        rpo: table.take("rpo").and_then(|entry| entry.duration(report)),
        ttl: table.take("ttl").and_then(|entry| entry.duration(report)).unwrap_or(TTL),
        sets: sets(table.take("sets"), report),
        two_person: flag(table.take("two_person"), report),
        accept_degraded: flag(table.take("accept_degraded"), report),
        minimum_capacity: minimum.unwrap_or(MINIMUM_CAPACITY),
        ramp: ramp(table.take("ramp"), report),
        maintenance: window::maintenance(table.take("maintenance"), report),
        drill: table.take("drill").and_then(|entry| window::drill(&entry, report)),
        actuators: actuators(table.take("actuators"), report),
        notify: notify(table.take("notify"), report),
        reach: reach(table.take("reach"), timing.timeout, report),
        regions,
        timing,
        data,
    };
    table.finish(report);
    draft
}

fn flag(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> bool {
    entry.and_then(|entry| entry.flag(report)).unwrap_or(false)
}

fn ramp(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> Vec<u8> {
    let mut stages = Vec::new();
    for item in entry.and_then(|entry| entry.items(report)).unwrap_or_default() {
        let stage = item.within(1..=100, report);
        stages.extend(stage.and_then(|stage| u8::try_from(stage).ok()));
    }
    if stages.is_empty() { RAMP.to_vec() } else { stages }
}

fn actuators(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> Vec<Actuator> {
    let Some(entry) = entry else { return vec![Actuator::Records] };
    let mut words: Vec<(Path, &str)> = Vec::new();
    for item in entry.items(report).unwrap_or_default() {
        let known = item.word(ACTUATORS, report);
        words.extend(known.and_then(|_| item.text(report)).map(|word| (item.path.clone(), word)));
    }
    let meaning = |word: &str| ACTUATORS.iter().find(|(known, _)| *known == word).map(|(_, meant)| *meant);
    each_once(words, report).into_iter().filter_map(meaning).collect()
}

fn sets(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> SetNames {
    let mut sets = SetNames { primary: "primary".to_owned(), secondary: "secondary".to_owned() };
    if let Some(mut table) = entry.and_then(|entry| entry.table(report)) {
        for (key, slot) in [("primary", &mut sets.primary), ("secondary", &mut sets.secondary)] {
            if let Some(text) = table.take(key).and_then(|entry| entry.text(report)) {
                text.clone_into(slot);
            }
        }
        table.finish(report);
    }
    sets
}

fn notify(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> Notify {
    let Some(mut table) = entry.and_then(|entry| entry.table(report)) else {
        return Notify::default();
    };
    let critical = topic_names(table.take("critical"), report);
    let info = topic_names(table.take("info"), report);
    table.finish(report);
    Notify { critical, info }
}

fn topic_names(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> Vec<TopicName> {
    let items = entry.and_then(|entry| entry.list(report)).unwrap_or_default();
    let named = items.into_iter().filter_map(|item| Some((item.path.clone(), item.text(report)?)));
    let named: Vec<(Path, &str)> = named.collect();
    each_once(named, report).into_iter().map(TopicName::new).collect()
}

fn reach(entry: Option<Entry<'_>>, timeout: Duration, report: &mut Report<'_>) -> ReachDraft {
    let Some(entry) = entry else { return ReachDraft::Derived };
    let Some(mut table) = entry.table(report) else { return ReachDraft::Given(None) };
    let asked = table.require("probe", report);
    let probe = probe::read(asked.as_ref(), &mut table, timeout, report);
    table.finish(report);
    ReachDraft::Given(probe)
}

fn data_section(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Data> {
    let mut table = entry.table(report)?;
    let kind = table.require("kind", report).and_then(|entry| entry.words(report));
    table.finish(report);
    // What keeps the data may be unreadable, that there is some is not.
    Some(Data { kind: kind.unwrap_or_default().to_owned() })
}

fn regions(
    entry: Option<Entry<'_>>,
    around: &region::Around<'_>,
    report: &mut Report<'_>,
) -> Vec<RegionDraft> {
    let mut drafts = Vec::new();
    for item in entry.and_then(|entry| entry.list(report)).unwrap_or_default() {
        if let Some(table) = item.table(report) {
            drafts.push(region::read(table, around, report));
        }
    }
    drafts
}
