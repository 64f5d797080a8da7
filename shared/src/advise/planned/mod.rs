//! Basis plan: figures computed from the plan file and from what AWS does, each with its source.

mod business_case;
mod checkers;
mod compare;
mod impact;
mod implement;
mod judge;
mod loss;
mod optimize;
mod phases;
mod recovery;
mod span;
mod toml;

use serde::Serialize;

pub use business_case::{BusinessCase, Item, Outages};
pub use compare::{Comparison, Pattern};
pub use impact::{Compliance, Impact, Side};
pub use implement::{Implementation, Step};
pub use judge::Judged;
pub use loss::Loss;
pub use optimize::{Change, Optimization};
pub use phases::Phase;
pub use recovery::{Recovery, Way};
pub use span::Span;

use super::business::Business;
use super::input::{Members, SECONDS};
use super::request::Analysis;
use super::rule_of_thumb::total_by_dns;
use crate::plan::{Application, Plan};

/// What an analysis found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// How soon each application is back.
    Recovery(Vec<Recovery>),
    /// How much each may lose.
    Loss(Vec<Loss>),
    /// What an outage of each costs.
    Impact(Vec<Impact>),
    /// What is to be changed in each.
    Optimization(Vec<Optimization>),
    /// Both patterns for each.
    Comparison(Vec<Comparison>),
    /// How a pattern is set up.
    Implementation(Box<Implementation>),
    /// What the plan costs, and what it saves.
    BusinessCase(Box<BusinessCase>),
}

/// Carries an analysis out. None where the input was refused: it says why itself.
pub(super) fn answer(
    analysis: Analysis,
    plan: Option<&Plan>,
    input: &mut Members<'_, '_>,
) -> Option<Outcome> {
    match analysis {
        Analysis::ActiveActive => {
            return implement::active_active(input).map(Box::new).map(Outcome::Implementation);
        }
        Analysis::ActivePassive => {
            return implement::active_passive(input).map(Box::new).map(Outcome::Implementation);
        }
        _ => {}
    }
    let Some(plan) = plan else {
        input.fault("", "there is no plan to compute from", "a plan file; or basis \"rule-of-thumb\"");
        return None;
    };
    let applications = applications(plan, input);
    Some(match analysis {
        Analysis::Rto => Outcome::Recovery(recoveries(plan, &applications, input)),
        Analysis::Rpo => Outcome::Loss(losses(&applications, input)),
        Analysis::Impact => Outcome::Impact(impacts(plan, &applications, input)?),
        Analysis::Optimize => Outcome::Optimization(optimizations(plan, &applications, input)),
        Analysis::Compare => Outcome::Comparison(comparisons(plan, &applications, input)),
        Analysis::Cost => Outcome::BusinessCase(Box::new(business_case(plan, &applications, input))),
        Analysis::ActiveActive | Analysis::ActivePassive => return None,
    })
}

/// The one that is asked about, or all.
fn applications<'p>(plan: &'p Plan, input: &mut Members<'_, '_>) -> Vec<&'p Application> {
    let Some(name) = input.text("application") else { return plan.applications.iter().collect() };
    let found: Vec<&Application> = plan.application(&name.into()).into_iter().collect();
    if found.is_empty() {
        let known: Vec<&str> =
            plan.applications.iter().map(|application| application.name.as_str()).collect();
        input.fault("application", "the plan has no such application", known.join(", "));
    }
    found
}

fn recoveries(plan: &Plan, applications: &[&Application], input: &mut Members<'_, '_>) -> Vec<Recovery> {
    let all: Vec<Recovery> = applications.iter().map(|one| Recovery::of(plan, one)).collect();
    for recovery in all.iter().filter(|recovery| recovery.is_whole()) {
        beside_the_rule_of_thumb(plan, recovery, input);
    }
    input.note(
        "8.7 % of measured resolvers keep answers longer than the TTL allows: their users follow later than any figure \
         here. Who counts them in must measure them; a drill measures all else",
    );
    all
}

