//! Whose drill is due.

use std::time::Duration;

use jiff::Timestamp;

use super::request::Request;
use crate::names::Region;
use crate::plan::{Application, Plan};
use crate::time::since;

/// A slot that nobody could use in time is over: the next one comes.
const LATEST: Duration = Duration::from_secs(60 * 60);

/// A drill that is to be run.
#[derive(Clone, Debug)]
pub(super) struct Due<'a> {
    /// The application.
    pub application: &'a Application,
    /// The region whose loss is rehearsed.
    pub lose: Region,
    /// The slot of the plan; none where somebody asked for it.
    pub slot: Option<Timestamp>,
}

/// The drills that are due by the plan, or the one that is asked for.
pub(super) fn all<'a>(plan: &'a Plan, request: &Request, now: Timestamp) -> Vec<Due<'a>> {
    match request {
        Request::Asked { application, lose } => {
            let asked = plan.application(application);
            let due = |application: &'a Application| Due {
                lose: lose.clone().unwrap_or_else(|| planned(application)),
                application,
                slot: None,
            };
            asked.map(due).into_iter().collect()
        }
        Request::WhatIsDue => {
            plan.applications.iter().filter_map(|application| by_plan(application, now)).collect()
        }
    }
}

fn planned(application: &Application) -> Region {
    application
        .drill
        .as_ref()
        .map_or_else(|| application.preferred().name.clone(), |drill| drill.lose.clone())
}

fn by_plan(application: &Application, now: Timestamp) -> Option<Due<'_>> {
    let drill = application.drill.as_ref()?;
    let slot = drill.when.last_before(now).filter(|slot| since(*slot, now) < LATEST)?;
    Some(Due { application, lose: drill.lose.clone(), slot: Some(slot) })
}
