//! How soon Route 53's own checkers see a failure.

use super::span::Span;
use crate::dns::{CheckerRegion, Endpoint, HealthCheck, Interval, NoChild, Page, Protocol, Watches};
use crate::plan::Application;
use crate::provision;

/// For a TCP connection (Developer Guide, "How Amazon Route 53 determines whether a health check is healthy").
const TCP: f64 = 10.0;
/// For the connection of an HTTP question, and then for its status (the same page).
const HTTP: f64 = 4.0 + 2.0;
/// For the text in the body, after the status (the same page).
const BODY: f64 = 2.0;
/// A check is healthy while more than so many percent of its checkers say so (the same page; AWS may change it).
const HEALTHY_ABOVE: usize = 18;
/// Checkers in one region: 16 stand in 8 regions (Developer Guide, "Monitoring the latency between health checkers and
/// your endpoint", for the redundant zones).
const IN_A_REGION: usize = 2;
/// Between two questions of a checker about an override's object.
const FAST: f64 = 10.0;
/// The shortest period of an alarm that a check can follow (API reference, `CloudWatchAlarmConfiguration`).
const PERIOD: f64 = 60.0;

/// Until a check turns, from when what it looks at fails. Nothing where the plan does not tell.
///
/// Checkers ask independently of each other, so that their turns are spread over the interval: the check turns when
/// no more than 18 % of them are left that have not seen enough. At best an endpoint answers wrongly at once, and all checkers ask right after the
/// failure; typically their turns are spread evenly; at worst the endpoint is silent, and each question waits for all
/// that it may.
pub(super) fn detection(check: &HealthCheck<NoChild>) -> Option<Span> {
    if check.disabled {
        return None;
    }
    match &check.watches {
        Watches::Endpoint(endpoint) => Some(of_endpoint(endpoint)),
        // One period that ends right after the failure, and up to three minutes: an estimate, since AWS tells none.
        Watches::Metric { .. } => Some(Span::new(PERIOD, 2.0 * PERIOD, 3.0 * PERIOD)),
        Watches::RoutingControl(_) | Watches::Calculated { .. } => None,
    }
}

fn of_endpoint(endpoint: &Endpoint) -> Span {
    let interval = f64::from(endpoint.interval.seconds());
    let threshold = f64::from(endpoint.threshold);
    let before = interval * (threshold - 1.0).max(0.0);
    let all = count(endpoint);
    let enough = share_of_the_interval(all - left_at_most(all), all);
    Span::new(before, before + interval * enough, (interval + patience(&endpoint.protocol)) * threshold)
}

/// Until an override's object is found by so many that its check turns.
pub(super) fn finding() -> Span {
    let all = CheckerRegion::ALL.len() * IN_A_REGION;
    Span::new(0.0, FAST * share_of_the_interval(left_at_most(all) + 1, all), FAST)
}

/// How many checkers ask.
fn count(endpoint: &Endpoint) -> usize {
    let regions =
        if endpoint.checkers.is_empty() { CheckerRegion::ALL.len() } else { endpoint.checkers.len() };
    regions * IN_A_REGION
}

/// The most that may say "healthy" while the check does not.
fn left_at_most(all: usize) -> usize {
    all * HEALTHY_ABOVE / 100
}

/// When the n-th of some checkers asks, on average, of turns that fall anywhere in the interval: the mean of the n-th of
/// so many even draws.
#[allow(clippy::cast_precision_loss, reason = "there are a few dozen checkers")]
fn share_of_the_interval(nth: usize, all: usize) -> f64 {
    nth as f64 / (all + 1) as f64
}

/// The longest that one question waits.
fn patience(protocol: &Protocol) -> f64 {
    let of_page = |page: &Page| if page.contains.is_some() { HTTP + BODY } else { HTTP };
    match protocol {
        Protocol::Tcp => TCP,
        Protocol::Http(page) | Protocol::Https { page, .. } => of_page(page),
    }
}

/// How that is counted, for people.
pub(super) fn in_words(check: &HealthCheck<NoChild>) -> String {
    match &check.watches {
        Watches::Endpoint(endpoint) => format!(
            "{} bad answers in a row, one every {} s after the answer before, at {} of {} checkers; a silent endpoint takes \
             {} s more for each",
            endpoint.threshold,
            endpoint.interval.seconds(),
            count(endpoint) - left_at_most(count(endpoint)),
            count(endpoint),
            patience(&endpoint.protocol)
        ),
        Watches::Metric { .. } => {
            "a check of a metric: one to three periods of 60 s (an estimate)".to_owned()
        }
        Watches::RoutingControl(_) => "a routing control".to_owned(),
        Watches::Calculated { .. } => "a calculated check".to_owned(),
    }
}

/// The interval and the threshold of the check that asks the endpoint of the region that may be lost.
pub(super) fn turns(application: &Application) -> Option<(Interval, u8)> {
    match provision::checks::endpoint(application.preferred())?.watches {
        Watches::Endpoint(endpoint) => Some((endpoint.interval, endpoint.threshold)),
        Watches::Metric { .. } | Watches::RoutingControl(_) | Watches::Calculated { .. } => None,
    }
}
