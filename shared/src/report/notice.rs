//! A notice: a message on its way to its topics.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::{Account, Severity};
use crate::names::Arn;
use crate::plan::{Application, Plan};
use crate::ports::Message;
use crate::state::Lease;

/// A message that some topic has not got yet. It stays in the outbox until each one has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Names the notice; every topic gets each id at least once.
    pub id: String,
    /// What is published.
    pub message: Message,
    /// Topics that have not got it yet.
    pub pending: Vec<Arn>,
    /// When it happened.
    pub at: Timestamp,
    /// The wake that is publishing it: the others leave it alone until its time is over.
    pub courier: Option<Lease>,
}

impl Notice {
    /// The notice of an account, published by the wake that has it.
    pub fn of(account: &Account, plan: &Plan, application: &Application, courier: Lease) -> Self {
        Self { courier: Some(courier), ..Self::waiting(account, plan, application) }
    }

    /// The notice of an account, to the topics that the plan maps to its severity. The next wake
    /// publishes it.
    pub fn waiting(account: &Account, plan: &Plan, application: &Application) -> Self {
        let groups = match account.severity {
            Severity::Critical => &application.notify.critical,
            Severity::Info => &application.notify.info,
        };
        let mut pending: Vec<Arn> =
            groups.iter().filter_map(|group| plan.topics.get(group)).flatten().cloned().collect();
        pending.sort();
        pending.dedup();
        Self { id: account.id.clone(), message: account.message(), pending, at: account.at, courier: None }
    }
}
