//! The weekly summary: how each application stands against its targets, and what it all costs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cost::{monthly_cost, running_cost};
use super::figure::Figure;
use super::planned::{Judged, Loss, Recovery};
use crate::names::PlanDigest;
use crate::plan::{Application, Plan};
use crate::ports::Message;

/// How a plan stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The plan.
    pub plan: PlanDigest,
    /// Each application, by priority.
    pub applications: Vec<Standing>,
    /// In dollars a month, without the standby itself.
    pub monthly: Figure,
}

/// How an application stands against its targets. Spans are in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The application.
    pub application: String,
    /// The longest outage that the plan accepts.
    pub rto_target: Figure,
    /// The longest that is possible, as far as it is known.
    pub rto_worst: Figure,
    /// Whether that is within the target.
    pub rto: Judged,
    /// The longest stretch of lost writes that the plan accepts.
    pub rpo_target: Option<Figure>,
    /// The most that is lost; none where nobody promises it.
    pub rpo_worst: Option<Figure>,
    /// Whether that is within the target.
    pub rpo: Judged,
}

impl Summary {
    /// Of a plan.
    pub fn of(plan: &Plan) -> Self {
        let applications =
            plan.applications.iter().map(|application| Standing::of(plan, application)).collect();
        let made = monthly_cost(plan).map_or(0, |cost| cost.cents());
        let cents = made.saturating_add(running_cost(plan).cents());
        Self { plan: plan.digest.clone(), applications, monthly: (f64::from(cents) / 100.0).into() }
    }

    /// Those that may miss a target, or of which nobody can tell.
    fn in_doubt(&self) -> usize {
        self.applications.iter().filter(|standing| standing.is_in_doubt()).count()
    }
}

impl Standing {
    fn of(plan: &Plan, application: &Application) -> Self {
        let recovery = Recovery::of(plan, application);
        let loss = Loss::of(application, None);
        Self {
            application: recovery.application.clone(),
            rto_target: recovery.target.into(),
            rto_worst: recovery.total().worst,
            rto: recovery.judged,
            rpo_target: loss.target.map(Figure::new),
            rpo_worst: loss.worst,
            rpo: loss.judged,
        }
    }

    fn is_in_doubt(&self) -> bool {
        [self.rto, self.rpo].iter().any(|judged| matches!(judged, Judged::Missed | Judged::Unknown))
    }

    fn in_words(&self) -> String {
        let known = if self.rto == Judged::Unknown { "at least " } else { "" };
        let rto = format!(
            "RTO {}: {known}{} s at worst, {} s accepted",
            self.rto.as_str(),
            self.rto_worst,
            self.rto_target
        );
        let worst =
            self.rpo_worst.map_or("no bound promised".to_owned(), |worst| format!("{worst} s at worst"));
        let rpo = match self.rpo_target {
            Some(target) => format!("RPO {}: {worst}, {target} s accepted", self.rpo.as_str()),
            None => "RPO: no target".to_owned(),
        };
        format!("{}\n  {rto}\n  {rpo}\n", self.application)
    }
}

/// What people are sent. The subject is ASCII and short enough for any plan (SNS API reference, `Publish`).
pub(super) fn message(summary: &Summary) -> Message {
    let (doubtful, all) = (summary.in_doubt(), summary.applications.len());
    let subject = match doubtful {
        0 => "Understudy: every application meets its targets by plan".to_owned(),
        _ => format!("Understudy: {doubtful} of {all} applications may miss a target"),
    };
    // What needs a look comes first.
    let mut applications: Vec<&Standing> = summary.applications.iter().collect();
    applications.sort_by_key(|standing| !standing.is_in_doubt());
    let standings: String = applications.into_iter().take(TOLD).map(Standing::in_words).collect();
    let more = if all > TOLD { format!("and {} more\n", all - TOLD) } else { String::new() };
    let text = format!(
        "What the plan {} promises, by computation: a drill measures.\n\n{standings}{more}\nAll of it costs about ${:.2} a \
         month, without the standby itself. `understudy advise` shows each figure with its source.\n",
        summary.plan,
        summary.monthly.get()
    );
    let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let attributes: BTreeMap<String, String> =
        [attribute("severity", "info"), attribute("event", "advice")].into();
    // Cannot fail: every key is a text.
    let json = serde_json::to_string(summary).unwrap_or_default();
    Message { subject, text, json, attributes }
}

/// Applications that a message tells in words: it holds 256 KB at most.
const TOLD: usize = 200;
