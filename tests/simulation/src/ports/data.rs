//! The tables, the topics, and our own functions.

use std::time::Duration;

use suite::world::{Controller, tick};
use understudy::names::{Arn, Region};
use understudy::ports::{Commit, Functions, Message, Peers, PortError, Row, Store, Topics, Write};

use super::{Port, Ports, late, lost, refused, twice, very_late};
use crate::kinds::Kind;
use crate::trouble::Trouble;

const OWN: Duration = Duration::from_secs(5);
const PEERS: Duration = Duration::from_millis(1_500);
const QUERY: Port = Port { name: "Query", patience: OWN, fates: &[refused, late] };
const COMMIT: Port =
    Port { name: "a write to the table", patience: OWN, fates: &[refused, lost, late, very_late] };
const PEER_QUERY: Port = Port { name: "Query of a peer", patience: PEERS, fates: &[refused, late] };
const PEER_COMMIT: Port =
    Port { name: "a write to a peer's table", patience: PEERS, fates: &[refused, lost, late, very_late] };
const PUBLISH: Port =
    Port { name: "Publish", patience: OWN, fates: &[refused, lost, late, very_late, twice, twice, twice] };
const INVOKE: Port = Port { name: "Invoke", patience: OWN, fates: &[refused, lost, late, twice, twice] };

impl Ports {
    /// An answer of a table, with what the world did to it noted.
    fn of_table<T>(
        &self,
        whose: &Region,
        name: &'static str,
        answer: Option<Result<T, PortError>>,
    ) -> Result<T, PortError> {
        if matches!(answer, Some(Err(_))) {
            let (here, there) = (self.here().as_str(), whose.as_str());
            let kind = |trouble: &Trouble| match trouble {
                Trouble::TableDown(region) | Trouble::RegionLost(region) if *region == there => {
                    Some(Kind::TableDown)
                }
                Trouble::TableReadOnly(region) if *region == there => Some(Kind::TableReadOnly),
                Trouble::PeersCut(one, other) if *one == here && *other == there => Some(Kind::PeersCut),
                _ => None,
            };
            if let Some(kind) = self.sim.first_trouble(kind) {
                self.fault(kind, || format!("the table in {whose} does not answer"));
            }
        }
        answer.unwrap_or_else(|| Err(PortError::new(name, "no answer")))
    }
}

impl Store for Ports {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        let call = |inner: Controller| {
            let (partition, prefix) = (partition.to_owned(), prefix.to_owned());
            async move { inner.query(&partition, &prefix).await }
        };
        let rows = self.through(QUERY, call).await;
        let rows = self.of_table(self.here(), "Query", rows)?;
        self.sim.judge.reads(&self.sim, &self.life, &rows);
        Ok(rows)
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        self.sim.judge.proposes(&self.sim, &self.life, writes);
        let call = |inner: Controller| {
            let writes = writes.to_vec();
            async move { inner.commit(&writes).await }
        };
        let written = self.through(COMMIT, call).await;
        self.of_table(self.here(), "PutItem", written)
    }
}

impl Peers for Ports {
    async fn peer_query(&self, peer: &Region, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        let call = |inner: Controller| {
            let (peer, partition, prefix) = (peer.clone(), partition.to_owned(), prefix.to_owned());
            async move { inner.peer_query(&peer, &partition, &prefix).await }
        };
        let rows = self.through(PEER_QUERY, call).await;
        let rows = self.of_table(peer, "PeerQuery", rows)?;
        self.sim.judge.reads(&self.sim, &self.life, &rows);
        Ok(rows)
    }

    async fn peer_commit(&self, peer: &Region, writes: &[Write]) -> Result<Commit, PortError> {
        self.sim.judge.proposes(&self.sim, &self.life, writes);
        let call = |inner: Controller| {
            let (peer, writes) = (peer.clone(), writes.to_vec());
            async move { inner.peer_commit(&peer, &writes).await }
        };
        let written = self.through(PEER_COMMIT, call).await;
        self.of_table(peer, "PeerPutItem", written)
    }
}

impl Topics for Ports {
    async fn publish(&self, topic: &Arn, message: &Message) -> Result<(), PortError> {
        let call = |inner: Controller| {
            let (topic, message) = (topic.clone(), message.clone());
            async move { inner.publish(&topic, &message).await }
        };
        let published = self.through(PUBLISH, call).await;
        let down = matches!(published, Some(Err(_)));
        let slow = self.sim.suffers(|trouble| matches!(trouble, Trouble::TopicsSlow(by) if *by > OWN));
        if down || slow {
            self.fault(Kind::TopicsDown, || "SNS does not take a message, or takes its time".to_owned());
        }
        self.sim.say(self.here().as_str(), || format!("tells {topic}: {}", message.subject));
        published.unwrap_or_else(|| Err(PortError::new("publish", "no answer")))
    }
}

impl Functions for Ports {
    async fn wake_tick(&self, region: &Region) -> Result<(), PortError> {
        let sim = self.sim.clone();
        let call = move |_: Controller| {
            let (sim, region) = (sim.clone(), region.clone());
            async move {
                sim.cloud.time.sleep(Duration::from_millis(30)).await;
                sim.wake(region.as_str(), tick());
                Ok(())
            }
        };
        let woken = self.through(INVOKE, call).await;
        woken.unwrap_or_else(|| Err(PortError::new("invoke", "no answer")))
    }
}
