//! Throttling by token buckets (Route 53 developer guide, "Throttling API requests"): one for the account,
//! one for each action. A request needs a token of both; a refused one takes none.

use std::collections::BTreeMap;

use super::Time;
use super::api::Operation;
use super::error::{ApiError, ErrorCode};

/// One token in the bucket's own unit, so that half a token a second is a whole number.
const TOKEN: u128 = 1_000_000_000;

/// How much a bucket holds and how fast it fills.
#[derive(Clone, Copy, Debug)]
struct Rate {
    burst: u128,
    /// Thousandths of a token a second.
    milli_per_second: u128,
}

/// "Account level": a burst of 50, then 10 a second; the default of an action is the same.
const DEFAULT: Rate = Rate { burst: 50, milli_per_second: 10_000 };

fn rate_of(operation: Operation) -> Rate {
    match operation {
        Operation::CreateHealthCheck => Rate { burst: 50, milli_per_second: 500 },
        Operation::DeleteHealthCheck => Rate { burst: 15, milli_per_second: 3_000 },
        Operation::GetHealthCheckStatus | Operation::GetHealthCheckLastFailureReason => {
            Rate { burst: 4, milli_per_second: 1_000 }
        }
        _ => DEFAULT,
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    rate: Rate,
    level: u128,
    filled_at: Time,
}

impl Bucket {
    fn full(rate: Rate) -> Self {
        Self { rate, level: rate.burst * TOKEN, filled_at: Time::ZERO }
    }

    fn fill(&mut self, now: Time) {
        let nanos = now.saturating_sub(self.filled_at).as_nanos();
        let gained = nanos * self.rate.milli_per_second / 1_000;
        self.level = (self.level + gained).min(self.rate.burst * TOKEN);
        self.filled_at = self.filled_at.max(now);
    }
}

/// All buckets of the account.
#[derive(Clone, Debug)]
pub(super) struct Throttles {
    account: Bucket,
    actions: BTreeMap<Operation, Bucket>,
}

impl Throttles {
    pub fn full() -> Self {
        Self { account: Bucket::full(DEFAULT), actions: BTreeMap::new() }
    }

    /// Takes a token for one request, or refuses it.
    pub fn admit(&mut self, operation: Operation, now: Time) -> Result<(), ApiError> {
        let action = self.actions.entry(operation).or_insert_with(|| Bucket::full(rate_of(operation)));
        self.account.fill(now);
        action.fill(now);
        if self.account.level < TOKEN || action.level < TOKEN {
            return Err(ApiError::new(ErrorCode::Throttling, "Rate exceeded"));
        }
        self.account.level -= TOKEN;
        action.level -= TOKEN;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(throttles: &mut Throttles, operation: Operation, tries: usize, now: Time) -> usize {
        (0..tries).filter(|_| throttles.admit(operation, now).is_ok()).count()
    }

    #[test]
    fn a_burst_of_fifty_then_ten_a_second() {
        let mut throttles = Throttles::full();
        assert_eq!(admitted(&mut throttles, Operation::GetChange, 80, Time::ZERO), 50);
        assert_eq!(admitted(&mut throttles, Operation::GetChange, 80, Time::from_secs(1)), 10);
        assert_eq!(admitted(&mut throttles, Operation::GetChange, 80, Time::from_secs(1000)), 50);
    }

    #[test]
    fn scarce_actions_have_their_own_bucket() {
        let mut throttles = Throttles::full();
        assert_eq!(admitted(&mut throttles, Operation::GetHealthCheckStatus, 10, Time::ZERO), 4);
        assert_eq!(admitted(&mut throttles, Operation::DeleteHealthCheck, 20, Time::ZERO), 15);
        assert_eq!(admitted(&mut throttles, Operation::GetHealthCheckStatus, 10, Time::from_secs(2)), 2);
    }

    #[test]
    fn a_refused_request_takes_no_token() {
        let mut throttles = Throttles::full();
        assert_eq!(admitted(&mut throttles, Operation::GetHealthCheckStatus, 1000, Time::ZERO), 4);
        assert_eq!(admitted(&mut throttles, Operation::ListHealthChecks, 100, Time::ZERO), 46);
    }
}
