//! What was observed of one application in one round.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::dns::{EpochRecord, Listing, ServingUnit, Side, UnreadableEpoch};
use crate::health::RegionHealth;
use crate::names::{Epoch, Region};
use crate::plan::Application;
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
    /// Whom the served name answers.
    pub answered: Answered,
    /// The verdict on each region.
    pub health: BTreeMap<Region, RegionHealth>,
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

    /// The serving units of all regions of the application.
    pub fn units(&self, application: &Application) -> BTreeMap<Region, ServingUnit> {
        let unit = |region| ServingUnit::of(application, region, self.listing.read());
        application.regions.iter().map(|region| (region.name.clone(), unit(region))).collect()
    }

    /// The region whose unit the records put first: by the API where it answered, else by the
    /// newest epoch record, else the preferred region.
    ///
    /// # Errors
    /// What is wrong with the record sets, in words.
    pub fn seat(&self, application: &Application) -> Result<Region, String> {
        if let Some(listing) = self.listing.read() {
            return listing.seated(application, Side::Primary, &self.units(application));
        }
        Ok(match &self.epoch {
            EpochReading::Known(Some(record)) => record.to.clone(),
            _ => application.preferred().name.clone(),
        })
    }

    /// The moves of the last 24 hours: records with one run id are one move, and those that
    /// did not change the holder are none. Newest first.
    pub fn moves_of_a_day(&self, now: Timestamp) -> Option<Vec<&EpochRecord>> {
        let Moves::Known(records) = &self.moves else { return None };
        let mut moves: Vec<&EpochRecord> = Vec::new();
        for record in records.iter().filter(|r| r.changed_holder() && since(r.at, now) <= DAY) {
            if !moves.iter().any(|known| known.run == record.run) {
                moves.push(record);
            }
        }
        Some(moves)
    }

    /// The newest change that moved traffic, however long ago.
    pub fn last_move(&self) -> Option<&EpochRecord> {
        let Moves::Known(records) = &self.moves else { return None };
        records.iter().find(|r| r.changed_holder())
    }
}
