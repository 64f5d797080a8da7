//! What is allowed, and rarely meant. It is told before a plan ships; the functions do without it, and without its
//! weight.

use std::collections::BTreeMap;

use crate::dns::{HealthCheck, NoChild, TargetKind, Watches};
use crate::names::ZoneId;
use crate::plan::draft::{Draft, PlanDraft, RegionDraft};
use crate::plan::fault::counted;
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{
    CHECK_ALARM_ACCOUNTS, HEALTH_CHECK_QUOTA, IPV6_FORGOTTEN, ONE_VANTAGE, PRIMARY_NEVER_FAILS_OVER,
    SAME_CHECK, SWITCH_RECORD, TARGET_IN_ANOTHER_REGION,
};
use crate::plan::types::{Native, Policy, Probe, RecordValue};

/// Health checks of an account (Developer Guide, quotas on health checks).
const MOST_CHECKS: usize = 200;

pub(super) fn check(plan: &PlanDraft, report: &mut Report<'_>) {
    for draft in &plan.applications {
        for region in &draft.regions {
            vantages(draft, region, report);
            for (path, record) in region.records() {
                target(region, record, &path, report);
            }
        }
        same_check(draft, report);
        never_fails_over(draft, report);
    }
    switch_record(&plan.applications, report);
    quota(plan, report);
    alarm_accounts(&plan.applications, report);
}

/// Alarms are the taker's own evidence; peers testify by their probes, and Route 53's checkers need an endpoint.
fn vantages(draft: &Draft, region: &RegionDraft, report: &mut Report<'_>) {
    let asked = region.probes().next().is_some() || region.check.is_some() || region.health_check.is_some();
    let path = region.path.key("signals");
    let unread = region.signals.iter().any(|signal| signal.signal.is_none());
    // Where provisioning is to make a check, that it cannot is a fault of its own.
    if draft.provision != Some(true)
        && draft.timing.quorum > 1
        && !asked
        && !unread
        && !region.signals.is_empty()
    {
        let message =
            "only alarms tell of this region: that is one kind of vantage, and nothing is moved by one";
        let remedy = "add a probe, or a check of an endpoint that the public can reach";
        report.raise(ONE_VANTAGE, &path, message, remedy);
    }
}

fn target(region: &RegionDraft, record: &RecordValue, path: &Path, report: &mut Report<'_>) {
    let RecordValue::Alias { target, ipv6, .. } = record else { return };
    let is_dual = format!(".{target}").contains(".dualstack.");
    if is_dual && !ipv6 {
        let message = format!("{target} has IPv6 addresses, but the served name gets no AAAA record");
        let remedy = "add ipv6 = true, or write the name without dualstack. if it has none";
        report.raise(IPV6_FORGOTTEN, &path.key("alias"), message, remedy);
    }
    let (Some(name), Some(told)) = (&region.name, TargetKind::region_of(target)) else { return };
    if name.as_str() != told {
        let message = format!("{target} stands in {told}, but is what {name} answers");
        let remedy = "name what serves in this region, or the region in which that stands";
        report.raise(TARGET_IN_ANOTHER_REGION, &path.key("alias"), message, remedy);
    }
}

/// What Route 53's checkers ask of a region: as described, else what its first public probe asks.
fn asked(region: &RegionDraft) -> Option<(Path, Asked<'_>)> {
    if let Some(draft) = &region.check {
        return Some((draft.path.clone(), Asked::Described(draft.check.as_ref()?)));
    }
    let (path, probe) = region.probes().find(|(_, probe)| probe.is_public())?;
    Some((path.clone(), Asked::Probe(probe)))
}

