//! A controller's view of the world: every port, over memory.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use twin::model::records::{ChangeBatch, ListStart, Policy, RecordData, RecordSetInput};
use twin::model::{AnswerContext, ChangeStatus, ErrorCode, Outcome, Rcode, Request, Response};
use understudy::dns::{Batch, Content, Listing, RecordSet, RecordType, Routing, Side};
use understudy::health::{Health, Reading};
use understudy::names::{Arn, DnsName, Region, ZoneId};
use understudy::plan::{Probe, Zone};
use understudy::ports::{
    Alarms, ChangeError, ChangeId, Clock, Commit, DnsAnswer, DnsValue, Expect, Message, NameServers,
    PortError, Probes, Random, Records, Row, Store, Topics, Write,
};

use super::cloud::{Cloud, Published};

/// A wait for an answer that never comes ends after this.
const TIMEOUT: Duration = Duration::from_secs(5);

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
    async fn call<T>(&self, name: &'static str, effect: impl FnOnce() -> T) -> T {
        self.cloud.state.borrow_mut().calls.push((self.region.clone(), name));
        let strikes = self.crash.strikes();
        if strikes && !self.crash.after_effect {
            self.crash.die().await;
        }
        let output = effect();
        if strikes {
            self.crash.die().await;
        }
        self.cloud.time.sleep(Duration::from_millis(20)).await;
        output
    }

    async fn route53(&self, name: &'static str, request: Request) -> Result<Response, ErrorCode> {
        let deliver = || self.cloud.state.borrow_mut().twin.deliver(request, self.cloud.time.elapsed());
        let delivery = self.call(name, deliver).await;
        if delivery.after > TIMEOUT {
            self.cloud.time.sleep(TIMEOUT).await;
            return Err(ErrorCode::NoAnswer);
        }
        self.cloud.time.sleep(delivery.after).await;
        match delivery.outcome {
            Outcome::Answered(result) => {
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
        let dead = &self.cloud.state.borrow().dead.clone();
        let asked = at.map_or_else(|| probe.target.host().to_owned(), |ip| ip.to_string());
        let of = |region: &Region| {
            asked.contains(region.as_str()) || asked == super::story::address(region.as_str())
        };
        let dead = dead.iter().any(of);
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
        let client = AnswerContext::seeded(self.cloud.bits());
        let rtype = twin::model::records::RecordType::parse(kind.as_str());
        let asked = self.cloud.state.borrow_mut().twin.ask(
            index,
            name.as_str(),
            rtype,
            self.cloud.time.elapsed(),
            &client,
        );
        let Some(answer) = asked else {
            self.cloud.time.sleep(Duration::from_millis(1500)).await;
            return Err(PortError::new("ask", "timed out"));
        };
        self.cloud.time.sleep(Duration::from_millis(5)).await;
        if answer.rcode == Rcode::Refused {
            return Err(PortError::new("ask", "refused"));
        }
        let addresses = answer.addresses().into_iter().map(DnsValue::Address);
        let values: Vec<_> = addresses.chain(answer.texts().into_iter().map(DnsValue::Text)).collect();
        Ok(if values.is_empty() { DnsAnswer::Nothing } else { DnsAnswer::Values(values) })
    }

    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        Err(PortError::new("resolve", format!("{name} is not in this world")))
    }
}

impl Records for Controller {
    async fn list(&self, zone: &Zone, served: &DnsName) -> Result<Listing, PortError> {
        let mut start = ListStart { name: Some(served.to_string()), ..ListStart::default() };
        let mut sets = Vec::new();
        loop {
            let request = Request::ListResourceRecordSets {
                zone: twin_zone(&zone.id),
                start: start.clone(),
                max_items: None,
            };
            let page = match self.route53("ListResourceRecordSets", request).await {
                Ok(Response::Records(page)) => page,
                other => return Err(PortError::new("list", format!("{other:?}"))),
            };
            sets.extend(page.records.iter().filter_map(record_set));
            let Some(next) = page.next else { break };
            start = ListStart {
                name: Some(next.name.to_string()),
                rtype: Some(next.rtype.to_string()),
                identifier: next.set_identifier,
            };
        }
        sets.retain(|set| set.name.is_within(served));
        Ok(Listing { private_zone: false, sets })
    }

