//! A small world in memory: tables, name servers, probes, functions, and a clock that waits for nobody.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{pending, poll_fn};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::dns::{
    Content, EpochRecord, Listing, MoveKind, RecordSet, RecordType, Routing, Shares, Side, up_name,
};
use crate::health::{Health, Reading, Series, Settled, checkers_signal};
use crate::names::{ApplicationName, Arn, DnsName, Epoch, Region};
use crate::operate::operate;
use crate::plan::{Plan, PlanView, Probe, RecordValue, Signal, Zone};
use crate::ports::{
    Alarms, ChangeId, Clock, Commit, DnsAnswer, DnsValue, Expect, Functions, Key, Measure, Message, Metrics,
    NameServers, Peers, PortError, Probes, Random, ReadRecords, Row, Store, Topics, Write,
};
use crate::report::LedgerEntry;
use crate::state::{ApplicationRow, Home, Observations, People, ledger_write};
use crate::time::after;

pub const EAST: &str = "us-east-1";
pub const WEST: &str = "us-west-2";
pub const EU: &str = "eu-west-1";

/// `shop` fails over from us-east-1 to us-west-2; `web` is weighted over three regions.
pub const PLAN: &str = r#"
[controller]
regions = ["us-east-1", "us-west-2", "eu-west-1"]
[topics]
ops = ["arn:aws:sns:us-west-2:123456789012:ops", "arn:aws:sns:eu-west-1:123456789012:ops"]
[application.shop]
name = "shop.example.com"
zone = { id = "Z0123456789ABCDEFGHIJ", name = "example.com" }
rto = "5m"
priority = 1
notify = { critical = ["ops"] }
[[application.shop.region]]
region = "us-east-1"
role = "primary"
health_check = "11111111-2222-3333-4444-555555555555"
record = { a = ["192.0.2.1"] }
signals = [{ probe = "https://shop-us-east-1.example.net/health" }]
[[application.shop.region]]
region = "us-west-2"
role = "standby"
health_check = "66666666-7777-8888-9999-000000000000"
record = { a = ["192.0.2.2"] }
signals = [{ probe = "https://shop-us-west-2.example.net/health" }]
[application.web]
name = "web.example.com"
zone = { id = "Z0123456789ABCDEFGHIJ", name = "example.com" }
policy = "weighted"
rto = "5m"
priority = 2
notify = { critical = ["ops"] }
[[application.web.region]]
region = "us-east-1"
health_check = "aaaaaaa1-2222-3333-4444-555555555555"
record = { a = ["198.51.100.1"] }
signals = [{ probe = "https://web-us-east-1.example.net/health" }]
[[application.web.region]]
region = "us-west-2"
health_check = "aaaaaaa2-2222-3333-4444-555555555555"
record = { a = ["198.51.100.2"] }
signals = [{ probe = "https://web-us-west-2.example.net/health" }]
[[application.web.region]]
region = "eu-west-1"
health_check = "aaaaaaa3-2222-3333-4444-555555555555"
record = { a = ["198.51.100.3"] }
signals = [{ probe = "https://web-eu-west-1.example.net/health" }]
"#;

/// How a table fails.
#[derive(Clone, Copy, PartialEq)]
pub enum Down {
    Refuses,
    Hangs,
}

type Tables = BTreeMap<Region, BTreeMap<Key, Row>>;

pub struct World {
    pub plan: Plan,
    pub here: Region,
    pub now: RefCell<Timestamp>,
    timers: RefCell<Vec<(Timestamp, Waker)>>,
    pub tables: RefCell<Tables>,
    pub down: RefCell<BTreeMap<Region, Down>>,
    pub asleep: BTreeSet<Region>,
    pub woken: RefCell<Vec<String>>,
    pub commits: RefCell<usize>,
    /// A row that somebody else writes between what a command reads and what it writes.
    pub meanwhile: RefCell<Option<(Region, Key, String)>>,
    pub dns: BTreeMap<(String, RecordType), String>,
    pub dns_down: bool,
    /// Endpoints that do not answer, by a part of their name.
    pub dead: BTreeSet<String>,
    pub listings: BTreeMap<String, Listing>,
}