#[derive(PartialEq)]
enum Asked<'a> {
    Described(&'a HealthCheck<NoChild>),
    Probe(&'a Probe),
}

fn same_check(draft: &Draft, report: &mut Report<'_>) {
    if !draft.is_provisioned() {
        return;
    }
    let all: Vec<(Path, Asked<'_>)> = draft.regions.iter().filter_map(asked).collect();
    for (index, (path, one)) in all.iter().enumerate() {
        if all.iter().take(index).any(|(_, other)| other == one) {
            let message = "Route 53's checkers ask the same of another region, so that both go down together";
            report.raise(SAME_CHECK, path, message, "ask what only this region answers");
        }
    }
}

fn never_fails_over(draft: &Draft, report: &mut Report<'_>) {
    let unchecked = !draft.is_provisioned() && draft.native == Native::Backstop;
    if draft.policy != Some(Policy::Failover) || !unchecked {
        return;
    }
    let Some(primary) = draft.primary().filter(|primary| primary.health_check.is_none()) else { return };
    if let Some(RecordValue::Alias { target, .. }) = &primary.record
        && !TargetKind::of(target).has_health()
    {
        let message = format!(
            "{target} is {}, which Route 53 never finds unhealthy, and no check is named",
            TargetKind::of(target).as_str()
        );
        let remedy = "name the region's health_check, or let provisioning make it";
        report.raise(PRIMARY_NEVER_FAILS_OVER, &primary.path.key("record"), message, remedy);
    }
}

fn switch_record(drafts: &[Draft], report: &mut Report<'_>) {
    let mut first: BTreeMap<(&ZoneId, Vec<String>), &Draft> = BTreeMap::new();
    for draft in drafts {
        let (Some(zone), Some(targets)) = (&draft.zone.id, targets(draft)) else { continue };
        let (Some(other), Some(served)) = (first.get(&(zone, targets.clone())), &draft.served) else {
            first.insert((zone, targets), draft);
            continue;
        };
        let message = format!("{served} leads to the same targets as {}", other.name);
        let remedy = format!(
            "make {served} a CNAME or an alias of the name of {}, and let that application be moved for both",
            other.name
        );
        report.raise(SWITCH_RECORD, &draft.path.key("name"), message, remedy);
    }
}

/// Where each region of an application leads, in a form that can be compared; none where that is not all known.
fn targets(draft: &Draft) -> Option<Vec<String>> {
    let told =
        |region: &RegionDraft| Some(format!("{} {:?}", region.name.as_ref()?, region.record.as_ref()?));
    let mut told: Vec<String> = draft.regions.iter().map(told).collect::<Option<_>>()?;
    told.sort();
    (!told.is_empty()).then_some(told)
}

fn quota(plan: &PlanDraft, report: &mut Report<'_>) {
    let mut provisioned = plan.applications.iter().filter(|draft| draft.is_provisioned());
    let count: usize =
        provisioned.clone().flat_map(|draft| draft.regions.iter().map(|one| checks(draft, one))).sum();
    let Some(last) = provisioned.next_back().filter(|_| count > MOST_CHECKS) else { return };
    let message =
        format!("provisioning makes {}, an account has {MOST_CHECKS}", counted(count, "health check"));
    let remedy = "ask AWS for a higher quota before you provision, or check fewer things";
    report.raise(HEALTH_CHECK_QUOTA, &last.path, message, remedy);
}

/// How many health checks provisioning makes for a region.
fn checks(draft: &Draft, region: &RegionDraft) -> usize {
    let data = region.data_check.is_some();
    let backup = region.backup.is_some();
    let calculated = data || draft.native == Native::Off;
    [true, data, backup, calculated].into_iter().filter(|made| *made).count()
}

fn alarm_accounts(drafts: &[Draft], report: &mut Report<'_>) {
    let mut first: Option<&str> = None;
    let regions = drafts.iter().filter(|draft| draft.is_provisioned()).flat_map(|draft| &draft.regions);
    let checks = regions.flat_map(|region| {
        let backup = region.backup.as_ref().and_then(|backup| backup.check.as_ref());
        [region.check.as_ref(), region.data_check.as_ref(), backup].into_iter().flatten()
    });
    for draft in checks {
        let Some(account) = draft.account.as_deref() else { continue };
        let is_metric =
            matches!(&draft.check, Some(check) if matches!(check.watches, Watches::Metric { .. }));
        if is_metric && *first.get_or_insert(account) != account {
            let message =
                format!("the alarm belongs to the account {account}, another check's to another one");
            let remedy = "watch alarms of the account in which the health checks are made";
            report.raise(CHECK_ALARM_ACCOUNTS, &draft.path.key("alarm"), message, remedy);
        }
    }
}
