//! Reproducible noise: every draw is a function of the seed and of what is drawn, never of how often
//! somebody drew before. So a query more or less does not change when a batch arrives at a name server.

/// A point in the seeded noise; [`Noise::at`] moves to another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise(u64);

impl Noise {
    /// The root of everything drawn from this seed.
    pub fn seeded(seed: u64) -> Self {
        Self(mix(seed ^ 0x9e37_79b9_7f4a_7c15))
    }

    /// The point that belongs to `what` below this one.
    pub fn at<W: NoiseKey>(self, what: W) -> Self {
        Self(what.fold(self.0))
    }

    /// Sixty-four even bits.
    pub fn value(self) -> u64 {
        mix(self.0)
    }

    /// A number in `0..bound`, or 0 where nothing is in that range.
    pub fn below(self, bound: u64) -> u64 {
        self.value().checked_rem(bound).unwrap_or(0)
    }
}

/// What may name a point in the noise.
pub(super) trait NoiseKey {
    fn fold(&self, state: u64) -> u64;
}

impl NoiseKey for u64 {
    fn fold(&self, state: u64) -> u64 {
        mix(state.rotate_left(17) ^ self.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }
}

impl NoiseKey for &str {
    fn fold(&self, state: u64) -> u64 {
        self.bytes().fold(mix(state ^ self.len() as u64), |state, byte| u64::from(byte).fold(state))
    }
}

// The finaliser of SplitMix64 (Steele, Lea, Flood, 2014).
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_what_is_drawn_and_spread_evenly() {
        let root = Noise::seeded(7);
        assert_eq!(root.at("a").at(1).value(), root.at("a").at(1).value());
        let mut counts = [0_u32; 4];
        for turn in 0..4000 {
            counts[root.at("spread").at(turn).below(4) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        assert_eq!(root.below(0), 0);
    }
}
