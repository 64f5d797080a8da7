//! Who serves: by the record sets where the API answered, else by the newest epoch, else as planned.

use std::collections::{BTreeMap, BTreeSet};

use understudy::decide::{ListingReading, Situation};
use understudy::dns::{Content, Listing, RecordSet, RecordType, Routing, Side};
use understudy::names::Region;
use understudy::plan::{Application, Policy, RecordValue, RegionPlan, Role};

use super::newest_record;

/// Who serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Serving {
    /// One region, under `failover`.
    One(Region),
    /// All, each with a part of its planned share in percent.
    Each(BTreeMap<Region, u8>),
}

impl Serving {
    /// The part of its planned share that a region serves.
    pub(super) fn share(&self, region: &Region) -> u8 {
        match self {
            Self::One(seat) if seat == region => 100,
            Self::One(_) => 0,
            Self::Each(shares) => shares.get(region).copied().unwrap_or(0),
        }
    }
}

/// Who serves. Where the record sets make no sense, as if everybody served as planned: the guard
/// `records` then holds whatever is wanted.
pub(super) fn serving(situation: &Situation<'_>) -> Serving {
    let application = situation.application;
    let facts = situation.facts;
    if let ListingReading::Read(listing) = &facts.listing {
        return by_records(situation, listing).unwrap_or_else(|| planned(application));
    }
    if application.policy == Policy::Failover {
        return match newest_record(facts) {
            Some(newest) => Serving::One(newest.to.clone()),
            None => planned(application),
        };
    }
    let mut shares = BTreeMap::new();
    for region in &application.regions {
        let mut share = 100;
        if let Some(listed) = &facts.listed {
            share = listed.get(&region.name).copied().unwrap_or(100);
        } else if let Some(newest) = newest_record(facts) {
            share = newest.out.get(&region.name).copied().unwrap_or(100);
        }
        shares.insert(region.name.clone(), share);
    }
    Serving::Each(shares)
}

/// The share of a region that we took out, wholly or in part, by the newest epoch. What people took
/// out by hand is theirs to bring back.
pub(super) fn is_out_by_us(situation: &Situation<'_>, region: &Region) -> bool {
    match newest_record(situation.facts) {
        Some(newest) => newest.out.get(region).copied().unwrap_or(100) < 100,
        None => false,
    }
}

/// The region that serves when all is well.
pub(super) fn preferred(application: &Application) -> &Region {
    for region in &application.regions {
        if region.role == Role::Primary {
            return &region.name;
        }
    }
    &application.regions[0].name
}

fn planned(application: &Application) -> Serving {
    if application.policy == Policy::Failover {
        return Serving::One(preferred(application).clone());
    }
    let mut shares = BTreeMap::new();
    for region in &application.regions {
        shares.insert(region.name.clone(), 100);
    }
    Serving::Each(shares)
}

/// Who serves by the record sets; none where they are not what the plan says.
pub(super) fn by_records(situation: &Situation<'_>, listing: &Listing) -> Option<Serving> {
    let application = situation.application;
    let mut kinds = BTreeSet::new();
    for set in &listing.sets {
        if set.name == application.served && set.kind != RecordType::Txt {
            kinds.insert(set.kind);
        }
    }
    let planned = kinds_of(&application.regions[0].record);
    // A type that the plan does not know would be left behind by every move.
    if kinds.is_empty() || !kinds.is_subset(&planned) {
        return None;
    }
    // One that is missing is added to a failover pair; where all serve, nobody knows its weights.
    if application.policy != Policy::Failover && kinds != planned {
        return None;
    }
    if application.policy == Policy::Latency && !go_together(application, listing, &kinds) {
        return None;
    }
    let mut found: Option<Serving> = None;
    for kind in kinds {
        let of_kind = match application.policy {
            Policy::Failover => seat(application, listing, kind)?,
            Policy::Weighted => weights(situation, listing, kind)?,
            Policy::Latency => answers(application, listing, kind)?,
        };
        // A and AAAA go together.
        if found.as_ref().is_some_and(|found| found != &of_kind) {
            return None;
        }
        found = Some(of_kind);
    }
    found
}

/// Whether each region's latency sets of all types answer one and the same region.
fn go_together(application: &Application, listing: &Listing, kinds: &BTreeSet<RecordType>) -> bool {
    for region in &application.regions {
        let mut answered = BTreeSet::new();
        for kind in kinds {
            let set = set_named(application, listing, *kind, &region.set);
            answered.insert(set.and_then(|set| owner(application, set)).map(|owner| &owner.name));
        }
        if answered.len() > 1 {
            return false;
        }
    }
    true
}

/// Whose unit stands in PRIMARY.
fn seat(application: &Application, listing: &Listing, kind: RecordType) -> Option<Serving> {
    let mut primary = None;
    for set in sets(application, listing, kind) {
        if matches!(&set.routing, Routing::Failover { side: Side::Primary, .. }) {
            primary = Some(set);
        }
    }
    Some(Serving::One(owner(application, primary?)?.name.clone()))
}

