//! The buckets in which overrides are said.

use std::time::Duration;

use suite::world::Controller;
use understudy::away::Away;
use understudy::plan::Overrides;
use understudy::ports::{Overriding, PortError, Said};

use super::{Port, Ports, late, lost, refused, twice, very_late};
use crate::kinds::Kind;
use crate::trouble::Trouble;

const PATIENCE: Duration = Duration::from_millis(2_500);
const READ: Port = Port { name: "GetObject", patience: PATIENCE, fates: &[refused, late] };
const WRITE: Port = Port {
    name: "a write to a bucket",
    patience: PATIENCE,
    fates: &[refused, lost, lost, late, very_late, twice],
};

impl Ports {
    /// Notes that the bucket is down, where a call has felt it.
    fn of_bucket<T>(&self, what: &'static str, answer: Option<Result<T, PortError>>) -> Result<T, PortError> {
        let here = self.here().as_str();
        let down = |trouble: &Trouble| {
            matches!(trouble, Trouble::BucketDown(region) if *region == here).then_some(Kind::BucketDown)
        };
        if let (Some(Err(_)), Some(kind)) = (&answer, self.sim.first_trouble(down)) {
            self.fault(kind, || format!("the bucket in {here} does not answer"));
        }
        answer.unwrap_or_else(|| Err(PortError::new(what, "no answer")))
    }
}

impl Overriding for Ports {
    async fn say_away(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        self.sim.judge.says(&self.sim, &self.life, away);
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.say_away(&overrides, &away).await }
        };
        let said = self.through(WRITE, call).await;
        self.of_bucket("say an override", said)
    }

    async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.said(&overrides, &away).await }
        };
        let said = self.through(READ, call).await;
        self.of_bucket("read an override", said)
    }

    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.sim.judge.takes_back(&self.sim, &self.life, away);
        let call = |inner: Controller| {
            let (overrides, away) = (overrides.clone(), away.clone());
            async move { inner.unsay(&overrides, &away).await }
        };
        let taken = self.through(WRITE, call).await;
        self.of_bucket("take an override back", taken)
    }
}
