//! What might bring RTO and RPO to their targets.

use serde::Serialize;

use super::impact::Nothing;
use crate::advise::figure::Figure;
use crate::advise::input::{Members, SECONDS};

/// What might be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Optimizations {
    /// To recover sooner.
    pub rto_optimizations: Vec<Proposal>,
    /// To lose less.
    pub rpo_optimizations: Vec<Proposal>,
    /// What all of them cost.
    pub cost_implications: CostImplications,
    /// Never filled by the rule.
    pub implementation_complexity: Nothing,
}

/// One thing that might be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What.
    pub strategy: &'static str,
    /// What it would bring.
    pub improvement: &'static str,
    /// Roughly.
    pub cost: Level,
    /// Roughly.
    pub complexity: Level,
}

/// What all proposals cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostImplications {
    /// In dollars.
    pub estimated_monthly_increase: Figure,
    /// What remains to be done.
    pub roi_calculation: &'static str,
}

/// A rough measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Level {
    Low,
    Medium,
    High,
}

impl Level {
    /// In dollars a month, as the rule has it.
    fn dollars(self) -> f64 {
        match self {
            Self::Low => 100.0,
            Self::Medium => 500.0,
            Self::High => 2000.0,
        }
    }
}

const LARGE: f64 = 300.0;
const MEDIUM: f64 = 60.0;

const fn proposal(
    strategy: &'static str,
    improvement: &'static str,
    cost: Level,
    complexity: Level,
) -> Proposal {
    Proposal { strategy, improvement, cost, complexity }
}

const RTO_LARGE: [Proposal; 2] = [
    proposal("Implement Global Accelerator", "60-120 seconds", Level::Medium, Level::Low),
    proposal("Deploy active-active architecture", "180-300 seconds", Level::High, Level::High),
];
const RTO_MEDIUM: [Proposal; 2] = [
    proposal("Reduce DNS TTL to 30 seconds", "30-60 seconds", Level::Low, Level::Low),
    proposal("Implement automated failover", "60-240 seconds", Level::Medium, Level::Medium),
];
const RPO_LARGE: [Proposal; 1] =
    [proposal("Implement synchronous replication", "Near-zero RPO", Level::High, Level::High)];
const RPO_MEDIUM: [Proposal; 2] = [
    proposal("Increase replication frequency to 30 seconds", "30-60 seconds", Level::Medium, Level::Low),
    proposal("Implement Aurora Global Database", "< 1 second RPO", Level::High, Level::Medium),
];

/// Reads where one stands and wants to be, and proposes by the width of the gap.
pub(in crate::advise) fn optimize(input: &mut Members<'_, '_>) -> Option<Optimizations> {
    let current = current(input);
    let mut targets = input.needed_object("targets")?;
    let (rto, rpo) =
        (targets.needed_number("rto_target", &SECONDS), targets.needed_number("rpo_target", &SECONDS));
    targets.finish();
    let (current_rto, current_rpo) = current?;
    let rto_optimizations = by_gap(current_rto - rto, &RTO_LARGE, &RTO_MEDIUM);
    let rpo_optimizations = by_gap(current_rpo - rpo, &RPO_LARGE, &RPO_MEDIUM);
    misleads(input, &rto_optimizations, &rpo_optimizations);
    let dollars: f64 = rto_optimizations.iter().chain(&rpo_optimizations).map(|one| one.cost.dollars()).sum();
    Some(Optimizations {
        rto_optimizations,
        rpo_optimizations,
        cost_implications: CostImplications {
            estimated_monthly_increase: dollars.into(),
            roi_calculation: "Cost vs downtime reduction analysis needed",
        },
        implementation_complexity: Nothing {},
    })
}

fn current(input: &mut Members<'_, '_>) -> Option<(f64, f64)> {
    let mut current = input.needed_object("current")?;
    let total = |current: &mut Members<'_, '_>, of: &'static str, name: &'static str| {
        // What else a breakdown holds is of no account here.
        current.needed_object(of).map(|mut part| part.needed_number(name, &SECONDS))
    };
    let (rto, rpo) = (total(&mut current, "rto", "total_rto"), total(&mut current, "rpo", "total_rpo"));
    current.finish();
    Some((rto?, rpo?))
}

fn by_gap(gap: f64, large: &[Proposal], medium: &[Proposal]) -> Vec<Proposal> {
    let of = |least: f64, proposals: &[Proposal]| if gap > least { proposals.to_vec() } else { Vec::new() };
    [of(LARGE, large), of(MEDIUM, medium)].concat()
}

fn misleads(input: &mut Members<'_, '_>, rto: &[Proposal], rpo: &[Proposal]) {
    if !rto.is_empty() {
        input.note(
            "the TTL of a load balancer's alias is 60 s and cannot be reduced (Route 53 API Reference, \
             ResourceRecordSet.TTL)",
        );
    }
    if !rpo.is_empty() {
        input.note(
            "synchronous replication between regions is to be had of DynamoDB (multi-region strong consistency), not of RDS; \
             an Aurora global database loses \"typically seconds\", not less than one (Aurora User Guide, disaster \
             recovery)",
        );
    }
    input.note(
        "the steps are chosen by the width of the gap alone, whatever is configured already, and their costs are round \
         numbers: basis plan searches the plan's own settings, with the price of each",
    );
}
