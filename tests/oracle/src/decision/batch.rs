//! What is written: the record sets of the served name that change.

use std::collections::BTreeSet;

use understudy::decide::{ListingReading, Situation};
use understudy::dns::{Content, Listing, MoveKind, RecordSet, RecordType, Routing, Shares, Side};
use understudy::health::Verdict;
use understudy::names::{HealthCheckId, Region};
use understudy::plan::{Application, Policy, RecordValue, RegionPlan};

use super::serving::{
    Serving, answers_value, is_out_by_us, kinds_of, owner, serving, set_named, sets, stage_weight,
};
use super::{Move, verdict};

/// The record sets that change. What is already so is not sent.
pub(super) fn writes(situation: &Situation<'_>, wish: &Move) -> Vec<RecordSet> {
    let mut writes = Vec::new();
    for set in wanted(situation, wish) {
        let live = match &situation.facts.listing {
            ListingReading::Read(listing) => listing.sets.contains(&set),
            ListingReading::NotAsked | ListingReading::Unavailable { .. } => false,
        };
        if !live {
            writes.push(set);
        }
    }
    writes
}

/// The record sets as the move wants them, whether or not they are so already.
pub(super) fn wanted(situation: &Situation<'_>, wish: &Move) -> Vec<RecordSet> {
    let mut wanted = Vec::new();
    for kind in kinds_of(&situation.application.regions[0].record) {
        match situation.application.policy {
            Policy::Failover => pair(situation, wish, kind, &mut wanted),
            Policy::Weighted => weights(situation, wish, kind, &mut wanted),
            Policy::Latency => answers(situation, wish, kind, &mut wanted),
        }
    }
    wanted
}

/// PRIMARY takes the target's unit; SECONDARY that of the best other region that is verified fit, or
/// of the one that is left where there is none.
fn pair(situation: &Situation<'_>, wish: &Move, kind: RecordType, wanted: &mut Vec<RecordSet>) {
    let application = situation.application;
    let mut behind = &wish.from;
    for region in &application.regions {
        if region.name != wish.to && verdict(situation, &region.name) == Verdict::Healthy {
            behind = &region.name;
            break;
        }
    }
    for (side, region) in [(Side::Primary, &wish.to), (Side::Secondary, behind)] {
        // Without its check it would count as always healthy, and the live set would lose its own.
        if side == Side::Secondary && !is_complete(situation, region) {
            continue;
        }
        let mut live = None;
        let mut routing = Routing::Failover {
            set: match side {
                Side::Primary => application.sets.primary.clone(),
                Side::Secondary => application.sets.secondary.clone(),
            },
            side,
        };
        if let Some(listing) = listing(situation) {
            for set in sets(application, listing, kind) {
                if matches!(&set.routing, Routing::Failover { side: of, .. } if *of == side) {
                    routing = set.routing.clone();
                    live = Some(set);
                }
            }
        }
        wanted.extend(set_with_unit(situation, region, kind, routing, live));
    }
}

/// Whether Route 53 knows when not to answer a region's unit.
fn is_complete(situation: &Situation<'_>, name: &Region) -> bool {
    match situation.application.regions.iter().find(|region| &region.name == name) {
        Some(region) => {
            matches!(region.record, RecordValue::Alias { .. }) || health_check(situation, region).is_some()
        }
        None => false,
    }
}

/// The failed region's weight becomes 0, or the returning one's its share. A rescuer that was out
/// serves as planned; so does a taker whose weight nobody can see: it may be 0.
fn weights(situation: &Situation<'_>, wish: &Move, kind: RecordType, wanted: &mut Vec<RecordSet>) {
    let serving = serving(situation);
    let unseen = listing(situation).is_none();
    for region in &situation.application.regions {
        let weight = match wish.kind {
            MoveKind::Evacuate if region.name == wish.from => 0,
            MoveKind::Evacuate if region.name == wish.to && (unseen || serving.share(&wish.to) < 100) => {
                region.weight
            }
            MoveKind::Restore if region.name == wish.to => stage_weight(region.weight, wish.share),
            _ => continue,
        };
        let routing = Routing::Weighted { set: region.set.clone(), weight };
        let live = listing(situation)
            .and_then(|listing| set_named(situation.application, listing, kind, &region.set));
        match live {
            // Its value and its check stay.
            Some(live) => wanted.push(RecordSet { routing, ..live.clone() }),
            None => wanted.extend(set_with_unit(situation, &region.name, kind, routing, None)),
        }
    }
}

