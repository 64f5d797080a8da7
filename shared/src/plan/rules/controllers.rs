//! The controllers: that those who must pull can, and what tells them that their network works.

use std::collections::BTreeSet;

use crate::names::Region;
use crate::plan::draft::{ControlDraft, Draft, PlanDraft};
use crate::plan::duration::show;
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{
    ACTIVE_WITHOUT_CONTROLLER, CONTROLLER_ONLY_IN_PRIMARY, DUPLICATE_ENTRY, PROBE_AT_SERVED_NAME,
    STANDBY_WITHOUT_CONTROLLER, TIMEOUT_NOT_BELOW_INTERVAL, ZERO_DURATION,
};
use crate::plan::types::{Probe, Role};

use super::signals;

pub(super) fn check(plan: &PlanDraft, report: &mut Report<'_>) {
    if plan.fleet.stop_within.is_zero() {
        let path = Path::default().key("fleet").key("stop_within");
        report.raise(ZERO_DURATION, &path, "stop_within is zero", "write a longer time");
    }
    targets_are_different(&plan.control_targets, report);
    for ControlDraft { path, probe } in &plan.control_targets {
        let Some(probe) = probe else { continue };
        signals::address(probe, &path.key("probe"), report);
        for draft in &plan.applications {
            control_target(draft, probe, path, report);
        }
    }
    if let Some(controllers) = &plan.controllers {
        for draft in &plan.applications {
            takers_have_controllers(draft, controllers, report);
        }
    }
}

fn targets_are_different(targets: &[ControlDraft], report: &mut Report<'_>) {
    let mut met = BTreeSet::new();
    for ControlDraft { path, probe } in targets {
        let Some(probe) = probe else { continue };
        if !met.insert(probe.target.to_string()) {
            let message = format!("{} stands here twice", probe.target);
            report.raise(DUPLICATE_ENTRY, path, message, "remove one of them");
        }
    }
}

/// What is asked in every application's rhythm, and must not fail with what it serves.
fn control_target(draft: &Draft, probe: &Probe, path: &Path, report: &mut Report<'_>) {
    if draft.served.as_ref().is_some_and(|served| served.as_str() == probe.target.host()) {
        let message = format!("the probe asks {}, the served name of {}", probe.target.host(), draft.name);
        let remedy =
            "ask what answers whenever this controller's network works, such as a public endpoint of AWS";
        report.raise(PROBE_AT_SERVED_NAME, &path.key("probe"), message, remedy);
    }
    let interval = draft.timing.interval;
    let own = path.key("timeout");
    if report.holds(&own) && !interval.is_zero() && probe.timeout >= interval {
        let (timeout, interval) = (show(probe.timeout), show(interval));
        let message = format!("the timeout {timeout} is not below the interval {interval} of {}", draft.name);
        report.raise(TIMEOUT_NOT_BELOW_INTERVAL, &own, message, "shorten the timeout");
    }
}

fn takers_have_controllers(draft: &Draft, controllers: &[Region], report: &mut Report<'_>) {
    let path = Path::default().key("controller").key("regions");
    let primary = draft.primary().and_then(|region| region.name.as_ref());
    if let Some(primary) = primary
        && controllers.iter().all(|region| region == primary)
    {
        let message = format!("the only controller is in {primary}, the primary region of {}", draft.name);
        report.raise(CONTROLLER_ONLY_IN_PRIMARY, &path, message, "add every standby region");
        return;
    }
    for region in &draft.regions {
        let rule = match region.role {
            Some(Role::Standby) => STANDBY_WITHOUT_CONTROLLER,
            Some(Role::Active) => ACTIVE_WITHOUT_CONTROLLER,
            Some(Role::Primary) | None => continue,
        };
        let Some(name) = region.name.as_ref().filter(|name| !controllers.contains(name)) else { continue };
        let message = format!("no controller is in {name}, so that nobody can pull {} there", draft.name);
        let remedy = format!("add \"{name}\" to controller.regions");
        report.raise(rule, &region.path.key("region"), message, remedy);
    }
}
