//! RTO by the plan: the ways from a failure until users are served elsewhere.

use serde::Serialize;

use super::judge::Judged;
use super::phases::{self, Phase};
use super::span::{Span, seconds};
use crate::plan::{Application, Native, Plan};

/// One way by which users come to be served elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// Who moves the traffic.
    pub by: &'static str,
    /// In their order.
    pub phases: Vec<Phase>,
    /// All that can be told, in seconds.
    pub total: Span,
    /// The phases of which nobody can tell how long they take.
    pub unknown: Vec<&'static str>,
}

/// How soon an application is back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recovery {
    /// The application.
    pub application: String,
    /// The longest outage that the plan accepts (`rto`), in seconds.
    pub target: f64,
    /// Whether the worst case is within it.
    pub judged: Judged,
    /// The controller's way first: it alone is judged, since it alone verifies.
    pub ways: Vec<Way>,
}

impl Recovery {
    /// Of an application.
    pub fn of(plan: &Plan, application: &Application) -> Self {
        let mut ways = vec![by_controller(plan, application)];
        ways.extend(by_route53(application));
        let target = seconds(application.rto);
        let judged = ways.first().map_or(Judged::Unknown, |way| way.judged(target));
        Self { application: application.name.to_string(), target, judged, ways }
    }

    /// Whether nothing of the controller's way is unknown.
    pub fn is_whole(&self) -> bool {
        self.unknown().is_empty()
    }

    /// What nobody can tell of the controller's way.
    pub fn unknown(&self) -> &[&'static str] {
        self.ways.first().map_or(&[], |way| &way.unknown)
    }

    /// All that can be told of the controller's way.
    pub fn total(&self) -> Span {
        self.ways.first().map(|way| way.total).unwrap_or_default()
    }
}

impl Way {
    fn of(by: &'static str, phases: Vec<Phase>) -> Self {
        let total = phases.iter().filter_map(|phase| phase.seconds).sum();
        let unknown =
            phases.iter().filter(|phase| phase.seconds.is_none()).map(|phase| phase.phase).collect();
        Self { by, phases, total, unknown }
    }

    /// What is known may already be too long; what is not may make it so.
    fn judged(&self, target: f64) -> Judged {
        if self.total.worst.get() > target {
            Judged::Missed
        } else if self.unknown.is_empty() {
            Judged::Met
        } else {
            Judged::Unknown
        }
    }
}

/// A controller in another region sees it, decides, moves.
fn by_controller(plan: &Plan, application: &Application) -> Way {
    let (look, detect) = (phases::look(), phases::detect(application));
    let woken = look.seconds.unwrap_or_default();
    let seen = woken.then(detect.seconds.unwrap_or_default());
    let mut way = vec![look, detect];
    way.extend(phases::alarm(application));
    way.extend(phases::agree(plan, application, woken, seen));
    way.extend(phases::consent(application));
    way.push(phases::rank(application));
    way.extend(phases::fleet(plan, application));
    way.extend(phases::moves(plan, application));
    way.extend(phases::promote(application));
    way.push(phases::caches(application));
    Way::of("a controller", way)
}

/// Route 53 leaves the region by itself, by its endpoint's check.
fn by_route53(application: &Application) -> Option<Way> {
    if application.native == Native::Off {
        return None;
    }
    let mut way = vec![phases::turn(application)?, phases::follow()];
    way.extend(phases::promote(application));
    way.push(phases::caches(application));
    Some(Way::of("Route 53 by itself", way))
}
