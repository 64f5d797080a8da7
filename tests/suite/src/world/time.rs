//! Virtual time: it stands still while anything can go on, then jumps to the next timer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use jiff::Timestamp;

/// When every story begins: 2026-11-22T12:00:00Z.
const START: Timestamp = Timestamp::constant(1_795_348_800, 0);

/// A place in the row of those who sleep: of those who wake at one time, the first to sleep goes first.
type Place = (Duration, u64);

/// Who is to be woken, and when.
#[derive(Default)]
struct Timers {
    now: Duration,
    sleepers: BTreeMap<Place, Waker>,
    count: u64,
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
        START.checked_add(self.elapsed()).unwrap()
    }

    /// Waits.
    pub fn sleep(&self, time: Duration) -> Sleep {
        Sleep { timers: self.timers.clone(), until: self.elapsed() + time, place: None }
    }

    /// Runs a future to its end. Before time moves on, `pass` is told to where.
    ///
    /// # Panics
    /// When nothing can go on and no timer is set.
    pub fn run<F: Future>(&self, future: F, mut pass: impl FnMut(Duration)) -> F::Output {
        let mut future = pin!(future);
        let goes_on = Arc::new(GoesOn::default());
        let waker = Waker::from(goes_on.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            goes_on.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            if goes_on.0.load(Ordering::Relaxed) {
                continue;
            }
            let next = self.timers.borrow().sleepers.first_key_value().map(|((at, _), _)| *at);
            let next = next.expect("everything waits, and for nothing");
            pass(next);
            let due = {
                let mut timers = self.timers.borrow_mut();
                timers.now = timers.now.max(next);
                let later = timers.sleepers.split_off(&(next, u64::MAX));
                std::mem::replace(&mut timers.sleepers, later)
            };
            due.into_values().for_each(Waker::wake);
        }
    }
}

/// Whether something can go on without time going on.
#[derive(Default)]
struct GoesOn(AtomicBool);

impl Wake for GoesOn {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits until its time. Who gives up waiting wakes nobody later.
pub struct Sleep {
    timers: Rc<RefCell<Timers>>,
    until: Duration,
    place: Option<Place>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let timers = self.timers.clone();
        let mut timers = timers.borrow_mut();
        if timers.now >= self.until {
            return Poll::Ready(());
        }
        let until = self.until;
        let place = *self.place.get_or_insert_with(|| {
            timers.count += 1;
            (until, timers.count)
        });
        timers.sleepers.insert(place, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.timers.borrow_mut().sleepers.remove(&place);
        }
    }
}