    async fn change(&self, zone: &ZoneId, batch: &Batch) -> Result<ChangeId, ChangeError> {
        let batch = batch
            .upserts()
            .fold(ChangeBatch::new().create(input(&batch.create())), |b, set| b.upsert(input(&set)));
        let request = Request::ChangeResourceRecordSets { zone: twin_zone(zone), batch };
        match self.route53("ChangeResourceRecordSets", request).await {
            Ok(Response::Changed(change)) => Ok(ChangeId(change.id.as_str().to_owned())),
            Ok(other) => panic!("{other:?}"),
            Err(ErrorCode::HostedZoneAlreadyExists) => Err(ChangeError::Exists("it already exists".into())),
            Err(code @ (ErrorCode::Throttling | ErrorCode::PriorRequestNotComplete)) => {
                Err(ChangeError::Busy { code: code.to_string() })
            }
            Err(
                code @ (ErrorCode::NoAnswer | ErrorCode::InternalFailure | ErrorCode::ServiceUnavailable),
            ) => Err(ChangeError::OutcomeUnknown(code.to_string())),
            Err(code) => Err(ChangeError::Refused { code: code.to_string(), message: String::new() }),
        }
    }

    async fn in_sync(&self, change: &ChangeId) -> Result<bool, PortError> {
        let id = change.0.as_str().into();
        match self.route53("GetChange", Request::GetChange { id }).await {
            Ok(Response::Change(change)) => Ok(change.status == ChangeStatus::InSync),
            other => Err(PortError::new("in_sync", format!("{other:?}"))),
        }
    }
}

fn twin_zone(zone: &ZoneId) -> twin::model::ZoneId {
    zone.as_str().into()
}

fn record_set(set: &twin::model::records::RecordSet) -> Option<RecordSet> {
    let content = match &set.data {
        RecordData::Values { ttl, values } => Content::Values {
            ttl: u32::try_from(ttl.as_secs()).unwrap(),
            values: values.iter().map(|value| value.text.clone()).collect(),
        },
        RecordData::Alias(_) => return None,
    };
    let routing = match &set.policy {
        Policy::Simple => Routing::Simple,
        Policy::Failover { id, role } if role.as_str() == "PRIMARY" => {
            Routing::Failover { set: id.clone(), side: Side::Primary }
        }
        Policy::Failover { id, .. } => Routing::Failover { set: id.clone(), side: Side::Secondary },
        other => Routing::Other { set: other.set_identifier()?.to_owned() },
    };
    Some(RecordSet {
        name: DnsName::new(set.name.as_str()),
        kind: RecordType::from_name(&set.rtype.to_string())?,
        routing,
        content,
        health_check: set.health_check.as_ref().map(|check| check.as_str().into()),
    })
}

fn input(set: &RecordSet) -> RecordSetInput {
    let Content::Values { ttl, values } = &set.content else { panic!("this world has no aliases") };
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let mut input = RecordSetInput::simple(set.name.as_str(), set.kind.as_str(), i64::from(*ttl), &values);
    if let Routing::Failover { set: identifier, side } = &set.routing {
        input.set_identifier = Some(identifier.clone());
        input.failover = Some(side.as_str().to_owned());
    }
    input.health_check = set.health_check.as_ref().map(ToString::to_string);
    input
}

impl Store for Controller {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        let read = || {
            let state = self.cloud.state.borrow();
            let rows = state.tables.get(&self.region).into_iter().flat_map(BTreeMap::values);
            rows.filter(|row| row.key.partition == partition && row.key.sort.starts_with(prefix))
                .cloned()
                .collect()
        };
        Ok(self.call("Query", read).await)
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        let name = if writes.len() == 1 { "PutItem" } else { "TransactWriteItems" };
        Ok(self.call(name, || self.write(writes)).await)
    }
}

impl Controller {
    fn write(&self, writes: &[Write]) -> Commit {
        let keys: BTreeSet<_> = writes.iter().map(|write| &write.key).collect();
        assert_eq!(keys.len(), writes.len(), "DynamoDB refuses a transaction with one key twice: {writes:?}");
        let mut state = self.cloud.state.borrow_mut();
        let table = state.tables.entry(self.region.clone()).or_default();
        let free = |write: &Write| match (write.expect, table.get(&write.key)) {
            (Expect::Anything, _) | (Expect::Absent, None) => true,
            (Expect::Version(version), Some(row)) => row.version == version,
            (Expect::Absent, Some(_)) | (Expect::Version(_), None) => false,
        };
        if !writes.iter().all(free) {
            return Commit::Conflict;
        }
        for write in writes {
            let row = Row {
                key: write.key.clone(),
                version: write.expect.next_version(),
                body: write.body.clone(),
            };
            table.insert(write.key.clone(), row);
        }
        Commit::Done
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
        let published = self.call("Publish", publish).await;
        let time = self.cloud.state.borrow().topics_take;
        self.cloud.time.sleep(time).await;
        published
    }
}
