//! How much of the load the regions carry, and by which stages it returns.

use crate::plan::draft::Draft;
use crate::plan::report::Report;
use crate::plan::rule::{COARSE_RAMP, MALFORMED_RAMP, MINIMUM_CAPACITY, NO_SPARE_CAPACITY};
use crate::plan::types::Policy;

use super::unread;

/// The most stages of a ramp: each is a move of its own.
const MOST_STAGES: usize = 8;
/// Five percent, the first stage of the default, is one of twenty: a lighter weight has no share so small.
const FINE_WEIGHT: u8 = 20;

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    if draft.all_serve() {
        minimum(draft, report);
    }
    if draft.policy == Some(Policy::Weighted) && ramp(draft, report) {
        coarse(draft, report);
    }
}

fn minimum(draft: &Draft, report: &mut Report<'_>) {
    let path = draft.path.key("minimum_capacity");
    let unknown = draft.regions.iter().any(|region| report.is_broken(&region.path.key("capacity")));
    let count = draft.regions.len();
    if count < 2 || unknown || report.is_broken(&path) || unread(&draft.path.key("region"), count, report) {
        return;
    }
    let capacities = || draft.regions.iter().map(|region| u64::from(region.capacity));
    let (whole, wanted) = (capacities().sum::<u64>(), u64::from(draft.minimum_capacity));
    let rest = whole.saturating_sub(capacities().max().unwrap_or_default());
    if whole < wanted {
        let message = format!("all regions together carry {whole} %, less than the minimum of {wanted} %");
        report.raise(MINIMUM_CAPACITY, &path, message, "lower minimum_capacity or raise a region's capacity");
    } else if rest < wanted {
        let message =
            format!("without the largest region {rest} % remain, less than the minimum of {wanted} %");
        let remedy = "lower minimum_capacity to what users can bear, or raise a region's capacity";
        report.raise(NO_SPARE_CAPACITY, &path, message, remedy);
    }
}

/// Whether the ramp is one.
fn ramp(draft: &Draft, report: &mut Report<'_>) -> bool {
    let path = draft.path.key("ramp");
    if unread(&path, draft.ramp.len(), report) {
        return false;
    }
    let rises = draft.ramp.is_sorted_by(|stage, next| stage < next);
    let problem = match (rises, draft.ramp.last()) {
        (false, _) => "the stages do not rise".to_owned(),
        (true, Some(100)) if draft.ramp.len() <= MOST_STAGES => return true,
        (true, Some(100)) => format!("the ramp has {} stages", draft.ramp.len()),
        (true, _) => "the last stage is not the whole".to_owned(),
    };
    let remedy = format!("write at most {MOST_STAGES} rising percentages, the last 100: [5, 25, 50, 100]");
    report.raise(MALFORMED_RAMP, &path, problem, remedy);
    false
}

fn coarse(draft: &Draft, report: &mut Report<'_>) {
    for region in draft.regions.iter().filter(|region| region.weight < FINE_WEIGHT) {
        let whole = u32::from(region.weight);
        let rounded = |stage: &&u8| (whole * u32::from(**stage)).div_ceil(100) == whole;
        if let Some(stage) = draft.ramp.iter().filter(|stage| **stage < 100).find(rounded) {
            let message = format!("{stage} % of the weight {whole} is {whole} already");
            let remedy = format!("raise the weights of all regions alike, to {FINE_WEIGHT} or more each");
            report.raise(COARSE_RAMP, &region.path.key("weight"), message, remedy);
        }
    }
}
