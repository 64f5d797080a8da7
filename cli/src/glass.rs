//! A world in which the operator is the controller: every port is the real one, and the state is in a
//! region's table or, where none answers, in this process alone.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use understudy::away::Away;
use understudy::aws::AwsWorld;
use understudy::dns::{Batch, Listing, RecordType, Sweep};
use understudy::health::Reading;
use understudy::names::{Arn, DnsName, Region};
use understudy::plan::{Overrides, Probe, Zone};
use understudy::ports::{
    Alarms, ChangeError, ChangeId, ChangeRecords, Clock, Commit, DnsAnswer, Expect, Functions, Key, Measure,
    Message, Metrics, NameServers, Overriding, Peers, PortError, Probes, Random, ReadRecords, Row, Said,
    Store, Topics, Write,
};

/// The operator's hands.
pub struct Glass {
    inner: AwsWorld,
    /// The rows, where no table is to be asked.
    memory: Option<RefCell<BTreeMap<Key, Row>>>,
}

impl Glass {
    /// With the table of the region as which the operator acts, or with no table at all.
    pub fn new(inner: AwsWorld, with_table: bool) -> Self {
        Self { inner, memory: (!with_table).then(RefCell::default) }
    }
}

impl Clock for Glass {
    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    async fn sleep(&self, time: Duration) {
        self.inner.sleep(time).await;
    }
}

impl Random for Glass {
    fn bits(&self) -> u64 {
        self.inner.bits()
    }
}

impl Probes for Glass {
    async fn probe(&self, probe: &Probe, at: Option<IpAddr>) -> Reading {
        self.inner.probe(probe, at).await
    }
}

impl Alarms for Glass {
    async fn alarm_states(&self, alarms: &[Arn]) -> Result<BTreeMap<Arn, Reading>, PortError> {
        self.inner.alarm_states(alarms).await
    }
}

impl NameServers for Glass {
    async fn name_servers(&self, zone: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
        self.inner.name_servers(zone).await
    }

    async fn ask(
        &self,
        server: SocketAddr,
        name: &DnsName,
        kind: RecordType,
    ) -> Result<DnsAnswer, PortError> {
        self.inner.ask(server, name, kind).await
    }

    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        self.inner.resolve(name).await
    }
}

impl ReadRecords for Glass {
    async fn list(&self, zone: &Zone, served: &DnsName) -> Result<Listing, PortError> {
        self.inner.list(zone, served).await
    }

    async fn in_sync(&self, zone: &Zone, change: &ChangeId) -> Result<bool, PortError> {
        self.inner.in_sync(zone, change).await
    }
}

impl ChangeRecords for Glass {
    async fn change(&self, zone: &Zone, batch: &Batch) -> Result<ChangeId, ChangeError> {
        self.inner.change(zone, batch).await
    }

    async fn sweep(&self, zone: &Zone, sweep: &Sweep) -> Result<(), ChangeError> {
        self.inner.sweep(zone, sweep).await
    }
}

impl Overriding for Glass {
    async fn say_away(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        self.inner.say_away(overrides, away).await
    }

    async fn keep_saying(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.inner.keep_saying(overrides, away).await
    }

    async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        self.inner.said(overrides, away).await
    }

    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.inner.unsay(overrides, away).await
    }
}

impl Store for Glass {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        let Some(memory) = &self.memory else { return self.inner.query(partition, prefix).await };
        let is_it = |key: &Key| key.partition == partition && key.sort.starts_with(prefix);
        Ok(memory.borrow().values().filter(|row| is_it(&row.key)).cloned().collect())
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        let Some(memory) = &self.memory else { return self.inner.commit(writes).await };
        let rows = &mut *memory.borrow_mut();
        let version = |key: &Key| rows.get(key).map(|row| row.version);
        let fits = |write: &Write| match write.expect {
            Expect::Absent => version(&write.key).is_none(),
            Expect::Version(wanted) => version(&write.key) == Some(wanted),
            Expect::Anything => true,
        };
        if !writes.iter().all(fits) {
            return Ok(Commit::Conflict);
        }
        for write in writes {
            let (key, version, body) = (write.key.clone(), write.expect.next_version(), write.body.clone());
            rows.insert(key.clone(), Row { key, version, body });
        }
        Ok(Commit::Done)
    }
}

impl Peers for Glass {
    async fn peer_query(&self, peer: &Region, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        self.inner.peer_query(peer, partition, prefix).await
    }

    async fn peer_commit(&self, peer: &Region, writes: &[Write]) -> Result<Commit, PortError> {
        self.inner.peer_commit(peer, writes).await
    }
}

impl Topics for Glass {
    async fn publish(&self, topic: &Arn, message: &Message) -> Result<(), PortError> {
        self.inner.publish(topic, message).await
    }
}

impl Functions for Glass {
    /// Nobody is woken: whoever breaks the glass walks the run.
    async fn wake_tick(&self, region: &Region) -> Result<(), PortError> {
        Err(PortError::new("wake", format!("{region} is not woken: the run is walked here")))
    }
}

impl Metrics for Glass {
    /// Nobody collects this process's output.
    fn measure(&self, _: &[(&'static str, &str)], _: &[Measure]) {}
}
