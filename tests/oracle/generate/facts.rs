//! What was observed of the records: epochs, moves, whom the served name answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use understudy::decide::{Answered, EpochReading, ListingReading, Moves};
use understudy::dns::{EpochRecord, MoveKind, Shares, UnreadableEpoch};
use understudy::names::{Arn, Epoch, Region};
use understudy::plan::{Application, Plan, Policy};

use super::records::{Twist, listing, twist};
use super::spans::{Span, before, long_span, shifted, span};
use super::{MOST_REGIONS, percent, region};

/// One change of records in the past.
#[derive(Clone, Debug)]
pub struct MoveDraw {
    pub from: usize,
    pub to: usize,
    pub restore: bool,
    /// A later stage of the move before it, or a consolidation of it.
    pub same_run: bool,
    /// From and to are one region.
    pub consolidates: bool,
    pub stage: usize,
    /// Since the change before, or until now.
    pub age: Span,
}

/// Whom the served name answers.
#[derive(Clone, Copy, Debug)]
pub enum AnsweredDraw {
    Holder,
    Here,
    Other(usize),
    Two(usize),
    Unknown,
}

/// What is told of the newest epoch.
#[derive(Clone, Copy, Debug)]
pub enum EpochDraw {
    AsMoved,
    Unreadable,
    Unknown,
    /// It is dated a moment into the future.
    Future,
}

/// What the API says.
#[derive(Clone, Debug)]
pub enum ListingDraw {
    NotAsked,
    Unavailable,
    Read(Twist),
}

/// All observations of records.
#[derive(Clone, Debug)]
pub struct RecordsDraw {
    pub moves: Vec<MoveDraw>,
    pub epoch: EpochDraw,
    pub moves_unknown: bool,
    pub listing: ListingDraw,
    pub listed: Option<[u8; MOST_REGIONS]>,
    pub answered: AnsweredDraw,
    pub vetoes: [bool; MOST_REGIONS],
    pub observed_ms_ago: i64,
}

/// The observations, but for health.
#[derive(Clone, Debug)]
pub struct Records {
    pub epoch: EpochReading,
    pub moves: Moves,
    pub listing: ListingReading,
    pub listed: Option<Shares>,
    pub answered: Answered,
    pub vetoes: BTreeMap<Region, Vec<Arn>>,
    pub observed_at: Timestamp,
}

impl RecordsDraw {
    /// Who holds by the newest of the moves, or as planned.
    pub fn holder(&self, plan: &Plan, application: &Application, now: Timestamp) -> Region {
        let records = self.past(plan, application, now);
        records.first().map_or_else(|| application.preferred().name.clone(), |newest| newest.to.clone())
    }

    pub fn records(&self, plan: &Plan, application: &Application, here: &Region, now: Timestamp) -> Records {
        let past = self.past(plan, application, now);
        let holder = self.holder(plan, application, now);
        let out = past.first().map(|newest| newest.out.clone()).unwrap_or_default();
        let newest = past.first().cloned();
        Records {
            listing: match &self.listing {
                ListingDraw::NotAsked => ListingReading::NotAsked,
                ListingDraw::Unavailable => ListingReading::Unavailable { why: "503".into() },
                ListingDraw::Read(twist) => {
                    ListingReading::Read(listing(application, &holder, &out, newest.as_ref(), twist))
                }
            },
            epoch: self.epoch(newest, now),
            moves: if self.moves_unknown {
                Moves::Unknown { why: "timeout".into() }
            } else {
                Moves::Known(past)
            },
            listed: self.listed(application),
            answered: self.answered(application, &holder, here),
            vetoes: self.vetoes(application),
            observed_at: shifted(now, -self.observed_ms_ago),
        }
    }

    fn epoch(&self, newest: Option<EpochRecord>, now: Timestamp) -> EpochReading {
        match self.epoch {
            EpochDraw::AsMoved => EpochReading::Known(newest),
            EpochDraw::Unreadable => {
                EpochReading::Unreadable(UnreadableEpoch { epoch: Epoch(7), text: "by alice".into() })
            }
            EpochDraw::Unknown => EpochReading::Unknown { why: "nobody answered".into() },
            EpochDraw::Future => {
                EpochReading::Known(newest.map(|record| EpochRecord { at: shifted(now, 1), ..record }))
            }
        }
    }

    fn listed(&self, application: &Application) -> Option<Shares> {
        let listed = self.listed?;
        if application.policy == Policy::Failover {
            return None;
        }
        let each = application.regions.iter().zip(listed);
        Some(
            each.filter(|(_, share)| *share < 100)
                .map(|(region, share)| (region.name.clone(), share))
                .collect(),
        )
    }

    fn answered(&self, application: &Application, holder: &Region, here: &Region) -> Answered {
        let of = |index: usize| region(application, index).name.clone();
        let regions: Vec<Region> = match self.answered {
            AnsweredDraw::Holder => vec![holder.clone()],
            AnsweredDraw::Here => vec![here.clone()],
            AnsweredDraw::Other(index) => vec![of(index)],
            AnsweredDraw::Two(index) => vec![holder.clone(), of(index)],
            AnsweredDraw::Unknown => return Answered::Unknown { why: "two matches".into() },
        };
        Answered::Regions(regions.into_iter().collect())
    }

