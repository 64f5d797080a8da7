//! The model and its clock, shared by all parts of a server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Clock;
use crate::model::{Time, Twin};

#[derive(Clone, Debug)]
pub(super) struct Shared {
    twin: Arc<Mutex<Twin>>,
    clock: Clock,
}

impl Shared {
    pub fn new(twin: Twin, clock: Clock) -> Self {
        Self { twin: Arc::new(Mutex::new(twin)), clock }
    }

    pub fn clock(&self) -> Clock {
        self.clock
    }

    pub fn twin(&self) -> MutexGuard<'_, Twin> {
        // A panic of a test that held the lock must not hide behind another one here.
        self.twin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time is read under the lock, so that the model's time never runs backwards.
    pub fn with<T>(&self, work: impl FnOnce(&mut Twin, Time) -> T) -> T {
        let mut twin = self.twin();
        let now = self.clock.now();
        work(&mut twin, now)
    }
}
