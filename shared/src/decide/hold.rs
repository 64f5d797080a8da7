//! "No" is an answer with a type: each hold carries the numbers that the guard saw.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::health::{Vantage, Verdict};
use crate::names::{Arn, Epoch, Region, RunId};
use crate::time::{clock, span};

/// One guard's objection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Why not.
    pub reason: Reason,
    /// Who or what ends it, in words.
    pub ends: String,
}

/// A hold in words: what is kept and told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldWords {
    /// The guard's name.
    pub guard: String,
    /// Its reason, with its numbers.
    pub reason: String,
    /// Who or what ends it.
    pub ends: String,
}

impl Hold {
    /// The hold in words.
    pub fn in_words(&self) -> HoldWords {
        let (guard, reason) = (self.reason.guard().to_owned(), self.reason.in_words());
        HoldWords { guard, reason, ends: self.ends.clone() }
    }

    pub(super) fn new(reason: Reason, ends: impl Into<String>) -> Option<Self> {
        Some(Self { reason, ends: ends.into() })
    }
}

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
    /// Those that stay would carry too little.
    BelowCapacity {
        /// What they carry, in percent of the whole load.
        left: u32,
        /// What the plan asks for.
        needed: u32,
    },
    /// The region that would take over has no complete serving unit.
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
            Self::Maintenance { .. } => "maintenance",
            Self::Advise => "advise",
            Self::TargetDegraded { .. } => "target-degraded",
            Self::TargetNotReady { .. } => "target-not-ready",
            Self::BelowCapacity { .. } => "capacity",
            Self::PlanSkew { .. } => "plan-skew",
            Self::FleetStop { .. } => "fleet-stop",
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
    /// not: the epoch, the state of the record sets, a unit that Route 53 would refuse, a run in
    /// flight, the second person.
    pub fn is_overridable(&self) -> bool {
        !matches!(
            self,
            Self::RunInFlight { .. }
                | Self::TargetIncomplete { .. }
                | Self::EpochUnknown { .. }
                | Self::EpochUnreadable { .. }
                | Self::ClockBehind { .. }
                | Self::RecordsUnusable { .. }
                | Self::SecondPersonNeeded { .. }
        )
    }

    /// Whether a few more samples may lift it.
    pub fn may_settle(&self) -> bool {
        self.is_counting()
            || matches!(
                self,
                Self::NoFitTarget { .. } | Self::EverythingUnhealthy { .. } | Self::RankWait { .. }
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
        matches!(self, Self::SoakNotMet { .. } | Self::Cooldown { .. } | Self::RankWait { .. })
    }

    /// The objection as a sentence, with its numbers.
    pub fn in_words(&self) -> String {
        match self {
            Self::Paused { author, reason, until } => {
                format!("paused by {author} until {}: {reason}", clock(*until))
            }
            Self::Denied { author, reason, until } => {
                format!("denied by {author} until {}: {reason}", clock(*until))
            }
            Self::Maintenance { reason, until } => {
                format!("a maintenance window is open until {}: {reason}", clock(*until))
            }
            Self::TargetDegraded { region, evidence } => format!("{region} is degraded: {evidence}"),
            Self::TargetNotReady { region, alarms } => {
                let each: Vec<&str> = alarms.iter().map(Arn::as_str).collect();
                format!("{region} says that it is not ready: {}", each.join(", "))
            }
            Self::BelowCapacity { left, needed } => {
                format!("those that stay would carry {left} % of the load, {needed} % are asked for")
            }
            Self::PlanSkew { peers } => {
                format!(
                    "another plan is deployed in {}, in which this move means something else",
                    list(peers)
                )
            }
            Self::FleetStop { regions, limit, within } => {
                format!(
                    "{} look unhealthy within {}, and {limit} different regions stop all moves",
                    list(regions),
                    span(*within)
                )
            }
            Self::RankWait { rank, waited, needed } => {
                format!(
                    "taker number {rank} gives those before it {}, {} are over",
                    span(*needed),
                    span(*waited)
                )
            }
            Self::SecondPersonNeeded { author } => {
                format!("ordered by {author}, and the plan asks for the approval of another person")
            }
            Self::Advise => "the plan says advise: decide and report, never act".into(),
            Self::RunInFlight { run } => format!("run {run} is in flight"),
            Self::QuorumMissing { heard, needed } => {
                let who: Vec<String> = heard.iter().map(ToString::to_string).collect();
                let who = if who.is_empty() { "nobody".to_owned() } else { who.join(" and ") };
                format!("{} of {needed} kinds of vantage say that it is unhealthy ({who})", heard.len())
            }
            Self::DwellNotMet { bad_for, needed } => {
                format!("bad for {}, {} are asked for", span(*bad_for), span(*needed))
            }
            Self::EverythingUnhealthy { verdicts } => {
                let each: Vec<String> = verdicts.iter().map(|(region, v)| format!("{region} {v}")).collect();
                format!("no region looks healthy from here, so the observer is suspect ({})", each.join(", "))
            }
            Self::NoFitTarget { region, verdict, evidence } => {
                format!("{region} is not verified healthy but {verdict}: {evidence}")
            }
            Self::TargetIncomplete { region } => {
                format!(
                    "{region} has no health check in the plan or on a live record, and a plain PRIMARY needs one"
                )
            }
            Self::Cooldown { elapsed, needed, acknowledged } => {
                let word = if *acknowledged { "acknowledged" } else { "not acknowledged" };
                format!("{} since the last move ({word}), {} are asked for", span(*elapsed), span(*needed))
            }
            Self::FlapLimit { moves, limit } => format!("{moves} moves in 24 hours, {limit} are allowed"),
            Self::MovesUnknown { why } => format!("the last moves could not be read: {why}"),
            Self::EpochUnknown { why } => format!("the newest epoch could not be read: {why}"),
            Self::EpochUnreadable { epoch, text } => {
                format!("the record of epoch {epoch} is not in a form that we know: {text:?}")
            }
            Self::ClockBehind { newest, now } => {
                format!("this clock says {}, before the newest epoch at {}", clock(*now), clock(*newest))
            }
            Self::HolderUnknown { why } => format!("nobody can say where traffic is: {why}"),
            Self::RecordsUnusable { why } => format!("the record sets cannot be moved: {why}"),
            Self::SoakNotMet { good_for, needed } => {
                format!("healthy for {}, {} are asked for", span(*good_for), span(*needed))
            }
            Self::RunFailed { run, error } => format!("run {run} failed: {error}"),
            Self::DataNeedsConsent { kind } => {
                format!(
                    "its data ({kind}) cannot be promoted by this version, and moving users without it may lose writes"
                )
            }
            Self::ConsentNeeded { to } => format!("the plan asks for a person's consent to {to}"),
        }
    }
}

fn list(regions: &[Region]) -> String {
    regions.iter().map(Region::as_str).collect::<Vec<_>>().join(", ")
}

/// Every guard's name, with whether a person's order may override it.
pub const GUARDS_BY_NAME: [(&str, bool); 29] = [
    ("paused", true),
    ("denied", true),
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
    ("capacity", true),
    ("target-incomplete", false),
    ("holder-unknown", true),
    ("records", false),
    ("epoch-unknown", false),
    ("epoch-unreadable", false),
    ("clock", false),
    ("cooldown", true),
    ("flap-limit", true),
    ("moves-unknown", true),
    ("soak", true),
    ("plan-skew", true),
    ("fleet-stop", true),
    ("rank", true),
    ("data-consent", true),
    ("consent", true),
    ("two-person", false),
];
