//! What a scenario expects.

use std::fmt;
use std::time::Duration;

use crate::timeline::Mark;
use crate::world::Band;

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// How it ended, as the controllers tell it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Outcome {
            $($(#[$doc])* $name,)*
        }

        impl Outcome {
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

outcomes! {
    /// A run moved users, and verified it.
    Moved = "moved",
    /// No run; a hold says why.
    Held = "held",
    /// A run has not ended.
    Waiting = "waiting",
    /// Another run was first.
    Superseded = "superseded",
    /// Route 53 did not accept a run in time.
    Lapsed = "lapsed",
    /// A person gave a run up.
    Cancelled = "cancelled",
    /// A run failed.
    Failed = "failed",
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// `outcome moved`
    Outcome(Outcome),
    /// `verified within 3s..9s`: so long after the fault.
    Within(Mark, Band),
    /// `order fault, detected, submitted`
    Order(Vec<Mark>),
    /// `user outage at most 9s`
    OutageAtMost(Duration),
    /// `user outage at least 9s`
    OutageAtLeast(Duration),
    /// `users served for 20s after verified`
    ServedAfter(Mark, Duration),
    /// `users served at the end` or `users not served at the end`
    ServedAtEnd(bool),
    /// `notification failed-over to ops-team`, `... once`
    Notification {
        /// The event.
        event: String,
        /// The group of topics.
        group: String,
        /// Whether each topic gets it exactly once.
        once: bool,
        /// The mark before which it is not told, where one is named: `... after healed`.
        after: Option<Mark>,
    },
    /// `no notification failed-over`
    NoNotification(String),
    /// `no move`, `moves 2`: of the first application.
    Moves(usize),
    /// `at most 3 moves`
    MovesAtMost(usize),
    /// `moves 1 of each application`
    MovesOfEach(usize),
    /// `moves in order of priority`
    MovesByPriority,
    /// `each application moved within 3s..40s`: so long after the fault.
    EachMovedWithin(Band),
    /// `outage of each application at most 40s`
    EachOutageAtMost(Duration),
    /// `hold everything-unhealthy`
    Hold(String),
    /// `no hold paused`
    NoHold(String),
    /// `some run superseded`
    SomeRun(Outcome),
    /// `weights us-east-1 0, us-west-2 100`: at the end.
    Weights(Vec<(String, u8)>),
    /// `set us-east-1 holds us-west-2`: at the end.
    SetHolds(String, String),
    /// `answer near eu-west-1 us-west-2`: every name server, at the end.
    AnswerNear(String, String),
    /// `calls route53 ChangeResourceRecordSets at most 3`, `calls sts AssumeRole at least 1`
    Calls {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// Whether there may be more, rather than fewer.
        at_least: bool,
        /// How many.
        count: usize,
    },
    /// `no route53 call between detected and verified`
    NoCallBetween(String, Mark, Mark),
    /// `operate pause recorded`, `operate approve refused`
    Answered(String, String),
    /// `operate pause not reached in us-east-1`
    NotReached(String, String),
    /// `at most 8 calls from verdict to change`
    CallsAtMost(usize),
    /// `idle wakes make no route53 call`
    IdleWakesMakeNo(String),
    /// `idle wakes use at most 40ms of processor`
    IdleWakesUse(Duration),
    /// `answer us-west-2`: every name server, at the end.
    Answer(String),
    /// `no wake hangs`: none took longer than a function may.
    NoWakeHangs,
    /// `peak memory at most 40 MB`: of every process.
    PeakMemoryAtMost(u32),
}
