//! The evidence about each region, and the way that users come.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::plan::draft::{Draft, ReachDraft, RegionDraft};
use crate::plan::path::Path;
use crate::plan::read::{is_forbidden, is_private};
use crate::plan::report::Report;
use crate::plan::rule::{
    ALARMS_ONLY_IN_OWN_REGION, DUPLICATE_SIGNAL, FORBIDDEN_PROBE_ADDRESS, MISSING_REACH, NO_SIGNAL,
    PRIVATE_PROBE, PROBE_AT_SERVED_NAME, REACH_ELSEWHERE,
};
use crate::plan::types::{Probe, Signal};

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    for region in &draft.regions {
        some_signal(region, report);
        signals_are_different(region, report);
        alarms_elsewhere(region, report);
        for (path, probe) in region.probes() {
            probe_of_region(draft, probe, &path.key("probe"), report);
        }
    }
    reach(draft, report);
}

fn some_signal(region: &RegionDraft, report: &mut Report<'_>) {
    let path = region.path.key("signals");
    if region.signals.is_empty() && !report.is_broken(&path) {
        let remedy = "add signals = [{ probe = \"https://…\" }] with a name that always leads to this region";
        report.raise(NO_SIGNAL, &path, "the region has no signal", remedy);
    }
}

fn signals_are_different(region: &RegionDraft, report: &mut Report<'_>) {
    let mut met = BTreeSet::new();
    for draft in &region.signals {
        let Some(signal) = &draft.signal else { continue };
        if !met.insert(signal.id()) {
            let message = format!("the signal \"{}\" stands twice in this region", signal.id());
            report.raise(DUPLICATE_SIGNAL, &draft.path, message, "remove one, or ask another path");
        }
    }
}

fn alarms_elsewhere(region: &RegionDraft, report: &mut Report<'_>) {
    let Some(name) = &region.name else { return };
    let own_alarm =
        |signal: &Option<Signal>| matches!(signal, Some(Signal::Alarm(arn)) if arn.region() == name);
    if !region.signals.is_empty() && region.signals.iter().all(|draft| own_alarm(&draft.signal)) {
        let message = format!("every signal of {name} is an alarm that {name} itself hosts");
        let remedy = "add a probe, or an alarm in another region";
        report.raise(ALARMS_ONLY_IN_OWN_REGION, &region.path.key("signals"), message, remedy);
    }
}

fn probe_of_region(draft: &Draft, probe: &Probe, path: &Path, report: &mut Report<'_>) {
    if draft.served.as_ref().is_some_and(|served| served.as_str() == probe.target.host()) {
        let message = format!("the probe asks {}, the served name itself", probe.target.host());
        let remedy = "ask a name that always leads to this region, such as the load balancer's";
        report.raise(PROBE_AT_SERVED_NAME, path, message, remedy);
    }
    address(probe, path, report);
}

/// That a probe leads to somebody, and not to oneself unless that is meant.
pub(super) fn address(probe: &Probe, path: &Path, report: &mut Report<'_>) {
    let host = probe.target.host();
    let address = host.parse::<IpAddr>().ok();
    let here = host == "localhost" || host.ends_with(".localhost");
    if address.is_some_and(is_forbidden) {
        let message = format!("{host} is no endpoint's address");
        report.raise(FORBIDDEN_PROBE_ADDRESS, path, message, "ask the region's own endpoint");
    } else if (here || address.is_some_and(is_private)) && !probe.private {
        let message = format!("{host} is a private address");
        report.raise(
            PRIVATE_PROBE,
            path,
            message,
            "ask a public address, or add private = true if that is meant",
        );
    }
}

fn reach(draft: &Draft, report: &mut Report<'_>) {
    let path = draft.path.key("reach").key("probe");
    match &draft.reach {
        ReachDraft::Given(Some(probe)) => {
            let elsewhere = draft.served.as_ref().filter(|served| served.as_str() != probe.target.host());
            if let Some(served) = elsewhere {
                let message = format!("users come to {served}, not to {}", probe.target.host());
                report.raise(REACH_ELSEWHERE, &path, message, format!("write a probe of {served}"));
            }
        }
        ReachDraft::Given(None) => {}
        ReachDraft::Derived => derivable(draft, report),
    }
}

fn derivable(draft: &Draft, report: &mut Report<'_>) {
    let unread = draft.all_serve() && super::unread(&draft.path.key("region"), draft.regions.len(), report);
    // Where a signal could not be read, it may be the probe that is looked for.
    let whole = draft.models().all(|region| {
        !region.signals.is_empty() && region.signals.iter().all(|signal| signal.signal.is_some())
    });
    let none = draft.models().all(|region| region.probes().next().is_none());
    if whole && none && !unread && draft.models().next().is_some() {
        let who = if draft.all_serve() { "every region" } else { "the primary region" };
        let message = format!("{who} has only alarms, which do not say how users reach the application");
        let remedy = "add reach = { probe = \"https://<served name>/…\" } to the application";
        report.raise(MISSING_REACH, &draft.path.key("reach"), message, remedy);
    }
}
