//! Who serves by the records, under each policy.

use std::collections::BTreeMap;

use serde::Serialize;

use super::epoch::{EpochRecord, Shares};
use super::listing::Listing;
use super::record::{RecordType, Side};
use super::unit::ServingUnit;
use super::{latency, weighted};
use crate::names::Region;
use crate::plan::{Application, Policy};

/// The serving units of an application, by region.
pub type Units = BTreeMap<Region, ServingUnit>;

/// Who serves by the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Serving {
    /// `failover`: the region whose unit sits in the PRIMARY set.
    Seat(Region),
    /// `weighted`, `latency`: every region, but for these.
    All {
        /// Those that serve less than planned.
        out: Shares,
    },
}

impl Serving {
    /// By the record sets.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub fn by_records(
        application: &Application,
        listing: &Listing,
        units: &Units,
        newest: Option<&EpochRecord>,
    ) -> Result<Self, String> {
        let known = |kind: &RecordType| units.values().any(|unit| unit.contents.contains_key(kind));
        if let Some(kind) = listing.kinds(&application.served).into_iter().find(|kind| !known(kind)) {
            // A move would leave its users behind.
            return Err(format!(
                "{} has {} records, of which the plan knows nothing",
                application.served,
                kind.as_str()
            ));
        }
        match application.policy {
            Policy::Failover => listing.seated(application, Side::Primary, units).map(Self::Seat),
            Policy::Weighted => {
                weighted::out(application, listing, units, newest).map(|out| Self::All { out })
            }
            Policy::Latency => latency::out(application, listing, units).map(|out| Self::All { out }),
        }
    }

    /// By the newest epoch; without one all is as planned.
    pub fn by_epoch(application: &Application, newest: Option<&EpochRecord>) -> Self {
        match application.policy {
            Policy::Failover => Self::Seat(
                newest.map_or_else(|| application.preferred().name.clone(), |record| record.to.clone()),
            ),
            Policy::Weighted | Policy::Latency => {
                Self::All { out: newest.map(|record| record.out.clone()).unwrap_or_default() }
            }
        }
    }

    /// Whether a region serves users.
    pub fn serves(&self, region: &Region) -> bool {
        self.share(region) > 0
    }

    /// The part of its planned share that a region has, in percent.
    pub fn share(&self, region: &Region) -> u8 {
        match self {
            Self::Seat(seat) if seat == region => 100,
            Self::Seat(_) => 0,
            Self::All { out } => out.get(region).copied().unwrap_or(100),
        }
    }
}
