//! 8: every move and every hold is in the ledger; every run's outcome has one notification id, and
//! every topic gets each id at least once. 5: an event that comes twice is noted once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use understudy::dns::Batch;
use understudy::names::{Arn, Region, RunId};
use understudy::ports::{Row, Write};
use understudy::report::LedgerEntry;
use understudy::run::{Outcome, Run};
use understudy::state::ApplicationRow;

use super::Judge;
use super::evidence::Queued;
use crate::process::Life;
use crate::sim::Sim;

impl Judge {
    /// What is sent has been written down before: the run, and the decision in the ledger.
    pub(super) fn sent_after_writing(&self, sim: &Sim, life: &Life, batch: &Batch) {
        let run = &batch.claim().run;
        let written = self.evidence.borrow().begun.contains_key(run);
        self.check(sim, 8, written, || format!("run {run} is sent, and nobody has written it down"));
        let decided = entries(sim, &life.region, run.as_str())
            .into_iter()
            .any(|(_, entry)| entry.id == format!("decided#{run}"));
        self.check(sim, 8, decided, || format!("run {run} is sent, and its decision is not in the ledger"));
    }

    /// A run that is said to have failed before it was applied was refused: not heard of is not refused.
    pub(super) fn fails_with_a_reason(&self, sim: &Sim, run: &Run) {
        let failed = matches!(run.outcome(), Some(Outcome::Failed { .. })) && run.marks.submitted.is_none();
        let refused = self.evidence.borrow().refused.contains(run.id());
        self.check(sim, 8, refused || !failed, || {
            format!("run {} is said to have failed, and nobody refused it: {:?}", run.id(), run.outcome())
        });
    }

    /// An application's row is written: its outbox is remembered.
    pub(super) fn wrote_application(&self, sim: &Sim, table: &Region, name: &str, write: &Write) {
        let Ok(row) = serde_json::from_str::<ApplicationRow>(&write.body) else {
            return self.check(sim, 8, false, || format!("the row of {name} cannot be read: {}", write.body));
        };
        let evidence = &mut *self.evidence.borrow_mut();
        for notice in row.outbox {
            let topics = notice.pending.into_iter().collect();
            let queued = Queued { at: sim.elapsed(), topics, table: table.clone() };
            evidence.notices.entry(notice.id).or_insert(queued);
        }
    }

    /// Every change that was applied is known to have been: by the row of its run, and by the ledger.
    pub(super) fn everything_is_written_down(&self, sim: &Sim) {
        for (application, all) in self.applied() {
            let newest = all.last().map(|one| one.record.run.clone());
            for one in all.iter().filter(|one| sim.is_there(&one.by)) {
                let run = run_in(sim, &one.by, &application, &one.record.run);
                let told = run.as_ref().and_then(Run::outcome).cloned();
                let is_newest = newest.as_ref() == Some(&one.record.run);
                let known = knows(told.as_ref(), run.as_ref(), is_newest);
                self.check(sim, 8, known, || {
                    let (epoch, id) = (one.record.epoch, &one.record.run);
                    format!(
                        "{application}: epoch {epoch} was applied, but {} says of run {id}: {told:?}",
                        one.by
                    )
                });
            }
        }
    }

    /// Every notice reached each of its topics; every run that ended was told.
    pub(super) fn everybody_was_told(&self, sim: &Sim) {
        let published = published(sim);
        let notices = self.evidence.borrow().notices.clone();
        for (id, Queued { topics, table, .. }) in notices.iter().filter(|(_, queued)| is_due(sim, queued)) {
            let missing: Vec<&Arn> =
                topics.iter().filter(|topic| !published.contains(&(id.clone(), topic.to_string()))).collect();
            self.check(sim, 8, missing.is_empty(), || {
                format!("notice {id} of {table} never reached {missing:?}")
            });
        }
        let runs: Vec<(RunId, Region, String)> = {
            let evidence = self.evidence.borrow();
            let of = |begun: &super::Begun| {
                (begun.run.id().clone(), begun.by.clone(), begun.run.application.to_string())
            };
            evidence.begun.values().map(of).collect()
        };
        for (id, by, application) in runs.iter().filter(|(_, by, _)| sim.is_there(by)) {
            let Some(run) = run_in(sim, by, application, id) else { continue };
            let silent = matches!(run.outcome(), None | Some(Outcome::Lapsed | Outcome::Failed { .. }));
            let told = notices.keys().any(|notice| notice.starts_with(&format!("{id}/")));
            self.check(sim, 8, silent || told, || {
                format!("{application}: run {id} of {by} ended, and nobody was told: {:?}", run.outcome())
            });
        }
    }

    /// An event that came twice stands once in the ledger.
    pub(super) fn events_are_noted_once(&self, sim: &Sim) {
        let regions: Vec<Region> = sim.setting.controllers().into_iter().map(Region::from).collect();
        for region in regions {
            let mut count: BTreeMap<(String, String), u32> = BTreeMap::new();
            for (partition, entry) in entries(sim, &region, "event") {
                if entry.kind.ends_with("event") {
                    *count.entry((partition, entry.id)).or_default() += 1;
                }
            }
            let twice: Vec<_> = count.into_iter().filter(|(_, count)| *count > 1).collect();
            self.check(sim, 5, twice.is_empty(), || format!("{region} has noted an event twice: {twice:?}"));
        }
    }
}

/// Whether a notice should have been published by now: two ticks are enough.
fn is_due(sim: &Sim, queued: &Queued) -> bool {
    sim.is_there(&queued.table) && sim.elapsed().saturating_sub(queued.at) > Duration::from_secs(130)
}

/// Whether a controller knows of a change that was applied: it calls it moved, or says what came of it.
fn knows(told: Option<&Outcome>, run: Option<&Run>, is_newest: bool) -> bool {
    let sent = run.is_some_and(|run| run.marks.submitted.is_some());
    match told {
        Some(Outcome::Moved) => true,
        Some(Outcome::Superseded { .. } | Outcome::Failed { .. }) => sent || !is_newest,
        Some(Outcome::Lapsed | Outcome::Cancelled { .. }) => !is_newest,
        // It is being looked at still; its row must exist.
        None => run.is_some(),
    }
}

fn published(sim: &Sim) -> BTreeSet<(String, String)> {
    let state = sim.cloud.state.borrow();
    let id = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
        value["id"].as_str().unwrap_or_default().to_owned()
    };
    state.published.iter().map(|one| (id(&one.message.json), one.topic.clone())).collect()
}

/// A run as a region's table has it.
fn run_in(sim: &Sim, region: &Region, application: &str, run: &RunId) -> Option<Run> {
    let key = understudy::state::run_key(&application.into(), run);
    let state = sim.cloud.state.borrow();
    let row = state.tables.get(region)?.get(&key)?;
    serde_json::from_str(&row.body).ok()
}

/// The ledger's entries in which a word stands, each with its partition: only those are read.
fn entries(sim: &Sim, region: &Region, word: &str) -> Vec<(String, LedgerEntry)> {
    let state = sim.cloud.state.borrow();
    let rows = state.tables.get(region).into_iter().flat_map(BTreeMap::values);
    let ledger = rows.filter(|row: &&Row| row.key.partition.starts_with("ledger#"));
    ledger
        .filter(|row| row.body.contains(word))
        .filter_map(|row| Some((row.key.partition.clone(), serde_json::from_str(&row.body).ok()?)))
        .collect()
}
