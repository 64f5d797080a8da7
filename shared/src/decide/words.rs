//! Each objection as a sentence, with the numbers that its guard saw.

use super::reason::Reason;
use crate::names::{Arn, Region};
use crate::time::{clock, span};

impl Reason {
    /// The objection as a sentence, with its numbers.
    #[allow(clippy::too_many_lines, reason = "a table: one sentence for each reason")]
    pub fn in_words(&self) -> String {
        match self {
            Self::Paused { author, reason, until } => {
                format!("paused by {author} until {}: {reason}", clock(*until))
            }
            Self::Denied { author, reason, until } => {
                format!("denied by {author} until {}: {reason}", clock(*until))
            }
            Self::PeopleUnreadable { peer, why } => {
                format!("what people said in {peer} cannot be read here, and may be a pause: {why}")
            }
            Self::Maintenance { reason, until } => {
                format!("a maintenance window is open until {}: {reason}", clock(*until))
            }
            Self::TargetDegraded { region, evidence } => format!("{region} is degraded: {evidence}"),
            Self::TargetNotReady { region, alarms } => {
                let each: Vec<&str> = alarms.iter().map(Arn::as_str).collect();
                format!("{region} says that it is not ready: {}", each.join(", "))
            }
            Self::OverrideStands { region, run } => {
                format!(
                    "an override of run {run} still says to leave {region}, and Route 53 would not answer it"
                )
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
            Self::FleetPace { ahead, per_second } => {
                format!("those before it take {} at {per_second} requests to Route 53 a second", span(*ahead))
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
                    "{region} has no health check in the plan or on a live record, and its record set needs one"
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
            Self::Drift { count: 1, first, seen } => {
                format!("not as the plan says, seen at {}: {first}", clock(*seen))
            }
            Self::Drift { count, first, seen } => {
                format!(
                    "{count} things are not as the plan says, seen at {}, the first: {first}",
                    clock(*seen)
                )
            }
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
