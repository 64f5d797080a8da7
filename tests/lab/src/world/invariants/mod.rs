//! What must never happen, whatever a scenario does (the numbers are those of the design's list).

mod moves;
mod notices;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use twin::wire::Handle;
use understudy::plan::{Application, Plan};

use super::history::Applied;
use super::{Story, watch};
use crate::clock;
use crate::cloud::{Publication, lock};
use crate::region::Mode;

pub(crate) use notices::has;

/// Between two looks at the answers.
const LOOK: Duration = Duration::from_millis(100);

/// What was checked, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// How many checks were made.
    pub checked: u64,
    /// What was violated, in words.
    pub violated: Vec<String>,
}

impl Violations {
    fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.violated.push(otherwise());
        }
    }
}

/// Watches while the lab runs, and judges at its end.
#[derive(Debug, Default)]
pub struct Invariants {
    found: Mutex<Violations>,
    modes: Mutex<Vec<(Timestamp, String, Mode)>>,
}

/// What is judged at the end.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The plan that the functions had.
    pub plan: &'a Plan,
    /// Its application.
    pub application: &'a Application,
    /// Every accepted batch.
    pub history: &'a [Applied],
    /// What the controllers wrote down.
    pub story: &'a Story,
    /// What was published.
    pub published: &'a [Publication],
    /// Regions whose services answer at the end.
    pub reachable: &'a BTreeSet<String>,
}

impl Invariants {
    /// Looks at the answers for ever: the served name always has one.
    pub(super) async fn watch(self: Arc<Self>, twin: Handle) {
        loop {
            tokio::time::sleep(LOOK).await;
            for (server, regions) in watch::answered(&twin).into_iter().enumerate() {
                lock(&self.found).check(!regions.is_empty(), || {
                    format!("2: name server {server} has no answer for the served name at {}", clock::now())
                });
            }
        }
    }

    /// Writes down how an application behaves from now on.
    pub fn note_mode(&self, region: &str, mode: Mode) {
        lock(&self.modes).push((clock::now(), region.to_owned(), mode));
    }

    /// How often an answer was missing so far.
    pub fn violated(&self) -> usize {
        lock(&self.found).violated.len()
    }

    /// Everything that was found.
    pub fn judge(&self, evidence: &Evidence<'_>) -> Violations {
        let mut found = lock(&self.found).clone();
        let modes = lock(&self.modes).clone();
        moves::batches(&mut found, evidence.history);
        moves::epochs(&mut found, evidence.history);
        moves::targets(&mut found, evidence, &modes);
        moves::cooldowns(&mut found, evidence);
        notices::rows(&mut found, evidence.story);
        notices::notices(&mut found, evidence);
        found
    }
}
