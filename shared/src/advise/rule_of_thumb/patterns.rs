//! Active-active beside active-passive, for what somebody needs.

use serde::Serialize;

use crate::advise::input::{Members, SECONDS};

/// Both patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// All regions serve.
    pub active_active: Pattern,
    /// One serves, others wait.
    pub active_passive: Pattern,
}

/// What speaks for and against a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// Points.
    pub score: u32,
    /// For it.
    pub pros: Vec<&'static str>,
    /// Against it.
    pub cons: Vec<&'static str>,
    /// What the points mean.
    pub suitability: Suitability,
}

/// What points mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum Suitability {
    #[default]
    Unknown,
    Poor,
    Fair,
    Good,
    Excellent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Low,
    Medium,
    High,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consistency {
    Strong,
    Eventual,
}

const LEVELS: [(&str, Level); 3] = [("low", Level::Low), ("medium", Level::Medium), ("high", Level::High)];
const CONSISTENCIES: [(&str, Consistency); 2] =
    [("strong", Consistency::Strong), ("eventual", Consistency::Eventual)];

/// Reads what is needed, and gives points.
pub(in crate::advise) fn compare(input: &mut Members<'_, '_>) -> Comparison {
    let rto = input.number("rto_requirement", &SECONDS).unwrap_or(600.0);
    let rpo = input.number("rpo_requirement", &SECONDS).unwrap_or(300.0);
    let budget = input.word("budget_factor", &LEVELS).unwrap_or(Level::Medium);
    let complexity = input.word("complexity_tolerance", &LEVELS).unwrap_or(Level::Medium);
    let is_global = input.flag("global_user_distribution").unwrap_or(false);
    let consistency = input.word("consistency_requirement", &CONSISTENCIES).unwrap_or(Consistency::Eventual);
    input.note(
        "points are opinions. What is certain: Aurora and ElastiCache have one region that writes, so that a pattern in \
         which every region writes needs a DynamoDB global table, or data that are split by region",
    );
    let mut compared = Comparison::default();
    let Comparison { active_active: active, active_passive: passive } = &mut compared;
    by_rto(rto, active, passive);
    by_rpo(rpo, active, passive);
    by_budget(budget, active, passive);
    by_complexity(complexity, active, passive);
    by_users(is_global, active, passive);
    by_consistency(consistency, active, passive);
    for pattern in [active, passive] {
        pattern.suitability = suitability(pattern.score);
    }
    compared
}

fn by_rto(rto: f64, active: &mut Pattern, passive: &mut Pattern) {
    if rto < 60.0 {
        active.score += 3;
        active.pros.push("Immediate failover capability");
        passive.cons.push("Higher RTO than requirement");
    } else if rto < 600.0 {
        active.score += 2;
        passive.score += 2;
    } else {
        passive.score += 1;
    }
}

fn by_rpo(rpo: f64, active: &mut Pattern, passive: &mut Pattern) {
    if rpo < 60.0 {
        active.score += 2;
        active.pros.push("Near-zero data loss");
    } else if rpo < 300.0 {
        active.score += 1;
        passive.score += 1;
    } else {
        passive.score += 1;
    }
}

fn by_budget(budget: Level, active: &mut Pattern, passive: &mut Pattern) {
    match budget {
        Level::Low => {
            passive.score += 2;
            passive.pros.push("Lower infrastructure costs");
            active.cons.push("Higher resource utilization costs");
        }
        Level::Medium => {}
        Level::High => active.score += 1,
    }
}

fn by_complexity(tolerated: Level, active: &mut Pattern, passive: &mut Pattern) {
    match tolerated {
        Level::Low => {
            passive.score += 2;
            passive.pros.push("Simpler operational model");
            active.cons.push("Complex data consistency management");
        }
        Level::Medium => {}
        Level::High => active.score += 1,
    }
}

fn by_users(are_everywhere: bool, active: &mut Pattern, passive: &mut Pattern) {
    if are_everywhere {
        active.score += 3;
        active.pros.push("Optimal global performance");
        passive.cons.push("Single region serves all traffic");
    } else {
        passive.score += 1;
    }
}

fn by_consistency(needed: Consistency, active: &mut Pattern, passive: &mut Pattern) {
    match needed {
        Consistency::Strong => {
            passive.score += 2;
            passive.pros.push("Simpler consistency model");
            active.cons.push("Eventual consistency challenges");
        }
        Consistency::Eventual => active.score += 1,
    }
}

fn suitability(score: u32) -> Suitability {
    match score {
        8.. => Suitability::Excellent,
        6..8 => Suitability::Good,
        4..6 => Suitability::Fair,
        0..4 => Suitability::Poor,
    }
}
