//! The record sets that a plan wants: those of the served name, and those below `_understudy` that stand
//! beside them.

use super::behind;
use super::checks::{endpoint_check, serving_check};
use super::name::CheckName;
use super::standing::Standing;
use crate::dns::{
    Content, RecordSet, RecordType, Routing, ServingUnit, Side, TargetKind, failover_routing, unit_name,
    up_name, weight,
};
use crate::names::{DnsName, Region};
use crate::plan::{Application, Behind, RecordValue, RegionPlan};

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

/// The name of the record that says which deployment made the records.
pub fn owner_name(served: &DnsName) -> DnsName {
    served.child("_understudy").child("owner")
}

/// What the owner's record says.
pub fn owner_text(deployment: &str) -> String {
    format!("\"understudy v=1 deployment={deployment}\"")
}

/// The name at which rehearsals find a copy of the served record sets.
pub fn shadow_name(served: &DnsName) -> DnsName {
    served.child("_understudy").child("shadow")
}

/// All record sets of an application: the owner's first, the served ones last, each after what it leads to.
pub fn of(application: &Application, deployment: &str, standing: &Standing) -> Vec<WantedSet> {
    let regions = || application.regions.iter();
    let owner = owner(application, deployment);
    let ups = regions().flat_map(|region| up_pair(application, region));
    let behind = regions().flat_map(|region| behind::of(application, region));
    let units = regions().flat_map(|region| kept_unit(application, region));
    let shadow = if application.shadow { shadow(application) } else { Vec::new() };
    let beside = [owner].into_iter().chain(ups).chain(behind).chain(units).chain(shadow);
    beside.chain(served(application, standing)).collect()
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
    let name = || up_name(&application.served, &region.name);
    let down = word(name(), "down", Side::Secondary);
    [
        WantedSet { check: Some(endpoint_check(application, region)), ..word(name(), "up", Side::Primary) },
        down,
    ]
}

/// A text that is its own set identifier.
fn word(name: DnsName, word: &str, side: Side) -> WantedSet {
    let set = RecordSet {
        name,
        kind: RecordType::Txt,
        routing: Routing::Failover { set: word.to_owned(), side },
        content: Content::Values { ttl: BESIDE, values: vec![format!("\"{word}\"")] },
        health_check: None,
    };
    WantedSet { set, check: None, serves: false }
}

/// A region's unit, answered whoever serves: its check is found there while it sits in none of the served sets,
/// and rehearsals can ask it. What answers for one name only is not named there, but its check is kept all the same.
fn kept_unit(application: &Application, region: &RegionPlan) -> Vec<WantedSet> {
    let name = unit_name(&application.served, &region.name);
    if is_bound_to_its_name(&region.record) {
        let kept = word(name, "unit", Side::Primary);
        return vec![WantedSet { check: unit_check(application, region), ..kept }];
    }
    let routing = || Routing::Failover { set: "unit".to_owned(), side: Side::Primary };
    let mut sets = unit_sets(application, region, &Place { name: &name, serves: false }, routing);
    for wanted in &mut sets {
        // As a failover alias must (Route 53 API, `ResourceRecordSet.Failover`): nobody is answered by it.
        if let Content::Alias { evaluate_target_health, .. } = &mut wanted.set.content {
            *evaluate_target_health = true;
        }
    }
    sets
}

fn is_bound_to_its_name(record: &RecordValue) -> bool {
    matches!(record, RecordValue::Alias { target, .. } if TargetKind::of(target).is_bound_to_its_name())
}

/// The check that moves with a region's unit. That of a pair stays in the pair, whose health the unit evaluates:
/// beside the unit it would keep the backup from ever being answered.
fn unit_check(application: &Application, region: &RegionPlan) -> Option<CheckName> {
    (!matches!(region.behind, Some(Behind::Pair(_)))).then(|| serving_check(application, region))
}

/// A copy of the served record sets as the plan has them, whoever serves: its sets have identifiers of their own.
fn shadow(application: &Application) -> Vec<WantedSet> {
    let name = shadow_name(&application.served);
    let place = Place { name: &name, serves: false };
    let mut sets = arranged(application, &Standing::planned(application), &place);
    for wanted in &mut sets {
        let own = match &wanted.set.routing {
            Routing::Failover { side, .. } => side.as_str().to_ascii_lowercase(),
            routing => routing.set().unwrap_or_default().to_owned(),
        };
        wanted.set.routing = wanted.set.routing.clone().named(shadowed(&own));
    }
    sets
}

/// The longest set identifier (Route 53 API, `ResourceRecordSet.SetIdentifier`).
const LONGEST_SET: usize = 128;

/// The identifier of a set's copy: the last characters of one that is too long tell most.
fn shadowed(set: &str) -> String {
    let named = format!("shadow-{set}");
    let extra = named.chars().count().saturating_sub(LONGEST_SET);
    named.chars().skip(extra).collect()
}

/// The record sets of the served name.
pub fn served(application: &Application, standing: &Standing) -> Vec<WantedSet> {
    arranged(application, standing, &Place { name: &application.served, serves: true })
}

/// Where record sets stand.
struct Place<'a> {
    name: &'a DnsName,
    serves: bool,
}

fn arranged(application: &Application, standing: &Standing, place: &Place<'_>) -> Vec<WantedSet> {
    match standing {
        Standing::Seats { primary, secondary } => {
            let sides = [(Side::Primary, primary), (Side::Secondary, secondary)];
            let seat = |(side, region): (Side, &Region)| {
                let region = application.region(region)?;
                let routing = || failover_routing(application, side);
                Some(unit_sets(application, region, place, routing))
            };
            sides.into_iter().filter_map(seat).flatten().collect()
        }
        Standing::Weights(out) => {
            let of = |region: &RegionPlan| {
                let share = out.get(&region.name).copied().unwrap_or(100);
                let routing = || Routing::Weighted { set: region.set.clone(), weight: weight(region, share) };
                unit_sets(application, region, place, routing)
            };
            application.regions.iter().flat_map(of).collect()
        }
        Standing::Answers(answers) => {
            let of = |region: &RegionPlan| {
                let whose = answers.get(&region.name).and_then(|name| application.region(name));
                let routing = || Routing::Latency { set: region.set.clone(), region: region.name.clone() };
                unit_sets(application, whose.unwrap_or(region), place, routing)
            };
            application.regions.iter().flat_map(of).collect()
        }
    }
}

/// A region's unit at a name, by all its types alike.
fn unit_sets(
    application: &Application,
    region: &RegionPlan,
    place: &Place<'_>,
    routing: impl Fn() -> Routing,
) -> Vec<WantedSet> {
    let contents = ServingUnit::of(application, region, None).contents;
    let set = |(kind, content)| RecordSet {
        name: place.name.clone(),
        kind,
        routing: routing(),
        content,
        health_check: None,
    };
    let check = unit_check(application, region);
    let wanted = |set| WantedSet { set, check: check.clone(), serves: place.serves };
    contents.into_iter().map(set).map(wanted).collect()
}
