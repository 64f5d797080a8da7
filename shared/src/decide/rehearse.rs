//! A decision that is rehearsed: everything that would be done, and nothing that could be sent.

use serde::Serialize;

use super::choice::{self, MoveKind, Wish};
use super::claim::{batch, effect};
use super::effect::Effect;
use super::guards::{objections, raised};
use super::hold::HoldWords;
use super::seen::Seen;
use super::situation::Situation;
use crate::dns::{Content, Listing, RecordSet};
use crate::health::{RegionHealth, Settled, Testimony, Vantage, Verdict};
use crate::names::{DnsName, Region, SignalId};
use crate::plan::Zone;

/// What would be done if a region were lost. It holds words and values, no claim and no batch:
/// there is nothing in it that a port could send.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsal {
    /// The move that would be wanted.
    pub wish: Wish,
    /// Its exact effect.
    pub effect: Effect,
    /// The guards that would object, now as ever.
    pub holds: Vec<HoldWords>,
    /// The zone that would be changed.
    pub zone: Zone,
    /// The changes of the one batch, in its order. Empty where it cannot be made.
    pub changes: Vec<RehearsedChange>,
}

/// One change of a batch, as it would be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RehearsedChange {
    /// CREATE or UPSERT.
    pub action: &'static str,
    /// The record set: name, type and what tells it apart.
    pub record: String,
    /// What it answers now, with its health check; none where it does not exist or is not known.
    pub current: Option<String>,
    /// What it would answer.
    pub new: String,
}

/// Decides as if `lost` had failed by all that can be seen of it. None where nothing would be
/// wanted: it does not serve, or this controller would not be the one to act.
pub fn rehearse(situation: &Situation<'_>, lost: &Region) -> Option<Rehearsal> {
    let mut facts = situation.facts.clone();
    facts.health.insert(lost.clone(), as_if_lost(situation, lost));
    let situation = Situation { facts: &facts, ..situation.clone() };
    let situation = Seen::of(&situation);
    let wanted = |wish: &Wish| wish.kind == MoveKind::Evacuate && &wish.from == lost;
    let wish = choice::wishes(&situation).into_iter().find(wanted)?;
    let raised = raised(&situation, &wish);
    let effect = effect(&situation, &wish, &raised);
    let holds = objections(&situation, &wish, raised, &effect.digest()).holds;
    Some(Rehearsal {
        holds: holds.iter().map(super::Hold::in_words).collect(),
        changes: changes(&situation, &wish),
        zone: situation.application.zone.clone(),
        wish,
        effect,
    })
}

/// A region that every vantage has seen dead for longer than the dwell.
fn as_if_lost(situation: &Situation<'_>, lost: &Region) -> RegionHealth {
    let timing = &situation.application.timing;
    let since = situation.now.checked_sub(timing.dwell + timing.interval).unwrap_or(situation.now);
    let testimony = |vantage: Vantage| Testimony {
        signal: SignalId::new("rehearsed"),
        vantage,
        says: Some(Settled::Bad),
        counts: true,
        count: timing.fall,
        since: Some(since),
        seen: "rehearsed: as if the region were lost".into(),
    };
    let vantages = [Vantage::Here, Vantage::Checkers];
    RegionHealth {
        region: lost.clone(),
        verdict: Verdict::Unhealthy,
        evidence: vantages.map(testimony).into(),
        bad_vantages: vantages.into(),
        bad_since: Some(since),
        good_since: None,
        suspect: true,
    }
}

fn changes(situation: &Seen<'_>, wish: &Wish) -> Vec<RehearsedChange> {
    let Some(batch) = batch(situation, wish) else { return Vec::new() };
    let live = situation.facts.listing.read();
    let create = [("CREATE", batch.create())].into_iter();
    let upserts = batch.upserts().map(|set| ("UPSERT", set));
    create.chain(upserts).map(|(action, set)| change(action, &set, live)).collect()
}

fn change(action: &'static str, set: &RecordSet, live: Option<&Listing>) -> RehearsedChange {
    let same = |other: &&RecordSet| {
        other.name == set.name && other.kind == set.kind && other.routing.set() == set.routing.set()
    };
    let current = live.and_then(|live| live.sets.iter().find(same));
    RehearsedChange {
        action,
        record: record_in_words(&set.name, set),
        current: current.map(answers),
        new: answers(set),
    }
}

fn record_in_words(name: &DnsName, set: &RecordSet) -> String {
    let identifier = set.routing.set().map(|set| format!(" {set:?}")).unwrap_or_default();
    format!("{name} {}{identifier}", set.kind.as_str())
}

fn answers(set: &RecordSet) -> String {
    let content = match &set.content {
        Content::Values { ttl, values } => format!("{} (TTL {ttl} s)", values.join(", ")),
        Content::Alias { target, .. } => format!("alias {target}"),
    };
    let weight = set.routing.weight().map(|weight| format!(", weight {weight}")).unwrap_or_default();
    let check = set.health_check.as_ref().map(|check| format!(", check {check}")).unwrap_or_default();
    format!("{content}{weight}{check}")
}
