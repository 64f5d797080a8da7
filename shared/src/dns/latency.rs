//! The policy `latency`: each region has its own record set, which stays; what it answers changes.

use super::epoch::Shares;
use super::listing::Listing;
use super::record::{RecordSet, RecordType, Routing};
use super::serving::Units;
use super::unit::ServingUnit;
use crate::names::Region;
use crate::plan::{Application, RegionPlan};

/// The record sets of a region, answering what `unit` answers.
pub(super) fn sets(
    application: &Application,
    live: Option<&Listing>,
    region: &RegionPlan,
    unit: &ServingUnit,
) -> Vec<RecordSet> {
    let set = |(kind, content): (&RecordType, &super::record::Content)| {
        let current = live.and_then(|live| live.with_identifier(&application.served, *kind, &region.set));
        RecordSet {
            name: application.served.clone(),
            kind: *kind,
            routing: Routing::Latency { set: region.set.clone(), region: region.name.clone() },
            content: content.with_ttl_of(current),
            health_check: unit.health_check.clone(),
        }
    };
    unit.contents.iter().map(set).collect()
}

/// The regions whose users get `left`'s answer: its own set, and every set that holds its value
/// because that region is out. Without a listing all that are out count: none of them serves.
pub(super) fn answered_by<'a>(
    application: &'a Application,
    live: Option<&Listing>,
    units: &Units,
    out: &Shares,
    left: &Region,
) -> Vec<&'a RegionPlan> {
    let holds = |region: &RegionPlan| match live {
        _ if &region.name == left => true,
        Some(live) => held_by(application, live, units, region).is_ok_and(|holder| &holder == left),
        None => out.contains_key(&region.name),
    };
    application.regions.iter().filter(|region| holds(region)).collect()
}

/// Who is out: whose set answers another region's value.
///
/// # Errors
/// What is wrong with the record sets, in words.
pub(super) fn out(application: &Application, listing: &Listing, units: &Units) -> Result<Shares, String> {
    let mut out = Shares::new();
    for region in &application.regions {
        if held_by(application, listing, units, region)? != region.name {
            out.insert(region.name.clone(), 0);
        }
    }
    Ok(out)
}

/// The region whose value the record sets of `region` hold, by all types alike.
fn held_by(
    application: &Application,
    listing: &Listing,
    units: &Units,
    region: &RegionPlan,
) -> Result<Region, String> {
    let served = &application.served;
    let mut held: Option<Region> = None;
    for kind in units.get(&region.name).iter().flat_map(|unit| unit.contents.keys()) {
        let set = listing.with_identifier(served, *kind, &region.set).ok_or_else(|| {
            format!("{served} {} has no latency record set {:?}", kind.as_str(), region.set)
        })?;
        if !matches!(set.routing, Routing::Latency { .. }) {
            return Err(format!("the set {:?} of {served} is not a latency record set", region.set));
        }
        let answers = |unit: &&ServingUnit| {
            unit.contents.get(kind).is_some_and(|content| content.answers_like(&set.content))
        };
        let unit = units.values().find(answers).ok_or_else(|| {
            format!("the set {:?} of {served} {} holds no region's value", region.set, kind.as_str())
        })?;
        if held.as_ref().is_some_and(|other| other != &unit.region) {
            return Err(format!("the sets {:?} of {served} hold different regions by type", region.set));
        }
        held = Some(unit.region.clone());
    }
    held.ok_or_else(|| format!("{served} has no address record sets"))
}
