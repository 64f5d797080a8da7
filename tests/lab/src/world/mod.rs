//! The whole: twin, cloud, applications, controllers and a user, set up as an operator would by hand.

mod actions;
mod alarms;
mod duration;
mod history;
mod invariants;
mod ledger;
mod names;
mod plan;
mod schedule;
mod settings;
mod setup;
mod watch;
mod zone;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub use actions::{Action, Delivery};
pub use alarms::{AlarmName, Alarms};
pub use duration::{parse as parse_duration, show as show_duration};
pub use history::{Applied, History};
pub(crate) use invariants::has;
pub use invariants::{Evidence, Invariants, Violations};
pub use ledger::Story;
pub use names::{APPLICATION, PRIMARY, REGIONS, SERVED, STANDBY};
pub use settings::{Band, Settings};

use understudy::plan::Plan;

use crate::LabError;
use crate::cloud::Cloud;
use crate::net::Server;
use crate::region::Application;
use crate::runtime::Controllers;
use crate::timeline::{Event, Timeline};
use crate::user::User;

/// Where a lab keeps its files, and where the functions' binaries are.
#[derive(Clone, Debug)]
pub struct Places {
    /// The lab's own folder.
    pub folder: PathBuf,
    /// The folder that holds `<function>/bootstrap`.
    pub binaries: PathBuf,
}

/// A running lab. Dropping it ends everything; [`World::shutdown`] also waits for the processes' ends.
pub struct World {
    /// Its settings.
    pub settings: Settings,
    /// What happened.
    pub timeline: Arc<Timeline>,
    /// All AWS services.
    pub cloud: Arc<Cloud>,
    /// The functions; none where the settings switch them off.
    pub controllers: Option<Arc<Controllers>>,
    /// The user.
    pub user: User,
    /// Every batch that Route 53 accepted.
    pub history: Arc<History>,
    /// What must never happen.
    pub invariants: Arc<Invariants>,
    pub(crate) places: Places,
    plan: Plan,
    applications: Arc<BTreeMap<String, Application>>,
    alarms: Arc<Alarms>,
    twin: twin::wire::Running,
    _cloud_server: Server,
    _tasks: JoinSet<()>,
}

impl World {
    /// Starts everything, and comes back when users are served.
    ///
    /// # Errors
    /// Something is missing or refused.
    pub async fn start(
        settings: Settings,
        places: Places,
        live: Option<mpsc::UnboundedSender<Event>>,
    ) -> Result<Self, LabError> {
        setup::start(settings, places, live).await
    }

    /// The applications by region.
    pub fn applications(&self) -> &BTreeMap<String, Application> {
        &self.applications
    }

    /// The plan that the functions have; none where there are no functions.
    pub fn plan(&self) -> Option<Plan> {
        self.controllers.as_ref().map(|_| self.plan.clone())
    }

    /// What the controllers wrote down until now; the timeline learns of it too.
    pub async fn story(&self) -> Story {
        let story = Story::read(&self.cloud).await;
        watch::tell(&story, &self.timeline);
        story
    }

    /// Ends everything, processes first.
    pub async fn shutdown(self) {
        if let Some(controllers) = &self.controllers {
            controllers.shutdown().await;
        }
        self.twin.shutdown().await;
    }
}
