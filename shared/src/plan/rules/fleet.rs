//! What must hold between applications.

use std::collections::BTreeMap;

use crate::names::{DnsName, HealthCheckId, Region};
use crate::plan::draft::{Draft, PlanDraft};
use crate::plan::report::Report;
use crate::plan::rule::{DUPLICATE_SERVED_NAME, SHARED_HEALTH_CHECK};

pub(super) fn check(plan: &PlanDraft, report: &mut Report<'_>) {
    served_names(&plan.applications, report);
    health_checks(&plan.applications, report);
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
