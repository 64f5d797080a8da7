//! What the ways to move traffic ask of each other.

use crate::plan::draft::Draft;
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{ACTUATORS_WITHOUT_RECORDS, OVERRIDE_SECTION, OVERRIDE_WITH_BACKUP, OVERRIDE_WITHIN};
use crate::plan::types::{Actuator, Overrides};
use crate::time::span;

pub(super) fn check(draft: &Draft, overrides: Option<&Overrides>, report: &mut Report<'_>) {
    let place = draft.path.key("actuators");
    if draft.actuators.is_empty() || !draft.actuators.contains(&Actuator::Override) {
        return;
    }
    if !draft.actuators.contains(&Actuator::Records) {
        let message = "an override that no records follow could never end";
        let remedy = "write actuators = [\"override\", \"records\"]";
        report.raise(ACTUATORS_WITHOUT_RECORDS, &place, message, remedy);
    }
    for region in draft.regions.iter().filter(|region| region.backup.is_some()) {
        let message = "an override keeps a region's own record out, and Route 53 would answer its backup";
        let remedy = "remove the backup, or \"override\" from actuators";
        report.raise(OVERRIDE_WITH_BACKUP, &region.path.key("backup"), message, remedy);
    }
    let Some(overrides) = overrides else {
        // One that could not be read has a fault already.
        if report.holds(&Path::default().key("override")) {
            return;
        }
        let remedy = "add [override] with the bucket that its objects are put into";
        report.raise(OVERRIDE_SECTION, &place, "the plan does not say how overrides are said", remedy);
        return;
    };
    let validity = draft.timing.validity;
    if overrides.within * 2 > validity {
        let message = format!(
            "an override is given {} of a decision's validity of {}, which leaves too little for the records",
            span(overrides.within),
            span(validity)
        );
        let remedy = "make validity twice as long as the override's within, or longer";
        report.raise(OVERRIDE_WITHIN, &place, message, remedy);
    }
}
