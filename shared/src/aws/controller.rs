//! A controller in a Lambda function: the plan and the world, made once at start.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tracing::{error, info, warn};

use super::settings::{Settings, SettingsFaults};
use super::world::AwsWorld;
use crate::advise;
use crate::drill;
use crate::event::{self, Event};
#[cfg(feature = "operate")]
use crate::operate;
use crate::plan::Plan;
use crate::ports::Clock;
#[cfg(feature = "provision")]
use crate::provision;
use crate::wake::{Summary, wake};

/// What a function needs to answer events.
pub struct Controller {
    plan: Result<Plan, String>,
    settings: Settings,
    world: AwsWorld,
}

/// What a function answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Answer {
    /// The controller was awake.
    Awake(Summary),
    /// Drills were run, as far as any was due.
    Drilled(drill::Answer),
    /// The event is not for us.
    NotMine {
        /// What was seen.
        why: String,
    },
    /// The plan does not parse: nothing can be done until it does.
    PlanRefused {
        /// Every fault, with line, column and remedy.
        faults: String,
    },
    /// A person's command was carried out, or not taken: what it answers has a tag of its own.
    #[cfg(feature = "operate")]
    #[serde(untagged)]
    Operated(operate::Answer),
}

impl Controller {
    /// Reads the environment and the plan. A plan that does not parse is no reason to die: it is
    /// logged, and answered to every event.
    ///
    /// # Errors
    /// When the environment lacks what every function needs.
    pub fn start() -> Result<Self, SettingsFaults> {
        Settings::from_env().map(Self::new)
    }

    /// A controller with these settings.
    pub fn new(settings: Settings) -> Self {
        Self { plan: read_plan(&settings), world: AwsWorld::new(settings.clone()), settings }
    }

    /// Answers one event. `deadline` is Lambda's, in milliseconds since 1970.
    pub async fn handle(&self, payload: &str, deadline: u64) -> Answer {
        let event = event::read(payload);
        if let Event::NotMine { why } = event {
            info!(why, "not mine");
            return Answer::NotMine { why };
        }
        match self.plan() {
            Ok(plan) => Answer::Awake(
                wake(&self.world, plan, &self.settings.region, &event, self.deadline(deadline)).await,
            ),
            Err(refused) => refused,
        }
    }

    /// Rehearses the loss of a region: what is due, or what the payload asks for. It looks once and
    /// needs no deadline.
    pub async fn drill(&self, payload: &str) -> Answer {
        match self.plan() {
            Ok(plan) => {
                Answer::Drilled(drill::drill(&self.world, plan, &self.settings.region, payload).await)
            }
            Err(refused) => refused,
        }
    }

    /// Answers what a person asks of the plan, or sends people its summary. It needs no deadline.
    pub async fn advise(&self, payload: &str) -> advise::Served {
        let plan = self.plan.as_ref().map_err(String::as_str);
        advise::serve(&self.world, plan, &self.settings.region, payload).await
    }

    /// Does what a person says, and answers. `deadline` is Lambda's, in milliseconds since 1970.
    #[cfg(feature = "operate")]
    pub async fn operate(&self, payload: &str, deadline: u64) -> Answer {
        let (here, deadline) = (&self.settings.region, self.deadline(deadline));
        match self.plan() {
            Ok(plan) => Answer::Operated(operate::operate(&self.world, plan, here, payload, deadline).await),
            Err(refused) => refused,
        }
    }

    /// Brings Route 53 to the plan, or looks for drift; and answers whoever waits. `deadline` is Lambda's, in
    /// milliseconds since 1970.
    #[cfg(feature = "provision")]
    pub async fn provision(&self, payload: &str, deadline: u64) -> provision::Answer {
        let plan = self.plan.as_ref().map_err(String::as_str);
        let (here, deadline) = (&self.settings.region, self.deadline(deadline));
        provision::serve(&self.world, &provision::Call { plan, here, payload, deadline }).await
    }

    /// The plan, or what is answered without one.
    fn plan(&self) -> Result<&Plan, Answer> {
        self.plan.as_ref().map_err(|faults| {
            error!(faults, "the plan does not parse: nothing is done");
            Answer::PlanRefused { faults: faults.clone() }
        })
    }

    /// A deadline that makes no sense leaves a little time rather than none.
    fn deadline(&self, millis: u64) -> Timestamp {
        let told = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
        told.unwrap_or_else(|| crate::time::after(self.world.now(), Duration::from_secs(10)))
    }
}

fn read_plan(settings: &Settings) -> Result<Plan, String> {
    let file = settings.plan.display().to_string();
    let bytes =
        std::fs::read(&settings.plan).map_err(|error| format!("{file}: the plan cannot be read: {error}"));
    let parsed = bytes.and_then(|bytes| Plan::read_bytes(&bytes, &file).map_err(|faults| faults.to_string()));
    match parsed {
        Ok((plan, warnings)) => {
            warnings.iter().for_each(|warning| warn!("{warning}"));
            info!(plan = %plan.digest, applications = plan.applications.len(), "plan read");
            Ok(plan)
        }
        Err(faults) => {
            error!(faults, "the plan does not parse");
            Err(faults)
        }
    }
}
