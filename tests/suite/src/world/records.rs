//! Route 53's API, as a controller sees it: over the twin's model.

use std::collections::BTreeMap;

use twin::model::records::{ChangeBatch, ListStart, Policy, RecordData, RecordSetInput};
use twin::model::{ChangeStatus, DnsName as TwinName, ErrorCode, Request, Response};
use understudy::dns::{Batch, Content, Listing, RecordSet, RecordType, Routing, Side, Sweep};
use understudy::names::{DnsName, ZoneId};
use understudy::plan::Zone;
use understudy::ports::{ChangeError, ChangeId, ChangeRecords, PortError, ReadRecords};

use super::cloud::Cloud;
use super::ports::Controller;

impl ReadRecords for Controller {
    async fn list(&self, zone: &Zone, served: &DnsName) -> Result<Listing, PortError> {
        self.list_along(zone, served, &[]).await.map(|(listing, _)| listing)
    }

    async fn list_along(
        &self,
        zone: &Zone,
        served: &DnsName,
        others: &[&DnsName],
    ) -> Result<(Listing, BTreeMap<DnsName, Listing>), PortError> {
        let mut start = ListStart { name: Some(served.to_string()), ..ListStart::default() };
        let mut sets = Vec::new();
        let next = loop {
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
            // What is past the served name and all below it is not asked for.
            let Some(next) = page.next else { break None };
            if !DnsName::new(next.name.as_str()).is_within(served) {
                break Some(next.name);
            }
            start = ListStart {
                name: Some(next.name.to_string()),
                rtype: Some(next.rtype.to_string()),
                identifier: next.set_identifier,
            };
        };
        let of = |name: &DnsName| {
            let its = sets.iter().filter(|set| set.name.is_within(name)).cloned();
            Listing { private_zone: false, sets: its.collect() }
        };
        let (first, next) = (twin_name(served), next.as_ref());
        let is_whole =
            |name: &TwinName| *name >= first && next.is_none_or(|next| next > name && !next.is_within(name));
        let whole = others.iter().filter(|other| is_whole(&twin_name(other)));
        let along = whole.map(|other| ((*other).clone(), of(other))).collect();
        Ok((of(served), along))
    }

    async fn in_sync(&self, _zone: &Zone, change: &ChangeId) -> Result<bool, PortError> {
        let id = change.0.as_str().into();
        match self.route53("GetChange", Request::GetChange { id }).await {
            Ok(Response::Change(change)) => Ok(change.status == ChangeStatus::InSync),
            other => Err(PortError::new("in_sync", format!("{other:?}"))),
        }
    }
}

impl ChangeRecords for Controller {
    async fn change(&self, zone: &Zone, batch: &Batch) -> Result<ChangeId, ChangeError> {
        let sent = batch
            .upserts()
            .fold(ChangeBatch::new().create(input(&batch.create())), |b, set| b.upsert(input(&set)));
        let change = self.send(zone, sent).await?;
        let at = self.cloud.time.elapsed();
        self.cloud.state.borrow_mut().changes.push((at, batch.served().to_string()));
        Ok(change)
    }

    async fn sweep(&self, zone: &Zone, sweep: &Sweep) -> Result<(), ChangeError> {
        let sets = sweep.sets().iter().map(input);
        self.send(zone, sets.fold(ChangeBatch::new(), ChangeBatch::delete)).await.map(|_| ())
    }
}

/// The record sets of a served name, as they are, read past all controllers.
pub fn standing(cloud: &Cloud, served: &str) -> Vec<RecordSet> {
    let start = ListStart { name: Some(served.to_owned()), ..ListStart::default() };
    let state = cloud.state.borrow();
    let page = state.twin.list_resource_record_sets(&cloud.zone, &start, None).expect("the zone is there");
    page.records.iter().filter_map(record_set).filter(|set| set.name.as_str() == served).collect()
}

impl Controller {
    pub(super) async fn send(&self, zone: &Zone, batch: ChangeBatch) -> Result<ChangeId, ChangeError> {
        let request = Request::ChangeResourceRecordSets { zone: twin_zone(&zone.id), batch };
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
}

fn twin_name(name: &DnsName) -> TwinName {
    TwinName::parse(name.as_str()).expect("a served name is one")
}

pub(super) fn twin_zone(zone: &ZoneId) -> twin::model::ZoneId {
    zone.as_str().into()
}

pub(super) fn record_set(set: &twin::model::records::RecordSet) -> Option<RecordSet> {
    let content = match &set.data {
        RecordData::Values { ttl, values } => Content::Values {
            ttl: u32::try_from(ttl.as_secs()).unwrap(),
            values: values.iter().map(|value| value.text.clone()).collect(),
        },
        RecordData::Alias(alias) => Content::Alias {
            zone: alias.zone.as_str().into(),
            target: DnsName::new(alias.dns_name.as_str()),
            evaluate_target_health: alias.evaluate_target_health,
        },
    };
    let routing = match &set.policy {
        Policy::Simple => Routing::Simple,
        Policy::Failover { id, role } if role.as_str() == "PRIMARY" => {
            Routing::Failover { set: id.clone(), side: Side::Primary }
        }
        Policy::Failover { id, .. } => Routing::Failover { set: id.clone(), side: Side::Secondary },
        Policy::Weighted { id, weight } => Routing::Weighted { set: id.clone(), weight: *weight },
        Policy::Latency { id, region } => {
            Routing::Latency { set: id.clone(), region: region.as_str().into() }
        }
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

/// A record set as the twin takes it.
pub fn input(set: &RecordSet) -> RecordSetInput {
    let (name, kind) = (set.name.as_str(), set.kind.as_str());
    let mut input = match &set.content {
        Content::Values { ttl, values } => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            RecordSetInput::simple(name, kind, i64::from(*ttl), &values)
        }
        Content::Alias { zone, target, evaluate_target_health } => {
            RecordSetInput::alias(name, kind, zone.as_str(), target.as_str(), *evaluate_target_health)
        }
    };
    match &set.routing {
        Routing::Simple => {}
        Routing::Failover { set, side } => {
            input.set_identifier = Some(set.clone());
            input.failover = Some(side.as_str().to_owned());
        }
        Routing::Weighted { set, weight } => input = input.weighted(set, i64::from(*weight)),
        Routing::Latency { set, region } => input = input.latency(set, region.as_str()),
        Routing::Other { set } => panic!("{set} has a policy that is not written"),
    }
    input.health_check = set.health_check.as_ref().map(ToString::to_string);
    input
}
