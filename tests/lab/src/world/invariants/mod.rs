//! What must never happen, whatever a scenario does (the numbers are those of the design's list).

mod moves;
mod notices;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use understudy::plan::Plan;

use super::Story;
use super::history::Applied;
use super::layout::Layout;
use super::route53::Route53;
use super::zone::NAME_SERVERS;
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
    /// Since when a person has ordered moves of an application despite what objects.
    forced: Mutex<BTreeMap<String, Timestamp>>,
}

/// What is judged at the end.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The plan that the functions had.
    pub plan: &'a Plan,
    /// Who is where.
    pub layout: &'a Layout,
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
    /// Looks at the answers for ever: every served name always has one. All name servers are asked for the
    /// first application, one after another for the others.
    pub(super) async fn watch(self: Arc<Self>, route53: Route53, layout: Arc<Layout>) {
        let mut look = 0;
        loop {
            tokio::time::sleep(LOOK).await;
            look += 1;
            for (number, service) in layout.services.iter().enumerate() {
                let servers =
                    if number == 0 { 0..NAME_SERVERS } else { look % NAME_SERVERS..look % NAME_SERVERS + 1 };
                for server in servers {
                    let answered = route53.answer(service, server, None);
                    lock(&self.found).check(!answered.is_empty(), || {
                        format!(
                            "2: name server {server} has no answer for {} at {}",
                            service.served(),
                            clock::now()
                        )
                    });
                }
            }
        }
    }

    /// A person orders a move of an application despite what objects.
    pub fn note_forced(&self, application: &str) {
        lock(&self.forced).entry(application.to_owned()).or_insert_with(clock::now);
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
        for application in &evidence.plan.applications {
            let name = application.name.as_str();
            let Some(service) = evidence.layout.service(name) else { continue };
            let forced = lock(&self.forced).get(name).copied();
            let is_ours = |applied: &&Applied| applied.application.as_deref() == Some(name);
            let history: Vec<&Applied> = evidence.history.iter().filter(is_ours).collect();
            moves::epochs(&mut found, service, &history);
            let unforced: Vec<&Applied> = history
                .iter()
                .copied()
                .filter(|applied| forced.is_none_or(|since| applied.at < since))
                .collect();
            moves::targets(&mut found, evidence.layout, application, &unforced, &modes);
            moves::cooldowns(&mut found, application, &unforced);
        }
        notices::rows(&mut found, evidence.story);
        notices::notices(&mut found, evidence);
        found
    }
}
