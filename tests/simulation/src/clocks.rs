//! The controllers' clocks: each region's is off by so much.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use suite::world::Scheduler;
use understudy::names::Region;

/// How far each region's clock is off, and when that last changed.
#[derive(Default)]
pub struct Clocks {
    off: RefCell<BTreeMap<Region, (i64, Duration)>>,
}

impl Clocks {
    /// A region's clock is off by so many seconds more from now on.
    pub fn shift(&self, region: &Region, seconds: i64, now: Duration) {
        let mut off = self.off.borrow_mut();
        let (before, _) = off.get(region).copied().unwrap_or_default();
        off.insert(region.clone(), (before + seconds, now));
    }

    /// By how many seconds a region's clock is off.
    pub fn off(&self, region: &Region) -> i64 {
        self.off.borrow().get(region).map_or(0, |(off, _)| *off)
    }

    /// When a region's clock last changed.
    pub fn changed(&self, region: &Region) -> Option<Duration> {
        self.off.borrow().get(region).map(|(_, at)| *at)
    }

    /// What a region's clock says where the true time is `at`.
    pub fn seen(&self, region: &Region, at: Timestamp) -> Timestamp {
        at.checked_add(SignedDuration::from_secs(self.off(region))).unwrap_or(at)
    }

    /// The true time, since the start, of what a region's clock said.
    pub fn truth(&self, region: &Region, said: Timestamp, time: &Scheduler) -> Duration {
        let said = said.checked_sub(SignedDuration::from_secs(self.off(region))).unwrap_or(said);
        let ago = time.now().duration_since(said);
        let elapsed = SignedDuration::try_from(time.elapsed()).unwrap_or_default();
        Duration::try_from(elapsed - ago).unwrap_or_default()
    }
}
