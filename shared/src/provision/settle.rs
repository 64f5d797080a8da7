//! New inverted checks: unhealthy until Route 53 has enough data (Developer Guide, "How Route 53 determines
//! whether a health check is healthy"). One that hangs on a record at once takes its region away from users.

use std::collections::BTreeSet;

use super::checks::WantedChecks;
use super::live::CheckerReport;
use super::name::CheckName;
use crate::dns::{HealthCheck, Watches};
use crate::in_order::InOrder;

/// More than this share of the checkers, in percent, make an endpoint healthy (Developer Guide, the same
/// page: "may change in a future release").
const ENOUGH: usize = 18;

/// What checkers' reports say of an endpoint, whatever the check makes of it; none while nobody reported.
pub fn opinion(reports: &[CheckerReport]) -> Option<bool> {
    let well = reports.iter().filter(|report| report.success).count();
    (!reports.is_empty()).then_some(well * 100 > ENOUGH * reports.len())
}

/// Whether a check is to settle before anything hangs on it.
pub(super) fn must_settle<Child>(check: &HealthCheck<Child>) -> bool {
    check.inverted && !check.disabled && matches!(check.watches, Watches::Endpoint(_))
}

/// Whether an inverted check is healthy by what its checkers report: enough of them, and they see nothing.
pub(super) fn has_settled(reports: &[CheckerReport]) -> bool {
    opinion(reports) == Some(false)
}

/// The checks of a plan that are to settle first.
pub(super) fn to_settle(wanted: &WantedChecks) -> BTreeSet<CheckName> {
    wanted.iter().filter(|(_, check)| must_settle(check)).map(|(name, _)| name.clone()).in_order()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports(well: usize, all: usize) -> Vec<CheckerReport> {
        let report = |number| CheckerReport {
            from: "us-east-1".to_owned(),
            success: number < well,
            said: String::new(),
            at: None,
        };
        (0..all).map(report).collect()
    }

    #[test]
    fn an_endpoint_is_healthy_by_more_than_18_percent_of_its_checkers() {
        let of = |well, all| opinion(&reports(well, all));
        assert_eq!(
            [of(0, 0), of(0, 16), of(2, 16), of(3, 16), of(16, 16)],
            [None, Some(false), Some(false), Some(true), Some(true)]
        );
        assert_eq!([of(18, 100), of(19, 100)], [Some(false), Some(true)]);
    }

    #[test]
    fn an_inverted_check_settles_when_its_checkers_have_seen_nothing() {
        let settled = |well, all| has_settled(&reports(well, all));
        assert_eq!(
            [settled(0, 0), settled(16, 16), settled(3, 16), settled(2, 16)],
            [false, false, false, true]
        );
    }
}
