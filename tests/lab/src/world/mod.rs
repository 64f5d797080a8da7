//! The whole: twin, cloud, applications, controllers and a user, set up as an operator would by hand.

mod action;
mod actions;
mod alarm_event;
mod alarms;
mod claim;
mod duration;
mod history;
mod invariants;
mod layout;
mod ledger;
mod names;
mod operator;
mod overrides;
mod plan;
mod route53;
mod schedule;
mod settings;
mod setup;
mod throttle;
mod watch;
mod zone;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub use action::{Action, Delivery};
pub use alarms::{AlarmName, Alarms};
pub use duration::{parse as parse_duration, show as show_duration};
pub use history::{Applied, History};
pub(crate) use invariants::has;
pub use invariants::{Evidence, Invariants, Violations};
pub use layout::{Layout, Place, Service};
pub use ledger::{Noted, Story};
pub use names::{ACCOUNT, APPLICATION, PRIMARY, SERVED, STANDBY, is_region};
pub use operator::{Answered, Command, Conversation, Needs};
pub use route53::{Route53, Set};
pub use settings::{Band, Beside, Settings};

use understudy::plan::Plan;

use crate::LabError;
use crate::cloud::Cloud;
use crate::net::Server;
use crate::network::Network;
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
    /// Who is where.
    pub layout: Arc<Layout>,
    /// The users; the first is the one of whom the timeline tells.
    pub users: Vec<User>,
    /// What Route 53 has, and answers.
    pub route53: Route53,
    /// What people said, and were answered.
    pub conversation: Conversation,
    /// Every batch that Route 53 accepted.
    pub history: Arc<History>,
    /// What must never happen.
    pub invariants: Arc<Invariants>,
    pub(crate) places: Places,
    plan: Plan,
    seeded: zone::Seeded,
    /// Where the cloud answers.
    endpoint: SocketAddr,
    port: u16,
    networks: BTreeMap<String, Network>,
    _targets: Vec<Application>,
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

    /// The text of the plan with one setting changed.
    ///
    /// # Errors
    /// There is no such setting, or the product refuses the plan.
    pub(crate) fn other_plan(&self, key: &str, value: &str) -> Result<String, LabError> {
        let mut settings = self.settings.clone();
        settings.set(key, value).map_err(|why| LabError::Refused { what: "another plan", why })?;
        let layout = Layout::of(&settings);
        let (seeded, port, cloud) = (&self.seeded, self.port, self.endpoint);
        plan::write(&plan::Blueprint { settings: &settings, layout: &layout, seeded, port, cloud })
            .map(|(text, _)| text)
    }

    /// The regions that the name servers answer for the first application, each once.
    pub fn answered(&self) -> Vec<String> {
        self.route53.answered(self.layout.first(), None)
    }

    /// What the controllers wrote down until now; the timeline learns of it too.
    pub async fn story(&self) -> Story {
        let story = Story::read(&self.cloud, &self.layout, &self.layout.services).await;
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
