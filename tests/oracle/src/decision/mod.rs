//! From a situation to what is done, or to the names of the guards that hold it.

mod batch;
mod effect;
mod evidence;
mod guards;
mod people;
mod records;
mod rest;
mod serving;
mod target;
mod wishes;

use std::collections::BTreeSet;

use jiff::Timestamp;
use understudy::decide::{EpochReading, Facts, Situation};
use understudy::dns::{EpochRecord, MoveKind, RecordSet, Shares};
use understudy::health::{RegionHealth, Verdict};
use understudy::names::Region;
use understudy::state::{Order, Wanted};

use crate::later;
use std::time::Duration;

/// One move that somebody could want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Evacuate or restore.
    pub kind: MoveKind,
    /// Who is left, or hands back.
    pub from: Region,
    /// Who is to hold.
    pub to: Region,
    /// The part of its planned share that `to` gets, in percent.
    pub share: u8,
}

/// What the oracle answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing is wanted.
    Steady,
    /// These guards object.
    Hold(Move, BTreeSet<&'static str>),
    /// Only consent is missing, by the names of the guards that ask for it.
    Ask(Move, BTreeSet<&'static str>),
    /// It is done.
    Act(Change),
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The move.
    pub what: Move,
    /// The epoch that it claims.
    pub epoch: u64,
    /// The record sets of the served name that are written.
    pub writes: Vec<RecordSet>,
    /// Who serves less than planned afterwards, by our doing.
    pub out: Shares,
    /// Nothing is sent later than this.
    pub valid_until: Timestamp,
    /// The guards that a person's order overrides.
    pub overridden: BTreeSet<&'static str>,
}

/// What is to be done. A person's order goes first; one that cannot be carried out keeps nobody from
/// the rescue.
pub fn answer(situation: &Situation<'_>) -> Answer {
    let Some(order) = order_for_us(situation) else { return by_itself(situation) };
    let ordered = match wishes::ordered(situation, order) {
        Some(wish) => about(situation, &wish, Some(order)),
        None => Answer::Steady,
    };
    if matches!(ordered, Answer::Act(_)) {
        return ordered;
    }
    let alone = by_itself(situation);
    if matches!(alone, Answer::Act(_)) || ordered == Answer::Steady { alone } else { ordered }
}

/// The first wish to which nothing objects; where all are held, the most wanted one.
fn by_itself(situation: &Situation<'_>) -> Answer {
    let mut first = Answer::Steady;
    for wish in wishes::by_itself(situation) {
        let answer = about(situation, &wish, None);
        if matches!(answer, Answer::Act(_)) {
            return answer;
        }
        if first == Answer::Steady {
            first = answer;
        }
    }
    first
}

/// What becomes of one wish.
fn about(situation: &Situation<'_>, wish: &Move, order: Option<&Order>) -> Answer {
    let raised = guards::raised(situation, wish, order);
    let digest = effect::digest(situation, wish, order, &raised);
    let (holds, overridden) = guards::left(situation, wish, order, &raised, &digest);
    if !holds.is_empty() {
        for guard in &holds {
            if !guards::CONSENTS.contains(guard) {
                return Answer::Hold(wish.clone(), holds);
            }
        }
        return Answer::Ask(wish.clone(), holds);
    }
    let application = situation.application;
    let longest = Duration::from_secs(300);
    let validity = if application.timing.validity < longest { application.timing.validity } else { longest };
    Answer::Act(Change {
        what: wish.clone(),
        epoch: newest_number(situation.facts) + 1,
        writes: batch::writes(situation, wish),
        out: batch::out_afterwards(situation, wish),
        valid_until: later(situation.facts.observed_at, validity),
        overridden,
    })
}

/// The newest open order to move that the controller here is to carry out: who takes over pulls, who
/// holds hands back.
fn order_for_us<'a>(situation: &Situation<'a>) -> Option<&'a Order> {
    let mut newest: Option<&Order> = None;
    for order in situation.standing.people.orders.values() {
        let whose = match &order.what {
            Wanted::FailOver { to, .. } => to,
            Wanted::FailBack { from, .. } => from,
            _ => continue,
        };
        if whose != situation.here || !is_open(order, situation.now) {
            continue;
        }
        // The map goes by the orders' ids: of two given at one time the later id is the newer.
        if newest.is_none_or(|known| known.at <= order.at) {
            newest = Some(order);
        }
    }
    newest
}

fn is_open(order: &Order, now: Timestamp) -> bool {
    order.done.is_none() && now < order.until
}

fn newest_record(facts: &Facts) -> Option<&EpochRecord> {
    match &facts.epoch {
        EpochReading::Known(record) => record.as_ref(),
        EpochReading::Unreadable(_) | EpochReading::Unknown { .. } => None,
    }
}

fn newest_number(facts: &Facts) -> u64 {
    newest_record(facts).map_or(0, |record| record.epoch.0)
}

fn health<'a>(situation: &Situation<'a>, region: &Region) -> Option<&'a RegionHealth> {
    situation.facts.health.get(region)
}

fn verdict(situation: &Situation<'_>, region: &Region) -> Verdict {
    match health(situation, region) {
        Some(health) => health.verdict,
        None => Verdict::Unknown,
    }
}

fn is_suspect(situation: &Situation<'_>, region: &Region) -> bool {
    match health(situation, region) {
        Some(health) => health.suspect,
        None => true,
    }
}