    fn vetoes(&self, application: &Application) -> BTreeMap<Region, Vec<Arn>> {
        let of = |(region, vetoed): (&understudy::plan::RegionPlan, bool)| {
            (region.name.clone(), if vetoed { region.readiness.clone() } else { Vec::new() })
        };
        application.regions.iter().zip(self.vetoes).map(of).collect()
    }

    /// The changes of the past, newest first, as if each had followed from the one before.
    fn past(&self, plan: &Plan, application: &Application, now: Timestamp) -> Vec<EpochRecord> {
        let mut at = now;
        let mut times = Vec::new();
        for draw in &self.moves {
            at = before(at, draw.age.of(plan, application));
            times.push(Timestamp::from_second(at.as_second()).unwrap());
        }
        let mut records: Vec<EpochRecord> = Vec::new();
        let mut holder = application.preferred().name.clone();
        let mut out = Shares::new();
        let mut run = String::new();
        for (number, (draw, at)) in self.moves.iter().zip(times).rev().enumerate() {
            let one = number + 1;
            run = if draw.same_run && !run.is_empty() {
                let whole = run.split('.').next().unwrap_or_default();
                format!("{whole}.{one}-1a2b")
            } else {
                format!("20261120T000000Z-{one:08x}")
            };
            let from = match application.policy {
                Policy::Failover => holder.clone(),
                Policy::Weighted | Policy::Latency => region(application, draw.from).name.clone(),
            };
            let to = if draw.consolidates { from.clone() } else { other(application, &from, draw.to) };
            let kind = draw.kind(application, &to);
            if application.policy != Policy::Failover && from != to {
                draw.change(application, kind, (&from, &to), &mut out);
            }
            holder.clone_from(&to);
            let (epoch, plan) = (Epoch(one as u64), plan.digest.clone());
            let record =
                EpochRecord { epoch, run: run.as_str().into(), from, to, kind, out: out.clone(), at, plan };
            records.insert(0, record);
        }
        records
    }
}

/// A region other than this one.
fn other(application: &Application, than: &Region, index: usize) -> Region {
    let others: Vec<&Region> =
        application.regions.iter().map(|region| &region.name).filter(|name| *name != than).collect();
    others[index % others.len()].clone()
}

impl MoveDraw {
    fn kind(&self, application: &Application, to: &Region) -> MoveKind {
        let home = application.policy != Policy::Failover || to == &application.preferred().name;
        if self.restore && home { MoveKind::Restore } else { MoveKind::Evacuate }
    }

    fn change(
        &self,
        application: &Application,
        kind: MoveKind,
        (from, to): (&Region, &Region),
        out: &mut Shares,
    ) {
        match kind {
            MoveKind::Evacuate => {
                out.insert(from.clone(), 0);
                out.remove(to);
            }
            MoveKind::Restore => {
                let stage = application.ramp[self.stage % application.ramp.len()];
                let stage = if application.policy == Policy::Latency { 100 } else { stage };
                out.remove(to);
                if stage < 100 {
                    out.insert(to.clone(), stage);
                }
            }
        }
    }
}

/// Observations of records.
pub fn records() -> impl Strategy<Value = RecordsDraw> {
    let epoch = prop_oneof![
        40 => Just(EpochDraw::AsMoved),
        1 => Just(EpochDraw::Unreadable),
        1 => Just(EpochDraw::Unknown),
        1 => Just(EpochDraw::Future),
    ];
    let listing = prop_oneof![
        2 => Just(ListingDraw::NotAsked),
        1 => Just(ListingDraw::Unavailable),
        6 => twist().prop_map(ListingDraw::Read),
    ];
    let listed = prop_oneof![
        5 => Just(None),
        1 => prop::array::uniform5(prop_oneof![4 => Just(100_u8), 2 => Just(0), 1 => Just(25), 1 => 1_u8..100])
            .prop_map(Some),
    ];
    let answered = prop_oneof![
        24 => Just(AnsweredDraw::Holder),
        3 => Just(AnsweredDraw::Here),
        3 => (0..MOST_REGIONS).prop_map(AnsweredDraw::Other),
        1 => (0..MOST_REGIONS).prop_map(AnsweredDraw::Two),
        1 => Just(AnsweredDraw::Unknown),
    ];
    let moves = prop_oneof![
        3 => Just(Vec::new()),
        5 => prop::collection::vec(one_move(), 1..=1),
        3 => prop::collection::vec(one_move(), 2..=5),
    ];
    let vetoes = prop::array::uniform5(percent(4));
    let observed = prop_oneof![3 => Just(0_i64), 1 => 0_i64..8_000];
    (moves, epoch, percent(3), listing, listed, answered, vetoes, observed).prop_map(
        |(moves, epoch, moves_unknown, listing, listed, answered, vetoes, observed_ms_ago)| RecordsDraw {
            moves,
            epoch,
            moves_unknown,
            listing,
            listed,
            answered,
            vetoes,
            observed_ms_ago,
        },
    )
}

fn one_move() -> impl Strategy<Value = MoveDraw> {
    let indexes = (prop_oneof![3 => Just(0_usize), 2 => 0..MOST_REGIONS], 0..MOST_REGIONS, 0..MOST_REGIONS);
    let age = prop_oneof![1 => long_span(), 1 => span()];
    (indexes, percent(40), percent(20), percent(8), age).prop_map(
        |((from, to, stage), restore, same_run, consolidates, age)| MoveDraw {
            from,
            to,
            restore,
            same_run,
            consolidates,
            stage,
            age,
        },
    )
}
