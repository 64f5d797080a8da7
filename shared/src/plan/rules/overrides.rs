//! What the ways to move traffic ask of each other.

use std::time::Duration;

use crate::plan::draft::{Draft, PlanDraft};
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{
    ACTUATORS_WITHOUT_RECORDS, OVERRIDE_SECTION, OVERRIDE_WITH_BACKUP, OVERRIDE_WITHIN,
    ROUTING_CONTROL_MISSING,
};
use crate::plan::types::Actuator;
use crate::time::span;

pub(super) fn check(draft: &Draft, plan: &PlanDraft, report: &mut Report<'_>) {
    let place = draft.path.key("actuators");
    if !draft.actuators.iter().any(|actuator| actuator.is_override()) {
        return;
    }
    if draft.actuators.last() != Some(&Actuator::Records) {
        let message = "an override that no records follow could never end";
        let remedy = "write \"records\" at the end of actuators";
        report.raise(ACTUATORS_WITHOUT_RECORDS, &place, message, remedy);
    }
    for region in draft.regions.iter().filter(|region| region.backup.is_some()) {
        let message = "an override keeps a region's own record out, and Route 53 would answer its backup";
        let remedy = "remove the backup, or \"override\" from actuators";
        report.raise(OVERRIDE_WITH_BACKUP, &region.path.key("backup"), message, remedy);
    }
    sections(draft, plan, &place, report);
    controls(draft, report);
    time(draft, plan, &place, report);
}

/// The plan must say how each of them is said.
fn sections(draft: &Draft, plan: &PlanDraft, place: &Path, report: &mut Report<'_>) {
    let needed = [
        (
            Actuator::Override,
            "override",
            plan.overrides.is_none(),
            "the bucket that its objects are put into",
        ),
        (Actuator::Arc, "arc", plan.arc.is_none(), "the five endpoints of the cluster"),
    ];
    for (actuator, section, is_missing, with) in needed {
        // One that could not be read has a fault already.
        let told = report.holds(&Path::default().key(section));
        if is_missing && draft.actuators.contains(&actuator) && !told {
            let remedy = format!("add [{section}] with {with}");
            report.raise(OVERRIDE_SECTION, place, "the plan does not say how overrides are said", remedy);
        }
    }
}

fn controls(draft: &Draft, report: &mut Report<'_>) {
    if !draft.actuators.contains(&Actuator::Arc) {
        return;
    }
    for region in draft.regions.iter().filter(|region| region.routing_control.is_none()) {
        let place = region.path.key("routing_control");
        if !report.holds(&place) {
            let message = "\"arc\" is among the actuators, and this region has no routing control";
            let remedy = "write the ARN of the region's routing_control";
            report.raise(ROUTING_CONTROL_MISSING, &region.path, message, remedy);
        }
    }
}

/// All of them together must leave time for the records.
fn time(draft: &Draft, plan: &PlanDraft, place: &Path, report: &mut Report<'_>) {
    let taken = |actuator: &Actuator| match actuator {
        Actuator::Override => plan.overrides.as_ref().map(|overrides| overrides.within),
        Actuator::Arc => plan.arc.as_ref().map(|arc| arc.within),
        Actuator::Records => None,
    };
    let taken: Duration = draft.actuators.iter().filter_map(taken).sum();
    let validity = draft.timing.validity;
    if taken * 2 > validity {
        let message = format!(
            "overrides are given {} of a decision's validity of {}, which leaves too little for the records",
            span(taken),
            span(validity)
        );
        let remedy = "make validity twice as long as the overrides' within together, or longer";
        report.raise(OVERRIDE_WITHIN, place, message, remedy);
    }
}
