//! The pace of requests to Route 53: so many a second, one change in flight for each zone, by priority.
//!
//! Route 53 throttles by account, and a zone takes one change at a time (Developer Guide, API
//! request throttling; API reference, `PriorRequestNotComplete`). Who waits here is not refused there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;

use crate::names::{ApplicationName, ZoneId};
use crate::plan::Application;
use crate::ports::Clock;
use crate::time::{after, since};

/// The one queue of a wake.
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    queue: RefCell<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: BTreeMap<Place, (Option<ZoneId>, Option<Waker>)>,
    zones: BTreeSet<ZoneId>,
    next: Option<Timestamp>,
    count: u64,
}

/// Lower priorities first, then in the order of their coming.
type Place = (u32, ApplicationName, u64);

/// Leave to send one request. A zone is free again when it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    pace: &'a Pace,
    zone: Option<ZoneId>,
}

impl Pace {
    /// So many requests a second.
    pub fn new(per_second: u32) -> Self {
        Self { gap: Duration::from_secs(1) / per_second.max(1), queue: RefCell::default() }
    }

    /// Waits for leave to read.
    pub async fn read(&self, clock: &impl Clock, application: &Application) -> Turn<'_> {
        self.turn(clock, application, None).await
    }

    /// Waits for leave to change the application's zone.
    pub async fn change(&self, clock: &impl Clock, application: &Application) -> Turn<'_> {
        self.turn(clock, application, Some(application.zone.id.clone())).await
    }

    async fn turn(&self, clock: &impl Clock, application: &Application, zone: Option<ZoneId>) -> Turn<'_> {
        let ticket = self.enter(application, zone);
        poll_fn(|context| {
            let mut queue = self.queue.borrow_mut();
            if queue.is_next(&ticket.place) {
                return Poll::Ready(());
            }
            if let Some((_, waker)) = queue.waiting.get_mut(&ticket.place) {
                *waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
        let turn = ticket.take();
        let now = clock.now();
        let slot = {
            let mut queue = self.queue.borrow_mut();
            // A clock that jumped back must not make anybody wait for it.
            let slot = queue.next.filter(|next| since(now, *next) <= self.gap * 100).unwrap_or(now).max(now);
            queue.next = Some(after(slot, self.gap));
            slot
        };
        if slot > now {
            clock.sleep(since(now, slot)).await;
        }
        turn
    }

    fn enter(&self, application: &Application, zone: Option<ZoneId>) -> Ticket<'_> {
        let mut queue = self.queue.borrow_mut();
        queue.count += 1;
        let place = (application.priority, application.name.clone(), queue.count);
        queue.waiting.insert(place.clone(), (zone, None));
        Ticket { pace: self, place }
    }

    fn wake(&self) {
        let wakers: Vec<Waker> =
            self.queue.borrow_mut().waiting.values_mut().filter_map(|(_, waker)| waker.take()).collect();
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Queue {
    /// Whether this is the first of those whose zone is free.
    fn is_next(&self, place: &Place) -> bool {
        let free = |zone: &Option<ZoneId>| zone.as_ref().is_none_or(|zone| !self.zones.contains(zone));
        self.waiting.iter().find(|(_, (zone, _))| free(zone)).is_some_and(|(first, _)| first == place)
    }
}

/// A place in the queue: given up when its holder is.
struct Ticket<'a> {
    pace: &'a Pace,
    place: Place,
}

impl<'a> Ticket<'a> {
    fn take(self) -> Turn<'a> {
        let pace = self.pace;
        let zone = pace.queue.borrow_mut().waiting.remove(&self.place).and_then(|(zone, _)| zone);
        pace.queue.borrow_mut().zones.extend(zone.clone());
        Turn { pace, zone }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.pace.queue.borrow_mut().waiting.remove(&self.place);
        self.pace.wake();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(zone) = &self.zone {
            self.pace.queue.borrow_mut().zones.remove(zone);
        }
        self.pace.wake();
    }
}