/// What part of its planned weight each region's set has.
fn weights(situation: &Situation<'_>, listing: &Listing, kind: RecordType) -> Option<Serving> {
    let application = situation.application;
    let mut shares = BTreeMap::new();
    for region in &application.regions {
        let set = set_named(application, listing, kind, &region.set)?;
        let Routing::Weighted { weight, .. } = &set.routing else { return None };
        if owner(application, set)?.name != region.name {
            return None;
        }
        shares.insert(region.name.clone(), share_of_weight(situation, region, *weight));
    }
    Some(Serving::Each(shares))
}

/// A weight as a part of the planned one. Only a region that we took out, or are bringing back, serves
/// a part: another weight is somebody's choice, but for 0.
fn share_of_weight(situation: &Situation<'_>, region: &RegionPlan, weight: u8) -> u8 {
    if weight == 0 {
        return 0;
    }
    if weight >= region.weight || !is_out_by_us(situation, &region.name) {
        return 100;
    }
    let part = u32::from(weight) * 100 / u32::from(region.weight);
    u8::try_from(part.max(1)).unwrap_or(100)
}

/// The weight of a region that gets this part of its planned one: rounded up, so that a stage is
/// never nothing.
pub(super) fn stage_weight(planned: u8, share: u8) -> u8 {
    let hundredths = u32::from(planned) * u32::from(share);
    let mut weight = hundredths / 100;
    if !hundredths.is_multiple_of(100) {
        weight += 1;
    }
    u8::try_from(weight).unwrap_or(planned)
}

/// Whose unit each region's latency set answers: one that answers another region's is out.
fn answers(application: &Application, listing: &Listing, kind: RecordType) -> Option<Serving> {
    let mut shares = BTreeMap::new();
    for region in &application.regions {
        let set = set_named(application, listing, kind, &region.set)?;
        if !matches!(&set.routing, Routing::Latency { .. }) {
            return None;
        }
        let own = owner(application, set)?.name == region.name;
        shares.insert(region.name.clone(), if own { 100 } else { 0 });
    }
    Some(Serving::Each(shares))
}

/// The record sets of the served name of one type.
pub(super) fn sets<'a>(
    application: &Application,
    listing: &'a Listing,
    kind: RecordType,
) -> Vec<&'a RecordSet> {
    let mut found = Vec::new();
    for set in &listing.sets {
        if set.name == application.served && set.kind == kind {
            found.push(set);
        }
    }
    found
}

pub(super) fn set_named<'a>(
    application: &Application,
    listing: &'a Listing,
    kind: RecordType,
    name: &str,
) -> Option<&'a RecordSet> {
    for set in sets(application, listing, kind) {
        let identifier = match &set.routing {
            Routing::Simple => continue,
            Routing::Failover { set, .. }
            | Routing::Weighted { set, .. }
            | Routing::Latency { set, .. }
            | Routing::Other { set } => set,
        };
        if identifier == name {
            return Some(set);
        }
    }
    None
}

/// The region whose value a record set answers.
pub(super) fn owner<'a>(application: &'a Application, set: &RecordSet) -> Option<&'a RegionPlan> {
    application.regions.iter().find(|region| answers_value(&set.content, &region.record, set.kind))
}

/// The record types of a planned value.
pub(super) fn kinds_of(record: &RecordValue) -> BTreeSet<RecordType> {
    let mut kinds = BTreeSet::new();
    match record {
        RecordValue::Addresses { v4, v6 } => {
            if !v4.is_empty() {
                kinds.insert(RecordType::A);
            }
            if !v6.is_empty() {
                kinds.insert(RecordType::Aaaa);
            }
        }
        RecordValue::Cname(_) => {
            kinds.insert(RecordType::Cname);
        }
        RecordValue::Alias { ipv6, .. } => {
            kinds.insert(RecordType::A);
            if *ipv6 {
                kinds.insert(RecordType::Aaaa);
            }
        }
    }
    kinds
}

/// Whether a live content answers what the plan says: names without regard to case, the final dot, or
/// the console's `dualstack.`; addresses in any order.
pub(super) fn answers_value(content: &Content, record: &RecordValue, kind: RecordType) -> bool {
    match (content, record) {
        (Content::Alias { target, .. }, RecordValue::Alias { target: planned, .. }) => {
            bare(target.as_str()) == bare(planned.as_str())
        }
        (Content::Values { values, .. }, RecordValue::Cname(name)) => {
            values.len() == 1 && folded(&values[0]) == folded(name.as_str())
        }
        (Content::Values { values, .. }, RecordValue::Addresses { v4, v6 }) => {
            let mut live: Vec<String> = values.iter().map(|value| folded(value)).collect();
            let mut planned: Vec<String> = match kind {
                RecordType::A => v4.iter().map(ToString::to_string).collect(),
                RecordType::Aaaa => v6.iter().map(ToString::to_string).collect(),
                RecordType::Cname | RecordType::Txt => return false,
            };
            live.sort();
            planned.sort();
            live == planned
        }
        _ => false,
    }
}

fn folded(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

fn bare(name: &str) -> String {
    let name = folded(name);
    match name.strip_prefix("dualstack.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}
