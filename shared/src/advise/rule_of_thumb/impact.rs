//! What an outage costs the business.

use serde::Serialize;

use crate::advise::business::{Business, Limits};
use crate::advise::figure::{Figure, Named};
use crate::advise::input::{COUNT, Members, SECONDS};

/// What an outage costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Impact {
    /// In money.
    pub revenue_impact: Revenue,
    /// Who is hit, for how long.
    pub operational_impact: Operation,
    /// By the requirement's name.
    pub compliance_impact: Named<Verdict>,
    /// The rule says nothing of customers.
    pub customer_impact: Nothing,
    /// What is advised.
    pub recommendations: Vec<Recommendation>,
}

/// In money.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Revenue {
    /// What is not earned meanwhile.
    pub downtime_cost: Figure,
    /// What lost writes cost.
    pub data_loss_cost: Figure,
    /// Both.
    pub total_financial_impact: Figure,
}

/// Who is hit, for how long.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operation {
    /// People.
    pub affected_users: Figure,
    /// In seconds.
    pub service_degradation_duration: Figure,
    /// Steps that people take.
    pub manual_intervention_required: Figure,
}

/// How a requirement fares. A violated RTO hides a violated RPO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// It takes longer than allowed.
    RtoViolation,
    /// More is lost than allowed.
    RpoViolation,
    /// Neither.
    Compliant,
}

/// What is advised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// Of what.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What to do.
    pub suggestion: &'static str,
    /// What it would bring.
    pub potential_improvement: &'static str,
}

/// An empty object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Nothing {}

/// The totals that are judged.
struct Totals {
    rto: f64,
    rpo: f64,
    manual_steps: f64,
}

const RECOVERS_SLOWLY: f64 = 300.0;
const LOSES_MUCH: f64 = 60.0;

/// Reads totals and business, and tells what they mean together.
pub(in crate::advise) fn impact(input: &mut Members<'_, '_>) -> Option<Impact> {
    let totals = input.needed_object("rto_rpo").map(totals);
    let business = Business::read(input)?;
    let totals = totals?;
    hides(input, &totals, &business.requirements);
    let (downtime, loss) = (business.downtime(totals.rto), business.data_loss(totals.rpo));
    let requirements = business.requirements.into_iter();
    let judged = requirements.map(|(name, limits)| (name, verdict(&totals, &limits)));
    Some(Impact {
        revenue_impact: Revenue {
            downtime_cost: downtime.into(),
            data_loss_cost: loss.into(),
            total_financial_impact: (downtime + loss).into(),
        },
        operational_impact: Operation {
            affected_users: business.users.into(),
            service_degradation_duration: totals.rto.into(),
            manual_intervention_required: totals.manual_steps.into(),
        },
        compliance_impact: Named(judged.collect()),
        customer_impact: Nothing {},
        recommendations: recommendations(&totals),
    })
}

fn totals(mut input: Members<'_, '_>) -> Totals {
    let totals = Totals {
        rto: input.needed_number("total_rto", &SECONDS),
        rpo: input.needed_number("total_rpo", &SECONDS),
        manual_steps: input.number("manual_steps", &COUNT).unwrap_or(0.0),
    };
    input.finish();
    totals
}

fn verdict(totals: &Totals, limits: &Limits) -> Verdict {
    let violates = |total: f64, limit: Option<f64>| limit.is_some_and(|limit| total > limit);
    if violates(totals.rto, limits.rto) {
        Verdict::RtoViolation
    } else if violates(totals.rpo, limits.rpo) {
        Verdict::RpoViolation
    } else {
        Verdict::Compliant
    }
}

/// Says which requirements are violated in both ways, since the verdict names one.
fn hides(input: &mut Members<'_, '_>, totals: &Totals, requirements: &[(String, Limits)]) {
    for (name, limits) in requirements {
        let without_rto = Limits { rto: None, rpo: limits.rpo };
        let both = (verdict(totals, limits), verdict(totals, &without_rto));
        if both == (Verdict::RtoViolation, Verdict::RpoViolation) {
            input.note(format!("{name} is violated by the RPO, too; basis plan judges both"));
        }
    }
    if !requirements.is_empty() {
        input.note(
            "neither the Sarbanes-Oxley Act nor the GDPR names a time or an amount: limits under such names are your \
             own commitments, and an auditor asks where they are written down",
        );
    }
}

fn recommendations(totals: &Totals) -> Vec<Recommendation> {
    let slow = (totals.rto > RECOVERS_SLOWLY).then_some(Recommendation {
        kind: "RTO_IMPROVEMENT",
        suggestion: "Consider implementing active-active pattern for faster failover",
        potential_improvement: "< 60 seconds RTO",
    });
    let lossy = (totals.rpo > LOSES_MUCH).then_some(Recommendation {
        kind: "RPO_IMPROVEMENT",
        suggestion: "Implement synchronous replication or increase replication frequency",
        potential_improvement: "< 30 seconds RPO",
    });
    slow.into_iter().chain(lossy).collect()
}
