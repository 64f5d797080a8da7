//! CloudWatch alarms, each read in its own region.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;

use crate::health::{Health, Reading};
use crate::in_order::InOrder;
use crate::names::Arn;
use crate::ports::{Alarms, Clock, within};

/// What one call reads (CloudWatch API reference, DescribeAlarms).
const ALARMS_PER_CALL: usize = 100;

/// Reads alarms, sorted by ARN, with one call for a region's hundred. What cannot be
/// read within `patience` is unknown: a region that hangs costs one timeout.
pub async fn read_alarms<W>(world: &W, alarms: &[Arn], patience: Duration) -> BTreeMap<Arn, Reading>
where
    W: Alarms + Clock,
{
    let mut by_region: BTreeMap<_, Vec<Arn>> = BTreeMap::new();
    for arn in alarms {
        by_region.entry(arn.region().clone()).or_default().push(arn.clone());
    }
    let calls = by_region.values().flat_map(|arns| arns.chunks(ALARMS_PER_CALL));
    join_all(calls.map(|arns| read(world, arns, patience))).await.into_iter().flatten().in_order()
}

async fn read<W: Alarms + Clock>(world: &W, arns: &[Arn], patience: Duration) -> BTreeMap<Arn, Reading> {
    let states = within(world, patience, world.alarm_states(arns)).await;
    let unknown = |seen: String| Reading::new(Health::Unknown, seen, world.now());
    let of = |arn: &Arn| match &states {
        Some(Ok(states)) => states.get(arn).cloned().unwrap_or_else(|| unknown("no such alarm".into())),
        Some(Err(error)) => unknown(error.to_string()),
        None => unknown("CloudWatch did not answer".into()),
    };
    arns.iter().map(|arn| (arn.clone(), of(arn))).in_order()
}
