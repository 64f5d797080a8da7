//! What must hold between values that were read: one file per subject.

mod application;
mod fleet;
mod notify;
mod records;
mod signals;
mod timing;

use super::draft::PlanDraft;
use super::report::Report;

/// Checks every rule on all that could be read.
pub(super) fn check(plan: &PlanDraft, report: &mut Report<'_>) {
    for draft in &plan.applications {
        application::check(draft, report);
        records::check(draft, report);
        signals::check(draft, report);
        timing::check(draft, report);
        notify::check(draft, &plan.topics, report);
    }
    fleet::check(plan, report);
}
