//! Record sets in Route 53's shapes and in ours.

use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet,
    ResourceRecordSetFailover, ResourceRecordSetRegion, RrType,
};

use super::error::incomplete;
use super::order::unescape;
use crate::dns::{Batch, Content, RecordSet, RecordType, Routing, Side, Sweep};
use crate::names::{DnsName, HealthCheckId, ZoneId};
use crate::ports::ChangeError;

/// What Route 53 keeps beside a sweep.
const SWEEP: &str = "understudy sweep";

/// A record set as ours; `None` for a type that we do not model.
pub(super) fn record_set(set: &ResourceRecordSet) -> Option<RecordSet> {
    Some(RecordSet {
        name: DnsName::new(&unescape(set.name())),
        kind: RecordType::from_name(set.r#type().as_str())?,
        routing: routing(set),
        content: content(set),
        health_check: set.health_check_id().map(HealthCheckId::from),
    })
}

fn routing(set: &ResourceRecordSet) -> Routing {
    let Some(identifier) = set.set_identifier() else { return Routing::Simple };
    let identifier = identifier.to_owned();
    match set.failover() {
        Some(ResourceRecordSetFailover::Primary) => {
            Routing::Failover { set: identifier, side: Side::Primary }
        }
        Some(ResourceRecordSetFailover::Secondary) => {
            Routing::Failover { set: identifier, side: Side::Secondary }
        }
        _ => weighted_or_latency(set, identifier),
    }
}

fn weighted_or_latency(set: &ResourceRecordSet, identifier: String) -> Routing {
    let weight = set.weight().and_then(|weight| u8::try_from(weight).ok());
    match (weight, set.region()) {
        (Some(weight), None) => Routing::Weighted { set: identifier, weight },
        (None, Some(region)) => Routing::Latency { set: identifier, region: region.as_str().into() },
        _ => Routing::Other { set: identifier },
    }
}

fn content(set: &ResourceRecordSet) -> Content {
    match set.alias_target() {
        Some(alias) => Content::Alias {
            zone: ZoneId::from(alias.hosted_zone_id().trim_start_matches("/hostedzone/")),
            target: DnsName::new(&unescape(alias.dns_name())),
            evaluate_target_health: alias.evaluate_target_health(),
        },
        None => Content::Values {
            ttl: set.ttl().and_then(|ttl| u32::try_from(ttl).ok()).unwrap_or_default(),
            values: set.resource_records().iter().map(|record| record.value().to_owned()).collect(),
        },
    }
}

/// The batch in Route 53's shape: the claim first, then what it puts in place.
pub(super) fn change_batch(batch: &Batch) -> Result<ChangeBatch, ChangeError> {
    let mut changes = ChangeBatch::builder()
        .comment(batch.comment())
        .changes(change(ChangeAction::Create, &batch.create())?);
    for set in batch.upserts() {
        changes = changes.changes(change(ChangeAction::Upsert, &set)?);
    }
    changes.build().map_err(incomplete)
}

/// The deletion of exactly those record sets.
pub(super) fn sweep_batch(sweep: &Sweep) -> Result<ChangeBatch, ChangeError> {
    let mut changes = ChangeBatch::builder().comment(SWEEP);
    for set in sweep.sets() {
        changes = changes.changes(change(ChangeAction::Delete, set)?);
    }
    changes.build().map_err(incomplete)
}

pub(super) fn change(action: ChangeAction, set: &RecordSet) -> Result<Change, ChangeError> {
    let set = resource_record_set(set)?;
    Change::builder().action(action).resource_record_set(set).build().map_err(incomplete)
}

fn resource_record_set(set: &RecordSet) -> Result<ResourceRecordSet, ChangeError> {
    let builder = ResourceRecordSet::builder()
        .name(set.name.as_str())
        .r#type(RrType::from(set.kind.as_str()))
        .set_health_check_id(set.health_check.as_ref().map(ToString::to_string));
    let builder = match &set.routing {
        Routing::Simple => builder,
        Routing::Failover { set, side } => {
            builder.set_identifier(set).failover(ResourceRecordSetFailover::from(side.as_str()))
        }
        Routing::Weighted { set, weight } => builder.set_identifier(set).weight(i64::from(*weight)),
        Routing::Latency { set, region } => {
            builder.set_identifier(set).region(ResourceRecordSetRegion::from(region.as_str()))
        }
        Routing::Other { set } => {
            // Its policy was not kept: written back, it would be another policy.
            let message = format!("the record set {set:?} has a routing policy that is not written");
            return Err(ChangeError::Refused { code: "NotSent".to_owned(), message });
        }
    };
    let builder = match &set.content {
        Content::Values { ttl, values } => {
            let records: Result<Vec<_>, _> =
                values.iter().map(|value| ResourceRecord::builder().value(value).build()).collect();
            builder.ttl(i64::from(*ttl)).set_resource_records(Some(records.map_err(incomplete)?))
        }
        Content::Alias { zone, target, evaluate_target_health } => builder.alias_target(
            AliasTarget::builder()
                .hosted_zone_id(zone.as_str())
                .dns_name(target.as_str())
                .evaluate_target_health(*evaluate_target_health)
                .build()
                .map_err(incomplete)?,
        ),
    };
    builder.build().map_err(incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{EpochRecord, MoveKind, Shares};
    use crate::names::Epoch;

    fn failover(content: Content) -> RecordSet {
        RecordSet {
            name: DnsName::new("shop.example.com"),
            kind: RecordType::A,
            routing: Routing::Failover { set: "shop-primary".to_owned(), side: Side::Primary },
            content,
            health_check: Some("11111111-2222-3333-4444-555555555555".into()),
        }
    }

    fn addresses() -> RecordSet {
        failover(Content::Values { ttl: 60, values: vec!["192.0.2.1".to_owned(), "192.0.2.2".to_owned()] })
    }

    fn alias() -> RecordSet {
        failover(Content::Alias {
            zone: "Z35SXDOTRQ7X7K".into(),
            target: DnsName::new("lb.us-east-1.elb.amazonaws.com"),
            evaluate_target_health: true,
        })
    }

    fn weighted(weight: u8) -> RecordSet {
        RecordSet { routing: Routing::Weighted { set: "shop-us-east-1".to_owned(), weight }, ..addresses() }
    }

    fn nearest(set: RecordSet) -> RecordSet {
        let (id, region) = ("shop-us-east-1".to_owned(), "us-east-1".into());
        RecordSet { routing: Routing::Latency { set: id, region }, ..set }
    }

    fn claim() -> EpochRecord {
        EpochRecord {
            epoch: Epoch(42),
            run: "r-1".into(),
            from: "us-east-1".into(),
            to: "us-west-2".into(),
            kind: MoveKind::Evacuate,
            out: Shares::new(),
            at: "2026-11-22T21:45:01Z".parse().unwrap(),
            plan: "0123456789ab".into(),
        }
    }

    #[test]
    fn what_is_sent_reads_back_as_the_same() {
        let own = claim().claim_set(&DnsName::new("shop.example.com"));
        for set in [addresses(), alias(), own, weighted(0), weighted(255), nearest(alias())] {
            assert_eq!(record_set(&resource_record_set(&set).unwrap()), Some(set));
        }
    }

    #[test]
    fn a_batch_creates_the_claim_and_upserts_the_rest() {
        let batch = Batch::new(DnsName::new("shop.example.com"), claim(), vec![alias()]);
        let sent = change_batch(&batch).unwrap();
        let told: Vec<_> = sent
            .changes()
            .iter()
            .map(|change| {
                let set = change.resource_record_set().unwrap();
                format!("{} {} {}", change.action(), set.name(), set.r#type())
            })
            .collect();
        assert_eq!(
            told,
            [
                "CREATE e00000042._understudy.shop.example.com TXT",
                "UPSERT shop.example.com A",
                "UPSERT now._understudy.shop.example.com TXT",
            ]
        );
        assert_eq!(sent.comment(), Some("understudy epoch 42 run r-1: us-east-1 to us-west-2"));
        assert_eq!(sent.changes()[1].resource_record_set().unwrap().ttl(), None);
    }

    #[test]
    fn a_policy_that_we_do_not_write_is_never_sent() {
        let mut set = addresses();
        set.routing = Routing::Other { set: "w".to_owned() };
        assert!(matches!(resource_record_set(&set), Err(ChangeError::Refused { .. })));
    }

    #[test]
    fn names_are_folded_and_unescaped() {
        let set = ResourceRecordSet::builder()
            .name("\\052.Shop.example.com.")
            .r#type(RrType::Cname)
            .ttl(60)
            .resource_records(ResourceRecord::builder().value("x.example.com.").build().unwrap())
            .build()
            .unwrap();
        assert_eq!(record_set(&set).unwrap().name.as_str(), "*.shop.example.com");
    }

    #[test]
    fn weights_and_regions_are_sent_as_route53_writes_them() {
        let sent = |set: &RecordSet| resource_record_set(set).unwrap();
        assert_eq!((sent(&weighted(0)).weight(), sent(&weighted(0)).region()), (Some(0), None));
        assert_eq!(sent(&weighted(64)).set_identifier(), Some("shop-us-east-1"));
        let latency = sent(&nearest(addresses()));
        assert_eq!((latency.region(), latency.weight()), (Some(&ResourceRecordSetRegion::UsEast1), None));
    }

    #[test]
    fn other_types_are_skipped_and_other_policies_are_kept() {
        let of = |kind: RrType| {
            ResourceRecordSet::builder().name("shop.example.com.").r#type(kind).set_identifier("w")
        };
        assert_eq!(record_set(&of(RrType::Mx).weight(1).build().unwrap()), None);
        let other = Routing::Other { set: "w".to_owned() };
        for set in
            [of(RrType::A).multi_value_answer(true), of(RrType::A).weight(256), of(RrType::A).weight(-1)]
        {
            assert_eq!(record_set(&set.build().unwrap()).unwrap().routing, other);
        }
    }
}
