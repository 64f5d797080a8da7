//! What an outage costs the business, by the plan's own way and by what its replication promises.

use serde::Serialize;

use super::judge::Judged;
use super::loss::Loss;
use super::recovery::Recovery;
use super::span::Span;
use crate::advise::business::Business;
use crate::advise::figure::{Figure, Named};

/// What an outage of an application costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Impact {
    /// The application.
    pub application: String,
    /// How long users are not served, in seconds, without what is unknown.
    pub outage: Span,
    /// The phases that make it longer by nobody knows how much.
    pub unknown: Vec<&'static str>,
    /// What is not earned meanwhile, in money.
    pub downtime_cost: Span,
    /// What may be lost of what was written, in seconds; none where nobody promises a bound.
    pub loss: Option<Figure>,
    /// What that costs, in money.
    pub data_loss_cost: Option<Figure>,
    /// People.
    pub affected_users: Figure,
    /// Each requirement, RTO and RPO apart.
    pub compliance: Named<Compliance>,
    /// What follows from it.
    pub recommendations: Vec<String>,
}

/// How a requirement fares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compliance {
    /// Of the outage.
    pub rto: Side,
    /// Of the loss.
    pub rpo: Side,
}

/// One side of a requirement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// The most that is allowed, in seconds.
    pub limit: Option<Figure>,
    /// The worst case, in seconds; none where it is not known.
    pub worst: Option<Figure>,
    /// Whether it is within the limit.
    pub judged: Judged,
}

impl Impact {
    /// Of an application that recovers and loses like this.
    pub(super) fn of(recovery: &Recovery, loss: &Loss, business: &Business) -> Self {
        let outage = recovery.total();
        let cost = |seconds: Figure| business.downtime(seconds.get());
        // What nobody can tell makes the outage longer than all that is known.
        let longest = if recovery.is_whole() { Some(outage.worst) } else { None };
        let compliance: Vec<(String, Compliance)> = business
            .requirements
            .iter()
            .map(|(name, limits)| {
                let rto = match longest {
                    None if limits.rto.is_some_and(|limit| outage.worst.get() > limit) => Some(outage.worst),
                    known => known,
                };
                (
                    name.clone(),
                    Compliance { rto: Side::of(limits.rto, rto), rpo: Side::of(limits.rpo, loss.worst) },
                )
            })
            .collect();
        Self {
            application: recovery.application.clone(),
            outage,
            unknown: recovery.unknown().to_vec(),
            downtime_cost: Span::new(cost(outage.best), cost(outage.typical), cost(outage.worst)),
            loss: loss.worst,
            data_loss_cost: loss.worst.map(|worst| Figure::new(business.data_loss(worst.get()))),
            affected_users: business.users.into(),
            recommendations: recommendations(recovery, loss, &compliance),
            compliance: Named(compliance),
        }
    }
}

impl Side {
    fn of(limit: Option<f64>, worst: Option<Figure>) -> Self {
        let judged = Judged::of(worst.map(Figure::get), limit);
        Self { limit: limit.map(Figure::new), worst, judged }
    }
}

fn recommendations(recovery: &Recovery, loss: &Loss, compliance: &[(String, Compliance)]) -> Vec<String> {
    let mut advice = Vec::new();
    let missed = |side: fn(&Compliance) -> &Side| {
        let of = compliance.iter().filter(move |(_, both)| side(both).judged == Judged::Missed);
        of.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (rto, rpo) = (missed(|both| &both.rto), missed(|both| &both.rpo));
    if !rto.is_empty() || recovery.judged == Judged::Missed {
        let whose = if rto.is_empty() { "the plan's rto".to_owned() } else { rto };
        advice.push(format!("the outage can be longer than {whose} allows: ask for the analysis optimize"));
    }
    if !rpo.is_empty() {
        advice.push(format!("more can be lost than {rpo} allows: replicate so that a bound is promised"));
    }
    if loss.worst.is_none() {
        advice.push(
            "nobody promises how much may be lost: measure the lag, alarm on it, and give it as measured_lag"
                .into(),
        );
    }
    for phase in recovery.unknown() {
        advice.push(format!(
            "{phase}: nobody can tell how long it takes; rehearse it, and write the time down"
        ));
    }
    advice
}
