//! Virtual time: it stands still while anything can go on, then jumps to the next timer.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;

/// When every story begins.
const START: &str = "2026-11-22T12:00:00Z";

/// Who is to be woken, and when.
#[derive(Default)]
struct Timers {
    now: Duration,
    sleepers: Vec<(Duration, Waker)>,
}

/// A clock with timers, and an executor for one future on it.
#[derive(Clone, Default)]
pub struct Scheduler {
    timers: Rc<RefCell<Timers>>,
}

impl Scheduler {
    /// Since the story's start.
    pub fn elapsed(&self) -> Duration {
        self.timers.borrow().now
    }

    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        let start: Timestamp = START.parse().unwrap();
        start.checked_add(self.elapsed()).unwrap()
    }

    /// Waits.
    pub async fn sleep(&self, time: Duration) {
        let until = self.elapsed() + time;
        // A future stays with the task that polled it first: one entry is enough.
        let mut known = false;
        poll_fn(move |context: &mut Context<'_>| {
            let mut timers = self.timers.borrow_mut();
            if timers.now >= until {
                return Poll::Ready(());
            }
            if !std::mem::replace(&mut known, true) {
                timers.sleepers.push((until, context.waker().clone()));
            }
            Poll::Pending
        })
        .await;
    }

    /// Runs a future to its end. Before time moves on, `pass` is told to where.
    ///
    /// # Panics
    /// When nothing can go on and no timer is set.
    pub fn run<F: Future>(&self, future: F, mut pass: impl FnMut(Duration)) -> F::Output {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            let next = self.timers.borrow().sleepers.iter().map(|(at, _)| *at).min();
            let next = next.expect("everything waits, and for nothing");
            pass(next);
            let due = {
                let mut timers = self.timers.borrow_mut();
                timers.now = timers.now.max(next);
                let now = timers.now;
                timers.sleepers.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>()
            };
            due.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }
}
