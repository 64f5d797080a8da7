//! One application.

use std::time::Duration;

use super::{probe, region, timing, value};
use crate::names::{ApplicationName, DnsName, TopicName, ZoneId};
use crate::plan::draft::{Draft, ReachDraft, RegionDraft};
use crate::plan::path::Path;
use crate::plan::reader::{Entry, Table, each_once};
use crate::plan::report::Report;
use crate::plan::rule::{PRIVATE_ZONE, UNSUPPORTED_ACTUATOR, UNSUPPORTED_POLICY};
use crate::plan::types::{Actuator, Data, Mode, Native, Notify, Policy, Restore, SetNames, Timing};

const MODES: &[(&str, Mode)] = &[("auto", Mode::Auto), ("approve", Mode::Approve), ("advise", Mode::Advise)];
const NATIVES: &[(&str, Native)] = &[("backstop", Native::Backstop), ("off", Native::Off)];
const RESTORES: &[(&str, Restore)] = &[("ask", Restore::Ask), ("auto", Restore::Auto)];
/// What each word means to this version: nothing, where it is known but not supported yet.
const POLICIES: &[(&str, Option<Policy>)] =
    &[("failover", Some(Policy::Failover)), ("weighted", None), ("latency", None)];
const ACTUATORS: &[(&str, Option<Actuator>)] =
    &[("records", Some(Actuator::Records)), ("override", None), ("arc", None)];

/// The priority of an application that names none.
const PRIORITY: u32 = 100;
/// The TTL of an application that names none: the longest that Route 53 recommends with health checks.
const TTL: Duration = Duration::from_secs(60);

pub(super) fn read(
    name: ApplicationName,
    mut table: Table<'_>,
    shared: &Timing,
    report: &mut Report<'_>,
) -> Draft {
    let timing = timing::read(table.take("timing"), shared.clone(), report);
    let (zone_id, zone_name) = zone(table.require("zone", report), report);
    let data = table.take("data");
    let native = if data.is_some() { Native::Off } else { Native::Backstop };
    let data = data.and_then(|entry| data_section(&entry, report));
    let draft = Draft {
        name,
        path: table.path.clone(),
        served: table.require("name", report).and_then(|entry| value::name(&entry, report)),
        zone_id,
        zone_name,
        policy: policy(table.take("policy"), report),
        mode: table.take("mode").and_then(|entry| entry.word(MODES, report)).unwrap_or(Mode::Auto),
        native: table.take("native").and_then(|entry| entry.word(NATIVES, report)).unwrap_or(native),
        restore: table.take("restore").and_then(|entry| entry.word(RESTORES, report)).unwrap_or(Restore::Ask),
        priority: table.take("priority").and_then(|entry| entry.count(report)).unwrap_or(PRIORITY),
        rto: table.require("rto", report).and_then(|entry| entry.duration(report)),
        rpo: table.take("rpo").and_then(|entry| entry.duration(report)),
        ttl: table.take("ttl").and_then(|entry| entry.duration(report)).unwrap_or(TTL),
        sets: sets(table.take("sets"), report),
        actuators: actuators(table.take("actuators"), report),
        notify: notify(table.take("notify"), report),
        reach: reach(table.take("reach"), timing.timeout, report),
        regions: regions(table.require("region", report), timing.timeout, report),
        timing,
        data,
    };
    table.finish(report);
    draft
}

fn zone(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> (Option<ZoneId>, Option<DnsName>) {
    let Some(mut table) = entry.and_then(|entry| entry.table(report)) else {
        return (None, None);
    };
    let id = table.require("id", report).and_then(|entry| value::zone_id(&entry, report));
    let name = table.require("name", report).and_then(|entry| value::name(&entry, report));
    let private = table.take("private");
    if let Some(entry) = private
        && entry.flag(report) == Some(true)
    {
        let message = format!(
            "the zone{} is private",
            name.as_ref().map(|name| format!(" {name}")).unwrap_or_default()
        );
        report.raise(PRIVATE_ZONE, &entry.path, message, "serve the application from a public zone");
    }
    table.finish(report);
    (id, name)
}

fn policy(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> Option<Policy> {
    let Some(entry) = entry else { return Some(Policy::Failover) };
    let policy = entry.word(POLICIES, report)?;
    if policy.is_none() {
        let message = format!("this version does not support the policy {} yet", entry.shown());
        report.raise(
            UNSUPPORTED_POLICY,
            &entry.path,
            message,
            "write policy = \"failover\": weighted and latency are to come",
        );
    }
    policy
}

fn actuators(entry: Option<Entry<'_>>, report: &mut Report<'_>) -> Vec<Actuator> {
    let Some(entry) = entry else { return vec![Actuator::Records] };
    let mut words: Vec<(Path, &str)> = Vec::new();
    for item in entry.items(report).unwrap_or_default() {
        match item.word(ACTUATORS, report) {
            Some(None) => {
                let message = format!("this version does not support the actuator {} yet", item.shown());
                report.raise(
                    UNSUPPORTED_ACTUATOR,
                    &item.path,
                    message,
                    "write actuators = [\"records\"]: override and arc are to come",
                );
            }
            known => {
                words.extend(known.and_then(|_| item.text(report)).map(|word| (item.path.clone(), word)))
            }
        }
    }
    let meaning =
        |word: &str| ACTUATORS.iter().find(|(known, _)| *known == word).and_then(|(_, meant)| *meant);
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

fn regions(entry: Option<Entry<'_>>, timeout: Duration, report: &mut Report<'_>) -> Vec<RegionDraft> {
    let mut drafts = Vec::new();
    for item in entry.and_then(|entry| entry.list(report)).unwrap_or_default() {
        if let Some(table) = item.table(report) {
            drafts.push(region::read(table, timeout, report));
        }
    }
    drafts
}
