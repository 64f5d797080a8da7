//! The record sets of the served name, as Route 53 would list them.

use proptest::prelude::*;
use understudy::dns::{Content, EpochRecord, Listing, RecordSet, RecordType, Routing, Shares, Side};
use understudy::names::{DnsName, Region};
use understudy::plan::{Application, Policy, RecordValue, RegionPlan};

use super::{MOST_REGIONS, region};

/// What somebody did to the record sets by hand.
#[derive(Clone, Copy, Debug)]
pub enum Twist {
    /// Nothing.
    None,
    /// Another region sits in PRIMARY, or has another weight, or answers another region's users.
    Moved { whom: usize, to: usize, weight: u8 },
    /// A TTL of their own.
    Ttl(u32),
    /// Names as the console writes them: upper case, a final dot, `dualstack.`.
    Console,
    /// A set is gone.
    Missing(usize),
    /// A set answers what no region serves.
    Foreign(usize),
    /// A set has a policy that is not the plan's.
    Routing(usize),
    /// Another identifier.
    Renamed(usize),
    /// A type that the plan does not have.
    Extra,
    /// One more set of the same type.
    Another,
    /// The first type says something other than the second.
    Torn(usize),
    /// One type has another weight than the other.
    TornWeight(usize),
    /// Aliases do not evaluate their target's health.
    Unevaluated,
    /// The zone is private.
    Private,
    /// No set has a check.
    Unchecked,
}

/// Mostly nothing.
pub fn twist() -> impl Strategy<Value = Twist> {
    let index = || 0..2 * MOST_REGIONS;
    let weight = prop_oneof![2 => Just(0_u8), 1 => Just(100), 1 => Just(5), 1 => any::<u8>()];
    prop_oneof![
        50 => Just(Twist::None),
        8 => (index(), index(), weight).prop_map(|(whom, to, weight)| Twist::Moved { whom, to, weight }),
        3 => (0_u32..400).prop_map(Twist::Ttl),
        3 => Just(Twist::Console),
        1 => index().prop_map(Twist::Missing),
        1 => index().prop_map(Twist::Foreign),
        1 => index().prop_map(Twist::Routing),
        1 => index().prop_map(Twist::Renamed),
        1 => Just(Twist::Extra),
        1 => Just(Twist::Another),
        1 => index().prop_map(Twist::Torn),
        1 => index().prop_map(Twist::TornWeight),
        3 => Just(Twist::Unevaluated),
        1 => Just(Twist::Private),
        2 => Just(Twist::Unchecked),
    ]
}

/// The record sets after the newest move, and then a twist.
pub fn listing(
    application: &Application,
    holder: &Region,
    out: &Shares,
    newest: Option<&EpochRecord>,
    twist: &Twist,
) -> Listing {
    let mut sets = Vec::new();
    for kind in kinds(&application.regions[0].record) {
        match application.policy {
            Policy::Failover => pair(application, holder, kind, &mut sets),
            Policy::Weighted => weighted(application, out, kind, &mut sets),
            Policy::Latency => latency(application, out, newest, kind, &mut sets),
        }
    }
    let mut listing = Listing { private_zone: false, sets };
    twisted(application, &mut listing, *twist);
    if let Some(newest) = newest {
        listing.sets.push(newest.claim_set(&application.served));
        listing.sets.push(newest.now_set(&application.served));
    }
    listing
}

fn pair(application: &Application, holder: &Region, kind: RecordType, sets: &mut Vec<RecordSet>) {
    let holder = application.region(holder).expect("the holder is planned");
    let behind = application.regions.iter().find(|region| region.name != holder.name).expect("two regions");
    let names = &application.sets;
    for (region, set, side) in
        [(holder, &names.primary, Side::Primary), (behind, &names.secondary, Side::Secondary)]
    {
        let routing = Routing::Failover { set: set.clone(), side };
        sets.push(unit(application, region, kind, routing));
    }
}

fn weighted(application: &Application, out: &Shares, kind: RecordType, sets: &mut Vec<RecordSet>) {
    for region in &application.regions {
        let share = u32::from(out.get(&region.name).copied().unwrap_or(100));
        let weight = (u32::from(region.weight) * share).div_ceil(100);
        let routing = Routing::Weighted { set: region.set.clone(), weight: u8::try_from(weight).unwrap() };
        sets.push(unit(application, region, kind, routing));
    }
}

fn latency(
    application: &Application,
    out: &Shares,
    newest: Option<&EpochRecord>,
    kind: RecordType,
    sets: &mut Vec<RecordSet>,
) {
    let stays = |region: &&RegionPlan| !out.contains_key(&region.name);
    // Whom the others' users reach: the taker of the newest move, or the first that serves.
    let taker = newest.and_then(|newest| application.region(&newest.to)).filter(|taker| stays(taker));
    let taker = taker.or_else(|| application.regions.iter().find(stays));
    for region in &application.regions {
        let answers = if stays(&region) { region } else { taker.unwrap_or(region) };
        let routing = Routing::Latency { set: region.set.clone(), region: region.name.clone() };
        sets.push(unit(application, answers, kind, routing));
    }
}

