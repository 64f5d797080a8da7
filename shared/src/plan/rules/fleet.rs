//! What must hold between applications, and between them and the controllers.

use std::collections::BTreeMap;

use crate::names::{DnsName, HealthCheckId, Region};
use crate::plan::draft::{Draft, PlanDraft};
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{
    CONTROLLER_ONLY_IN_PRIMARY, DUPLICATE_SERVED_NAME, SHARED_HEALTH_CHECK, STANDBY_WITHOUT_CONTROLLER,
};
use crate::plan::types::Role;

pub(super) fn check(plan: &PlanDraft, report: &mut Report<'_>) {
    served_names(&plan.applications, report);
    health_checks(&plan.applications, report);
    if let Some(controllers) = &plan.controllers {
        for draft in &plan.applications {
            taker_has_controller(draft, controllers, report);
        }
    }
}

fn served_names(drafts: &[Draft], report: &mut Report<'_>) {
    let mut owners: BTreeMap<&DnsName, &Draft> = BTreeMap::new();
    for draft in drafts {
        let Some(served) = &draft.served else { continue };
        if let Some(owner) = owners.get(served) {
            let message = format!("{served} is served by {} already", owner.name);
            let remedy = "give each application a name of its own, or make them one application";
            report.raise(DUPLICATE_SERVED_NAME, &draft.path.key("name"), message, remedy);
        } else {
            owners.insert(served, draft);
        }
    }
}

/// Applications may share the check of a region, regions may not share a check.
fn health_checks(drafts: &[Draft], report: &mut Report<'_>) {
    let mut owners: BTreeMap<&HealthCheckId, &Region> = BTreeMap::new();
    for region in drafts.iter().flat_map(|draft| &draft.regions) {
        let (Some(check), Some(name)) = (&region.health_check, &region.name) else { continue };
        let owner = *owners.entry(check).or_insert(name);
        if owner != name {
            let message = format!("the health check {check} belongs to {owner} already");
            let remedy = format!("name the check of {name}'s own endpoint");
            report.raise(SHARED_HEALTH_CHECK, &region.path.key("health_check"), message, remedy);
        }
    }
}

fn taker_has_controller(draft: &Draft, controllers: &[Region], report: &mut Report<'_>) {
    let path = Path::default().key("controller").key("regions");
    let primary = draft.primary().and_then(|region| region.name.as_ref());
    if let Some(primary) = primary
        && controllers.iter().all(|region| region == primary)
    {
        let message = format!("the only controller is in {primary}, the primary region of {}", draft.name);
        report.raise(CONTROLLER_ONLY_IN_PRIMARY, &path, message, "add every standby region");
        return;
    }
    for region in draft.regions.iter().filter(|region| region.role == Some(Role::Standby)) {
        let Some(name) = region.name.as_ref().filter(|name| !controllers.contains(name)) else { continue };
        let message = format!("no controller is in {name}, so that nobody can pull {} there", draft.name);
        let remedy = format!("add \"{name}\" to controller.regions");
        report.raise(STANDBY_WITHOUT_CONTROLLER, &region.path.key("region"), message, remedy);
    }
}
