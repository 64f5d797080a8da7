//! The script of a rehearsal: each step with its calls, in the order in which a run walks them.

use std::time::Duration;

use serde::Serialize;

use crate::decide::{Effect, HoldWords, MoveKind, Rehearsal, RehearsedChange, Situation, Wish};
use crate::dns::EpochRecord;
use crate::names::Arn;
use crate::plan::{Application, RecordValue};

/// All that a real move would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Script {
    /// The move that would be wanted.
    pub wish: Wish,
    /// Its exact effect.
    pub effect: Effect,
    /// The guards that would object.
    pub holds: Vec<HoldWords>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Seconds from the first bad sample until the decision, by the plan's counts.
    pub detect_seconds: f64,
    /// Seconds for which clients may keep the old answer.
    pub cache_seconds: f64,
    /// The application's target.
    pub rto_seconds: f64,
}

/// One step, resolved to its calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// What it is for.
    pub title: &'static str,
    /// The calls, in words.
    pub calls: Vec<String>,
    /// What they would change.
    pub changes: Vec<RehearsedChange>,
}

impl Script {
    pub(super) fn of(situation: &Situation<'_>, rehearsal: Rehearsal) -> Self {
        let application = situation.application;
        let timing = &application.timing;
        let counted = timing.interval.saturating_mul(timing.fall.saturating_sub(1));
        let steps = vec![
            move_records(&rehearsal),
            name_servers_have_it(situation, application),
            answer_changed(application, &rehearsal.wish),
            reached(application, &rehearsal.wish),
            told(situation, application),
        ];
        Self {
            steps,
            detect_seconds: counted.max(timing.dwell).as_secs_f64(),
            cache_seconds: cached(application).as_secs_f64(),
            rto_seconds: application.rto.as_secs_f64(),
            wish: rehearsal.wish,
            effect: rehearsal.effect,
            holds: rehearsal.holds,
        }
    }

    /// Whether the plan's counts and the caches alone leave time within the target.
    pub fn meets_rto(&self) -> bool {
        self.detect_seconds + self.cache_seconds <= self.rto_seconds
    }
}

fn move_records(rehearsal: &Rehearsal) -> Step {
    let zone = &rehearsal.zone;
    let mut calls =
        vec![format!("route53:ChangeResourceRecordSets on {} ({}), one batch", zone.id, zone.name)];
    if let Some(role) = &zone.role {
        calls.insert(0, format!("sts:AssumeRole {role}"));
    }
    Step { title: "claim the epoch and move the records", calls, changes: rehearsal.changes.clone() }
}

fn name_servers_have_it(situation: &Situation<'_>, application: &Application) -> Step {
    let next = situation.facts.newest_epoch().unwrap_or_default().next();
    let name = EpochRecord::name_of(next, &application.served);
    let call = format!("TXT {name} at every name server of {}, until all answer it", application.zone.name);
    Step { title: "every name server has the change", calls: vec![call], changes: Vec::new() }
}

fn answer_changed(application: &Application, wish: &Wish) -> Step {
    let call = match wish.kind {
        MoveKind::Evacuate => {
            format!("{} at every name server, until none answers {}", application.served, wish.from)
        }
        MoveKind::Restore => format!("{} at every name server", application.served),
    };
    Step { title: "the served name answers as wanted", calls: vec![call], changes: Vec::new() }
}

fn reached(application: &Application, wish: &Wish) -> Step {
    let at = application.region(&wish.to).map(|region| match &region.record {
        RecordValue::Addresses { v4, v6 } => v4
            .iter()
            .map(ToString::to_string)
            .chain(v6.iter().map(ToString::to_string))
            .collect::<Vec<_>>()
            .join(", "),
        RecordValue::Cname(name) | RecordValue::Alias { target: name, .. } => name.to_string(),
    });
    let call = format!("{} at {}", application.reach.target, at.unwrap_or_default());
    Step {
        title: "the application is reached through the served name",
        calls: vec![call],
        changes: Vec::new(),
    }
}

fn told(situation: &Situation<'_>, application: &Application) -> Step {
    let groups = application.notify.critical.iter().filter_map(|group| situation.plan.topics.get(group));
    let calls = groups.flatten().map(|topic: &Arn| format!("sns:Publish to {topic}")).collect();
    Step { title: "people are told", calls, changes: Vec::new() }
}

/// An alias at a load balancer has its target's TTL, 60 s (API reference, `ResourceRecordSet.TTL`).
fn cached(application: &Application) -> Duration {
    if application.has_foreign_ttl() { Duration::from_secs(60) } else { application.ttl }
}
