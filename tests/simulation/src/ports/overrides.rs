//! The buckets in which overrides are said.

use std::time::Duration;

use suite::world::Controller;
use understudy::away::Away;
use understudy::plan::Overrides;
use understudy::ports::{Overriding, PortError, Said};

use super::{Port, Ports, late, lost, refused, twice, very_late};

const PATIENCE: Duration = Duration::from_millis(2_500);
const READ: Port = Port { name: "GetObject", patience: PATIENCE, fates: &[refused, late] };
const WRITE: Port = Port {
    name: "a write to a bucket",
    patience: PATIENCE,
    fates: &[refused, lost, lost, late, very_late, twice],
};

/// What a bucket answered, if it did.
fn heard<T>(what: &'static str, answer: Option<Result<T, PortError>>) -> Result<T, PortError> {
    answer.unwrap_or_else(|| Err(PortError::new(what, "no answer")))
}

impl Overriding for Ports {
    async fn say_away(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        self.sim.judge.says(&self.sim, &self.life, away);
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.say_away(&overrides, &away).await }
        };
        let said = self.through(WRITE, call).await;
        heard("say an override", said)
    }

    async fn keep_saying(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.sim.judge.says_again(&self.sim, &self.life, away);
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.keep_saying(&overrides, &away).await }
        };
        let said = self.through(WRITE, call).await;
        heard("say an override again", said)
    }

    async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.said(&overrides, &away).await }
        };
        let said = self.through(READ, call).await;
        heard("read an override", said)
    }

    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.sim.judge.takes_back(&self.sim, &self.life, away);
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.unsay(&overrides, &away).await }
        };
        let taken = self.through(WRITE, call).await;
        heard("take an override back", taken)
    }
}
