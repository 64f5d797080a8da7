//! Faults on demand: what the service does to its callers on a bad day. Plain data on virtual time, so that a
//! simulation and the wire share them.

use std::time::Duration;

use super::Time;
use super::api::{Operation, Response};
use super::error::{ApiError, ErrorCode};

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `ServiceUnavailable` (503); nothing is done.
    Unavailable,
    /// No answer ever; nothing is done.
    Hang,
    /// Done at once, answered so much later.
    Slow(Duration),
    /// `Throttling`; nothing is done.
    Throttled,
    /// Done, but answered with `InternalFailure` (500): the caller cannot know.
    AppliedButFailed,
    /// Done, but no answer ever: the caller cannot know.
    AppliedButLost,
    /// Refused in these words; nothing is done.
    Refused(ApiError),
}

/// Which calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// Those of these operations.
    Only(Vec<Operation>),
}

impl Scope {
    /// Those of one operation.
    pub fn of(operation: Operation) -> Self {
        Self::Only(vec![operation])
    }

    fn covers(&self, operation: Operation) -> bool {
        match self {
            Self::All => true,
            Self::Only(some) => some.contains(&operation),
        }
    }
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// For so many calls in the scope.
    NextCalls(u32),
    /// From the first time on, before the second.
    Between(Time, Time),
    /// From this time until [`Faults::clear`].
    From(Time),
}

impl Span {
    fn holds(self, now: Time) -> bool {
        match self {
            Self::NextCalls(left) => left > 0,
            Self::Between(from, until) => from <= now && now < until,
            Self::From(from) => from <= now,
        }
    }
}

/// All faults that are ordered.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    calls: Vec<(Fault, Scope, Span)>,
    silent: Vec<(usize, Span)>,
}

impl Faults {
    /// Orders a fault of the API. Of several that hold, the first ordered counts; delays add up.
    pub fn inject(&mut self, fault: Fault, scope: Scope, span: Span) {
        self.calls.push((fault, scope, span));
    }

    /// Orders that one name server answers no DNS query.
    pub fn silence_name_server(&mut self, server: usize, span: Span) {
        self.silent.push((server, span));
    }

    /// Ends every fault.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What befalls a call: a delay, and perhaps something worse.
    pub(super) fn befall(&mut self, operation: Operation, now: Time) -> (Duration, Option<Fault>) {
        let mut delay = Duration::ZERO;
        let mut worst = None;
        for (fault, scope, span) in &mut self.calls {
            if !scope.covers(operation) || !span.holds(now) {
                continue;
            }
            match fault {
                Fault::Slow(by) => delay += *by,
                _ if worst.is_some() => continue,
                other => worst = Some(other.clone()),
            }
            if let Span::NextCalls(left) = span {
                *left -= 1;
            }
        }
        (delay, worst)
    }

    /// Whether a name server is silent for this query.
    pub(super) fn is_silent(&mut self, server: usize, now: Time) -> bool {
        let Some((_, span)) = self.silent.iter_mut().find(|(of, span)| *of == server && span.holds(now))
        else {
            return false;
        };
        if let Span::NextCalls(left) = span {
            *left -= 1;
        }
        true
    }
}

/// What comes back from a call, and when.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// How long after the call.
    pub after: Duration,
    /// What.
    pub outcome: Outcome,
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An answer.
    Answered(Box<Result<Response, ApiError>>),
    /// Nothing, ever. Whether something was done, the caller cannot know.
    Nothing,
}

impl Outcome {
    pub(super) fn result(self) -> Result<Response, ApiError> {
        match self {
            Self::Answered(result) => *result,
            Self::Nothing => Err(ApiError::new(ErrorCode::NoAnswer, "no answer came")),
        }
    }
}
