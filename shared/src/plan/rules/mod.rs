//! What must hold between values that were read: one file per subject.

#[cfg(any(feature = "provision", test))]
mod advice;
mod aliases;
mod application;
mod behind;
mod capacity;
mod checks;
mod controllers;
mod fleet;
mod notify;
mod overrides;
mod policy;
mod records;
mod signals;
mod timing;
mod windows;
mod zones;

use super::draft::PlanDraft;
use super::path::Path;
use super::report::Report;

/// Checks every rule on all that could be read.
pub(super) fn check(plan: &PlanDraft, report: &mut Report<'_>) {
    for draft in &plan.applications {
        application::check(draft, report);
        policy::check(draft, report);
        capacity::check(draft, report);
        windows::check(draft, report);
        records::check(draft, report);
        aliases::check(draft, report);
        behind::check(draft, report);
        signals::check(draft, report);
        checks::check(draft, report);
        overrides::check(draft, plan, report);
        timing::check(draft, report);
        notify::check(draft, &plan.topics, report);
    }
    fleet::check(plan, report);
    zones::check(&plan.applications, report);
    controllers::check(plan, report);
    checks::maker(plan, report);
    #[cfg(any(feature = "provision", test))]
    advice::check(plan, report);
}

/// Whether a list, or an entry of it, could not be read, so that what was read may lack something.
fn unread(list: &Path, count: usize, report: &Report<'_>) -> bool {
    report.is_broken(list) || (0..=count).any(|index| report.is_broken(&list.index(index)))
}
