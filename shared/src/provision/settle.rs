//! New checks that could take their region away from users if they hung on a record at once: an inverted one is
//! unhealthy until Route 53 has enough data (Developer Guide, "How Route 53 determines whether a health check is
//! healthy"), one of a routing control for as long as that is Off.

use std::collections::BTreeMap;

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

/// What a new check must show before anything hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settling {
    /// It is inverted: enough checkers report, and they see nothing.
    SeesNothing,
    /// Route 53's metric of the check tells that its routing control is On.
    IsOn,
}

impl Settling {
    /// What a check must show; none where anything may hang on it at once.
    pub(super) fn of<Child>(check: &HealthCheck<Child>) -> Option<Self> {
        match check.watches {
            _ if check.disabled => None,
            Watches::Endpoint(_) if check.inverted => Some(Self::SeesNothing),
            Watches::RoutingControl(_) => Some(Self::IsOn),
            _ => None,
        }
    }

    /// What is waited for, and what people can do for it.
    pub(super) fn waits_for(self) -> &'static str {
        match self {
            Self::SeesNothing => "until its checkers have looked and seen nothing",
            Self::IsOn => "until its routing control is On: turn it On where it is Off",
        }
    }
}

/// Whether an inverted check is healthy by what its checkers report: enough of them, and they see nothing.
pub(super) fn has_settled(reports: &[CheckerReport]) -> bool {
    opinion(reports) == Some(false)
}

/// The checks of a plan that are to settle first.
pub(super) fn to_settle(wanted: &WantedChecks) -> BTreeMap<CheckName, Settling> {
    wanted.iter().filter_map(|(name, check)| Some((name.clone(), Settling::of(check)?))).in_order()
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
