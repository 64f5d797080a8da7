//! A controller's view of the world: every port, over memory.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::pending;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use twin::model::{AnswerContext, Delivery, ErrorCode, Outcome, Rcode, Request, Response};
use understudy::dns::RecordType;
use understudy::health::{Health, Reading};
use understudy::names::{Arn, DnsName, Region};
use understudy::plan::Probe;
use understudy::ports::{
    Alarms, Clock, DnsAnswer, DnsValue, Functions, Measure, Message, Metrics, NameServers, PortError, Probes,
    Random, Topics,
};

use super::asked::{Asked, STACK};
use super::cloud::{Accepted, Cloud, Measured, Published};

/// A wait for an answer that never comes ends after this.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// The name servers' addresses: number `i` has port 5300 + `i`.
const FIRST_PORT: u16 = 5300;

/// Dies at its n-th AWS call, before or after the call's effect.
#[derive(Clone, Debug, Default)]
pub struct Crash {
    calls_left: Rc<Cell<Option<u32>>>,
    after_effect: bool,
    dead: Rc<Cell<bool>>,
}

impl Crash {
    /// Never.
    pub fn never() -> Self {
        Self::default()
    }

    /// Before the effect of the `n`-th call (from 1), or right after it.
    pub fn at(n: u32, after_effect: bool) -> Self {
        Self { calls_left: Rc::new(Cell::new(Some(n))), after_effect, dead: Rc::default() }
    }

    /// Whether it has died.
    pub fn is_dead(&self) -> bool {
        self.dead.get()
    }

    /// Counts a call; whether it is the one.
    fn strikes(&self) -> bool {
        let left = self.calls_left.get().map(|left| left.saturating_sub(1));
        self.calls_left.set(left.filter(|left| *left > 0));
        left == Some(0)
    }

    async fn die(&self) {
        self.dead.set(true);
        pending::<()>().await;
    }
}

/// A controller in one region.
#[derive(Clone)]
pub struct Controller {
    /// The world.
    pub cloud: Cloud,
    /// Where it runs.
    pub region: Region,
    /// Whether and where it dies.
    pub crash: Crash,
}

impl Controller {
    /// One AWS call: counted, perhaps the last.
    pub(super) async fn call<T>(&self, name: &'static str, effect: impl FnOnce() -> T) -> T {
        self.cloud.state.borrow_mut().calls.push((self.region.clone(), name));
        let strikes = self.crash.strikes();
        if strikes && !self.crash.after_effect {
            self.crash.die().await;
        }
        let output = effect();
        if strikes {
            self.crash.die().await;
        }
        let frozen_until = self.cloud.state.borrow().frozen_until;
        let frozen = frozen_until.saturating_sub(self.cloud.time.elapsed());
        self.cloud.time.sleep(frozen.max(Duration::from_millis(20))).await;
        output
    }

    pub(super) async fn route53(&self, name: &'static str, request: Request) -> Result<Response, ErrorCode> {
        self.asks(Asked::of_route53(&request));
        let deliver = || self.deliver(request);
        let delivery = self.call(name, deliver).await;
        if delivery.after > TIMEOUT {
            self.cloud.time.sleep(TIMEOUT).await;
            return Err(ErrorCode::NoAnswer);
        }
        self.cloud.time.sleep(delivery.after).await;
        match delivery.outcome {
            Outcome::Answered(result) => {
                if let Err(error) = &*result {
                    let told = format!("{}: {}", error.code, error.message());
                    self.cloud.state.borrow_mut().refused.push((name, told));
                }
                result.map_err(|error| match error.message().contains("already exists") {
                    // The one refusal that means something else than "never".
                    true => ErrorCode::HostedZoneAlreadyExists,
                    false => error.code,
                })
            }
            Outcome::Nothing => {
                self.cloud.time.sleep(TIMEOUT).await;
                Err(ErrorCode::NoAnswer)
            }
        }
    }
}

impl Controller {
    /// What a name server answers, or answered at an earlier time.
    pub fn answer_at(&self, server: SocketAddr, name: &DnsName, kind: RecordType, at: Duration) -> DnsAnswer {
        let index = usize::from(server.port() - FIRST_PORT);
        let client = AnswerContext::seeded(self.cloud.bits());
        let rtype = twin::model::records::RecordType::parse(kind.as_str());
        let answer = self.cloud.state.borrow().twin.answer(index, name.as_str(), rtype, at, &client);
        assert_ne!(answer.rcode, Rcode::Refused, "{name} is in no zone of this world");
        let addresses = answer.addresses().into_iter().map(DnsValue::Address);
        let values: Vec<_> = addresses.chain(answer.texts().into_iter().map(DnsValue::Text)).collect();
        if values.is_empty() { DnsAnswer::Nothing } else { DnsAnswer::Values(values) }
    }

