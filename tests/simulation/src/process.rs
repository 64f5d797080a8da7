//! Processes: each wake is one. It can die wherever it waits, be paused there, and ends with its
//! Lambda's time.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use suite::world::{Scheduler, Sleep};
use understudy::names::Region;

/// What a process is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// `alarm` or `tick`.
    Wake,
    /// `operate`.
    Operate,
    /// `drill`.
    Drill,
}

/// What is to befall a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// It dies where it waits for the n-th time.
    pub dies_at: Option<u64>,
    /// It is paused where it waits for the n-th time, for so long.
    pub paused_at: Option<(u64, Duration)>,
}

/// A process as others know it.
#[derive(Debug)]
pub struct Life {
    /// Which, in the order of their beginning.
    pub number: u64,
    /// Where it runs.
    pub region: Region,
    /// What for.
    pub task: Task,
    /// Whether it was ended from outside.
    pub ended: Cell<bool>,
    /// When it was last paused, or a port last failed it.
    pub troubled: Cell<Option<Duration>>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Done,
    /// It died where it waited.
    Died,
    /// Its Lambda's time was up.
    TimeUp,
    /// Its region was lost.
    Lost,
}

/// A future with a process's life.
pub struct Process<'a> {
    inner: LocalBoxFuture<'a, ()>,
    life: Rc<Life>,
    fate: Fate,
    waits: u64,
    pause: Option<Pin<Box<Sleep>>>,
    end: Pin<Box<Sleep>>,
    time: Scheduler,
    on_pause: Box<dyn Fn(Duration) + 'a>,
}

impl<'a> Process<'a> {
    /// A process that ends after `lasts` at the latest; `on_pause` is told of its pause.
    pub fn new(
        time: &Scheduler,
        life: Rc<Life>,
        fate: Fate,
        lasts: Duration,
        inner: LocalBoxFuture<'a, ()>,
        on_pause: impl Fn(Duration) + 'a,
    ) -> Self {
        let end = Box::pin(time.sleep(lasts));
        let on_pause = Box::new(on_pause);
        Self { inner, life, fate, waits: 0, pause: None, end, time: time.clone(), on_pause }
    }

    /// What befalls it where it waits now.
    fn waits(&mut self) -> Option<End> {
        self.waits += 1;
        if self.fate.dies_at == Some(self.waits) {
            return Some(End::Died);
        }
        if let Some((_, length)) = self.fate.paused_at.filter(|(at, _)| *at == self.waits) {
            self.life.troubled.set(Some(self.time.elapsed() + length));
            (self.on_pause)(length);
            self.pause = Some(Box::pin(self.time.sleep(length)));
        }
        None
    }
}

impl Future for Process<'_> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let this = &mut *self;
        if this.life.ended.get() {
            return Poll::Ready(End::Lost);
        }
        if this.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(End::TimeUp);
        }
        loop {
            if let Some(pause) = &mut this.pause {
                if pause.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                this.pause = None;
            }
            if this.inner.as_mut().poll(context).is_ready() {
                return Poll::Ready(End::Done);
            }
            if let Some(end) = this.waits() {
                return Poll::Ready(end);
            }
            if this.pause.is_none() {
                return Poll::Pending;
            }
        }
    }
}

/// Where everything runs that runs beside the script.
#[derive(Default)]
pub struct Nursery {
    born: RefCell<Vec<LocalBoxFuture<'static, ()>>>,
}

impl Nursery {
    /// Something more to run.
    pub fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        self.born.borrow_mut().push(Box::pin(future));
    }

    /// Runs all of it, until `script` is over.
    pub async fn until<T>(&self, script: impl Future<Output = T>) -> T {
        let mut script = pin!(script);
        let mut all = FuturesUnordered::new();
        poll_fn(|context| {
            loop {
                all.extend(self.born.borrow_mut().drain(..));
                let over = script.as_mut().poll(context);
                if over.is_ready() {
                    return over;
                }
                let progress = matches!(all.poll_next_unpin(context), Poll::Ready(Some(())));
                if !progress && self.born.borrow().is_empty() {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}
