//! One region of an application: its record and its signals.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::{arc, check, probe, value};
use crate::dns::TargetKind;
use crate::names::{Arn, DnsName, ZoneId};
use crate::plan::draft::{BackupDraft, CheckDraft, RegionDraft, SignalDraft, ZoneDraft};
use crate::plan::fault::seen;
use crate::plan::path::Path;
use crate::plan::reader::{Entry, Table, each_once};
use crate::plan::report::Report;
use crate::plan::rule::{ALIAS_ZONE_UNKNOWN, MALFORMED_ADDRESS, RECORD_KIND, SIGNAL_KIND};
use crate::plan::types::{Policy, RecordValue, Role, Signal};

/// The shares of a record set, without 0, by which a region that is planned would never serve
/// (Route 53 API, `ResourceRecordSet.Weight`).
const WEIGHTS: RangeInclusive<u32> = 1..=255;
/// What a region that names no weight has.
const WEIGHT: u8 = 100;
/// Percent of the whole load; more than ten times of it is a slip.
const CAPACITIES: RangeInclusive<u32> = 1..=1_000;
/// A region that names no capacity carries the whole load.
const CAPACITY: u32 = 100;

/// What a region takes from its application.
pub(super) struct Around<'a> {
    pub(super) policy: Option<Policy>,
    /// Of its probes.
    pub(super) timeout: Duration,
    pub(super) zone: &'a ZoneDraft,
}

pub(super) fn read(mut table: Table<'_>, around: &Around<'_>, report: &mut Report<'_>) -> RegionDraft {
    let weight = table.take("weight").and_then(|entry| entry.within(WEIGHTS, report));
    let capacity = table.take("capacity").and_then(|entry| entry.within(CAPACITIES, report));
    let draft = RegionDraft {
        path: table.path.clone(),
        name: table.require("region", report).and_then(|entry| value::region(&entry, report)),
        role: role(&mut table, around.policy, report),
        health_check: table.take("health_check").and_then(|entry| value::health_check(&entry, report)),
        check: table.take("check").map(|entry| check(&entry, report)),
        data_check: table.take("data_check").map(|entry| check(&entry, report)),
        routing_control: table.take("routing_control").and_then(|entry| arc::control(&entry, report)),
        record: table.require("record", report).and_then(|entry| record(&entry, around.zone, report)),
        backup: table.take("backup").map(|entry| backup(&entry, around.zone, report)),
        signals: signals(table.take("signals"), around.timeout, report),
        set: table.take("set").and_then(|entry| entry.text(report)).map(str::to_owned),
        weight: weight.and_then(|weight| u8::try_from(weight).ok()).unwrap_or(WEIGHT),
        capacity: capacity.unwrap_or(CAPACITY),
        readiness: readiness(table.take("readiness"), report),
    };
    table.finish(report);
    draft
}

/// Only a failover pair has roles; that none stands where every region serves is a rule.
fn role(table: &mut Table<'_>, policy: Option<Policy>, report: &mut Report<'_>) -> Option<Role> {
    const ROLES: &[(&str, Role)] = &[("primary", Role::Primary), ("standby", Role::Standby)];
    let entry = match policy {
        Some(Policy::Failover) => table.require("role", report),
        _ => table.take("role"),
    };
    match policy {
        Some(Policy::Weighted | Policy::Latency) => Some(Role::Active),
        Some(Policy::Failover) | None => entry.and_then(|entry| entry.word(ROLES, report)),
    }
}

fn check(entry: &Entry<'_>, report: &mut Report<'_>) -> CheckDraft {
    CheckDraft {
        path: entry.path.clone(),
        #[cfg(any(feature = "provision", test))]
        account: alarm_account(entry, report),
        check: check::read(entry, report),
    }
}

