//! One application in the hands of a wake.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tracing::warn;

use super::Context;
use super::outbox::strike_out;
use crate::decide::ListingReading;
use crate::health::fold;
use crate::names::{Arn, Epoch, Region};
use crate::observe::Sample;
use crate::plan::Application;
use crate::ports::{Store, World};
use crate::state::{ApplicationRow, Held, Observations, Pause, StateError, update};

/// An application with its row, in the hands of exactly one part of the wake at a time.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    /// The application, as planned.
    pub application: &'a Application,
    /// Its row.
    pub row: Held<ApplicationRow>,
    /// A person's pause.
    pub pause: Option<Pause>,
    /// What Route 53's API said in this wake.
    pub listing: ListingReading,
    /// The newest epoch by the name servers when that was asked.
    pub listed_at: Epoch,
    /// When alarm events say that the trouble of a region began.
    pub hinted: BTreeMap<Region, Timestamp>,
}

/// A notice's id and a topic that has got it.
pub(super) type Delivered = BTreeSet<(String, Arn)>;

impl Watched<'_> {
    /// Takes the sampling lease: false where another wake has it, or has begun a run.
    pub async fn lease(&mut self, world: &impl World, context: &Context<'_>) -> Result<bool, StateError> {
        let mine =
            |row: &ApplicationRow| row.sampling.as_ref().is_some_and(|lease| &lease.owner == context.id);
        if mine(&self.row.row) {
            return Ok(true);
        }
        let now = world.now();
        let taken = update(world, &self.application.name, &mut self.row, |row| {
            let free = !row.sampling.as_ref().is_some_and(|held| held.is_held_by_another(context.id, now));
            (free && row.run.is_none()).then(|| {
                row.sampling = Some(context.lease());
                ((), Vec::new())
            })
        });
        Ok(taken.await?.is_some())
    }

    /// Gives the sampling lease back.
    pub async fn release(&mut self, world: &impl Store, context: &Context<'_>) -> Result<(), StateError> {
        let released = update(world, &self.application.name, &mut self.row, |row| {
            row.sampling.take_if(|lease| &lease.owner == context.id).map(|_| ((), Vec::new()))
        });
        released.await.map(|_| ())
    }

    /// Takes the notices that nobody is publishing.
    pub async fn carry(&mut self, world: &impl World, context: &Context<'_>) -> Result<(), StateError> {
        let now = world.now();
        let carried = update(world, &self.application.name, &mut self.row, |row| {
            let before = row.outbox.clone();
            for notice in &mut row.outbox {
                if !notice.courier.as_ref().is_some_and(|courier| courier.is_held_by_another(context.id, now))
                {
                    notice.courier = Some(context.lease());
                }
            }
            (row.outbox != before).then(|| ((), Vec::new()))
        });
        carried.await.map(|_| ())
    }

    /// Takes delivered notices out of the outbox.
    pub async fn delivered(&mut self, world: &impl World, delivered: &Delivered) -> Result<(), StateError> {
        let now = world.now();
        let removed = update(world, &self.application.name, &mut self.row, |row| {
            strike_out(&mut row.outbox, delivered, now).then(|| ((), Vec::new()))
        });
        removed.await.map(|_| ())
    }

    /// Takes delivered notices out of the outbox, and leaves the others to the next wake.
    pub async fn lay_down(
        &mut self,
        world: &impl World,
        context: &Context<'_>,
        delivered: &Delivered,
    ) -> Result<(), StateError> {
        let now = world.now();
        let laid_down = update(world, &self.application.name, &mut self.row, |row| {
            let mut changed = strike_out(&mut row.outbox, delivered, now);
            for notice in &mut row.outbox {
                changed |= notice.courier.take_if(|courier| &courier.owner == context.id).is_some();
            }
            changed.then(|| ((), Vec::new()))
        });
        laid_down.await?;
        if !self.row.row.outbox.is_empty() {
            warn!(application = %self.application.name, "some topics did not take a notice; the next wake tries again");
        }
        Ok(())
    }
}

/// Folds a round's samples into the series of all applications, and writes them.
///
/// Another wake's samples that were written meanwhile stay: ours are folded in by their time. Where
/// the table does not answer, ours still count for this wake; to act it needs the table anyway.
pub(super) async fn keep_observations(
    world: &impl Store,
    observations: &mut Held<Observations>,
    applications: &[&Application],
    samples: &[Sample],
) {
    let Some(first) = applications.first() else { return };
    let kept = update(world, &first.name, observations, |row| {
        fold_all(row, applications, samples);
        Some(((), Vec::new()))
    });
    if let Err(error) = kept.await {
        warn!(%error, "the samples could not be written");
        fold_all(&mut observations.row, applications, samples);
    }
}

fn fold_all(row: &mut Observations, applications: &[&Application], samples: &[Sample]) {
    for (application, sample) in applications.iter().zip(samples) {
        let of_application = row.applications.entry(application.name.clone()).or_default();
        for region in &application.regions {
            let series = of_application.entry(region.name.clone()).or_default();
            let readings = sample.readings.get(&region.name).map_or(&[][..], Vec::as_slice);
            *series = fold(region, series, readings, &application.timing);
        }
    }
}
