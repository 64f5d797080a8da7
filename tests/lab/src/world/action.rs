//! What a scenario can do to the world.

use std::fmt;
use std::time::Duration;

use super::alarms::AlarmName;
use super::duration::show;
use super::operator::Command;
use crate::cloud::{Disorder, Trouble};
use crate::network::Reach;
use crate::region::Mode;
use crate::timeline::Mark;

/// One thing that is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A region goes: its applications, its controllers, its services.
    Lose(String),
    /// It is back.
    Heal(String),
    /// The applications of a region behave otherwise.
    Application(String, Mode),
    /// A service has trouble, for some time or for so many calls.
    Trouble {
        /// What befalls whom.
        disorder: Disorder,
        /// How long; until it is ended where absent.
        time: Option<Duration>,
        /// For how many calls.
        calls: Option<u32>,
    },
    /// A service works again, in one region or in all.
    Works(String, Option<String>),
    /// So much is left of a region's network.
    Network(String, Reach),
    /// The tables of one region cannot be reached from another one.
    Cut {
        /// From where.
        from: String,
        /// Whose tables.
        to: String,
        /// Whether the same is so the other way round.
        back: bool,
    },
    /// The tables of two regions can be reached from each other again.
    Join(String, String),
    /// Others use up what Route 53 takes from the account.
    Throttle(Duration),
    /// A run that is none of the controllers' claims the next epoch for a region.
    Claim(String),
    /// Route 53 makes so many changes, and their answers are lost.
    LoseAnswers(u32),
    /// Another plan is deployed to a region's controllers.
    Deploy {
        /// The region.
        region: String,
        /// A setting of the plan.
        key: String,
        /// Its other value.
        value: String,
    },
    /// Lambda gives up the idle sandboxes of a region: the next wakes are cold.
    Reclaim(String),
    /// A person says something.
    Say(Command),
    /// A rehearsal is ordered, of one application or of whatever is due.
    Drill(String, Option<String>),
    /// An alarm event is delivered that no change made.
    Deliver(Delivery),
    /// An alarm's state is set.
    Alarm(AlarmName, &'static str),
}

/// An event on order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whose change it tells.
    pub alarm: AlarmName,
    /// `ALARM` or `OK`.
    pub state: &'static str,
    /// How long ago the change was.
    pub late: Duration,
    /// How often it is delivered.
    pub times: u32,
}

impl Action {
    /// What it is to the timeline.
    pub(super) fn mark(&self) -> Option<Mark> {
        match self {
            Self::Application(_, Mode::Healthy)
            | Self::Heal(_)
            | Self::Works(..)
            | Self::Network(_, Reach::Whole)
            | Self::Join(..) => Some(Mark::Healed),
            Self::Lose(_)
            | Self::Trouble { .. }
            | Self::Application(..)
            | Self::Network(..)
            | Self::Cut { .. }
            | Self::Throttle(_)
            | Self::LoseAnswers(_)
            | Self::Claim(_)
            | Self::Deploy { .. } => Some(Mark::Fault),
            Self::Reclaim(_) | Self::Say(_) | Self::Drill(..) | Self::Deliver(_) | Self::Alarm(..) => None,
        }
    }

    /// The regions that it names.
    pub fn regions(&self) -> Vec<&str> {
        match self {
            Self::Lose(region)
            | Self::Heal(region)
            | Self::Application(region, _)
            | Self::Network(region, _)
            | Self::Drill(region, _)
            | Self::Reclaim(region)
            | Self::Claim(region)
            | Self::Deploy { region, .. } => vec![region],
            Self::Cut { from: one, to: other, .. } | Self::Join(one, other) => vec![one, other],
            // A cluster's endpoints are in regions of its own.
            Self::Trouble { disorder, .. } if disorder.service == "arc" => Vec::new(),
            Self::Trouble { disorder, .. } => disorder.region.iter().map(String::as_str).collect(),
            Self::Works(_, region) => region.iter().map(String::as_str).collect(),
            Self::Say(command) => command.at.iter().map(String::as_str).collect(),
            Self::Deliver(delivery) => vec![delivery.alarm.region()],
            Self::Alarm(alarm, _) => vec![alarm.region()],
            Self::Throttle(_) | Self::LoseAnswers(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lose(region) => {
                write!(f, "{region} is LOST: its applications, its controllers, its services")
            }
            Self::Heal(region) => write!(f, "{region} is back"),
            Self::Application(region, mode) => write!(f, "the application in {region} {mode}"),
            Self::Trouble { disorder, .. } => trouble_in_words(f, disorder),
            Self::Works(service, region) => write!(f, "{service} works again{}", within(region.as_ref())),
            Self::Network(region, Reach::Whole) => write!(f, "{region} reaches everything again"),
            Self::Network(region, Reach::NamesOnly) => write!(f, "the probes of {region} reach nobody"),
            Self::Network(region, Reach::Nothing) => write!(f, "{region} is cut off from everything outside"),
            Self::Cut { from, to, back: true } => {
                write!(f, "{from} and {to} cannot reach each other's tables")
            }
            Self::Cut { from, to, back: false } => write!(f, "{from} cannot reach the tables of {to}"),
            Self::Join(one, other) => write!(f, "{one} and {other} reach each other's tables again"),
            Self::Throttle(time) => {
                write!(f, "others use up the account's Route 53 requests for {}", show(*time))
            }
            Self::LoseAnswers(changes) => write!(f, "Route 53 will lose the answers to {changes} changes"),
            Self::Claim(region) => write!(f, "another run claims the next epoch for {region}"),
            Self::Deploy { region, key, value } => {
                write!(f, "another plan is deployed to {region}: {key} {value}")
            }
            Self::Reclaim(region) => write!(f, "Lambda gives up the idle sandboxes of {region}"),
            Self::Say(command) => command.fmt(f),
            Self::Drill(region, application) => {
                let what = application.as_deref().unwrap_or("what is due");
                write!(f, "{region} is to rehearse {what}")
            }
            Self::Deliver(delivery) => write!(
                f,
                "an event is delivered {} times: {} is {} since {}",
                delivery.times,
                delivery.alarm.name(),
                delivery.state,
                show(delivery.late)
            ),
            Self::Alarm(alarm, state) => write!(f, "the alarm {} is set to {state}", alarm.name()),
        }
    }
}

fn within(region: Option<&String>) -> String {
    region.map(|region| format!(" in {region}")).unwrap_or_default()
}

fn trouble_in_words(f: &mut fmt::Formatter<'_>, disorder: &Disorder) -> fmt::Result {
    write!(f, "{}{} ", disorder.service, within(disorder.region.as_ref()))?;
    match disorder.trouble {
        Trouble::Hang => write!(f, "does not answer"),
        Trouble::Reset => write!(f, "breaks connections"),
        Trouble::Unavailable => write!(f, "is down"),
        Trouble::Slow(by) => write!(f, "is slow by {}", show(by)),
        Trouble::AfterEffect => write!(f, "fails after the effect"),
    }
}