/// A record set that answers a region's value.
fn unit(application: &Application, region: &RegionPlan, kind: RecordType, routing: Routing) -> RecordSet {
    let ttl = u32::try_from(application.ttl.as_secs()).unwrap();
    let content = match (&region.record, kind) {
        (RecordValue::Addresses { v6, .. }, RecordType::Aaaa) => {
            Content::Values { ttl, values: v6.iter().map(ToString::to_string).collect() }
        }
        (RecordValue::Addresses { v4, .. }, _) => {
            Content::Values { ttl, values: v4.iter().map(ToString::to_string).collect() }
        }
        (RecordValue::Cname(name), _) => Content::Values { ttl, values: vec![name.to_string()] },
        (RecordValue::Alias { target, zone, .. }, _) => {
            Content::Alias { zone: zone.clone(), target: target.clone(), evaluate_target_health: true }
        }
    };
    // Where the plan names no check, the live set has one all the same.
    let named = || Some(format!("live-check-of-{}", region.name).as_str().into());
    let health_check = region.health_check.clone().or_else(named);
    RecordSet { name: application.served.clone(), kind, routing, content, health_check }
}

fn kinds(record: &RecordValue) -> Vec<RecordType> {
    match record {
        RecordValue::Addresses { v6, .. } if !v6.is_empty() => vec![RecordType::A, RecordType::Aaaa],
        RecordValue::Addresses { .. } => vec![RecordType::A],
        RecordValue::Cname(_) => vec![RecordType::Cname],
        RecordValue::Alias { ipv6: true, .. } => vec![RecordType::A, RecordType::Aaaa],
        RecordValue::Alias { ipv6: false, .. } => vec![RecordType::A],
    }
}

fn twisted(application: &Application, listing: &mut Listing, twist: Twist) {
    let count = listing.sets.len();
    let sets = &mut listing.sets;
    match twist {
        Twist::None => {}
        Twist::Private => listing.private_zone = true,
        Twist::Moved { whom, to, weight } => moved(application, sets, (whom, to, weight)),
        Twist::Ttl(seconds) => {
            for set in sets {
                if let Content::Values { ttl, .. } = &mut set.content {
                    *ttl = seconds;
                }
            }
        }
        Twist::Console => sets.iter_mut().for_each(as_the_console_writes),
        Twist::Missing(index) => drop(sets.remove(index % count)),
        Twist::Foreign(index) => sets[index % count].content = foreign(),
        Twist::Routing(index) => sets[index % count].routing = Routing::Other { set: "by-hand".into() },
        Twist::Renamed(index) => rename(&mut sets[index % count]),
        Twist::Extra => {
            let first = sets[0].clone();
            let kind = if first.kind == RecordType::A { RecordType::Aaaa } else { RecordType::A };
            // Beside a CNAME nothing can stand.
            if !sets.iter().any(|set| set.kind == kind || set.kind == RecordType::Cname) {
                sets.push(RecordSet { kind, content: foreign(), ..first });
            }
        }
        // Of a failover pair there is no third one.
        Twist::Another if application.policy == Policy::Failover => {}
        Twist::Another => {
            let mut another = sets[0].clone();
            rename(&mut another);
            another.content = foreign();
            sets.push(another);
        }
        Twist::Torn(index) => {
            let kind = sets[0].kind;
            let other = region(application, index).clone();
            if sets.iter().any(|set| set.kind != kind) {
                sets[0] = unit(application, &other, kind, sets[0].routing.clone());
            }
        }
        Twist::TornWeight(index) => {
            if let Routing::Weighted { weight, .. } = &mut sets[index % count].routing {
                *weight = if *weight == 0 { 100 } else { 0 };
            }
        }
        Twist::Unevaluated => sets.iter_mut().for_each(|set| {
            if let Content::Alias { evaluate_target_health, .. } = &mut set.content {
                *evaluate_target_health = false;
            }
        }),
        Twist::Unchecked => sets.iter_mut().for_each(|set| set.health_check = None),
    }
}

/// A complete move by hand: every type alike.
fn moved(application: &Application, sets: &mut [RecordSet], (whom, to, weight): (usize, usize, u8)) {
    let (whom, to) = (region(application, whom), region(application, to));
    for set in sets {
        let kind = set.kind;
        match &mut set.routing {
            Routing::Failover { side: Side::Primary, .. } => {
                *set = unit(application, to, kind, set.routing.clone());
            }
            Routing::Weighted { set: name, weight: live } if *name == whom.set => *live = weight,
            Routing::Latency { set: name, .. } if *name == whom.set => {
                *set = unit(application, to, kind, set.routing.clone());
            }
            _ => {}
        }
    }
}

fn rename(set: &mut RecordSet) {
    let name = "renamed".to_owned();
    set.routing = match set.routing.clone() {
        Routing::Failover { side, .. } => Routing::Failover { set: name, side },
        Routing::Weighted { weight, .. } => Routing::Weighted { set: name, weight },
        Routing::Latency { region, .. } => Routing::Latency { set: name, region },
        other => other,
    };
}

fn foreign() -> Content {
    Content::Values { ttl: 60, values: vec!["203.0.113.9".into()] }
}

fn as_the_console_writes(set: &mut RecordSet) {
    match &mut set.content {
        Content::Alias { target, .. } => *target = DnsName::new(&format!("dualstack.{target}")),
        Content::Values { values, .. } => {
            values.reverse();
            if set.kind == RecordType::Cname {
                values.iter_mut().for_each(|value| *value = format!("{}.", value.to_uppercase()));
            }
        }
    }
}
