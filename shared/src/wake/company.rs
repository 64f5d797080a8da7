//! What goes on beside the sampling: runs that are walked, notices that are published.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, FutureExt, LocalBoxFuture, select};
use futures_util::stream::FuturesUnordered;

use super::watched::{Delivered, Watched};
use super::{Context, act};
use crate::names::Arn;
use crate::ports::{Clock, Topics, World, within};
use crate::report::Notice;
use crate::run::Run;
use crate::state::{Held, StateError};
use crate::time::since;

/// What is kept of a wake's time for writing down which topics have taken their notices.
const LAST_WRITES: Duration = Duration::from_secs(2);

/// Something that went on beside the sampling is done.
pub(super) enum Done<'a> {
    /// A run was walked as far as it goes in this wake.
    Walked(Box<Watched<'a>>, Result<String, StateError>),
    /// A run waits, and people are to hear of it; it is to be walked on.
    Waits(Box<Watched<'a>>, Box<Held<Run>>),
    /// A topic has got a notice, or has not.
    Published(String, Arn, bool),
}

/// The futures beside the sampling, and what they left behind.
pub(super) struct Company<'a, W> {
    world: &'a W,
    context: &'a Context<'a>,
    busy: FuturesUnordered<LocalBoxFuture<'a, Done<'a>>>,
    walked: Vec<(Box<Watched<'a>>, Result<String, StateError>)>,
    left: Vec<Watched<'a>>,
    sent: BTreeSet<(String, Arn)>,
    delivered: Delivered,
}

impl<'a, W: World> Company<'a, W> {
    /// Nobody yet.
    pub fn new(world: &'a W, context: &'a Context<'a>) -> Self {
        Self {
            world,
            context,
            busy: FuturesUnordered::new(),
            walked: Vec::new(),
            left: Vec::new(),
            sent: BTreeSet::new(),
            delivered: Delivered::new(),
        }
    }

    /// Walks a run beside all else.
    pub fn walk(&mut self, item: Watched<'a>, run: Box<Held<Run>>) {
        self.busy.push(act::walk_run(self.world, self.context, item, run).boxed_local());
    }

    /// Publishes the notices that are this wake's to publish, beside all else and each once: a topic
    /// that is slow delays nobody.
    pub fn publish(&mut self, outbox: &[Notice]) {
        let me = self.context.id;
        let ours = |notice: &&Notice| notice.courier.as_ref().is_some_and(|courier| &courier.owner == me);
        for notice in outbox.iter().filter(ours) {
            for topic in &notice.pending {
                if self.sent.insert((notice.id.clone(), topic.clone())) {
                    let published = publish(self.world, self.context, notice.clone(), topic.clone());
                    self.busy.push(published.boxed_local());
                }
            }
        }
    }

    /// An application that this wake is done with.
    pub fn leave(&mut self, item: Watched<'a>) {
        self.publish(&item.row.row.outbox);
        self.left.push(item);
    }

    /// Waits for `task`, while all else goes on.
    pub async fn beside<T>(&mut self, task: impl Future<Output = T>) -> T {
        let mut task = pin!(task);
        while !self.busy.is_empty() {
            match select(task.as_mut(), self.busy.next()).await {
                Either::Left((output, _)) => return output,
                Either::Right((done, _)) => done.into_iter().for_each(|done| self.keep(done)),
            }
        }
        task.await
    }

    /// The next run that was walked; none when nothing goes on any more.
    pub async fn next_walked(&mut self) -> Option<(Box<Watched<'a>>, Result<String, StateError>)> {
        loop {
            if let Some(walked) = self.walked.pop() {
                return Some(walked);
            }
            let done = self.busy.next().await?;
            self.keep(done);
        }
    }

    fn keep(&mut self, done: Done<'a>) {
        match done {
            Done::Walked(item, walked) => self.walked.push((item, walked)),
            Done::Waits(item, run) => {
                self.publish(&item.row.row.outbox);
                self.walk(*item, run);
            }
            Done::Published(id, topic, true) => drop(self.delivered.insert((id, topic))),
            Done::Published(_, _, false) => {}
        }
    }

    /// What topics have taken so far.
    pub fn delivered(&self) -> &Delivered {
        &self.delivered
    }

    /// The applications that this wake is done with, and what was delivered.
    pub fn part(self) -> (Vec<Watched<'a>>, Delivered) {
        (self.left, self.delivered)
    }
}

/// Publishes once, within what is left of the wake's time.
async fn publish<'a, W>(world: &'a W, context: &Context<'_>, notice: Notice, topic: Arn) -> Done<'a>
where
    W: Topics + Clock,
{
    let time = since(world.now(), context.deadline).saturating_sub(LAST_WRITES);
    let published = within(world, time, world.publish(&topic, &notice.message)).await;
    let trouble = match &published {
        Some(Ok(())) => None,
        Some(Err(error)) => Some(error.to_string()),
        None => Some("no answer in this wake's time".to_owned()),
    };
    if let Some(error) = &trouble {
        tracing::warn!(%topic, notice = notice.id, error, "a notice was not taken");
    }
    Done::Published(notice.id, topic, trouble.is_none())
}
