//! Every call that came, and what became of it. The lab counts, not the functions.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;

use super::{Caller, lock};

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// When it came.
    pub at: Timestamp,
    /// Who called; none for a stranger.
    pub caller: Option<Caller>,
    /// The service, such as `dynamodb`.
    pub service: String,
    /// The region that was asked.
    pub region: String,
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet: it hangs, or the caller went away.
    Open,
    /// Answered with this HTTP status.
    Answered(u16),
    /// The connection was closed without an answer.
    Closed,
    /// The caller was killed.
    Killed,
}

/// All calls.
#[derive(Debug, Default)]
pub struct Calls(Mutex<Vec<Call>>);

impl Calls {
    /// Writes down a call that begins; gives its number.
    pub fn begin(&self, call: Call) -> usize {
        let mut calls = lock(&self.0);
        calls.push(call);
        calls.len() - 1
    }

    /// Writes down what became of it.
    pub fn end(&self, number: usize, outcome: Outcome) {
        if let Some(call) = lock(&self.0).get_mut(number) {
            call.outcome = outcome;
        }
    }

    /// What has become of a call.
    pub fn outcome(&self, number: usize) -> Option<Outcome> {
        lock(&self.0).get(number).map(|call| call.outcome)
    }

    /// All calls so far, in order.
    pub fn all(&self) -> Vec<Call> {
        lock(&self.0).clone()
    }

    /// How often each operation of each service was called.
    pub fn counts(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for call in lock(&self.0).iter() {
            *counts.entry(call.service.clone()).or_default().entry(call.operation.clone()).or_default() += 1;
        }
        counts
    }
}
