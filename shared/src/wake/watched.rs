//! One application in the hands of a wake.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tracing::warn;

use super::Context;
use super::outbox::strike_out;
use crate::decide::ListingReading;
use crate::names::{Arn, Epoch, OrderId, Region};
use crate::plan::Application;
use crate::ports::{Store, World};
use crate::run::Run;
use crate::state::{ApplicationRow, Done, Held, Home, Peer, People, StateError, Table, find, spread, update};

/// An application with its row, in the hands of exactly one part of the wake at a time.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    /// The application, as planned.
    pub application: &'a Application,
    /// Its row.
    pub row: Held<ApplicationRow>,
    /// What people said, as this region's table has it.
    pub people: Held<People>,
    /// The same, with what peers have heard.
    pub heard: People,
    /// What Route 53's API said in this wake.
    pub listing: ListingReading,
    /// The newest epoch by the name servers when that was asked.
    pub listed_at: Epoch,
    /// When alarm events say that the trouble of a region began.
    pub hinted: BTreeMap<Region, Timestamp>,
    /// Its run, where users are served by an override and the records do not say the same yet.
    pub served: Option<Box<Held<Run>>>,
    /// When this wake last said its override again.
    pub said_again: Option<Timestamp>,
    /// Whether this wake has looked after what earlier runs left behind.
    pub tidied: bool,
    /// Whether old epoch records are to be looked for when all else is done.
    pub sweep: bool,
}

/// A notice's id and a topic that has got it.
pub(super) type Delivered = BTreeSet<(String, Arn)>;

impl<'a> Watched<'a> {
    /// An application as the table knows it, taken out of it.
    pub fn take(table: &mut Table, application: &'a Application) -> Self {
        let people = table.people.remove(&application.name).unwrap_or_default();
        Self {
            application,
            row: table.applications.remove(&application.name).unwrap_or_default(),
            heard: people.row.clone(),
            people,
            listing: ListingReading::NotAsked,
            listed_at: Epoch::default(),
            hinted: BTreeMap::new(),
            served: None,
            said_again: None,
            tidied: false,
            sweep: false,
        }
    }

    /// What peers have heard of people, beside what stands here.
    pub fn listen(&mut self, peers: &BTreeMap<Region, Peer>, now: Timestamp) {
        for told in peers.values().filter_map(|peer| peer.people.get(&self.application.name)) {
            self.heard.join(&told.row);
        }
        self.heard.forget_old(now);
    }
}

impl Watched<'_> {
    /// Takes the sampling lease: false where another wake has it, or has begun a run.
    pub async fn lease(&mut self, world: &impl World, context: &Context<'_>) -> Result<bool, StateError> {
        let mine =
            |row: &ApplicationRow| row.sampling.as_ref().is_some_and(|lease| &lease.owner == context.id);
        if mine(&self.row.row) {
            return Ok(true);
        }
        let now = world.now();
        let served = self.served.as_ref().map(|run| run.row.id().clone());
        let taken = update(world, &self.application.name, &mut self.row, |row| {
            let free = !row.sampling.as_ref().is_some_and(|held| held.is_held_by_another(context.id, now));
            (free && row.run == served).then(|| {
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

impl Watched<'_> {
    /// Takes in what peers have heard of people, and writes it down here where it is news.
    pub async fn hear(
        &mut self,
        world: &impl World,
        peers: &BTreeMap<Region, Peer>,
    ) -> Result<(), StateError> {
        let now = world.now();
        self.heard = self.people.row.clone();
        self.listen(peers, now);
        if self.heard == self.people.row {
            return Ok(());
        }
        spread(world, &self.application.name, &mut self.people, &self.heard, now).await
    }

    /// Reads anew what people have said here, since a person may just have spoken.
    pub async fn hear_again(&mut self, world: &impl Store) -> Result<(), StateError> {
        self.people = find(world, &People::key(&self.application.name)).await?.unwrap_or_default();
        self.heard.join(&self.people.row);
        Ok(())
    }

    /// Writes down what became of an order. Peers hear of it from the next tick.
    pub async fn close_order(
        &mut self,
        world: &impl World,
        here: &Region,
        order: &OrderId,
        word: &str,
    ) -> Result<(), StateError> {
        let done = Done { at: world.now(), by: here.clone(), word: word.to_owned() };
        if let Some(open) = self.heard.orders.get_mut(order) {
            open.done.get_or_insert(done);
        }
        let heard = self.heard.clone();
        spread(world, &self.application.name, &mut self.people, &heard, world.now()).await
    }
}
