//! The record sets that a plan wants: those of the served name, and those below `_understudy` that stand
//! beside them.

use super::checks::{endpoint_check, serving_check};
use super::name::CheckName;
use super::standing::Standing;
use crate::dns::{
    Content, RecordSet, RecordType, Routing, ServingUnit, Side, failover_routing, up_name, weight,
};
use crate::names::{DnsName, Region};
use crate::plan::{Application, RegionPlan};

/// A record set that is wanted. Its check has a name and, once it is made, an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSet {
    /// The set, without its check.
    pub set: RecordSet,
    /// The check that is to hang on it.
    pub check: Option<CheckName>,
    /// Whether users are answered by it.
    pub serves: bool,
}

/// The TTL of what only controllers and checkers ask for, in seconds.
const BESIDE: u32 = 1;
/// The TTL of what says whose the records are, in seconds.
const OWNER: u32 = 300;

/// The name at which one region is answered, whoever serves: its unit keeps its check there while it sits
/// in none of the served sets, and rehearsals can ask it.
pub fn unit_name(served: &DnsName, region: &Region) -> DnsName {
    served.child("_understudy").child(&format!("unit-{region}"))
}

/// The name of the record that says which deployment made the records.
pub fn owner_name(served: &DnsName) -> DnsName {
    served.child("_understudy").child("owner")
}

/// What the owner's record says.
pub fn owner_text(deployment: &str) -> String {
    format!("\"understudy v=1 deployment={deployment}\"")
}

/// All record sets of an application: the owner's first, the served ones last.
pub fn of(application: &Application, deployment: &str, standing: &Standing) -> Vec<WantedSet> {
    let regions = || application.regions.iter();
    let owner = owner(application, deployment);
    let ups = regions().flat_map(|region| up_pair(application, region));
    let units = regions().flat_map(|region| kept_unit(application, region));
    [owner].into_iter().chain(ups).chain(units).chain(served(application, standing)).collect()
}

fn owner(application: &Application, deployment: &str) -> WantedSet {
    let set = RecordSet {
        name: owner_name(&application.served),
        kind: RecordType::Txt,
        routing: Routing::Simple,
        content: Content::Values { ttl: OWNER, values: vec![owner_text(deployment)] },
        health_check: None,
    };
    WantedSet { set, check: None, serves: false }
}

/// What Route 53's checkers think of a region's endpoint, as DNS tells it.
fn up_pair(application: &Application, region: &RegionPlan) -> [WantedSet; 2] {
    let side = |word: &str, side, check| {
        let set = RecordSet {
            name: up_name(&application.served, &region.name),
            kind: RecordType::Txt,
            routing: Routing::Failover { set: word.to_owned(), side },
            content: Content::Values { ttl: BESIDE, values: vec![format!("\"{word}\"")] },
            health_check: None,
        };
        WantedSet { set, check, serves: false }
    };
    [
        side("up", Side::Primary, Some(endpoint_check(application, region))),
        side("down", Side::Secondary, None),
    ]
}

fn kept_unit(application: &Application, region: &RegionPlan) -> Vec<WantedSet> {
    let routing = || Routing::Failover { set: "unit".to_owned(), side: Side::Primary };
    let name = unit_name(&application.served, &region.name);
    unit_sets(application, region, &name, routing, false)
}

/// The record sets of the served name.
pub fn served(application: &Application, standing: &Standing) -> Vec<WantedSet> {
    match standing {
        Standing::Seats { primary, secondary } => {
            let sides = [(Side::Primary, primary), (Side::Secondary, secondary)];
            let seat = |(side, region): (Side, &Region)| {
                let region = application.region(region)?;
                let routing = || failover_routing(application, side);
                Some(unit_sets(application, region, &application.served, routing, true))
            };
            sides.into_iter().filter_map(seat).flatten().collect()
        }
        Standing::Weights(out) => {
            let of = |region: &RegionPlan| {
                let share = out.get(&region.name).copied().unwrap_or(100);
                let routing = || Routing::Weighted { set: region.set.clone(), weight: weight(region, share) };
                unit_sets(application, region, &application.served, routing, true)
            };
            application.regions.iter().flat_map(of).collect()
        }
        Standing::Answers(answers) => {
            let of = |region: &RegionPlan| {
                let whose = answers.get(&region.name).and_then(|name| application.region(name));
                let routing = || Routing::Latency { set: region.set.clone(), region: region.name.clone() };
                unit_sets(application, whose.unwrap_or(region), &application.served, routing, true)
            };
            application.regions.iter().flat_map(of).collect()
        }
    }
}

/// A region's unit at a name, by all its types alike.
fn unit_sets(
    application: &Application,
    region: &RegionPlan,
    name: &DnsName,
    routing: impl Fn() -> Routing,
    serves: bool,
) -> Vec<WantedSet> {
    let contents = ServingUnit::of(application, region, None).contents;
    let set = |(kind, content)| RecordSet {
        name: name.clone(),
        kind,
        routing: routing(),
        content,
        health_check: None,
    };
    let wanted = |set| WantedSet { set, check: Some(serving_check(application, region)), serves };
    contents.into_iter().map(set).map(wanted).collect()
}
