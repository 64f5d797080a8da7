//! 1: at most one winner per epoch; applied epochs only grow; no batch is applied that was decided
//! before the newest epoch; nothing is sent later than its decision's validity; nothing that a
//! delayed batch could claim again is swept.

use std::time::Duration;

use jiff::Timestamp;
use suite::world::Accepted;
use twin::model::records::{Action, ChangeBatch};
use understudy::dns::{Batch, EPOCHS_KEPT, EpochRecord};
use understudy::names::Region;
use understudy::run::Run;

use super::{Applied, Judge};
use crate::process::Life;
use crate::sim::Sim;

/// An epoch's record is swept only when it is this old.
const AGE: Duration = Duration::from_secs(7 * 24 * 3600);

impl Judge {
    /// Route 53 accepted a batch.
    pub(super) fn accepted(&self, sim: &Sim, accepted: &Accepted) {
        if accepted.batch.changes.iter().any(|change| change.action == Action::Delete) {
            return self.swept(sim, &accepted.batch);
        }
        let Some((application, record)) = self.claim_of(sim, &accepted.batch) else { return };
        sim.say("ROUTE 53", || {
            let EpochRecord { epoch, from, to, run, .. } = &record;
            format!("applies epoch {epoch} of {application}: {from} to {to} (run {run} of {})", accepted.by)
        });
        self.is_newest(sim, &application, &record, accepted.at);
        let applied = Applied { at: accepted.at, record, by: accepted.by.clone() };
        self.judge_move(sim, &application, &applied);
        self.judge_rest(sim, &application, &applied);
        self.judge_records(sim, &application, &applied);
        self.evidence.borrow_mut().applied.entry(application).or_default().push(applied);
    }

    /// The one epoch that a batch claims, and whose.
    fn claim_of(&self, sim: &Sim, batch: &ChangeBatch) -> Option<(String, EpochRecord)> {
        let created = batch.changes.iter().filter(|change| change.action == Action::Create);
        let texts: Vec<(&str, &str)> = created
            .filter_map(|change| Some((change.record.name.as_str(), change.record.values.first()?.as_str())))
            .collect();
        let claim = match texts.as_slice() {
            [(name, text)] => EpochRecord::parse(text.trim_matches('"')).ok().map(|record| (*name, record)),
            _ => None,
        };
        let claimed = claim.and_then(|(name, record)| {
            let application = self.application_below(name)?;
            let label = format!("e{:08}._understudy.", record.epoch.0);
            name.starts_with(&label).then_some((application, record))
        });
        self.check(sim, 1, claimed.is_some(), || format!("a batch claims no epoch: {:?}", batch.changes));
        claimed
    }

    /// The application whose served name a name lies below.
    fn application_below(&self, name: &str) -> Option<String> {
        let evidence = self.evidence.borrow();
        let mut all = evidence.applications.values();
        all.find(|it| name.trim_end_matches('.').ends_with(it.served.as_str())).map(|it| it.name.to_string())
    }

    fn is_newest(&self, sim: &Sim, application: &str, record: &EpochRecord, at: Duration) {
        let newest = self.evidence.borrow().applied.get(application).and_then(|all| all.last().cloned());
        let Some(newest) = newest else { return };
        let (epoch, before) = (record.epoch, newest.record.epoch);
        self.check(sim, 1, epoch > before, || {
            format!("{application}: epoch {epoch} is applied after epoch {before}")
        });
        let begun = self.decided(sim, &record.run).map(|begun| begun.at);
        self.check(sim, 1, begun.is_none_or(|begun| begun >= newest.at), || {
            format!(
                "{application}: epoch {epoch} is applied at {at:?}, but was decided before epoch {before}"
            )
        });
    }

    fn swept(&self, sim: &Sim, batch: &ChangeBatch) {
        let now = sim.cloud.time.now();
        for change in &batch.changes {
            let name = change.record.name.as_str();
            let text = change.record.values.first().map_or("", |text| text.trim_matches('"'));
            let record = EpochRecord::parse(text).ok();
            let application = self.application_below(name);
            let newest = application.as_ref().map_or(0, |it| self.newest_epoch(sim, it));
            // Clocks may be off by minutes; the rest of a week is enough.
            let old = |at: Timestamp| understudy::time::since(at, now) + Duration::from_secs(3600) > AGE;
            let may = record.as_ref().is_some_and(|it| old(it.at) && it.epoch.0 + EPOCHS_KEPT <= newest);
            self.check(sim, 1, may, || format!("{name} is swept: {text:?}, where the newest is {newest}"));
        }
    }

    /// The number of the newest epoch that stands.
    fn newest_epoch(&self, sim: &Sim, application: &str) -> u64 {
        let evidence = self.evidence.borrow();
        let applied = evidence.applied.get(application).and_then(|all| all.last());
        applied.map_or(sim.old_epochs(), |applied| applied.record.epoch.0)
    }

    /// A run's row is written: what it says of its epoch must be so.
    pub(super) fn owns_what_it_says(&self, sim: &Sim, by: &Region, run: &Run) {
        if run.marks.submitted.is_none() || !run.claims_its_epoch() {
            return;
        }
        let owner = sim.owner_of(run.claim.batch().served(), run.claim.epoch());
        self.check(sim, 1, owner.as_ref() == Some(run.id()), || {
            let (id, epoch) = (run.id(), run.claim.epoch());
            format!("{by}: run {id} says that epoch {epoch} is its own; it belongs to {owner:?}")
        });
    }

    /// Nothing is sent later than the decision's validity.
    pub(super) fn sent_in_time(&self, sim: &Sim, life: &Life, batch: &Batch) {
        let Some(begun) = self.decided(sim, &batch.claim().run) else { return };
        let (now, until) = (sim.clock(&life.region), begun.run.claim.valid_until());
        self.check(sim, 1, now < until, || {
            format!("run {} is sent at {now}, its decision was valid until {until}", batch.claim().run)
        });
        self.evidence.borrow_mut().sent.insert(batch.claim().run.clone(), sim.elapsed());
    }
}
