//! The function's two callers: a person with a request, and the schedule that has the summary sent.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde::Serialize;
use tracing::{error, info};

use super::answer::{Answer, Fault, Refused};
use super::input::Json;
use super::request::answer;
use super::summary::{Summary, message};
use crate::event::{parse, tidy};
use crate::names::{Arn, Region};
use crate::plan::Plan;
use crate::ports::Topics;

/// Characters of a plan's faults that are told.
const TOLD: usize = 500;

/// What the function answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Served {
    /// A request, answered.
    Answer(Box<Answer>),
    /// A request that cannot be answered.
    Refused(Refused),
    /// The summary.
    Summary {
        /// What it says.
        summary: Summary,
        /// The topics that were told.
        told: Vec<Arn>,
        /// Why others were not.
        failed: Vec<String>,
    },
    /// The summary is another controller's to send.
    Elsewhere {
        /// Where that one runs.
        sent_from: Region,
    },
    /// Nobody was told, who should have been.
    Untold {
        /// Why.
        why: String,
    },
}

/// Answers whoever calls. Without a plan only requests that need none are answered.
///
/// The summary is sent by one controller alone: the one that provisions, since it is in no primary region, else the
/// first by name. It needs no state: the schedule delivers at least once, and a summary that comes twice says the
/// same twice. One topic that was told is enough: those of a region that is down are no reason to tell all again.
pub async fn serve(world: &impl Topics, plan: Result<&Plan, &str>, here: &Region, payload: &str) -> Served {
    if !is_schedule(payload) {
        return match answer(payload, plan.ok()) {
            Ok(answer) => Served::Answer(Box::new(answer)),
            Err(refused) => Served::Refused(with_the_plans(refused, plan.err())),
        };
    }
    match plan {
        Ok(plan) => summarise(world, plan, here).await,
        Err(faults) => Served::Untold { why: format!("the plan does not parse: {faults}") },
    }
}

/// Where the plan does not parse, that may be all that is wrong.
fn with_the_plans(mut refused: Refused, faults: Option<&str>) -> Refused {
    refused.faults.extend(faults.map(|faults| Fault {
        path: String::new(),
        problem: format!("the plan does not parse: {}", tidy(faults, TOLD)),
        allowed: "a plan that `understudy check` accepts".to_owned(),
    }));
    refused
}

fn is_schedule(payload: &str) -> bool {
    let Ok(Json::Object(members)) = parse(payload) else { return false };
    members.iter().any(|(name, value)| name == "understudy" && *value == Json::Text("advise".to_owned()))
}

async fn summarise(world: &impl Topics, plan: &Plan, here: &Region) -> Served {
    let sender = plan.provision_from.as_ref().or(plan.controllers.first()).unwrap_or(here);
    if sender != here {
        info!(%sender, "the summary is sent from there");
        return Served::Elsewhere { sent_from: sender.clone() };
    }
    let summary = Summary::of(plan);
    let message = message(&summary);
    let topics = topics(plan);
    let sent = join_all(topics.iter().map(|topic| world.publish(topic, &message))).await;
    let (mut told, mut failed) = (Vec::new(), Vec::new());
    for (topic, sent) in topics.into_iter().zip(sent) {
        match sent {
            Ok(()) => told.push(topic),
            Err(error) => failed.push(error.to_string()),
        }
    }
    if !failed.is_empty() {
        error!(?failed, "topics did not take the summary");
    }
    if told.is_empty() && !failed.is_empty() {
        return Served::Untold { why: failed.join("; ") };
    }
    info!(subject = message.subject, topics = told.len(), "the summary is sent");
    Served::Summary { summary, told, failed }
}

/// Who is told of what is not urgent, by any application.
fn topics(plan: &Plan) -> BTreeSet<Arn> {
    let groups = plan.applications.iter().flat_map(|application| &application.notify.info);
    groups.filter_map(|group| plan.topics.get(group)).flatten().cloned().collect()
}