pub fn start() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub fn ago(seconds: u64) -> Timestamp {
    start().checked_sub(Duration::from_secs(seconds)).unwrap()
}

impl World {
    /// Everything is well and was for an hour; nothing was ever moved.
    pub fn calm() -> Self {
        Self::planned(PLAN)
    }

    pub fn planned(text: &str) -> Self {
        let plan =
            Plan::parse(text, "test").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}"));
        let mut world = Self {
            plan,
            here: WEST.into(),
            now: RefCell::new(start()),
            timers: RefCell::default(),
            tables: RefCell::default(),
            down: RefCell::default(),
            asleep: BTreeSet::new(),
            woken: RefCell::default(),
            commits: RefCell::default(),
            meanwhile: RefCell::default(),
            dns: BTreeMap::new(),
            dns_down: false,
            dead: BTreeSet::new(),
            listings: BTreeMap::new(),
        };
        for application in world.plan.applications.clone() {
            for region in &application.regions {
                let up = up_name(&application.served, &region.name).to_string();
                world.dns.insert((up, RecordType::Txt), "up".into());
            }
            let first = value_of(&application.regions[0].record);
            world.dns.insert((application.served.to_string(), RecordType::A), first);
        }
        world.seats(EAST, WEST);
        world.seen(Health::Healthy, &[]);
        world
    }

    /// The series that every controller has kept: of the last minute these endpoints were bad.
    pub fn seen(&mut self, others: Health, bad: &[&str]) {
        let series = |health: Health| Series {
            health,
            count: 60,
            since: ago(3600),
            last: ago(10),
            seen: if health == Health::Healthy { "200 OK" } else { "connect timed out" }.into(),
            settled: Some(if health == Health::Healthy { Settled::Good } else { Settled::Bad }),
        };
        let mut row = Observations { plan: Some(PlanView::of(&self.plan)), ..Observations::default() };
        for application in &self.plan.applications {
            for region in &application.regions {
                let name = format!("{}-{}", application.name, region.name);
                let health = if bad.contains(&name.as_str()) { Health::Unhealthy } else { others };
                let ids = region.signals.iter().map(Signal::id).chain([checkers_signal()]);
                let of = row.applications.entry(application.name.clone()).or_default();
                of.insert(region.name.clone(), ids.map(|id| (id, series(health))).collect());
            }
        }
        for region in self.plan.controllers.clone() {
            self.put(region.as_str(), Observations::key(&"".into()), &row);
        }
        for name in bad {
            let (application, region) = name.split_once('-').unwrap();
            let served = self.plan.application(&application.into()).unwrap().served.clone();
            self.dns.insert((up_name(&served, &region.into()).to_string(), RecordType::Txt), "down".into());
            self.dead.insert((*name).to_owned());
        }
    }

    /// The record sets of `shop`.
    pub fn seats(&mut self, primary: &str, secondary: &str) {
        let set = |side: Side, region: &str| {
            let (value, check) = match region {
                EAST => ("192.0.2.1", "11111111-2222-3333-4444-555555555555"),
                _ => ("192.0.2.2", "66666666-7777-8888-9999-000000000000"),
            };
            RecordSet {
                name: "shop.example.com".into(),
                kind: RecordType::A,
                routing: Routing::Failover { set: side.as_str().to_lowercase(), side },
                content: Content::Values { ttl: 60, values: vec![value.into()] },
                health_check: Some(check.into()),
            }
        };
        let sets = vec![set(Side::Primary, primary), set(Side::Secondary, secondary)];
        self.listings.insert("shop.example.com".into(), Listing { private_zone: false, sets });
        let value = if primary == EAST { "192.0.2.1" } else { "192.0.2.2" };
        self.dns.insert(("shop.example.com".into(), RecordType::A), value.into());
    }

    /// A change of records was made, as its epoch record tells.
    pub fn moved(
        &mut self,
        served: &str,
        epoch: u64,
        (from, to): (&str, &str),
        out: &[(&str, u8)],
        at: Timestamp,
    ) {
        let record = EpochRecord {
            epoch: Epoch(epoch),
            run: format!("r-{epoch}").as_str().into(),
            from: from.into(),
            to: to.into(),
            kind: MoveKind::Evacuate,
            out: out.iter().map(|(region, share)| ((*region).into(), *share)).collect::<Shares>(),
            at,
            plan: self.plan.digest.clone(),
        };
        let served = DnsName::new(served);
        for name in [EpochRecord::now_name(&served), EpochRecord::name_of(record.epoch, &served)] {
            self.dns.insert((name.to_string(), RecordType::Txt), record.text());
        }
        if let Some(listing) = self.listings.get_mut(served.as_str()) {
            listing.sets.extend([record.claim_set(&served), record.now_set(&served)]);
        }
    }

    pub fn put(&self, region: &str, key: Key, row: &impl Serialize) {
        let body = serde_json::to_string(row).unwrap();
        let row = Row { key: key.clone(), version: 1, body };
        self.tables.borrow_mut().entry(region.into()).or_default().insert(key, row);
    }

    pub fn row(&self, region: &str, application: &str, row: &ApplicationRow) {
        self.put(region, ApplicationRow::key(&application.into()), row);
    }

    pub fn ledger(&self, region: &str, application: &str, entry: &LedgerEntry) {
        let write = ledger_write(&application.into(), entry);
        let row = Row { key: write.key.clone(), version: 1, body: write.body };
        self.tables.borrow_mut().entry(region.into()).or_default().insert(write.key, row);
    }

    pub fn people(&self, region: &str, application: &str) -> People {
        let key = People::key(&ApplicationName::new(application));
        let tables = self.tables.borrow();
        let row = tables.get(&Region::from(region)).and_then(|table| table.get(&key));
        row.map(|row| serde_json::from_str(&row.body).unwrap()).unwrap_or_default()
    }

    pub fn entries(&self, region: &str, application: &str) -> Vec<LedgerEntry> {
        let partition = format!("ledger#{application}");
        let tables = self.tables.borrow();
        let rows = tables.get(&Region::from(region)).into_iter().flat_map(BTreeMap::values);
        let rows = rows.filter(|row| row.key.partition == partition);
        rows.map(|row| serde_json::from_str(&row.body).unwrap()).collect()
    }

    pub fn fails(&self, region: &str, how: Down) {
        self.down.borrow_mut().insert(region.into(), how);
    }

    /// Gives a document, and gets the answer as a person reads it.
    pub fn say(&self, document: impl ToString) -> Value {
        let deadline = after(self.now(), Duration::from_secs(60));
        let text = document.to_string();
        let answer = self.run(operate(self, &self.plan, &self.here, &text, deadline));
        serde_json::to_value(answer).unwrap()
    }

    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return output;
            }
            let next = self.timers.borrow().iter().map(|(at, _)| *at).min();
            let next = next.expect("everything waits, and for nothing");
            *self.now.borrow_mut() = next;
            let due: Vec<_> = self.timers.borrow_mut().extract_if(.., |(at, _)| *at <= next).collect();
            due.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }

    async fn reach(&self, region: &Region) -> Result<(), PortError> {
        let down = self.down.borrow().get(region).copied();
        match down {
            None => Ok(()),
            Some(Down::Refuses) => Err(PortError::new("query", "no route to host")),
            Some(Down::Hangs) => pending().await,
        }
    }

    fn read(&self, region: &Region, partition: &str, prefix: &str) -> Vec<Row> {
        let tables = self.tables.borrow();
        let rows = tables.get(region).into_iter().flat_map(BTreeMap::values);
        rows.filter(|row| row.key.partition == partition && row.key.sort.starts_with(prefix))
            .cloned()
            .collect()
    }

    fn write(&self, region: &Region, writes: &[Write]) -> Commit {
        *self.commits.borrow_mut() += 1;
        let mut tables = self.tables.borrow_mut();
        if let Some((region, key, body)) = self.meanwhile.borrow_mut().take() {
            let row = Row { key: key.clone(), version: 1, body };
            tables.entry(region).or_default().insert(key, row);
        }
        let table = tables.entry(region.clone()).or_default();
        let free = |write: &Write| match (write.expect, table.get(&write.key)) {
            (Expect::Anything, _) | (Expect::Absent, None) => true,
            (Expect::Version(version), Some(row)) => row.version == version,
            (Expect::Absent, Some(_)) | (Expect::Version(_), None) => false,
        };
        if !writes.iter().all(free) {
            return Commit::Conflict;
        }
        for Write { key, body, expect, .. } in writes {
            let row = Row { key: key.clone(), version: expect.next_version(), body: body.clone() };
            table.insert(key.clone(), row);
        }
        Commit::Done
    }
}

