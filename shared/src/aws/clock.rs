//! The wall clock and chance: the only places where they enter.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;

use crate::ports::{Clock, Random};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the port that the ban points to")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The random numbers of the TLS library, which it takes from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn bits(&self) -> u64 {
        let mut bytes = [0; 8];
        match rustls::crypto::aws_lc_rs::default_provider().secure_random.fill(&mut bytes) {
            Ok(()) => u64::from_le_bytes(bytes),
            // The hash of nothing under fresh keys of the operating system: enough for ids and
            // jitter, and better than no controller.
            Err(_) => RandomState::new().hash_one(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_draws_are_alike() {
        let draws: BTreeSet<u64> = (0..1000).map(|_| SystemRandom.bits()).collect();
        assert_eq!(draws.len(), 1000);
    }
}
