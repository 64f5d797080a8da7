//! The policy `weighted`: each region has its own record set, and only that set's weight changes.

use super::epoch::{EpochRecord, Shares};
use super::listing::Listing;
use super::record::{RecordSet, RecordType, Routing};
use super::serving::Units;
use super::unit::ServingUnit;
use crate::plan::{Application, RegionPlan};

/// The record sets of one region with a share of its planned weight. All else of them stays as it is,
/// where it can be seen; the other regions' sets are not touched.
pub(super) fn sets(
    application: &Application,
    live: Option<&Listing>,
    region: &RegionPlan,
    unit: &ServingUnit,
    share: u8,
) -> Vec<RecordSet> {
    let weight = weight(region, share);
    let set = |(kind, content): (&RecordType, &super::record::Content)| {
        let routing = Routing::Weighted { set: region.set.clone(), weight };
        let current = live.and_then(|live| live.with_identifier(&application.served, *kind, &region.set));
        if let Some(current) = current {
            return RecordSet { routing, ..current.clone() };
        }
        let (content, health_check) = (content.clone(), unit.health_check.clone());
        RecordSet { name: application.served.clone(), kind: *kind, routing, content, health_check }
    };
    unit.contents.iter().map(set).collect()
}

/// A share of the planned weight: at least 1 where any share is meant at all, since 0 means none.
pub fn weight(region: &RegionPlan, share: u8) -> u8 {
    let part = (u16::from(region.weight) * u16::from(share.min(100))).div_ceil(100);
    u8::try_from(part).unwrap_or(region.weight)
}

/// Who serves less than planned: who has no weight, and who is on its way back by the newest epoch.
/// Another weight than the planned one is somebody's choice, not an outage.
///
/// # Errors
/// What is wrong with the record sets, in words.
pub(super) fn out(
    application: &Application,
    listing: &Listing,
    units: &Units,
    newest: Option<&EpochRecord>,
) -> Result<Shares, String> {
    let mut out = Shares::new();
    for region in &application.regions {
        let told = newest.map_or(100, |record| record.share_of(&region.name));
        let kinds = units.get(&region.name).into_iter().flat_map(|unit| unit.contents.keys());
        let weights = kinds.map(|kind| live_weight(application, listing, units, region, *kind));
        let shares = weights.map(|weight| Ok(share(region, weight?, told)));
        let mut shares: Vec<u8> = shares.collect::<Result<_, String>>()?;
        shares.dedup();
        match shares.as_slice() {
            [share] if *share < 100 => drop(out.insert(region.name.clone(), *share)),
            [] | [_] => {}
            _ => return Err(format!("the sets {:?} have different weights by type", region.set)),
        }
    }
    Ok(out)
}

/// A live weight as a part of the planned one: none only where there is no weight at all.
fn share(region: &RegionPlan, weight: u8, told: u8) -> u8 {
    if weight == 0 {
        return 0;
    }
    if weight >= region.weight || told == 100 {
        return 100;
    }
    let share = u16::from(weight) * 100 / u16::from(region.weight.max(1));
    u8::try_from(share.max(1)).unwrap_or(99)
}

fn live_weight(
    application: &Application,
    listing: &Listing,
    units: &Units,
    region: &RegionPlan,
    kind: RecordType,
) -> Result<u8, String> {
    let served = &application.served;
    let set = listing
        .with_identifier(served, kind, &region.set)
        .ok_or_else(|| format!("{served} {} has no weighted record set {:?}", kind.as_str(), region.set))?;
    let content = units.get(&region.name).and_then(|unit| unit.contents.get(&kind));
    if !content.is_some_and(|content| content.answers_like(&set.content)) {
        return Err(format!(
            "the set {:?} of {served} {} does not hold the value of {}",
            region.set,
            kind.as_str(),
            region.name
        ));
    }
    match &set.routing {
        Routing::Weighted { weight, .. } => Ok(*weight),
        _ => Err(format!("the set {:?} of {served} is not weighted", region.set)),
    }
}
