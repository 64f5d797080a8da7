//! Chance from one seed: the same seed draws the same.

use std::cell::Cell;
use std::time::Duration;

/// A stream of draws (splitmix64).
#[derive(Debug)]
pub struct Dice(Cell<u64>);

impl Dice {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5851_f42d_4c95_7f2d))
    }

    /// A stream of its own, that does not depend on how much is drawn from this one later.
    pub fn fork(&self) -> Self {
        Self(Cell::new(self.bits()))
    }

    /// A stream that begins here, and leaves this one as it is.
    pub fn aside(&self) -> Self {
        Self(Cell::new(self.0.get() ^ 0x1234_5678_9abc_def0))
    }

    /// 64 bits.
    pub fn bits(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`.
    pub fn below(&self, bound: u64) -> u64 {
        self.bits() % bound.max(1)
    }

    /// Whether something happens that happens `times` in a thousand times.
    pub fn in_thousand(&self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// A time between two, in milliseconds.
    pub fn between(&self, shortest: u64, longest: u64) -> Duration {
        Duration::from_millis(shortest + self.below(longest.saturating_sub(shortest) + 1))
    }

    /// A time between two, in seconds.
    pub fn seconds(&self, shortest: u64, longest: u64) -> Duration {
        self.between(shortest * 1000, longest * 1000)
    }

    /// One of several.
    pub fn pick<T: Clone>(&self, some: &[T]) -> T {
        let place = self.below(some.len() as u64);
        some[usize::try_from(place).unwrap_or(0)].clone()
    }
}