/// Every set that answers the failed region takes the taker's unit; a region that returns has its own.
fn answers(situation: &Situation<'_>, wish: &Move, kind: RecordType, wanted: &mut Vec<RecordSet>) {
    let application = situation.application;
    let serving = serving(situation);
    for region in &application.regions {
        let live = listing(situation).and_then(|listing| set_named(application, listing, kind, &region.set));
        let answered = match live {
            Some(live) => owner(application, live).map(|owner| &owner.name),
            None if serving.share(&region.name) == 100 => Some(&region.name),
            // Nobody can see whom the users of a region reach that is out: it may be the one that fails.
            None => Some(&wish.from),
        };
        let unit = match wish.kind {
            MoveKind::Evacuate if answered == Some(&wish.from) || region.name == wish.from => &wish.to,
            // A rescuer that was out answers its own users again.
            MoveKind::Evacuate if region.name == wish.to && answered != Some(&wish.to) => &wish.to,
            MoveKind::Restore if region.name == wish.to => &wish.to,
            _ => continue,
        };
        let routing = Routing::Latency { set: region.set.clone(), region: region.name.clone() };
        wanted.extend(set_with_unit(situation, unit, kind, routing, live));
    }
}

/// A record set that holds a region's unit: its value and its check. A live TTL stays.
fn set_with_unit(
    situation: &Situation<'_>,
    region: &Region,
    kind: RecordType,
    routing: Routing,
    live: Option<&RecordSet>,
) -> Option<RecordSet> {
    let application = situation.application;
    let region = application.regions.iter().find(|planned| &planned.name == region)?;
    let mut content = content(application, region, kind)?;
    if let (Content::Values { ttl, .. }, Some(Content::Values { ttl: standing, .. })) =
        (&mut content, live.map(|live| &live.content))
    {
        *ttl = *standing;
    }
    let health_check = health_check(situation, region);
    Some(RecordSet { name: application.served.clone(), kind, routing, content, health_check })
}

fn content(application: &Application, region: &RegionPlan, kind: RecordType) -> Option<Content> {
    let ttl = u32::try_from(application.ttl.as_secs()).unwrap_or(u32::MAX);
    match (&region.record, kind) {
        (RecordValue::Addresses { v4, .. }, RecordType::A) => {
            Some(Content::Values { ttl, values: v4.iter().map(ToString::to_string).collect() })
        }
        (RecordValue::Addresses { v6, .. }, RecordType::Aaaa) => {
            Some(Content::Values { ttl, values: v6.iter().map(ToString::to_string).collect() })
        }
        (RecordValue::Cname(name), RecordType::Cname) => {
            Some(Content::Values { ttl, values: vec![name.to_string()] })
        }
        (RecordValue::Alias { target, zone, .. }, RecordType::A | RecordType::Aaaa) => {
            Some(Content::Alias { zone: zone.clone(), target: target.clone(), evaluate_target_health: true })
        }
        _ => None,
    }
}

/// The check that the plan names, else the one on the live set that answers this region's value.
pub(super) fn health_check(situation: &Situation<'_>, region: &RegionPlan) -> Option<HealthCheckId> {
    if let Some(check) = &region.health_check {
        return Some(check.clone());
    }
    for set in &listing(situation)?.sets {
        if let Some(check) = &set.health_check
            && answers_value(&set.content, &region.record, set.kind)
        {
            return Some(check.clone());
        }
    }
    None
}

fn listing<'a>(situation: &Situation<'a>) -> Option<&'a Listing> {
    match &situation.facts.listing {
        ListingReading::Read(listing) => Some(listing),
        ListingReading::NotAsked | ListingReading::Unavailable { .. } => None,
    }
}

/// Who serves less than planned afterwards by our doing: who did so before, and what this move changes.
pub(super) fn out_afterwards(situation: &Situation<'_>, wish: &Move) -> Shares {
    let serving = serving(situation);
    let mut out = Shares::new();
    if matches!(serving, Serving::One(_)) {
        return out;
    }
    let mut names = BTreeSet::new();
    for region in &situation.application.regions {
        names.insert(&region.name);
    }
    for name in names {
        let mut share = serving.share(name);
        let mut ours = is_out_by_us(situation, name);
        match wish.kind {
            MoveKind::Evacuate if name == &wish.from => (share, ours) = (0, true),
            MoveKind::Evacuate if name == &wish.to => share = 100,
            MoveKind::Restore if name == &wish.to => (share, ours) = (wish.share, true),
            _ => {}
        }
        if ours && share < 100 {
            out.insert(name.clone(), share);
        }
    }
    out
}
