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
    waiting: BTreeMap<Place, Waiting>,
    zones: BTreeSet<ZoneId>,
    next: Option<Timestamp>,
    /// When everything that was begun is sent, if nothing is refused.
    sent_by: Option<Timestamp>,
    count: u64,
}

/// Lower priorities first, then in the order of their coming.
type Place = (u32, ApplicationName, u64);

/// The zone that is to be changed, and who is told when it is the first.
type Waiting = (Option<ZoneId>, Option<Waker>);

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

    /// Whether one more change may begin: while those that were begun are sent within a time. Else,
    /// how long they take.
    ///
    /// # Errors
    /// Its turn has not come.
    pub fn admit(&self, now: Timestamp, within: Duration) -> Result<(), Duration> {
        let mut queue = self.queue.borrow_mut();
        // A clock that jumped back must not make anybody wait for it.
        let sent_by = queue.sent_by.filter(|by| since(now, *by) <= within * 10).unwrap_or(now).max(now);
        let ahead = since(now, sent_by);
        if ahead >= within {
            return Err(ahead);
        }
        queue.sent_by = Some(after(sent_by, self.gap));
        Ok(())
    }

    /// A change that an earlier wake began is to be sent, too.
    pub fn expect_one(&self, now: Timestamp) {
        let mut queue = self.queue.borrow_mut();
        queue.sent_by = Some(after(queue.sent_by.unwrap_or(now).max(now), self.gap));
    }

    /// Waits for leave to list, before all else that waits: the decisions of many hang on one page.
    pub async fn list(&self, clock: &impl Clock, application: &Application) -> Turn<'_> {
        self.turn(clock, self.enter((0, application), None)).await
    }

    /// Waits for leave to read, after all changes: what is known a little later moves nobody later.
    pub async fn read(&self, clock: &impl Clock, application: &Application) -> Turn<'_> {
        self.turn(clock, self.enter((u32::MAX, application), None)).await
    }

    /// Waits for leave to change the application's zone.
    pub async fn change(&self, clock: &impl Clock, application: &Application) -> Turn<'_> {
        let zone = Some(application.zone.id.clone());
        self.turn(clock, self.enter((application.priority, application), zone)).await
    }

    /// Whoever gives up waiting has taken nothing: a slot is nobody's before its time.
    async fn turn<'a>(&'a self, clock: &impl Clock, ticket: Ticket<'a>) -> Turn<'a> {
        loop {
            ticket.first().await;
            let wait = self.queue.borrow().until_free(clock.now(), self.gap);
            if wait.is_zero() {
                break;
            }
            // Somebody who goes before may come meanwhile.
            clock.sleep(wait).await;
        }
        self.queue.borrow_mut().take_slot(clock.now(), self.gap);
        ticket.take()
    }

    fn enter(&self, (priority, application): (u32, &Application), zone: Option<ZoneId>) -> Ticket<'_> {
        let mut queue = self.queue.borrow_mut();
        queue.count += 1;
        let place = (priority, application.name.clone(), queue.count);
        queue.waiting.insert(place.clone(), (zone, None));
        Ticket { pace: self, place }
    }

    /// Wakes whoever is first now.
    fn wake(&self) {
        let waker = self.queue.borrow_mut().first_mut().and_then(|(_, (_, waker))| waker.take());
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Queue {
    /// The first of those whose zone is free.
    fn first_mut(&mut self) -> Option<(&Place, &mut Waiting)> {
        let zones = &self.zones;
        let free = |zone: &Option<ZoneId>| zone.as_ref().is_none_or(|zone| !zones.contains(zone));
        self.waiting.iter_mut().find(|(_, (zone, _))| free(zone))
    }

    /// How long it is until the next slot.
    fn until_free(&self, now: Timestamp, gap: Duration) -> Duration {
        // A clock that jumped back must not make anybody wait for it.
        self.next.map_or(Duration::ZERO, |next| since(now, next)).min(gap)
    }

    /// The slot that is free now. One that was taken a little late keeps its time, so that the pace does.
    fn take_slot(&mut self, now: Timestamp, gap: Duration) {
        let slot = self.next.filter(|next| since(*next, now) < gap && *next <= now).unwrap_or(now);
        self.next = Some(after(slot, gap));
    }
}

/// A place in the queue: given up when its holder is.
struct Ticket<'a> {
    pace: &'a Pace,
    place: Place,
}

impl<'a> Ticket<'a> {
    /// Comes back when it is the first of those whose zone is free.
    async fn first(&self) {
        poll_fn(|context| {
            let mut queue = self.pace.queue.borrow_mut();
            if queue.first_mut().is_some_and(|(first, _)| first == &self.place) {
                return Poll::Ready(());
            }
            if let Some((_, waker)) = queue.waiting.get_mut(&self.place) {
                *waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

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
