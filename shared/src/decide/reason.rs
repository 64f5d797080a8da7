//! Why a wanted move is not made: one variant for each way to object, with its numbers.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::health::{Vantage, Verdict};
use crate::names::{Arn, Epoch, Region, RunId};

/// Why a wanted move is not made, with the numbers that the guard saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "guard")]
pub enum Reason {
    /// A person paused the application.
    Paused {
        /// Who, as claimed.
        author: String,
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// A person denied exactly this.
    Denied {
        /// Who, as claimed.
        author: String,
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// What people said in another region cannot be read here.
    PeopleUnreadable {
        /// Whose table.
        peer: Region,
        /// What is wrong with the row.
        why: String,
    },
    /// A maintenance window of the plan is open.
    Maintenance {
        /// What for.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// The plan says `mode = "advise"`.
    Advise,
    /// A run is in flight.
    RunInFlight {
        /// Which.
        run: RunId,
    },
    /// Too few kinds of vantage say that the holder is unhealthy.
    QuorumMissing {
        /// Those that do.
        heard: Vec<Vantage>,
        /// How many are needed.
        needed: u32,
    },
    /// The holder has not been bad long enough.
    DwellNotMet {
        /// Since the first bad sample.
        bad_for: Duration,
        /// What the plan asks for.
        needed: Duration,
    },
    /// No region looks healthy from here: the observer itself is suspect.
    EverythingUnhealthy {
        /// What each region looks like.
        verdicts: Vec<(Region, Verdict)>,
    },
    /// The region that would take over is not verified healthy.
    NoFitTarget {
        /// The region.
        region: Region,
        /// Its verdict.
        verdict: Verdict,
        /// The evidence.
        evidence: String,
    },
    /// The region that would take over is degraded: better than an unhealthy holder, but no more.
    TargetDegraded {
        /// The region.
        region: Region,
        /// The evidence.
        evidence: String,
    },
    /// The region that would take over says itself that it is not ready.
    TargetNotReady {
        /// The region.
        region: Region,
        /// Its readiness alarms that are in ALARM.
        alarms: Vec<Arn>,
    },
    /// An override that an earlier run left behind still says to leave the region that would take over.
    OverrideStands {
        /// The region.
        region: Region,
        /// Whose override it is.
        run: RunId,
    },
    /// Those that stay would carry too little.
    BelowCapacity {
        /// What they carry, in percent of the whole load.
        left: u32,
        /// What the plan asks for.
        needed: u32,
    },
    /// A region whose unit would be put into a record set has no complete one.
    TargetIncomplete {
        /// The region.
        region: Region,
    },
    /// Too soon after the last move.
    Cooldown {
        /// Since the last move.
        elapsed: Duration,
        /// What is asked for.
        needed: Duration,
        /// Whether a person has acknowledged the last failover.
        acknowledged: bool,
    },
    /// Too many moves in 24 hours.
    FlapLimit {
        /// How many there were.
        moves: u32,
        /// How many the plan allows.
        limit: u32,
    },
    /// The last moves could not be read.
    MovesUnknown {
        /// What happened instead.
        why: String,
    },
    /// The newest epoch could not be read.
    EpochUnknown {
        /// What happened instead.
        why: String,
    },
    /// The newest epoch's record is not in a form that we know.
    EpochUnreadable {
        /// Which epoch.
        epoch: Epoch,
        /// What stands there.
        text: String,
    },
    /// This controller's clock is before the newest epoch.
    ClockBehind {
        /// The newest epoch's time.
        newest: Timestamp,
        /// This clock.
        now: Timestamp,
    },
    /// Nobody can say where traffic is.
    HolderUnknown {
        /// What was seen.
        why: String,
    },
    /// The record sets are not what a failover pair must be.
    RecordsUnusable {
        /// What is wrong.
        why: String,
    },
    /// Records or checks that a move needs are not as the plan says.
    Drift {
        /// How many things.
        count: usize,
        /// One of them, in words.
        first: String,
        /// When that was seen.
        seen: Timestamp,
    },
    /// The preferred region has not been healthy long enough.
    SoakNotMet {
        /// Healthy without a break.
        good_for: Duration,
        /// What the plan asks for.
        needed: Duration,
    },
    /// A peer goes by another plan, in which this move means something else.
    PlanSkew {
        /// Which peers.
        peers: Vec<Region>,
    },
    /// Too many regions look unhealthy at once.
    FleetStop {
        /// Which.
        regions: Vec<Region>,
        /// So many stop all moves.
        limit: u32,
        /// Within this time.
        within: Duration,
    },
    /// So many applications move at once that this one's turn has not come.
    FleetPace {
        /// How long those before it take.
        ahead: Duration,
        /// Requests to Route 53 in a second, as the plan says.
        per_second: u32,
    },
    /// Takers before this one may still act.
    RankWait {
        /// This taker's rank, from 1.
        rank: u32,
        /// Since nothing else stood in the way.
        waited: Duration,
        /// How long the others have.
        needed: Duration,
    },
    /// A person ordered it, and the plan asks for a second one.
    SecondPersonNeeded {
        /// Who ordered it, as claimed.
        author: String,
    },
    /// The last run was refused for good, or moved records without reaching the application.
    RunFailed {
        /// Which.
        run: RunId,
        /// Why.
        error: String,
    },
    /// The application keeps data, and promotion is not built: a person must say so.
    DataNeedsConsent {
        /// What keeps the data.
        kind: String,
    },
    /// The plan asks for a person's consent.
    ConsentNeeded {
        /// For what.
        to: String,
    },
}

impl Reason {
    /// The guard's name.
    pub fn guard(&self) -> &'static str {
        match self {
            Self::Paused { .. } => "paused",
            Self::Denied { .. } => "denied",
            Self::PeopleUnreadable { .. } => "people-unreadable",
            Self::Maintenance { .. } => "maintenance",
            Self::Advise => "advise",
            Self::TargetDegraded { .. } => "target-degraded",
            Self::TargetNotReady { .. } => "target-not-ready",
            Self::OverrideStands { .. } => "override-stands",
            Self::BelowCapacity { .. } => "capacity",
            Self::PlanSkew { .. } => "plan-skew",
            Self::FleetStop { .. } => "fleet-stop",
            Self::FleetPace { .. } => "fleet-pace",
            Self::RankWait { .. } => "rank",
            Self::SecondPersonNeeded { .. } => "two-person",
            Self::RunInFlight { .. } => "run-in-flight",
            Self::QuorumMissing { .. } => "quorum",
            Self::DwellNotMet { .. } => "dwell",
            Self::EverythingUnhealthy { .. } => "everything-unhealthy",
            Self::NoFitTarget { .. } => "no-fit-target",
            Self::TargetIncomplete { .. } => "target-incomplete",
            Self::Cooldown { .. } => "cooldown",
            Self::FlapLimit { .. } => "flap-limit",
            Self::MovesUnknown { .. } => "moves-unknown",
            Self::EpochUnknown { .. } => "epoch-unknown",
            Self::EpochUnreadable { .. } => "epoch-unreadable",
            Self::ClockBehind { .. } => "clock",
            Self::HolderUnknown { .. } => "holder-unknown",
            Self::RecordsUnusable { .. } => "records",
            Self::Drift { .. } => "drift",
            Self::SoakNotMet { .. } => "soak",
            Self::RunFailed { .. } => "run-failed",
            Self::DataNeedsConsent { .. } => "data-consent",
            Self::ConsentNeeded { .. } => "consent",
        }
    }

    /// Whether only a person's consent is missing.
    pub fn is_consent(&self) -> bool {
        matches!(
            self,
            Self::DataNeedsConsent { .. }
                | Self::ConsentNeeded { .. }
                | Self::TargetDegraded { .. }
                | Self::SecondPersonNeeded { .. }
        )
    }

    /// Whether a person's order may override it by name. What protects the records themselves is
    /// not: the epoch, the state of the record sets, an override that still stands, a unit that Route 53 would refuse, a run in
    /// flight, the second person; nor is the pace, which the order of priorities shares out.
    pub fn is_overridable(&self) -> bool {
        !matches!(
            self,
            Self::RunInFlight { .. }
                | Self::TargetIncomplete { .. }
                | Self::OverrideStands { .. }
                | Self::EpochUnknown { .. }
                | Self::EpochUnreadable { .. }
                | Self::ClockBehind { .. }
                | Self::RecordsUnusable { .. }
                | Self::FleetPace { .. }
                | Self::SecondPersonNeeded { .. }
        )
    }

    /// Whether a few more samples may lift it.
    pub fn may_settle(&self) -> bool {
        self.is_counting()
            || matches!(
                self,
                Self::NoFitTarget { .. }
                    | Self::EverythingUnhealthy { .. }
                    | Self::RankWait { .. }
                    | Self::FleetPace { .. }
            )
    }

    /// Whether it only says that something is not known yet: counts that are not full, an answer
    /// that did not come.
    pub fn is_counting(&self) -> bool {
        matches!(
            self,
            Self::QuorumMissing { .. }
                | Self::DwellNotMet { .. }
                | Self::HolderUnknown { .. }
                | Self::EpochUnknown { .. }
                | Self::MovesUnknown { .. }
        )
    }

    /// Whether time alone ends it.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::SoakNotMet { .. } | Self::Cooldown { .. } | Self::RankWait { .. } | Self::FleetPace { .. }
        )
    }
}

/// Every guard's name, with whether a person's order may override it.
pub const GUARDS_BY_NAME: [(&str, bool); 33] = [
    ("paused", true),
    ("denied", true),
    ("people-unreadable", true),
    ("maintenance", true),
    ("advise", true),
    ("run-in-flight", false),
    ("run-failed", true),
    ("everything-unhealthy", true),
    ("quorum", true),
    ("dwell", true),
    ("no-fit-target", true),
    ("target-degraded", true),
    ("target-not-ready", true),
    ("override-stands", false),
    ("capacity", true),
    ("target-incomplete", false),
    ("holder-unknown", true),
    ("records", false),
    ("drift", true),
    ("epoch-unknown", false),
    ("epoch-unreadable", false),
    ("clock", false),
    ("cooldown", true),
    ("flap-limit", true),
    ("moves-unknown", true),
    ("soak", true),
    ("plan-skew", true),
    ("fleet-stop", true),
    ("fleet-pace", false),
    ("rank", true),
    ("data-consent", true),
    ("consent", true),
    ("two-person", false),
];
