//! What a scenario does to the world.

use super::World;
use super::action::{Action, Delivery};
use super::alarms::{Surroundings, set_state};
use super::names::SKEWED_PLAN;
use crate::LabError;
use crate::clock;
use crate::network::Reach;
use crate::region::Mode;

impl World {
    /// Does it.
    ///
    /// # Errors
    /// The system refuses an application's port, or the emulation a row.
    pub async fn act(&self, action: &Action) -> Result<(), LabError> {
        self.timeline.add(clock::now(), action.mark(), action.to_string());
        match action {
            Action::Lose(region) => self.lose(region).await?,
            Action::Heal(region) => self.heal(region).await?,
            Action::Application(region, mode) => self.set_mode(region, *mode).await?,
            Action::Trouble { disorder, time, calls } => {
                let until = time.map(|time| clock::after(clock::now(), time));
                self.cloud.faults().order(disorder.clone(), until, *calls);
            }
            Action::Works(service, region) => self.cloud.faults().end(service, region.as_deref()),
            Action::Network(region, reach) => self.reach(region, *reach),
            Action::Cut { from, to, back } => {
                let mut faults = self.cloud.faults();
                faults.cut(from, to);
                if *back {
                    faults.cut(to, from);
                }
            }
            Action::Join(one, other) => self.cloud.faults().join(one, other),
            Action::Throttle(time) => self.throttle(*time),
            Action::LoseAnswers(changes) => self.history.lose_answers(*changes),
            Action::Claim(region) => self.claim(region)?,
            Action::Deploy { region, key, value } => self.deploy(region, key, value)?,
            Action::Reclaim(region) => {
                if let Some(controllers) = &self.controllers {
                    controllers.reclaim(region);
                }
            }
            Action::Say(command) => self.say(command).await,
            Action::Drill(region, application) => self.drill(region, application.as_deref()),
            Action::Deliver(delivery) => self.deliver(delivery),
            Action::Alarm(alarm, state) => {
                let refused = |why: String| LabError::Refused { what: "an alarm's state", why };
                set_state(&self.cloud, &self.layout, alarm, state).await.map_err(refused)?;
            }
        }
        Ok(())
    }

    async fn lose(&self, region: &str) -> Result<(), LabError> {
        self.cloud.faults().lose(region, self.settings.lost_services);
        self.set_mode(region, Mode::Dead).await?;
        if let Some(controllers) = &self.controllers {
            controllers.lose(region).await;
        }
        Ok(())
    }

    async fn heal(&self, region: &str) -> Result<(), LabError> {
        self.cloud.faults().heal(region);
        self.set_mode(region, Mode::Healthy).await?;
        if let Some(controllers) = &self.controllers {
            controllers.heal(region);
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

    fn reach(&self, region: &str, reach: Reach) {
        if let Some(network) = self.networks.get(region) {
            network.set(reach);
        }
        match reach {
            Reach::Nothing => self.cloud.faults().isolate(region),
            Reach::NamesOnly | Reach::Whole => self.cloud.faults().connect(region),
        }
    }

    fn deploy(&self, region: &str, key: &str, value: &str) -> Result<(), LabError> {
        let Some(controllers) = &self.controllers else { return Ok(()) };
        let text = self.other_plan(key, value)?;
        let file = self.places.folder.join(format!("{SKEWED_PLAN}.{region}.toml"));
        std::fs::write(&file, text).map_err(LabError::system(format!("cannot write {}", file.display())))?;
        controllers.deploy(region, file);
        Ok(())
    }

    fn drill(&self, region: &str, application: Option<&str>) {
        let mut event = serde_json::json!({ "understudy": "drill" });
        if let Some(application) = application {
            event["application"] = application.into();
        }
        if let Some(controllers) = &self.controllers {
            controllers.wake(&self.cloud, region, "drill", event.to_string());
        }
    }

    fn deliver(&self, delivery: &Delivery) {
        let changed_at = clock::now() - delivery.late;
        for _ in 0..delivery.times {
            self.alarms.deliver(&self.surroundings(), &delivery.alarm, delivery.state, changed_at);
        }
    }

    pub(super) fn surroundings(&self) -> Surroundings {
        Surroundings {
            layout: self.layout.clone(),
            applications: self.applications.clone(),
            cloud: self.cloud.clone(),
            controllers: self.controllers.clone(),
            timeline: self.timeline.clone(),
        }
    }
}