/// By how much the rule of thumb would be off.
fn beside_the_rule_of_thumb(plan: &Plan, recovery: &Recovery, input: &mut Members<'_, '_>) {
    let Some(application) = plan.application(&recovery.application.as_str().into()) else { return };
    let Some((interval, threshold)) = checkers::turns(application) else { return };
    let ttl = span::seconds(application.ttl);
    let thumb = total_by_dns(interval.seconds().into(), threshold.into(), ttl);
    let worst = recovery.total().worst.get();
    let word = if worst > thumb { "less" } else { "more" };
    input.note(format!(
        "{}: the rule of thumb would say {thumb} s from the same settings, {:.0} s {word} than the worst case here",
        recovery.application,
        (worst - thumb).abs()
    ));
}

fn losses(applications: &[&Application], input: &mut Members<'_, '_>) -> Vec<Loss> {
    let measured = input.number("measured_lag", &SECONDS);
    if measured.is_none() {
        input.note("a loss is what lags at the cut: without a measured lag (measured_lag) only a promise can be told");
    }
    applications.iter().map(|application| Loss::of(application, measured)).collect()
}

fn impacts(plan: &Plan, applications: &[&Application], input: &mut Members<'_, '_>) -> Option<Vec<Impact>> {
    let measured = input.number("measured_lag", &SECONDS);
    let business = Business::read(input)?;
    if input.has("rto_rpo") {
        input.note(
            "rto_rpo is not used: basis plan computes both. Basis rule-of-thumb takes them as they are given",
        );
    }
    let of = |application: &&Application| {
        Impact::of(&Recovery::of(plan, application), &Loss::of(application, measured), &business)
    };
    Some(applications.iter().map(of).collect())
}

fn optimizations(
    plan: &Plan,
    applications: &[&Application],
    input: &mut Members<'_, '_>,
) -> Vec<Optimization> {
    let measured = input.number("measured_lag", &SECONDS);
    let mut targets = (None, None);
    if let Some(mut given) = input.object("targets") {
        targets = (given.number("rto_target", &SECONDS), given.number("rpo_target", &SECONDS));
        given.finish();
    }
    if input.has("current") {
        input.note(
            "current is not used: basis plan knows the settings. Basis rule-of-thumb takes it as it is given",
        );
    }
    if input.is_faulty() {
        return Vec::new();
    }
    input.note(
        "no setting changes these: up to two minutes until a tick, up to 65 s of Route 53's API, 60 s of a foreign alias's \
         TTL. An override spares users the API but in the worst case, in which it fails first",
    );
    let of = |application: &&Application| {
        let loss = Loss::of(application, measured);
        let rpo = targets
            .1
            .map_or(loss.judged, |target| Judged::of(loss.worst.map(|worst| worst.get()), Some(target)));
        let rto = targets.0.unwrap_or_else(|| span::seconds(application.rto));
        Optimization::of(plan, application, rto, rpo)
    };
    applications.iter().map(of).collect()
}

fn comparisons(plan: &Plan, applications: &[&Application], input: &mut Members<'_, '_>) -> Vec<Comparison> {
    let needs = compare::Needs {
        is_global: input.flag("global_user_distribution").unwrap_or(false),
        is_strong: input
            .word("consistency_requirement", &[("strong", true), ("eventual", false)])
            .unwrap_or(false),
    };
    let of =
        |application: &&Application| Comparison::of(plan, application, &Loss::of(application, None), needs);
    applications.iter().map(of).collect()
}

fn business_case(plan: &Plan, applications: &[&Application], input: &mut Members<'_, '_>) -> BusinessCase {
    let given = business_case::Given::read(input);
    let recoveries: Vec<Recovery> = applications.iter().map(|one| Recovery::of(plan, one)).collect();
    let (case, notes) = business_case::business_case(plan, &given, &recoveries);
    notes.into_iter().for_each(|note| input.note(note));
    case
}