/// The account in `arn:<partition>:cloudwatch:<region>:<account>:alarm:<name>`.
#[cfg(any(feature = "provision", test))]
fn alarm_account(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<String> {
    let alarm = entry.table(report)?.take("alarm")?;
    alarm.text(report)?.split(':').nth(4).map(str::to_owned)
}

fn readiness(list: Option<Entry<'_>>, report: &mut Report<'_>) -> Vec<Arn> {
    let items = list.and_then(|entry| entry.items(report)).unwrap_or_default();
    let read = items.into_iter().map(|item| (item.path.clone(), value::alarm(&item, report)));
    let read: Vec<(Path, Option<Arn>)> = read.collect();
    each_once(read.into_iter().filter_map(|(path, arn)| arn.map(|arn| (path, arn))), report)
}

fn backup(entry: &Entry<'_>, zone: &ZoneDraft, report: &mut Report<'_>) -> BackupDraft {
    let mut draft = BackupDraft { path: entry.path.clone(), record: None, check: None };
    let Some(mut table) = entry.table(report) else { return draft };
    draft.record = table.require("record", report).and_then(|entry| record(&entry, zone, report));
    draft.check = table.require("check", report).map(|entry| check(&entry, report));
    table.finish(report);
    draft
}

fn record(entry: &Entry<'_>, zone: &ZoneDraft, report: &mut Report<'_>) -> Option<RecordValue> {
    let mut table = entry.table(report)?;
    let lists = [table.take("a"), table.take("aaaa")];
    let (cname, alias) = (table.take("cname"), table.take("alias"));
    let addressed = lists.iter().any(Option::is_some);
    let value = match (addressed, cname, alias) {
        (true, None, None) => addresses(lists, report),
        (false, Some(cname), None) => value::name(&cname, report).map(RecordValue::Cname),
        (false, None, Some(target)) => alias_value(&target, &mut table, zone, report),
        _ => {
            let message =
                format!("a record is addresses or a cname or an alias, this one has {}", table.keys());
            let remedy = "write { a = [..], aaaa = [..] }, or { cname = \"..\" }, or { alias = \"..\" }";
            report.raise(RECORD_KIND, &entry.path, message, remedy);
            return None;
        }
    };
    table.finish(report);
    value
}

fn addresses([a, aaaa]: [Option<Entry<'_>>; 2], report: &mut Report<'_>) -> Option<RecordValue> {
    let v4 = a.map_or(Some(Vec::new()), |list| family::<Ipv4Addr>(&list, "IPv4", report));
    let v6 = aaaa.map_or(Some(Vec::new()), |list| family::<Ipv6Addr>(&list, "IPv6", report));
    Some(RecordValue::Addresses { v4: v4?, v6: v6? })
}

/// Every address of one family, or nothing when one of them cannot be read.
fn family<T>(list: &Entry<'_>, kind: &str, report: &mut Report<'_>) -> Option<Vec<T>>
where
    T: FromStr + Clone + Ord + ToString,
{
    let mut read: Vec<(Path, T)> = Vec::new();
    let items = list.items(report)?;
    let count = items.len();
    for item in items {
        let Some(text) = item.text(report) else { continue };
        match text.parse() {
            Ok(address) => read.push((item.path, address)),
            Err(_) => {
                let message = format!("{} is not an {kind} address", seen(text));
                report.raise(
                    MALFORMED_ADDRESS,
                    &item.path,
                    message,
                    "IPv4 addresses stand in a, IPv6 addresses in aaaa, names in cname or alias",
                );
            }
        }
    }
    (read.len() == count).then(|| each_once(read, report))
}

fn alias_value(
    entry: &Entry<'_>,
    table: &mut Table<'_>,
    own: &ZoneDraft,
    report: &mut Report<'_>,
) -> Option<RecordValue> {
    let target = value::name(entry, report);
    let given = table.take("zone");
    let zone = match &given {
        Some(entry) => value::zone_id(entry, report),
        None => target.as_ref().and_then(|target| known_zone(target, own, &entry.path, report)),
    };
    let ipv6 = table.take("ipv6").map_or(Some(false), |entry| entry.flag(report));
    Some(RecordValue::Alias { target: target?, zone: zone?, ipv6: ipv6? })
}

/// The zone that holds a target: the application's own, or one that AWS publishes.
fn known_zone(target: &DnsName, own: &ZoneDraft, path: &Path, report: &mut Report<'_>) -> Option<ZoneId> {
    if own.name.as_ref().is_some_and(|apex| target.is_within(apex)) {
        return own.id.clone();
    }
    let zone = TargetKind::zone_of(target);
    if zone.is_none() {
        let message = format!("which zone holds {target} is not known to this version");
        let remedy =
            "add zone = \"Z…\": a load balancer's CanonicalHostedZoneId, an API's regionalHostedZoneId";
        report.raise(ALIAS_ZONE_UNKNOWN, path, message, remedy);
    }
    zone
}

fn signals(list: Option<Entry<'_>>, timeout: Duration, report: &mut Report<'_>) -> Vec<SignalDraft> {
    let items = list.and_then(|entry| entry.list(report)).unwrap_or_default();
    let mut signals = Vec::new();
    for item in items {
        let signal = signal(&item, timeout, report);
        signals.push(SignalDraft { path: item.path, signal });
    }
    signals
}

fn signal(entry: &Entry<'_>, timeout: Duration, report: &mut Report<'_>) -> Option<Signal> {
    let mut table = entry.table(report)?;
    let signal = match (table.take("probe"), table.take("alarm")) {
        (Some(asked), None) => probe::read(Some(&asked), &mut table, timeout, report).map(Signal::Probe),
        (None, Some(alarm)) => value::alarm(&alarm, report).map(Signal::Alarm),
        _ => {
            let message = format!("a signal is a probe or an alarm, this one has {}", table.keys());
            let remedy =
                "write { probe = \"https://..\" } or { alarm = \"arn:..\" }, each as a signal of its own";
            report.raise(SIGNAL_KIND, &entry.path, message, remedy);
            return None;
        }
    };
    table.finish(report);
    signal
}