    /// Hands a request to Route 53, and notes a batch that it accepts, whatever it answers.
    fn deliver(&self, request: Request) -> Delivery {
        let state = &mut *self.cloud.state.borrow_mut();
        let (zone, at) = (&self.cloud.zone, self.cloud.time.elapsed());
        let batch = match &request {
            Request::ChangeResourceRecordSets { batch, .. } => Some(batch.clone()),
            _ => None,
        };
        let before = state.twin.batches_accepted(zone);
        let delivery = state.twin.deliver(request, at);
        if let Some(batch) = batch.filter(|_| state.twin.batches_accepted(zone) > before) {
            state.accepted.push(Accepted { at, by: self.region.clone(), batch });
        }
        delivery
    }
}

impl Clock for Controller {
    fn now(&self) -> Timestamp {
        self.cloud.time.now()
    }

    async fn sleep(&self, time: Duration) {
        self.cloud.time.sleep(time).await;
    }
}

impl Random for Controller {
    fn bits(&self) -> u64 {
        self.cloud.bits()
    }
}

impl Probes for Controller {
    async fn probe(&self, probe: &Probe, at: Option<IpAddr>) -> Reading {
        // Each region's endpoint is named after it, or reached by its address.
        let asked = at.map_or_else(|| probe.target.host().to_owned(), |ip| ip.to_string());
        let of = |region: &Region| {
            asked.contains(region.as_str()) || asked == super::story::address(region.as_str())
        };
        let dead = {
            let state = self.cloud.state.borrow();
            state.isolated.contains(&self.region) || state.dead.iter().any(of)
        };
        self.cloud.time.sleep(if dead { probe.timeout } else { Duration::from_millis(30) }).await;
        let now = self.cloud.time.now();
        match dead {
            true => Reading::new(Health::Unhealthy, "connect timed out", now),
            false => Reading::new(Health::Healthy, "200 OK", now),
        }
    }
}

impl Alarms for Controller {
    async fn alarm_states(&self, alarms: &[Arn]) -> Result<BTreeMap<Arn, Reading>, PortError> {
        let now = self.cloud.time.now();
        let unknown = |arn: &Arn| (arn.clone(), Reading::new(Health::Unknown, "INSUFFICIENT_DATA", now));
        self.asks([Asked::of("cloudwatch:DescribeAlarms", "*")]);
        Ok(self.call("DescribeAlarms", || alarms.iter().map(unknown).collect()).await)
    }
}

impl NameServers for Controller {
    async fn name_servers(&self, _zone: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
        let count = u16::try_from(self.cloud.state.borrow().twin.name_servers()).unwrap();
        Ok((0..count).map(|i| SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST_PORT + i))).collect())
    }

    async fn ask(
        &self,
        server: SocketAddr,
        name: &DnsName,
        kind: RecordType,
    ) -> Result<DnsAnswer, PortError> {
        let index = usize::from(server.port() - FIRST_PORT);
        if self.cloud.state.borrow_mut().twin.is_silent(index, self.cloud.time.elapsed()) {
            self.cloud.time.sleep(Duration::from_millis(1500)).await;
            return Err(PortError::new("ask", "timed out"));
        }
        let answer = self.answer_at(server, name, kind, self.cloud.time.elapsed());
        self.cloud.time.sleep(Duration::from_millis(5)).await;
        Ok(answer)
    }

    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        let client = AnswerContext::seeded(self.cloud.bits());
        let (state, at) = (self.cloud.state.borrow(), self.cloud.time.elapsed());
        let kinds = ["A", "AAAA"].map(twin::model::records::RecordType::parse);
        let answers = kinds.map(|kind| state.twin.answer(0, name.as_str(), kind, at, &client).addresses());
        let addresses = answers.concat();
        if addresses.is_empty() {
            return Err(PortError::new("resolve", format!("{name} is not in this world")));
        }
        Ok(addresses)
    }
}

impl Topics for Controller {
    async fn publish(&self, topic: &Arn, message: &Message) -> Result<(), PortError> {
        let publish = || {
            let mut state = self.cloud.state.borrow_mut();
            if state.topics_down {
                return Err(PortError::new("publish", "down"));
            }
            let at = self.cloud.time.elapsed();
            state.published.push(Published { at, topic: topic.to_string(), message: message.clone() });
            Ok(())
        };
        self.asks([Asked::of("sns:Publish", topic.as_str())]);
        let published = self.call("Publish", publish).await;
        let time = self.cloud.state.borrow().topics_take;
        self.cloud.time.sleep(time).await;
        published
    }
}

impl Functions for Controller {
    async fn wake_tick(&self, region: &Region) -> Result<(), PortError> {
        let wake = || self.cloud.state.borrow_mut().woken.push((self.region.clone(), region.clone()));
        let tick = format!("function:{STACK}-tick");
        self.asks([Asked::in_region("lambda:InvokeFunction", region, &tick)]);
        self.call("Invoke", wake).await;
        Ok(())
    }
}

impl Metrics for Controller {
    fn measure(&self, dimensions: &[(&'static str, &str)], measures: &[Measure]) {
        let dimensions: Vec<(&'static str, String)> =
            dimensions.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let measured = measures.iter().map(|measure| Measured {
            region: self.region.clone(),
            dimensions: dimensions.clone(),
            name: measure.name,
            value: measure.value,
        });
        self.cloud.state.borrow_mut().measured.extend(measured);
    }
}
