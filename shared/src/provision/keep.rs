//! What a look found, written down: for the guard, the ledger and people.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tracing::warn;

use super::difference::Difference;
use super::drift::{Found, Look, found};
use super::live::Live;
use crate::names::{ApplicationName, Region};
use crate::plan::{Application, Plan};
use crate::ports::{Clock, Store};
use crate::report::{LedgerEntry, Notice, drift_story};
use crate::state::{ApplicationRow, Drift, Held, StateError, Table, ledger_write, load, update};
use crate::time::after;
use crate::wake::queue;

/// What one look found of one application, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Drifted {
    /// What holds automatic moves.
    pub critical: usize,
    /// What does not.
    pub minor: usize,
}

/// Who looked, and how long what they saw says something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looker<'a> {
    pub plan: &'a Plan,
    pub here: &'a Region,
    /// From one look to the next: a finding that is older than two of these says nothing.
    pub every: Duration,
}

/// What is found of every application whose records are ours to make.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings(BTreeMap<ApplicationName, Found>);

/// Compares a look with what is known of each application.
pub(super) fn judge(plan: &Plan, table: &Table, (live, difference): (&Live, &Difference)) -> Findings {
    let known =
        |name: &ApplicationName| table.applications.get(name).is_some_and(|held| held.row.drift.is_some());
    let look = Look::of(plan, live, difference);
    let found = plan.applications.iter().filter_map(|application| {
        let found = found(&look, application, known(&application.name))?;
        Some((application.name.clone(), found))
    });
    Findings(found.collect())
}

impl Findings {
    /// Whether something that matters is found which the rows do not tell yet: pages of one listing are read
    /// one after the other, and a move that falls between two of them looks like drift.
    pub fn is_news(&self, table: &Table) -> bool {
        let told = |name: &ApplicationName| {
            let drift = table.applications.get(name).and_then(|held| held.row.drift.as_ref());
            drift.map(|drift| drift.critical.digest.clone())
        };
        let (at, none) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        self.0.iter().any(|(name, found)| {
            let found = found.keep(at, none).critical;
            found.count > 0 && told(name) != Some(found.digest)
        })
    }
}

impl Looker<'_> {
    /// Writes down what was found: an application of which nothing has changed costs a write only while
    /// something is not as planned.
    ///
    /// # Errors
    /// The table does not answer.
    pub async fn keep<W: Store + Clock>(
        &self,
        world: &W,
        findings: &Findings,
    ) -> Result<BTreeMap<ApplicationName, Drifted>, StateError> {
        let mut table = load(world).await?;
        let mut all = BTreeMap::new();
        for application in &self.plan.applications {
            let name = &application.name;
            if let Some(unreadable) = table.unreadable.get(name) {
                warn!(application = %name, %unreadable, "what was found is not written down");
                continue;
            }
            let held = table.applications.remove(name).unwrap_or_default();
            let now = world.now();
            let found = findings.0.get(name).map(|found| found.keep(now, after(now, self.every * 2)));
            if let Some(found) = &found {
                let counts = Drifted { critical: found.critical.count, minor: found.minor.count };
                all.insert(name.clone(), counts);
            }
            self.keep_one(world, application, held, found).await?;
        }
        Ok(all)
    }

    async fn keep_one<W: Store + Clock>(
        &self,
        world: &W,
        application: &Application,
        mut held: Held<ApplicationRow>,
        found: Option<Drift>,
    ) -> Result<(), StateError> {
        let now = world.now();
        let written = update(world, &application.name, &mut held, |row| {
            let before = row.drift.clone();
            if !is_worth_a_write(before.as_ref(), found.as_ref()) {
                return None;
            }
            row.drift.clone_from(&found);
            let Some(found) = found.as_ref().filter(|found| is_change(before.as_ref(), found)) else {
                return Some(((), Vec::new()));
            };
            let account = drift_story(application, self.here, (before.as_ref(), found), now);
            let kind = account.event.as_str();
            let subject = format!("{}-{}", found.critical.digest, found.minor.digest);
            let entry = LedgerEntry::new(now, kind, &subject, &account.headline, found);
            // Every controller sees it and writes it down; one tells it.
            if self.tells() {
                queue(row, Notice::waiting(&account, self.plan, application));
            }
            Some(((), vec![ledger_write(&application.name, &entry)]))
        });
        written.await.map(|_| ())
    }

    /// The region that provisions tells what is found; where none may, the first controller.
    fn tells(&self) -> bool {
        let maker = self.plan.provision_from.as_ref().or(self.plan.controllers.first());
        maker == Some(self.here)
    }
}

fn nothing_found(drift: &Drift) -> bool {
    drift.critical.count == 0 && drift.minor.count == 0
}

/// What stands says something only as long as it is renewed; that nothing is found says nothing anyway.
fn is_worth_a_write(before: Option<&Drift>, found: Option<&Drift>) -> bool {
    match (before, found) {
        (None, None) => false,
        (Some(before), Some(found)) => !(nothing_found(before) && nothing_found(found)),
        (None, Some(_)) | (Some(_), None) => true,
    }
}

/// Whether something else is found than before. That nothing is found at first is no news.
fn is_change(before: Option<&Drift>, found: &Drift) -> bool {
    match before {
        None => !nothing_found(found),
        Some(before) => {
            (&before.critical.digest, &before.minor.digest) != (&found.critical.digest, &found.minor.digest)
        }
    }
}
