//! One zone as one name server sees it, for one query: the way from a name to its records.

use std::net::IpAddr;

use super::answer::{Answer, AnswerContext, Rcode, Record};
use super::health::Health;
use super::noise::Noise;
use super::records::{AliasTarget, Rdata, RecordData, RecordSet, RecordType, SetKey, Sets, Value};
use super::routing;
use super::zone::Zone;
use super::{DnsName, Time, Twin};

/// Aliases of aliases, and CNAMEs of CNAMEs, are followed so far and no further.
const MAX_STEPS: usize = 8;
/// The TTL of a load balancer's addresses (Route 53 API reference, `ResourceRecordSet.TTL`).
const BALANCER_TTL: u32 = 60;
/// Addresses of a load balancer in one answer.
const BALANCER_ADDRESSES: usize = 8;

/// The addresses of one family, as a load balancer or a host answers them.
pub(super) fn addresses(
    owner: &DnsName,
    rtype: RecordType,
    all: &[IpAddr],
    rotation: Option<Noise>,
) -> Vec<Record> {
    let of_family = |ip: &IpAddr| match (rtype, ip) {
        (RecordType::A, IpAddr::V4(ip)) => Some(Rdata::A(*ip)),
        (RecordType::Aaaa, IpAddr::V6(ip)) => Some(Rdata::Aaaa(*ip)),
        _ => None,
    };
    let mut found: Vec<Rdata> = all.iter().filter_map(of_family).collect();
    if let Some(noise) = rotation {
        routing::rotate(&mut found, noise);
    }
    found.truncate(BALANCER_ADDRESSES);
    found.into_iter().map(|rdata| Record { name: owner.clone(), rtype, ttl: BALANCER_TTL, rdata }).collect()
}

/// A zone as one server sees it for one query.
pub(super) struct View<'a> {
    pub twin: &'a Twin,
    pub zone: &'a Zone,
    pub sets: &'a Sets,
    pub seen_at: Time,
    pub client: &'a AnswerContext,
    pub noise: Noise,
}

impl<'a> View<'a> {
    pub fn answer(&self, name: &DnsName, rtype: Option<RecordType>) -> Answer {
        if let Some(answer) = self.referral(name) {
            return answer;
        }
        let mut answer = Answer::of(Rcode::NoError, true);
        answer.rcode = self.follow(name, rtype, &mut answer.answers, 0);
        if answer.answers.is_empty() {
            answer.authority = self.negative_soa();
        }
        answer
    }

    /// Names at or below an NS record that is not the apex belong to somebody else.
    fn referral(&self, name: &DnsName) -> Option<Answer> {
        let mut at = Some(name.clone());
        while let Some(owner) = at.filter(|owner| *owner != self.zone.name) {
            if let Some(set) = self.group(&owner, RecordType::Ns).next() {
                let mut answer = Answer::of(Rcode::NoError, false);
                answer.authority = self.records_of(set, &owner, 0);
                return Some(answer);
            }
            at = owner.parent();
        }
        None
    }

    fn follow(
        &self,
        name: &DnsName,
        rtype: Option<RecordType>,
        found: &mut Vec<Record>,
        steps: usize,
    ) -> Rcode {
        let Some(owner) = self.owner(name) else { return Rcode::NxDomain };
        let chosen = rtype.map(|rtype| self.chosen(&owner, rtype)).unwrap_or_default();
        if !chosen.is_empty() {
            found.extend(chosen.iter().flat_map(|set| self.records_of(set, name, steps)));
            return Rcode::NoError;
        }
        for set in self.chosen(&owner, RecordType::Cname) {
            let records = self.records_of(set, name, steps);
            let target = records.iter().find_map(|record| match &record.rdata {
                Rdata::Name(target) => Some(target.clone()),
                _ => None,
            });
            found.extend(records);
            // An authority goes on within its own zone (RFC 1034, 4.3.2) and leaves the rest to the resolver.
            if let Some(target) =
                target.filter(|target| target.is_within(&self.zone.name) && steps < MAX_STEPS)
            {
                return self.follow(&target, rtype, found, steps + 1);
            }
        }
        Rcode::NoError
    }

