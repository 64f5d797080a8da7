//! What was observed of one application in one round.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::dns::{EpochRecord, Listing, Serving, ServingUnit, Shares, Units, UnreadableEpoch};
use crate::health::RegionHealth;
use crate::in_order::InOrder;
use crate::names::{Arn, Epoch, Region};
use crate::plan::{Application, Policy};
use crate::planted::{self, Planted};
use crate::time::{DAY, since};

/// One round's observations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// When the round began: a decision's validity counts from here.
    pub observed_at: Timestamp,
    /// The newest epoch, read before all else.
    pub epoch: EpochReading,
    /// The newest epoch records.
    pub moves: Moves,
    /// What Route 53's API said.
    pub listing: ListingReading,
    /// What it said when it was last asked, where no newer epoch has appeared since and several
    /// regions serve.
    pub listed: Option<Shares>,
    /// Whom the served name answers.
    pub answered: Answered,
    /// The verdict on each region.
    pub health: BTreeMap<Region, RegionHealth>,
    /// Each region's readiness alarms that are in ALARM.
    pub vetoes: BTreeMap<Region, Vec<Arn>>,
}

/// The newest epoch.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EpochReading {
    /// Authoritative: the newest record, or that there is none yet.
    Known(Option<EpochRecord>),
    /// A record stands there that we cannot read.
    Unreadable(UnreadableEpoch),
    /// Nobody answered.
    Unknown {
        /// What happened instead.
        why: String,
    },
}

/// The newest epoch records, newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moves {
    /// All of the last day (at least).
    Known(Vec<EpochRecord>),
    /// They could not be read.
    Unknown {
        /// What happened instead.
        why: String,
    },
}

/// What Route 53's API said of the record sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListingReading {
    /// All looked well: nobody asked.
    NotAsked,
    /// The API does not answer.
    Unavailable {
        /// What happened instead.
        why: String,
    },
    /// The record sets.
    Read(Listing),
}

/// Whom the served name answers, by the authoritative name servers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// These regions: one, but for the moments in which name servers differ.
    Regions(BTreeSet<Region>),
    /// No single region could be told from an answer.
    Unknown {
        /// What was seen.
        why: String,
    },
}

impl Moves {
    /// Puts moves among them of which no epoch record tells.
    pub fn add(&mut self, others: &[EpochRecord]) {
        if let (Self::Known(records), false) = (self, others.is_empty()) {
            records.extend(others.iter().cloned());
            records.sort_by_key(|record| std::cmp::Reverse(record.at));
        }
    }
}

impl Answered {
    /// The one region that is answered, where it is one.
    pub fn only(&self) -> Option<&Region> {
        match self {
            Self::Regions(regions) if regions.len() == 1 => regions.first(),
            Self::Regions(_) | Self::Unknown { .. } => None,
        }
    }
}

impl ListingReading {
    /// The record sets, if they were read.
    pub fn read(&self) -> Option<&Listing> {
        match self {
            Self::Read(listing) => Some(listing),
            Self::NotAsked | Self::Unavailable { .. } => None,
        }
    }
}

impl Facts {
    /// The newest epoch's number, if known.
    pub fn newest_epoch(&self) -> Option<Epoch> {
        match &self.epoch {
            EpochReading::Known(record) => Some(record.as_ref().map_or(Epoch(0), |r| r.epoch)),
            EpochReading::Unreadable(_) | EpochReading::Unknown { .. } => None,
        }
    }

    /// The newest epoch's record, if there is one that can be read.
    pub fn newest(&self) -> Option<&EpochRecord> {
        match &self.epoch {
            EpochReading::Known(record) => record.as_ref(),
            EpochReading::Unreadable(_) | EpochReading::Unknown { .. } => None,
        }
    }

    /// Takes a move that an override has made for one that the records tell of.
    pub fn pretend_recorded(&mut self, record: &EpochRecord) {
        if self.newest_epoch().is_some_and(|newest| newest < record.epoch) {
            self.epoch = EpochReading::Known(Some(record.clone()));
            self.moves.add(std::slice::from_ref(record));
        }
    }

    /// Whether a run of ours has taken a region out, wholly or in part. What people took out by
    /// hand is theirs to bring back.
    pub fn is_out(&self, region: &Region) -> bool {
        self.newest().is_some_and(|record| record.share_of(region) < 100)
    }

    /// The serving units of all regions of the application.
    pub fn units(&self, application: &Application) -> Units {
        let unit = |region| ServingUnit::of(application, region, self.listing.read());
        application.regions.iter().map(|region| (region.name.clone(), unit(region))).in_order()
    }

    /// Who serves by the records: by the API where it answered, else by the newest epoch record,
    /// else as planned.
    ///
    /// # Errors
    /// What is wrong with the record sets, in words.
    pub fn serving(&self, application: &Application) -> Result<Serving, String> {
        self.serving_with(application, &self.units(application))
    }

    pub(super) fn serving_with(&self, application: &Application, units: &Units) -> Result<Serving, String> {
        match self.listing.read() {
            Some(listing) => Serving::by_records(application, listing, units, self.newest()),
            None => Ok(match (&self.listed, application.policy) {
                (Some(out), Policy::Weighted | Policy::Latency) => Serving::All { out: out.clone() },
                _ => Serving::by_epoch(application, self.newest()),
            }),
        }
    }

    /// The moves of the last 24 hours: stages of one run are one move, and records that did not
    /// change the holder are none. Newest first.
    pub fn moves_of_a_day(&self, now: Timestamp) -> Option<Vec<&EpochRecord>> {
        let Moves::Known(records) = &self.moves else { return None };
        let mut moves: Vec<&EpochRecord> = Vec::new();
        for record in records.iter().filter(|r| r.changed_holder() && since(r.at, now) <= DAY) {
            if !moves.iter().any(|known| known.run.of_move() == record.run.of_move()) {
                moves.push(record);
            }
        }
        Some(moves)
    }

    /// The newest change that moved traffic, however long ago.
    pub fn last_move(&self) -> Option<&EpochRecord> {
        let Moves::Known(records) = &self.moves else { return None };
        if planted::is(Planted::CooldownFromTheOldest) {
            return records.iter().rfind(|r| r.changed_holder());
        }
        records.iter().find(|r| r.changed_holder())
    }
}
