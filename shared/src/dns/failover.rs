//! The policy `failover`: who sits in the PRIMARY and SECONDARY sets.

use std::collections::BTreeMap;

use super::listing::Listing;
use super::record::{Content, RecordSet, RecordType, Routing, Side};
use super::unit::ServingUnit;
use crate::names::Region;
use crate::plan::Application;
use crate::planted::{self, Planted};

/// Who sits in the record sets of a failover pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seats<'a> {
    /// In the PRIMARY set: answered while its check is healthy.
    pub primary: &'a ServingUnit,
    /// In the SECONDARY set: answered while PRIMARY's check is unhealthy.
    pub secondary: &'a ServingUnit,
}

/// The record sets of a pair in which these units sit. Set identifiers, sides and live TTLs stay.
pub(super) fn sets(application: &Application, live: Option<&Listing>, seats: &Seats<'_>) -> Vec<RecordSet> {
    let sides = [(Side::Primary, seats.primary), (Side::Secondary, seats.secondary)];
    sides
        .into_iter()
        // A SECONDARY without its check would count as always healthy, and the check would be lost.
        .filter(|(side, unit)| *side == Side::Primary || unit.is_complete())
        .flat_map(|(side, unit)| {
            unit.contents.iter().map(move |(kind, content)| (side, unit, *kind, content))
        })
        .map(|(side, unit, kind, content)| seat(application, live, side, unit, kind, content))
        .collect()
}

fn seat(
    application: &Application,
    live: Option<&Listing>,
    side: Side,
    unit: &ServingUnit,
    kind: RecordType,
    content: &Content,
) -> RecordSet {
    let current = live.and_then(|live| live.side(&application.served, kind, side));
    RecordSet {
        name: application.served.clone(),
        kind,
        routing: current.map_or_else(|| planned_routing(application, side), |set| set.routing.clone()),
        content: content.with_ttl_of(current),
        health_check: match current {
            Some(current) if planted::is(Planted::CheckLeftBehind) => current.health_check.clone(),
            _ => unit.health_check.clone(),
        },
    }
}

/// How a side of the pair takes part where it does not exist yet.
pub(crate) fn planned_routing(application: &Application, side: Side) -> Routing {
    let set = match side {
        Side::Primary => &application.sets.primary,
        Side::Secondary => &application.sets.secondary,
    };
    Routing::Failover { set: set.clone(), side }
}

impl Listing {
    /// The region whose unit sits in one side of the failover pair, by all types alike.
    ///
    /// # Errors
    /// What is wrong with the record sets, in words.
    pub fn seated(
        &self,
        application: &Application,
        side: Side,
        units: &BTreeMap<Region, ServingUnit>,
    ) -> Result<Region, String> {
        let served = &application.served;
        let kinds = self.kinds(served);
        let mut seated: Vec<&Region> = Vec::new();
        for kind in &kinds {
            let set = self
                .side(served, *kind, side)
                .ok_or_else(|| format!("{served} {} has no {} record set", kind.as_str(), side.as_str()))?;
            let unit = units
                .values()
                .find(|unit| {
                    unit.contents.get(kind).is_some_and(|content| content.answers_like(&set.content))
                })
                .ok_or_else(|| {
                    format!("the {} set of {served} {} holds no region's value", side.as_str(), kind.as_str())
                })?;
            seated.push(&unit.region);
        }
        seated.dedup();
        match seated.as_slice() {
            [region] => Ok((*region).clone()),
            [] => Err(format!("{served} has no address record sets")),
            _ => Err(format!("the {} sets of {served} hold different regions by type", side.as_str())),
        }
    }
}