    /// The name whose records answer for this one: itself where it exists, even without records of its own
    /// ("empty non-terminal"), else the wildcard at its closest existing ancestor (RFC 4592).
    fn owner(&self, name: &DnsName) -> Option<DnsName> {
        if self.exists(name) {
            return Some(name.clone());
        }
        let mut above = name.parent();
        while let Some(ancestor) = above {
            if self.exists(&ancestor) {
                return ancestor.wildcard().filter(|wildcard| self.exists(wildcard));
            }
            above = ancestor.parent();
        }
        None
    }

    fn exists(&self, name: &DnsName) -> bool {
        let from = SetKey { name: name.clone(), rtype: RecordType::A, set_identifier: None };
        self.sets.range(from..).next().is_some_and(|(key, _)| key.name.is_within(name))
    }

    fn group(&self, name: &DnsName, rtype: RecordType) -> impl Iterator<Item = &'a RecordSet> + use<'a> {
        let from = SetKey { name: name.clone(), rtype, set_identifier: None };
        let name = name.clone();
        self.sets
            .range(from..)
            .map(|(_, set)| set)
            .take_while(move |set| set.name == name && set.rtype == rtype)
    }

    fn chosen(&self, name: &DnsName, rtype: RecordType) -> Vec<&'a RecordSet> {
        let group: Vec<_> = self.group(name, rtype).map(|set| (set, self.health(set, 0))).collect();
        routing::choose(&group, self.client, self.noise.at(name.as_str()).at(rtype.as_str()))
    }

    /// A set is as healthy as its check and, where it evaluates it, its target; without either it is healthy.
    fn health(&self, set: &RecordSet, steps: usize) -> Health {
        let check = set.health_check.as_ref().map(|id| self.twin.checks.status(id, self.seen_at));
        let target = set
            .alias()
            .filter(|target| target.evaluate_target_health)
            .map(|target| self.target_health(target, set.rtype, steps));
        check.into_iter().chain(target).min().unwrap_or(Health::Healthy)
    }

    /// A group of records is healthy while one of it is (Route 53 developer guide, "How health checks work in
    /// complex configurations").
    fn target_health(&self, target: &AliasTarget, rtype: RecordType, steps: usize) -> Health {
        if target.zone != self.zone.id {
            return self
                .twin
                .balancers
                .get(&target.dns_name)
                .map_or(Health::Unhealthy, |balancer| balancer.health);
        }
        if steps >= MAX_STEPS {
            return Health::Healthy;
        }
        self.group(&target.dns_name, rtype)
            .map(|set| self.health(set, steps + 1))
            .max()
            .unwrap_or(Health::Unhealthy)
    }

    /// What a set answers in the name of `owner`.
    fn records_of(&self, set: &RecordSet, owner: &DnsName, steps: usize) -> Vec<Record> {
        match &set.data {
            RecordData::Values { ttl, values } => {
                let ttl = u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX);
                let mut values: Vec<&Value> = values.iter().collect();
                if let Some(noise) = self.twin.rotation(self.noise) {
                    routing::rotate(&mut values, noise);
                }
                let record = |value: &Value| Record {
                    name: owner.clone(),
                    rtype: set.rtype,
                    ttl,
                    rdata: value.rdata.clone(),
                };
                values.into_iter().map(record).collect()
            }
            RecordData::Alias(target) if target.zone == self.zone.id => {
                if steps >= MAX_STEPS {
                    return Vec::new();
                }
                let chosen = self.chosen(&target.dns_name, set.rtype);
                chosen.into_iter().flat_map(|set| self.records_of(set, owner, steps + 1)).collect()
            }
            RecordData::Alias(target) => {
                let balancer = self.twin.balancers.get(&target.dns_name);
                balancer
                    .map(|it| addresses(owner, set.rtype, &it.addresses, self.twin.rotation(self.noise)))
                    .unwrap_or_default()
            }
        }
    }

    /// The SOA with the TTL of negative answers: the lesser of its own and its minimum (RFC 2308).
    fn negative_soa(&self) -> Vec<Record> {
        let mut records: Vec<Record> = self
            .group(&self.zone.name, RecordType::Soa)
            .flat_map(|set| self.records_of(set, &self.zone.name, 0))
            .collect();
        for record in &mut records {
            if let Rdata::Soa { numbers: [.., minimum], .. } = record.rdata {
                record.ttl = record.ttl.min(minimum);
            }
        }
        records
    }
}
