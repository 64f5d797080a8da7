//! What Route 53 has, and what it answers, read from the twin without any call.

use std::sync::Arc;

use twin::model::records::{ListStart, Policy, Rdata, RecordData, RecordType, Value};
use twin::model::{AnswerContext, ZoneId};
use twin::wire::Handle;

use super::layout::{Layout, Service};
use super::zone::NAME_SERVERS;

/// A look at Route 53.
#[derive(Clone, Debug)]
pub struct Route53 {
    /// The twin.
    pub(super) twin: Handle,
    zone: ZoneId,
    layout: Arc<Layout>,
}

/// A record set of a served name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The set identifier.
    pub id: String,
    /// Its weight, where it has one.
    pub weight: Option<u8>,
    /// The regions whose addresses it holds.
    pub holds: Vec<String>,
}

impl Route53 {
    pub(super) fn new(twin: Handle, zone: &str, layout: Arc<Layout>) -> Self {
        Self { twin, zone: zone.into(), layout }
    }

    /// The regions that a name server answers, to a client who is near a region.
    pub fn answer(&self, service: &Service, server: usize, near: Option<&str>) -> Vec<String> {
        let client = near.map_or_else(AnswerContext::default, AnswerContext::near);
        let addresses = self.twin.with(|twin, now| {
            twin.answer(server, &service.served(), RecordType::A, now, &client).addresses()
        });
        addresses.into_iter().map(|address| self.layout.region_of(address)).collect()
    }

    /// The regions that the name servers answer now, each once.
    pub fn answered(&self, service: &Service, near: Option<&str>) -> Vec<String> {
        let mut regions: Vec<String> =
            (0..NAME_SERVERS).flat_map(|server| self.answer(service, server, near)).collect();
        regions.sort();
        regions.dedup();
        regions
    }

    /// The record sets of a served name, newest version.
    pub fn sets(&self, service: &Service) -> Vec<Set> {
        let served = service.served();
        let start = ListStart {
            name: Some(served.clone()),
            rtype: Some(RecordType::A.as_str().to_owned()),
            identifier: None,
        };
        let page = self.twin.with(|twin, _| twin.list_resource_record_sets(&self.zone, &start, Some(20)));
        let records = page.map(|page| page.records).unwrap_or_default();
        let ours = records
            .iter()
            .filter(|set| set.rtype == RecordType::A && set.name.as_str().trim_end_matches('.') == served);
        ours.map(|set| Set {
            id: set.policy.set_identifier().unwrap_or_default().to_owned(),
            weight: if let Policy::Weighted { weight, .. } = set.policy { Some(weight) } else { None },
            holds: self.holds(&set.data),
        })
        .collect()
    }

    fn holds(&self, data: &RecordData) -> Vec<String> {
        let RecordData::Values { values, .. } = data else { return Vec::new() };
        let address = |value: &Value| match &value.rdata {
            Rdata::A(ip) => Some(self.layout.region_of((*ip).into())),
            _ => None,
        };
        values.iter().filter_map(address).collect()
    }

    /// What every name server answers for an application, in whatever form tells most of its policy.
    pub(super) fn in_words(&self, service: &Service) -> String {
        let near = |server, region| self.answer(service, server, region).join("+");
        let each: Vec<String> = match service.policy.as_str() {
            "weighted" => {
                let weight = |set: &Set| format!("{} with weight {}", set.id, set.weight.unwrap_or_default());
                vec![self.sets(service).iter().map(weight).collect::<Vec<_>>().join(" and ")]
            }
            "latency" => {
                let from = |server, region| format!("{} to {region}", near(server, Some(region)));
                let all = |server| {
                    self.layout.serving().map(|(region, _)| from(server, region)).collect::<Vec<_>>()
                };
                (0..NAME_SERVERS).map(|server| all(server).join(" and ")).collect()
            }
            _ => (0..NAME_SERVERS).map(|server| near(server, None)).collect(),
        };
        each.join(", ")
    }
}
