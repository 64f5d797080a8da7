//! What goes on beside the sampling: runs that are walked, notices that are published.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::future::{Either, FutureExt, LocalBoxFuture, select};
use futures_util::stream::FuturesUnordered;

use super::Context;
use super::watched::{Delivered, Watched};
use crate::names::Arn;
use crate::ports::Topics;
use crate::report::Notice;
use crate::state::StateError;

/// Something that went on beside the sampling is done.
pub(super) enum Done<'a> {
    /// A run was walked as far as it goes in this wake.
    Walked(Box<Watched<'a>>, Result<String, StateError>),
    /// A topic has got a notice, or has not.
    Published(String, Arn, bool),
}

/// The futures beside the sampling, and what they left behind.
#[derive(Default)]
pub(super) struct Company<'a> {
    busy: FuturesUnordered<LocalBoxFuture<'a, Done<'a>>>,
    walked: Vec<Done<'a>>,
    left: Vec<Watched<'a>>,
    sent: BTreeSet<(String, Arn)>,
    delivered: Delivered,
}

impl<'a> Company<'a> {
    /// Walks a run beside all else.
    pub fn walk(&mut self, run: impl Future<Output = Done<'a>> + 'a) {
        self.busy.push(run.boxed_local());
    }

    /// Publishes notices beside all else, each once per wake: a topic that is slow delays nobody.
    pub fn publish(&mut self, world: &'a impl Topics, context: &Context<'_>, outbox: &[Notice]) {
        let ours =
            |notice: &&Notice| notice.courier.as_ref().is_some_and(|courier| &courier.owner == context.id);
        for notice in outbox.iter().filter(ours) {
            for topic in &notice.pending {
                if self.sent.insert((notice.id.clone(), topic.clone())) {
                    self.busy.push(publish(world, notice.clone(), topic.clone()).boxed_local());
                }
            }
        }
    }

    /// An application that this wake is done with.
    pub fn leave(&mut self, item: Watched<'a>) {
        self.left.push(item);
    }

    /// Waits for `task`, while all else goes on.
    pub async fn beside<T>(&mut self, task: impl Future<Output = T>) -> T {
        let mut task = pin!(task);
        while !self.busy.is_empty() {
            match select(task.as_mut(), self.busy.next()).await {
                Either::Left((output, _)) => return output,
                Either::Right((done, _)) => self.keep(done),
            }
        }
        task.await
    }

    /// The next thing that is done; none when nothing goes on any more.
    pub async fn next(&mut self) -> Option<Done<'a>> {
        if let Some(done) = self.walked.pop() {
            return Some(done);
        }
        loop {
            match self.busy.next().await? {
                walked @ Done::Walked(..) => return Some(walked),
                published @ Done::Published(..) => self.keep(Some(published)),
            }
        }
    }

    fn keep(&mut self, done: Option<Done<'a>>) {
        match done {
            Some(Done::Published(id, topic, true)) => {
                self.delivered.insert((id, topic));
            }
            Some(walked @ Done::Walked(..)) => self.walked.push(walked),
            Some(Done::Published(_, _, false)) | None => {}
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

async fn publish<'a>(world: &'a impl Topics, notice: Notice, topic: Arn) -> Done<'a> {
    let published = world.publish(&topic, &notice.message).await;
    if let Err(error) = &published {
        tracing::warn!(%topic, notice = notice.id, %error, "a notice was not taken");
    }
    Done::Published(notice.id, topic, published.is_ok())
}

/// Publishes notices to all their topics at once; what was taken.
pub(super) async fn publish_all(world: &impl Topics, notices: &[Notice]) -> Vec<(String, Arn)> {
    let each = notices.iter().flat_map(|notice| notice.pending.iter().map(move |topic| (notice, topic)));
    let published = each.map(|(notice, topic)| publish(world, notice.clone(), topic.clone()));
    let done = futures_util::future::join_all(published).await;
    done.into_iter()
        .filter_map(|done| match done {
            Done::Published(id, topic, true) => Some((id, topic)),
            Done::Published(_, _, false) | Done::Walked(..) => None,
        })
        .collect()
}
