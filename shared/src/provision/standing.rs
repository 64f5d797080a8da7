//! Who serves where, by the last move: what provisioning keeps to.

use std::collections::BTreeMap;

use crate::dns::{
    Content, EpochRecord, Listing, RecordSet, Routing, ServingUnit, Shares, Side, Units, contents,
};
use crate::in_order::InOrder;
use crate::names::Region;
use crate::plan::{Application, Policy, RegionPlan};

/// Who serves where: as planned, until a move says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Under `failover`: who sits in the two sets.
    Seats {
        /// In the PRIMARY set.
        primary: Region,
        /// In the SECONDARY set.
        secondary: Region,
    },
    /// Under `weighted`: the part of its weight that each region has; all of it where it is not named.
    Weights(Shares),
    /// Under `latency`: whose unit the set of each region answers, where it is not its own.
    Answers(BTreeMap<Region, Region>),
}

impl Standing {
    /// As the plan has it, whoever serves.
    pub fn planned(application: &Application) -> Self {
        match application.policy {
            Policy::Failover => {
                let primary = application.preferred().name.clone();
                let secondary = next(application, &primary).unwrap_or_else(|| primary.clone());
                Self::Seats { primary, secondary }
            }
            Policy::Weighted => Self::Weights(Shares::new()),
            Policy::Latency => Self::Answers(BTreeMap::new()),
        }
    }

    /// By the newest epoch, and by what the record sets hold where the epoch does not tell.
    pub fn of(application: &Application, live: &Listing, newest: Option<&EpochRecord>) -> Self {
        let units = units(application);
        let live = &as_planned(application, live, &units);
        match application.policy {
            Policy::Failover => seats(application, live, &units, newest),
            Policy::Weighted => Self::Weights(newest.map(|record| record.out.clone()).unwrap_or_default()),
            Policy::Latency => Self::Answers(answers(application, live, &units, newest)),
        }
    }
}

fn units(application: &Application) -> Units {
    let unit = |region: &RegionPlan| (region.name.clone(), ServingUnit::of(application, region, None));
    application.regions.iter().map(unit).in_order()
}

/// The first of the plan that is not in PRIMARY.
fn next(application: &Application, primary: &Region) -> Option<Region> {
    application.regions.iter().map(|region| &region.name).find(|name| *name != primary).cloned()
}

/// What the served sets would hold if each region were answered the way that the plan has it: a plan that puts a
/// record of ours between the served name and a region, or takes it away, moves nobody.
fn as_planned(application: &Application, live: &Listing, units: &Units) -> Listing {
    let mut live = live.clone();
    for set in live.sets.iter_mut().filter(|set| set.name == application.served) {
        let its = application.regions.iter().find(|region| leads_to(application, region, set));
        let content = its.and_then(|region| units.get(&region.name)?.contents.get(&set.kind));
        if let Some(content) = content {
            set.content = content.clone();
        }
    }
    live
}

/// Whether a set leads to a region, straight or by a record of ours.
fn leads_to(application: &Application, region: &RegionPlan, set: &RecordSet) -> bool {
    let below = application.served.child("_understudy");
    let ours = ["origin", "pair"].map(|word| below.child(&format!("{word}-{}", region.name)));
    match &set.content {
        Content::Alias { target, .. } if ours.contains(target) => true,
        content => region.answers().any(|record| {
            contents(application, record).get(&set.kind).is_some_and(|other| other.answers_like(content))
        }),
    }
}

/// Who is seen in the sets stays there: provisioning moves nobody, also where people moved without an epoch.
/// Where PRIMARY holds no region's value any more, the newest epoch says who sits there; in SECONDARY it is then
/// the first of the plan that is not in PRIMARY.
fn seats(application: &Application, live: &Listing, units: &Units, newest: Option<&EpochRecord>) -> Standing {
    let moved = newest.map(|record| &record.to).filter(|to| application.region(to).is_some());
    let told = || moved.unwrap_or(&application.preferred().name).clone();
    let primary = live.seated(application, Side::Primary, units).unwrap_or_else(|_| told());
    let seen = live.seated(application, Side::Secondary, units).ok().filter(|seen| *seen != primary);
    let secondary = seen.or_else(|| next(application, &primary)).unwrap_or_else(|| primary.clone());
    Standing::Seats { primary, secondary }
}

/// A region that is out answers what its set is seen to answer; where that is no region's value any more,
/// what the newest epoch moved to.
fn answers(
    application: &Application,
    live: &Listing,
    units: &Units,
    newest: Option<&EpochRecord>,
) -> BTreeMap<Region, Region> {
    let Some(newest) = newest else { return BTreeMap::new() };
    let out = application.regions.iter().filter(|region| newest.share_of(&region.name) == 0);
    out.map(|region| {
        let seen = live.sets.iter().find(|set| {
            let its = matches!(&set.routing, Routing::Latency { set, .. } if *set == region.set);
            set.name == application.served && its
        });
        let held = seen.and_then(|set| {
            units.values().find(|unit| {
                let content = unit.contents.get(&set.kind);
                content.is_some_and(|content| content.answers_like(&set.content))
            })
        });
        (region.name.clone(), held.map_or_else(|| newest.to.clone(), |unit| unit.region.clone()))
    })
    .in_order()
}
