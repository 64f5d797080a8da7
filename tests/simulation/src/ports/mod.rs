//! A controller's view of the world, with everything that can befall a call.
//!
//! Below is the world of the stories, which does what it is asked. Here requests are lost, late,
//! carried out twice; answers are lost, or come from the past.

mod calls;
mod data;
mod dns;
mod overrides;

use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use suite::world::{Controller, Crash};
use understudy::names::Region;
use understudy::ports::{Clock, Measure, Metrics, Random};

use crate::kinds::Kind;
use crate::process::Life;
use crate::sim::Sim;
use crate::trouble::Trouble;

/// A controller's view of the world.
pub struct Ports {
    sim: Rc<Sim>,
    life: Rc<Life>,
    inner: Controller,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing.
    Well,
    /// It is refused; nothing is done.
    Refused,
    /// It is done; the answer is lost.
    Lost,
    /// The request arrives so much later.
    Late(Duration),
    /// It is done twice.
    Twice,
}

/// How a call can go wrong.
#[derive(Clone, Copy, Debug)]
struct Port {
    name: &'static str,
    /// When the caller gives up.
    patience: Duration,
    fates: &'static [fn(&Sim) -> Fate],
}

impl Ports {
    /// The view of a process.
    pub fn new(sim: Rc<Sim>, life: Rc<Life>) -> Self {
        let (cloud, region) = (sim.cloud.clone(), life.region.clone());
        Self { sim, life, inner: Controller { cloud, region, crash: Crash::never() } }
    }

    /// The world.
    pub fn sim(&self) -> &Rc<Sim> {
        &self.sim
    }

    /// Where the process runs.
    pub fn here(&self) -> &Region {
        &self.life.region
    }

    fn time(&self) -> Duration {
        self.sim.elapsed()
    }

    /// How many of a thousand calls go wrong for this process now.
    fn flaky(&self) -> u64 {
        let here = self.here().as_str();
        let worse = self.sim.suffers(|trouble| matches!(trouble, Trouble::Flaky(region) if *region == here));
        match (self.sim.calm.get(), worse) {
            (true, _) => 0,
            (false, true) => self.sim.setting.flaky * 10,
            (false, false) => self.sim.setting.flaky,
        }
    }

    fn befalls(&self, port: Port) -> Fate {
        if !self.sim.dice.in_thousand(self.flaky()) {
            return Fate::Well;
        }
        self.sim.dice.pick(port.fates)(&self.sim)
    }

    /// A fault befell a call of this process.
    fn fault(&self, kind: Kind, what: impl FnOnce() -> String) {
        self.life.troubled.set(self.life.troubled.get().max(Some(self.time())));
        self.sim.tally.note(kind);
        self.sim.say("FAULT", || format!("{}: {}", self.life.region, what()));
    }

    /// Makes a call, with what befalls it. None: the caller never hears of it. `call` makes the call
    /// anew each time it is asked.
    async fn through<T, F>(&self, port: Port, call: impl Fn(Controller) -> F) -> Option<T>
    where
        T: 'static,
        F: Future<Output = T> + 'static,
    {
        let time = &self.sim.cloud.time;
        let name = port.name;
        match self.befalls(port) {
            Fate::Well => Some(call(self.inner.clone()).await),
            Fate::Refused => {
                self.fault(Kind::PortError, || format!("{name} answers with an error"));
                time.sleep(Duration::from_millis(50)).await;
                None
            }
            Fate::Lost => {
                let sent = call(self.inner.clone());
                drop(sent.await);
                self.fault(Kind::LostOutcome, || format!("the answer to {name} is lost"));
                time.sleep(port.patience).await;
                None
            }
            Fate::Late(by) if by < port.patience => {
                time.sleep(by).await;
                Some(call(self.inner.clone()).await)
            }
            Fate::Late(by) => {
                self.fault(Kind::LateRequest, || format!("{name} arrives {by:?} late"));
                let (late, time_then) = (call(self.inner.clone()), time.clone());
                self.sim.nursery.spawn(async move {
                    time_then.sleep(by).await;
                    late.await;
                });
                time.sleep(port.patience).await;
                None
            }
            Fate::Twice => {
                drop(call(self.inner.clone()).await);
                self.fault(Kind::Duplicate, || format!("{name} is carried out twice"));
                Some(call(self.inner.clone()).await)
            }
        }
    }
}

/// Refused.
fn refused(_: &Sim) -> Fate {
    Fate::Refused
}

/// Lost.
fn lost(_: &Sim) -> Fate {
    Fate::Lost
}

/// Twice.
fn twice(_: &Sim) -> Fate {
    Fate::Twice
}

/// A little late, or so late that nobody waits any more.
fn late(sim: &Sim) -> Fate {
    Fate::Late(sim.dice.between(100, 12_000))
}

/// Minutes late.
fn very_late(sim: &Sim) -> Fate {
    Fate::Late(sim.dice.between(5_000, 200_000))
}

impl Clock for Ports {
    fn now(&self) -> Timestamp {
        self.sim.clock(self.here())
    }

    async fn sleep(&self, time: Duration) {
        self.sim.cloud.time.sleep(time).await;
    }
}

impl Random for Ports {
    fn bits(&self) -> u64 {
        self.sim.cloud.bits()
    }
}

impl Metrics for Ports {
    fn measure(&self, _dimensions: &[(&'static str, &str)], _measures: &[Measure]) {}
}