fn value_of(record: &RecordValue) -> String {
    match record {
        RecordValue::Addresses { v4, .. } => v4[0].to_string(),
        other => panic!("{other:?}"),
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    async fn sleep(&self, time: Duration) {
        let until = after(self.now(), time);
        poll_fn(|context: &mut Context<'_>| {
            if self.now() >= until {
                return Poll::Ready(());
            }
            self.timers.borrow_mut().push((until, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl Random for World {
    fn bits(&self) -> u64 {
        0x1a2b_3c4d_5e6f_7081
    }
}

impl Probes for World {
    async fn probe(&self, probe: &Probe, _: Option<IpAddr>) -> Reading {
        match self.dead.iter().any(|dead| probe.target.host().contains(dead.as_str())) {
            true => Reading::new(Health::Unhealthy, "connect timed out", self.now()),
            false => Reading::new(Health::Healthy, "200 OK", self.now()),
        }
    }
}

impl Alarms for World {
    async fn alarm_states(&self, _: &[Arn]) -> Result<BTreeMap<Arn, Reading>, PortError> {
        Ok(BTreeMap::new())
    }
}

impl NameServers for World {
    async fn name_servers(&self, _: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
        Ok(vec!["192.0.2.53:53".parse().unwrap()])
    }

    async fn ask(&self, _: SocketAddr, name: &DnsName, kind: RecordType) -> Result<DnsAnswer, PortError> {
        if self.dns_down {
            return Err(PortError::new("ask", "timed out"));
        }
        Ok(match self.dns.get(&(name.to_string(), kind)) {
            None => DnsAnswer::Nothing,
            Some(text) => DnsAnswer::Values(vec![match text.parse() {
                Ok(address) => DnsValue::Address(address),
                Err(_) => DnsValue::Text(text.clone()),
            }]),
        })
    }

    async fn resolve(&self, _: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        Err(PortError::new("resolve", "no such name"))
    }
}

impl ReadRecords for World {
    async fn list(&self, _: &Zone, served: &DnsName) -> Result<Listing, PortError> {
        self.listings.get(served.as_str()).cloned().ok_or(PortError::new("list", "throttled"))
    }

    async fn in_sync(&self, _: &Zone, _: &ChangeId) -> Result<bool, PortError> {
        panic!("a command asks for no change")
    }
}

impl Store for World {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        self.peer_query(&self.here, partition, prefix).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        self.peer_commit(&self.here, writes).await
    }
}

impl Peers for World {
    async fn peer_query(&self, peer: &Region, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        self.reach(peer).await?;
        Ok(self.read(peer, partition, prefix))
    }

    async fn peer_commit(&self, peer: &Region, writes: &[Write]) -> Result<Commit, PortError> {
        self.reach(peer).await?;
        Ok(self.write(peer, writes))
    }
}

impl Topics for World {
    async fn publish(&self, _: &Arn, _: &Message) -> Result<(), PortError> {
        panic!("a command publishes nothing")
    }
}

impl Metrics for World {
    fn measure(&self, _: &[(&'static str, &str)], _: &[Measure]) {}
}

impl Functions for World {
    async fn wake_tick(&self, region: &Region) -> Result<(), PortError> {
        if self.asleep.contains(region) {
            return Err(PortError::new("invoke", "throttled"));
        }
        self.woken.borrow_mut().push(region.to_string());
        Ok(())
    }
}
