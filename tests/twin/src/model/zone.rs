//! One hosted zone: its newest version for the API, and for each name server the version that has reached it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::noise::Noise;
use super::records::{Policy, Rdata, RecordData, RecordSet, RecordType, Sets, Value};
use super::zones::{NewZone, ZoneDetails};
use super::{Config, DnsName, Propagation, Time, ZoneId};

/// A hosted zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub id: ZoneId,
    pub name: DnsName,
    pub private: bool,
    /// Which of the account's zones it was, for two of one name.
    pub number: u64,
    caller_reference: String,
    comment: Option<String>,
    name_servers: Vec<String>,
    /// The version that all name servers have.
    settled: Arc<Sets>,
    /// The versions on their way, oldest first.
    travelling: VecDeque<Version>,
    busy_until: Time,
    accepted: u64,
}

/// A version and when it comes to each name server. A batch is one version, so it becomes visible as a whole.
#[derive(Clone, Debug)]
struct Version {
    arrives: Vec<Time>,
    sets: Arc<Sets>,
}

impl Zone {
    /// A new zone with its NS and SOA records, known to all its name servers at once.
    pub fn new(id: ZoneId, name: DnsName, asked: &NewZone, number: u64, config: &Config) -> Self {
        let name_servers: Vec<String> =
            (0..config.name_servers).map(|index| config.name_server_name(index)).collect();
        let settled = Arc::new(apex_records(&name, &name_servers));
        Self {
            id,
            name,
            private: asked.private,
            number,
            caller_reference: asked.caller_reference.clone(),
            comment: asked.comment.clone(),
            name_servers,
            settled,
            travelling: VecDeque::new(),
            busy_until: Time::ZERO,
            accepted: 0,
        }
    }

    /// What the API shows: the newest version, whether or not a name server has it.
    pub fn newest(&self) -> &Sets {
        self.travelling.back().map_or(&self.settled, |version| &version.sets)
    }

    /// What one name server has. An unknown server has what all have.
    pub fn seen_by(&self, server: usize, now: Time) -> &Sets {
        let there = |version: &&Version| version.arrives.get(server).is_some_and(|at| *at <= now);
        self.travelling.iter().rev().find(there).map_or(&self.settled, |version| &version.sets)
    }

    /// Whether the previous change request is still being processed. Being PENDING is something else.
    pub fn is_busy(&self, now: Time) -> bool {
        now < self.busy_until
    }

    /// Takes a new version and returns when the last name server has it. A server never gets a version before
    /// an older one, so a later batch can overtake an earlier one nowhere.
    pub fn accept(
        &mut self,
        sets: Sets,
        propagation: Propagation,
        processing: Duration,
        seed: Noise,
        now: Time,
    ) -> Time {
        let noise = seed.at("arrival").at(self.id.as_str()).at(self.accepted);
        let previous = self.travelling.back().map(|version| version.arrives.clone()).unwrap_or_default();
        let arrival = |server: usize| {
            let drawn = now + propagation.draw(noise.at(server as u64));
            previous.get(server).map_or(drawn, |earlier| drawn.max(*earlier))
        };
        let arrives: Vec<Time> = (0..self.name_servers.len()).map(arrival).collect();
        let last = arrives.iter().max().copied().unwrap_or(now);
        self.settle(now);
        self.travelling.push_back(Version { arrives, sets: Arc::new(sets) });
        self.accepted += 1;
        self.busy_until = now + processing;
        last
    }

    /// Forgets the versions that every name server has left behind.
    fn settle(&mut self, now: Time) {
        while self.travelling.front().is_some_and(|version| version.arrives.iter().all(|at| *at <= now)) {
            if let Some(version) = self.travelling.pop_front() {
                self.settled = version.sets;
            }
        }
    }

    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    pub fn caller_reference(&self) -> &str {
        &self.caller_reference
    }

    pub fn details(&self) -> ZoneDetails {
        ZoneDetails {
            id: self.id.clone(),
            name: self.name.clone(),
            caller_reference: self.caller_reference.clone(),
            comment: self.comment.clone(),
            private: self.private,
            record_count: self.newest().len(),
            name_servers: self.name_servers.clone(),
        }
    }
}

/// NS with two days and SOA with 15 minutes, as the service makes them (Route 53 developer guide, "NS and SOA
/// records that Amazon Route 53 creates for a public hosted zone").
fn apex_records(name: &DnsName, name_servers: &[String]) -> Sets {
    let hosts: Vec<DnsName> = name_servers.iter().filter_map(|host| DnsName::parse(host).ok()).collect();
    let first = hosts.first().cloned().unwrap_or_else(|| name.clone());
    let mailbox = DnsName::parse("awsdns-hostmaster.amazon.com").unwrap_or_else(|_| name.clone());
    let soa = Value {
        text: format!("{first} {mailbox} 1 7200 900 1209600 86400"),
        rdata: Rdata::Soa { primary: first, mailbox, numbers: [1, 7200, 900, 1_209_600, 86_400] },
    };
    let ns =
        hosts.into_iter().map(|host| Value { text: host.to_string(), rdata: Rdata::Name(host) }).collect();
    [(RecordType::Ns, 172_800, ns), (RecordType::Soa, 900, vec![soa])]
        .into_iter()
        .map(|(rtype, ttl, values)| RecordSet {
            name: name.clone(),
            rtype,
            policy: Policy::Simple,
            data: RecordData::Values { ttl: Duration::from_secs(ttl), values },
            health_check: None,
        })
        .map(|set| (set.key(), set))
        .collect()
}
