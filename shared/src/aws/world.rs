//! One value that is every port.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::clients::Clients;
use super::clock::{SystemClock, SystemRandom};
use super::dns::DnsClient;
use super::overriding::Speaker;
use super::probe::EndpointProbes;
use super::route53::ZoneKinds;
use super::settings::Settings;
use super::{cloudwatch, dynamodb, metrics, peers, route53, sns};
use crate::away::Away;
use crate::dns::{Batch, Listing, RecordType, Sweep};
use crate::health::Reading;
use crate::names::{Arn, DnsName, Region};
use crate::plan::{Overrides, Probe, Zone};
#[cfg(feature = "operate")]
use crate::ports::Functions;
use crate::ports::{
    Alarms, ChangeError, ChangeId, ChangeRecords, Clock, Commit, DnsAnswer, Measure, Message, Metrics,
    NameServers, Overriding, Peers, PortError, Probes, Random, ReadRecords, Row, Said, Store, Topics, Write,
};

/// All ports of one controller.
#[derive(Debug)]
pub struct AwsWorld {
    table: String,
    peers: BTreeMap<Region, Arn>,
    #[cfg(feature = "operate")]
    ticks: BTreeMap<Region, Arn>,
    pub(super) clients: Clients,
    pub(super) zones: ZoneKinds,
    names: Arc<DnsClient>,
    probes: EndpointProbes,
    speaker: Speaker,
    #[cfg(feature = "provision")]
    answers: super::respond::Answers,
}

impl AwsWorld {
    /// Opens nothing yet: each client is made when it is first needed.
    pub fn new(settings: Settings) -> Self {
        let clients = Clients::new(&settings);
        let speaker = Speaker::new(&settings);
        let names = Arc::new(DnsClient::new(settings.name_servers));
        Self {
            table: settings.table,
            peers: settings.peers,
            #[cfg(feature = "operate")]
            ticks: settings.ticks,
            clients,
            zones: ZoneKinds::default(),
            #[cfg(feature = "provision")]
            answers: super::respond::Answers::new(settings.without_tls),
            probes: EndpointProbes::new(Arc::clone(&names), settings.runtime_api),
            names,
            speaker,
        }
    }
}

impl Clock for AwsWorld {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep(&self, time: Duration) {
        SystemClock.sleep(time).await;
    }
}

impl Random for AwsWorld {
    fn bits(&self) -> u64 {
        SystemRandom.bits()
    }
}

impl Probes for AwsWorld {
    async fn probe(&self, probe: &Probe, at: Option<IpAddr>) -> Reading {
        self.probes.probe(probe, at).await
    }
}

impl Alarms for AwsWorld {
    async fn alarm_states(&self, alarms: &[Arn]) -> Result<BTreeMap<Arn, Reading>, PortError> {
        cloudwatch::alarm_states(&self.clients, alarms, || self.now()).await
    }
}

impl NameServers for AwsWorld {
    async fn name_servers(&self, zone: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
        self.names.name_servers(zone).await
    }

    async fn ask(
        &self,
        server: SocketAddr,
        name: &DnsName,
        kind: RecordType,
    ) -> Result<DnsAnswer, PortError> {
        self.names.ask(server, name, kind).await
    }

    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        self.names.resolve(name).await
    }
}

impl ReadRecords for AwsWorld {
    async fn list(&self, zone: &Zone, served: &DnsName) -> Result<Listing, PortError> {
        self.list_along(zone, served, &[]).await.map(|(listing, _)| listing)
    }

    async fn list_along(
        &self,
        zone: &Zone,
        served: &DnsName,
        others: &[&DnsName],
    ) -> Result<(Listing, BTreeMap<DnsName, Listing>), PortError> {
        route53::list(&self.clients, &self.zones, zone, (served, others)).await
    }

    async fn in_sync(&self, zone: &Zone, change: &ChangeId) -> Result<bool, PortError> {
        route53::in_sync(&self.clients, zone, change).await
    }
}

impl ChangeRecords for AwsWorld {
    async fn change(&self, zone: &Zone, batch: &Batch) -> Result<ChangeId, ChangeError> {
        route53::change(&self.clients, zone, batch).await
    }

    async fn sweep(&self, zone: &Zone, sweep: &Sweep) -> Result<(), ChangeError> {
        route53::sweep(&self.clients, zone, sweep).await
    }
}

impl Overriding for AwsWorld {
    async fn say_away(&self, overrides: &Overrides, away: &Away) -> Result<Said, PortError> {
        self.speaker.say(&self.clients, overrides, away).await
    }

    async fn keep_saying(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.speaker.keep_saying(&self.clients, overrides, away).await
    }

    async fn said(&self, overrides: &Overrides, away: &Away) -> Result<Option<Away>, PortError> {
        self.speaker.said(overrides, away).await
    }

    async fn unsay(&self, overrides: &Overrides, away: &Away) -> Result<(), PortError> {
        self.speaker.unsay(&self.clients, overrides, away).await
    }
}

impl Store for AwsWorld {
    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        dynamodb::query(self.clients.dynamodb(), &self.table, partition, prefix).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Commit, PortError> {
        dynamodb::commit(self.clients.dynamodb(), &self.table, writes).await
    }
}

impl Peers for AwsWorld {
    async fn peer_query(&self, peer: &Region, partition: &str, prefix: &str) -> Result<Vec<Row>, PortError> {
        peers::query(&self.clients, &self.peers, peer, partition, prefix).await
    }

    async fn peer_commit(&self, peer: &Region, writes: &[Write]) -> Result<Commit, PortError> {
        peers::commit(&self.clients, &self.peers, peer, writes).await
    }
}

impl Topics for AwsWorld {
    async fn publish(&self, topic: &Arn, message: &Message) -> Result<(), PortError> {
        sns::publish(&self.clients, topic, message).await
    }
}

#[cfg(feature = "operate")]
impl Functions for AwsWorld {
    async fn wake_tick(&self, region: &Region) -> Result<(), PortError> {
        super::functions::wake_tick(&self.clients, &self.ticks, region).await
    }
}

#[cfg(feature = "provision")]
impl crate::ports::Respond for AwsWorld {
    async fn respond(&self, url: &str, answer: &str) -> Result<(), PortError> {
        self.answers.put(url, answer).await
    }
}

impl Metrics for AwsWorld {
    fn measure(&self, dimensions: &[(&'static str, &str)], measures: &[Measure]) {
        metrics::write(&mut std::io::stdout().lock(), self.now(), dimensions, measures);
    }
}
