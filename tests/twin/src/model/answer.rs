//! DNS answers of one name server, from its own view of the zone and of health.

use std::net::IpAddr;

use super::noise::Noise;
use super::records::{Rdata, RecordType};
use super::view::{View, addresses};
use super::{DnsName, Time, Twin};

/// What is known of who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerContext {
    /// The AWS region that the client is nearest to.
    pub region: Option<String>,
    /// The root of weighted choices and of rotation: the same seed gets the same answer.
    pub seed: u64,
}

impl AnswerContext {
    /// A client with this seed.
    pub fn seeded(seed: u64) -> Self {
        Self { region: None, seed }
    }

    /// A client near this region.
    pub fn near(region: &str) -> Self {
        Self { region: Some(region.to_owned()), seed: 0 }
    }
}

/// The response code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rcode {
    /// The name exists, even where it has nothing of the type.
    NoError,
    /// The name does not exist.
    NxDomain,
    /// The twin serves no zone with this name.
    Refused,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner.
    pub name: DnsName,
    /// The type.
    pub rtype: RecordType,
    /// Seconds.
    pub ttl: u32,
    /// The value.
    pub rdata: Rdata,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response code.
    pub rcode: Rcode,
    /// Whether the server is an authority for the name.
    pub authoritative: bool,
    /// The answer section.
    pub answers: Vec<Record>,
    /// The authority section: the SOA of a negative answer, the NS of a referral.
    pub authority: Vec<Record>,
}

impl Answer {
    pub(super) fn of(rcode: Rcode, authoritative: bool) -> Self {
        Self { rcode, authoritative, answers: Vec::new(), authority: Vec::new() }
    }

    /// The addresses in it.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let address = |record: &Record| match record.rdata {
            Rdata::A(ip) => Some(IpAddr::V4(ip)),
            Rdata::Aaaa(ip) => Some(IpAddr::V6(ip)),
            _ => None,
        };
        self.answers.iter().filter_map(address).collect()
    }

    /// The texts in it: each value's strings joined, as most clients read them.
    pub fn texts(&self) -> Vec<String> {
        let text = |record: &Record| match &record.rdata {
            Rdata::Text(strings) => Some(String::from_utf8_lossy(&strings.concat()).into_owned()),
            _ => None,
        };
        self.answers.iter().filter_map(text).collect()
    }
}

impl Twin {
    /// What name server number `server` answers at that time. `rtype` is none for a type that the twin does
    /// not know, of which no name has any records.
    pub fn answer(
        &self,
        server: usize,
        name: &str,
        rtype: impl Into<Option<RecordType>>,
        now: Time,
        client: &AnswerContext,
    ) -> Answer {
        let Ok(name) = DnsName::parse(name) else { return Answer::of(Rcode::Refused, false) };
        let rtype = rtype.into();
        let noise = Noise::seeded(self.config.seed).at("answer").at(client.seed).at(name.as_str());
        if let Some(zone) = self.zones.serving(&name) {
            let sets = zone.seen_by(server, now);
            let seen_at = now.saturating_sub(self.config.health_delay);
            return View { twin: self, zone, sets, seen_at, client, noise }.answer(&name, rtype);
        }
        match self.balancers.get(&name) {
            None => Answer::of(Rcode::Refused, false),
            Some(host) => {
                let mut answer = Answer::of(Rcode::NoError, true);
                answer.answers = rtype
                    .map(|rtype| addresses(&name, rtype, &host.addresses, self.rotation(noise)))
                    .unwrap_or_default();
                answer
            }
        }
    }

    /// Whether a server was ordered to be silent for this query.
    pub fn is_silent(&mut self, server: usize, now: Time) -> bool {
        self.faults_mut().is_silent(server, now)
    }

    /// The same, or nothing while the server was ordered to be silent.
    pub fn ask(
        &mut self,
        server: usize,
        name: &str,
        rtype: impl Into<Option<RecordType>>,
        now: Time,
        client: &AnswerContext,
    ) -> Option<Answer> {
        if self.is_silent(server, now) { None } else { Some(self.answer(server, name, rtype, now, client)) }
    }

    pub(super) fn rotation(&self, noise: Noise) -> Option<Noise> {
        self.config.rotate.then_some(noise.at("rotation"))
    }
}
