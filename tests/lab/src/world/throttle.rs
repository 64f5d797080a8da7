//! What Route 53 itself does to its callers: the limits of the account, and answers that get lost.

use std::time::Duration;

use twin::model::{Fault, Operation, Request, Scope, Span};

use super::World;
use crate::clock;

/// Others take so much of the ten requests a second that the account has; the rest is ours.
const EVERY: Duration = Duration::from_millis(125);

impl World {
    /// Others use up the account's burst, and then most of what comes after it.
    pub(super) fn throttle(&self, time: Duration) {
        let (route53, end) = (self.route53.clone(), clock::after(clock::now(), time));
        let ask = move || {
            let marker = Request::ListHostedZones { marker: None, max_items: None };
            route53.twin.with(|twin, now| twin.call(marker, now)).is_ok()
        };
        while ask() {}
        tokio::spawn(async move {
            while clock::now() < end {
                tokio::time::sleep(EVERY).await;
                // Refused or not: it is not ours.
                let _answered = ask();
            }
        });
    }

    /// Changes are made, and nobody learns of it.
    pub(super) fn lose_answers(&self, changes: u32) {
        let scope = Scope::of(Operation::ChangeResourceRecordSets);
        self.route53.twin.with(|twin, _| {
            twin.faults_mut().inject(Fault::AppliedButLost, scope, Span::NextCalls(changes));
        });
    }
}
