//! The limits that Route 53 has for an account, which others use as well.

use std::time::Duration;

use twin::model::Request;

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
}
