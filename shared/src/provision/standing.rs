//! Who serves where, by the last move: what provisioning keeps to.

use std::collections::BTreeMap;

use crate::dns::{EpochRecord, Listing, Routing, ServingUnit, Shares, Side, Units};
use crate::in_order::InOrder;
use crate::names::Region;
use crate::plan::{Application, Policy};

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
    /// By the newest epoch, and by what the record sets hold where the epoch does not tell.
    pub fn of(application: &Application, live: &Listing, newest: Option<&EpochRecord>) -> Self {
        let units = units(application);
        match application.policy {
            Policy::Failover => seats(application, live, &units, newest),
            Policy::Weighted => Self::Weights(newest.map(|record| record.out.clone()).unwrap_or_default()),
            Policy::Latency => Self::Answers(answers(application, live, &units, newest)),
        }
    }
}

fn units(application: &Application) -> Units {
    let unit =
        |region: &crate::plan::RegionPlan| (region.name.clone(), ServingUnit::of(application, region, None));
    application.regions.iter().map(unit).in_order()
}

/// Who is seen in the sets stays there: provisioning moves nobody, also where people moved without an epoch.
/// Where PRIMARY holds no region's value any more, the newest epoch says who sits there; in SECONDARY it is then
/// the first of the plan that is not in PRIMARY.
fn seats(application: &Application, live: &Listing, units: &Units, newest: Option<&EpochRecord>) -> Standing {
    let moved = newest.map(|record| &record.to).filter(|to| application.region(to).is_some());
    let told = || moved.unwrap_or(&application.preferred().name).clone();
    let primary = live.seated(application, Side::Primary, units).unwrap_or_else(|_| told());
    let seen = live.seated(application, Side::Secondary, units).ok().filter(|seen| *seen != primary);
    let next =
        || application.regions.iter().map(|region| &region.name).find(|name| **name != primary).cloned();
    let secondary = seen.or_else(next).unwrap_or_else(|| primary.clone());
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
