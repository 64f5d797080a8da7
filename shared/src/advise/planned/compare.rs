//! Active-active beside active-passive, for an application of the plan.

use serde::Serialize;

use super::judge::Judged;
use super::loss::{Loss, words};
use super::recovery::Recovery;
use super::span::Span;
use crate::advise::figure::Figure;
use crate::plan::{Application, Plan};

/// Both patterns for one application.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The application.
    pub application: String,
    /// What the plan has.
    pub now: &'static str,
    /// All regions serve.
    pub active_active: Pattern,
    /// One serves, others wait.
    pub active_passive: Pattern,
    /// How long those who are hit are not served, in seconds, without what is unknown: a move takes the same way in both.
    pub outage: Span,
    /// Whether that meets the plan's `rto`.
    pub rto: Judged,
    /// Which of them is advised.
    pub advised: &'static str,
    /// Why.
    pub because: Vec<String>,
}

/// What a pattern means for the application when a region is lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pattern {
    /// The share of users who are hit when the region that serves most is lost, in percent.
    pub hit: Figure,
    /// Seconds of outage at worst, times the share that is hit: an outage that all users share evenly.
    pub shared_outage: Figure,
    /// What each region must be able to carry, in percent of the whole load.
    pub capacity: Figure,
    /// What speaks for it.
    pub pros: Vec<String>,
    /// What speaks against it.
    pub cons: Vec<String>,
}

pub(super) const ACTIVE: &str = "active-active";
pub(super) const PASSIVE: &str = "active-passive";

/// What is needed beyond what the plan says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs {
    /// Users all over the world.
    pub is_global: bool,
    /// Reads must see what was written last.
    pub is_strong: bool,
}

impl Comparison {
    /// For an application.
    pub(super) fn of(plan: &Plan, application: &Application, loss: &Loss, needs: Needs) -> Self {
        let recovery = Recovery::of(plan, application);
        let regions = f64::from(u32::try_from(application.regions.len()).unwrap_or(u32::MAX));
        let others = (regions - 1.0).max(1.0);
        let pattern = |hit: f64, capacity: f64, (pros, cons): (Vec<String>, Vec<String>)| Pattern {
            hit: hit.into(),
            shared_outage: (recovery.total().worst.get() * hit / 100.0).into(),
            capacity: capacity.into(),
            pros,
            cons,
        };
        let share = largest_share(application);
        // What is left of the load when the largest is lost, spread over the others; and no less than its own share.
        let minimum = f64::from(application.minimum_capacity) / others;
        let active_active = pattern(share, minimum.max(share), for_active(needs, loss));
        let active_passive = pattern(100.0, 100.0, for_passive(needs, loss));
        let (advised, because) = advice(needs, loss, &active_active);
        let now = match application.policy {
            crate::plan::Policy::Failover => PASSIVE,
            crate::plan::Policy::Weighted | crate::plan::Policy::Latency => ACTIVE,
        };
        let application = application.name.to_string();
        let (outage, rto) = (recovery.total(), recovery.judged);
        Self { application, now, active_active, active_passive, outage, rto, advised, because }
    }
}

/// Of the planned weights: evenly where all regions have the same.
fn largest_share(application: &Application) -> f64 {
    let weights = || application.regions.iter().map(|region| f64::from(region.weight));
    let (all, most) = (weights().sum::<f64>(), weights().fold(0.0, f64::max));
    if all > 0.0 { most / all * 100.0 } else { 100.0 }
}

/// Whether every region can take writes: a DynamoDB global table lets them, and Aurora DSQL is said to.
pub(super) fn writes_everywhere(kind: &str) -> bool {
    let words = words(kind);
    ["dynamodb", "dsql"].iter().any(|known| words.iter().any(|word| word == known))
}

fn has_many_writers(loss: &Loss) -> bool {
    loss.data.as_deref().is_none_or(writes_everywhere)
}

fn for_active(needs: Needs, loss: &Loss) -> (Vec<String>, Vec<String>) {
    let mut pros = vec!["a lost region hits only those whom it served; the others notice nothing".to_owned()];
    let mut cons =
        vec!["each region must carry its share of a lost one at once: the capacity stands there".to_owned()];
    if needs.is_global {
        pros.push("users are served from near them".to_owned());
    }
    if !has_many_writers(loss) {
        cons.push("one region writes: all others send their writes there, and its loss needs a promotion all the same".to_owned());
    }
    if needs.is_strong {
        cons.push("reads of another region lag, unless the table is strongly consistent (MRSC)".to_owned());
    }
    (pros, cons)
}

fn for_passive(needs: Needs, loss: &Loss) -> (Vec<String>, Vec<String>) {
    let mut pros = vec!["one region writes and reads: nothing can conflict".to_owned()];
    let mut cons = vec![
        "the loss of the primary hits all users".to_owned(),
        "a standby that never serves is never tested but by drills".to_owned(),
    ];
    if needs.is_global {
        cons.push("users far from the primary wait for the way".to_owned());
    }
    if loss.data.is_some() && !has_many_writers(loss) {
        pros.push("promotion and traffic move together, once".to_owned());
    }
    (pros, cons)
}

fn advice(needs: Needs, loss: &Loss, active: &Pattern) -> (&'static str, Vec<String>) {
    if !has_many_writers(loss) {
        let why = "its data have one region that writes: several that serve would need its promotion as well";
        return (PASSIVE, vec![why.to_owned()]);
    }
    if needs.is_strong {
        let why = "reads must see the last write, which one region gives without more";
        return (PASSIVE, vec![why.to_owned()]);
    }
    let mut because = vec![format!(
        "a lost region hits {} % of the users instead of all, and every region can take writes",
        (active.hit.get() * 10.0).round() / 10.0
    )];
    if needs.is_global {
        because.push("users are all over the world".to_owned());
    }
    (ACTIVE, because)
}
