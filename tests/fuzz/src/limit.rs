//! Memory that an input may cost.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What a reader may hold at one time, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// For each byte of input.
    pub times: usize,
    /// Whatever the input.
    pub base: usize,
}

impl Limit {
    /// Does work on an input of that size and asserts that it kept the limit. Only what this thread allocates counts.
    ///
    /// # Panics
    /// When the limit is passed; and as the work does.
    pub fn hold<T>(self, size: usize, work: impl FnOnce() -> T) -> T {
        let mut outcome = None;
        // A panic must not pass through the counter, which would count on for ever.
        let counted = allocation_counter::measure(|| {
            outcome = Some(catch_unwind(AssertUnwindSafe(work)));
        });
        let most = self.base + self.times * size;
        let held = usize::try_from(counted.bytes_max).unwrap_or(usize::MAX);
        match outcome {
            Some(Ok(output)) => {
                assert!(held <= most, "{size} bytes of input made it hold {held} bytes, more than {most}");
                output
            }
            Some(Err(panic)) => resume_unwind(panic),
            None => unreachable!("the counter runs what it is given"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_at_one_time_counts() {
        let limit = Limit { times: 2, base: 100 };
        let twice = || {
            drop(std::hint::black_box(vec![0_u8; 110]));
            std::hint::black_box(vec![0_u8; 110]).len()
        };
        assert_eq!(limit.hold(5, twice), 110);
        assert!(catch_unwind(|| limit.hold(4, twice)).is_err());
    }

    #[test]
    fn a_panic_passes_and_the_next_work_is_counted_anew() {
        let limit = Limit { times: 0, base: 1000 };
        for _ in 0..100 {
            assert!(catch_unwind(|| limit.hold(0, || panic!("as it happens"))).is_err());
        }
        assert_eq!(limit.hold(0, || 7), 7);
    }
}
