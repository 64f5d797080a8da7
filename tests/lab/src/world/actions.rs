//! What a scenario does to the world.

use std::fmt;
use std::time::Duration;

use understudy::state::Pause;

use super::alarms::{AlarmName, Surroundings};
use super::duration::show;
use super::names::{APPLICATION, REGIONS};
use super::{World, watch};
use crate::LabError;
use crate::clock;
use crate::cloud::{TableRow, Trouble};
use crate::region::Mode;
use crate::timeline::Mark;

/// How long a person's pause lasts.
const PAUSE: Duration = Duration::from_secs(3600);

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A region goes: its application, its controllers, its services.
    Lose(String),
    /// It is back.
    Heal(String),
    /// An application behaves otherwise.
    Application(String, Mode),
    /// A service has trouble everywhere, for some time or for so many calls.
    Trouble {
        /// The service.
        service: String,
        /// What befalls its calls.
        trouble: Trouble,
        /// How long; until it is ended where absent.
        time: Option<Duration>,
        /// For how many calls.
        calls: Option<u32>,
    },
    /// A service works again.
    Works(String),
    /// A person pauses the application.
    Pause {
        /// Who.
        author: String,
        /// Why.
        reason: String,
    },
    /// An alarm event is delivered that no change made.
    Deliver(Delivery),
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
    fn mark(&self) -> Option<Mark> {
        match self {
            Self::Lose(_) | Self::Trouble { .. } => Some(Mark::Fault),
            Self::Application(_, Mode::Healthy) | Self::Heal(_) | Self::Works(_) => Some(Mark::Healed),
            Self::Application(..) => Some(Mark::Fault),
            Self::Pause { .. } | Self::Deliver(_) => None,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lose(region) => {
                write!(f, "{region} is LOST: its application, its controllers, its services")
            }
            Self::Heal(region) => write!(f, "{region} is back"),
            Self::Application(region, mode) => write!(f, "the application in {region} {mode}"),
            Self::Trouble { service, trouble, .. } => match trouble {
                Trouble::Hang => write!(f, "{service} does not answer"),
                Trouble::Reset => write!(f, "{service} breaks connections"),
                Trouble::Unavailable => write!(f, "{service} is down"),
                Trouble::Slow(by) => write!(f, "{service} is slow by {}", show(*by)),
                Trouble::AfterEffect => write!(f, "{service} fails after the effect"),
            },
            Self::Works(service) => write!(f, "{service} works again"),
            Self::Pause { author, reason } => write!(f, "{author} pauses {APPLICATION}: {reason}"),
            Self::Deliver(delivery) => write!(
                f,
                "an event is delivered {} times: {} is {} since {}",
                delivery.times,
                delivery.alarm.name(),
                delivery.state,
                show(delivery.late)
            ),
        }
    }
}

impl World {
    /// Does it.
    ///
    /// # Errors
    /// The system refuses an application's port, or the emulation a row.
    pub async fn act(&self, action: &Action) -> Result<(), LabError> {
        self.timeline.add(clock::now(), action.mark(), action.to_string());
        match action {
            Action::Lose(region) => {
                self.cloud.faults().lose(region, self.settings.lost_services);
                self.set_mode(region, Mode::Dead).await?;
                if let Some(controllers) = &self.controllers {
                    controllers.lose(region).await;
                }
            }
            Action::Heal(region) => {
                self.cloud.faults().heal(region);
                self.set_mode(region, Mode::Healthy).await?;
                if let Some(controllers) = &self.controllers {
                    controllers.heal(region);
                }
            }
            Action::Application(region, mode) => self.set_mode(region, *mode).await?,
            Action::Trouble { service, trouble, time, calls } => {
                let until = time.map(|time| clock::after(clock::now(), time));
                self.cloud.faults().order(service, *trouble, until, *calls);
            }
            Action::Works(service) => self.cloud.faults().end(service),
            Action::Pause { author, reason } => self.pause(author, reason).await?,
            Action::Deliver(delivery) => self.deliver(delivery),
        }
        Ok(())
    }

    async fn set_mode(&self, region: &str, mode: Mode) -> Result<(), LabError> {
        let Some(application) = self.applications.get(region) else { return Ok(()) };
        // It counts as healthy until it is not, and as healthy only once it is.
        let before = application.mode();
        if mode != Mode::Healthy {
            self.invariants.note_mode(region, mode);
        }
        application
            .set(mode)
            .await
            .map_err(LabError::system(format!("cannot set {region} from {before} to {mode}")))?;
        if mode == Mode::Healthy {
            self.invariants.note_mode(region, mode);
        }
        Ok(())
    }

    /// Writes the row that a person's command writes, in every region.
    async fn pause(&self, author: &str, reason: &str) -> Result<(), LabError> {
        let until = clock::after(clock::now(), PAUSE);
        let pause = Pause { author: author.to_owned(), reason: reason.to_owned(), until };
        let refused = |why: String| LabError::Refused { what: "a pause", why };
        let body = serde_json::to_string(&pause).map_err(|error| refused(error.to_string()))?;
        let row = TableRow { sort: format!("pause#{APPLICATION}"), body };
        for (region, _) in REGIONS {
            self.cloud.services().put_row(region, "controller", &row).await.map_err(refused)?;
        }
        Ok(())
    }

    fn deliver(&self, delivery: &Delivery) {
        let changed_at = clock::now() - delivery.late;
        for _ in 0..delivery.times {
            self.alarms.deliver(&self.surroundings(), &delivery.alarm, delivery.state, changed_at);
        }
    }

    pub(super) fn surroundings(&self) -> Surroundings {
        Surroundings {
            applications: self.applications.clone(),
            cloud: self.cloud.clone(),
            controllers: self.controllers.clone(),
            timeline: self.timeline.clone(),
        }
    }

    /// The regions that the name servers answer now, each once.
    pub fn answered(&self) -> Vec<String> {
        let mut regions: Vec<String> = watch::answered(&self.twin.handle()).into_iter().flatten().collect();
        regions.sort();
        regions.dedup();
        regions
    }
}
