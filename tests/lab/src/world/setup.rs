//! Setting a lab up, part after part.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use twin::wire::{Running, Server as TwinServer, ServerConfig, Timeouts};

use super::alarms::Alarms;
use super::names::{GROUPS, PRIMARY, REGIONS, SERVED, topic_name};
use super::zone::NAME_SERVERS;
use super::{History, Invariants, Places, Settings, World, plan, schedule, watch, zone};
use crate::cloud::Cloud;
use crate::region::{self, Application};
use crate::runtime::{Controllers, Environment};
use crate::timeline::{Event, Timeline};
use crate::user::User;
use crate::{LabError, clock, net};

/// How much faster Route 53's checkers give up than in production.
const CHECKERS: u32 = 8;

/// How long a lab may take until it is at rest.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn start(
    settings: Settings,
    places: Places,
    live: Option<mpsc::UnboundedSender<Event>>,
) -> Result<World, LabError> {
    let applications = applications().await?;
    let port = applications.values().next().map_or(0, |application| application.address().port());
    let logs = fresh_folder(&places.folder)?;
    let history = Arc::new(History::default());
    let (model, seeded) = zone::seed(&settings, port, u64::from(port))?;
    let (twin, route53, name_servers) = route53(model, &history).await?;
    let cloud = Arc::new(Cloud::default());
    cloud.set_route53(route53);
    let (endpoint, cloud_server) = cloud.serve().await.map_err(LabError::system("no port for the cloud"))?;
    let (text, plan) = plan::write(&settings, &seeded, port)?;
    let plan_file = places.folder.join("failover.toml");
    std::fs::write(&plan_file, text)
        .map_err(LabError::system(format!("cannot write {}", plan_file.display())))?;
    let alarms = provision(&cloud).await?;
    let controllers = controllers(&settings, &places, &cloud, |binaries| Environment {
        binaries,
        logs,
        plan: plan_file,
        cloud: endpoint,
        name_servers: name_servers.clone(),
        timeout: settings.lambda_timeout,
    })?;
    answers(&twin).await?;
    let timeline = Arc::new(Timeline::new(live));
    let user = User::start(name_servers, SERVED, port, timeline.clone());
    let mut world = World {
        settings,
        timeline,
        cloud,
        controllers,
        user,
        history,
        invariants: Arc::new(Invariants::default()),
        places,
        plan,
        applications: Arc::new(applications),
        alarms: Arc::new(alarms),
        twin,
        _cloud_server: cloud_server,
        _tasks: JoinSet::new(),
    };
    world.set_going();
    world.at_rest().await?;
    Ok(world)
}

async fn applications() -> Result<BTreeMap<String, Application>, LabError> {
    let regions = REGIONS.map(|(region, ip)| (region.to_owned(), ip));
    let started = region::start(&regions).await.map_err(LabError::system("no port for the applications"))?;
    Ok(started.into_iter().map(|application| (application.region().to_owned(), application)).collect())
}

/// The lab's folder, without what an earlier lab left there; gives that of the logs.
fn fresh_folder(folder: &Path) -> Result<std::path::PathBuf, LabError> {
    let logs = folder.join("logs");
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(LabError::system(format!("cannot empty {}", folder.display()))(error));
        }
        _ => {}
    }
    std::fs::create_dir_all(&logs).map_err(LabError::system(format!("cannot make {}", logs.display())))?;
    Ok(logs)
}

async fn route53(
    model: twin::model::Twin,
    history: &Arc<History>,
) -> Result<(Running, SocketAddr, Vec<SocketAddr>), LabError> {
    let no_port = || LabError::system("no port for the name servers");
    let http = net::listen().await.map_err(no_port())?;
    let address = http.local_addr().map_err(no_port())?;
    let (mut sockets, mut name_servers) = (Vec::new(), Vec::new());
    for _ in 0..NAME_SERVERS {
        let (udp, tcp) = name_server().await.map_err(no_port())?;
        name_servers.push(udp.local_addr().map_err(no_port())?);
        sockets.push((udp, tcp));
    }
    let config = ServerConfig::new(model).hook(history.hook()).checkers(Some(Timeouts::compressed(CHECKERS)));
    let running =
        TwinServer::start(config, http, sockets).map_err(LabError::system("cannot start the twin"))?;
    Ok((running, address, name_servers))
}

/// UDP and TCP at one free port.
async fn name_server() -> io::Result<(UdpSocket, TcpListener)> {
    let mut tries = 0;
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Err(_) if tries < 20 => tries += 1,
            tcp => return Ok((udp, tcp?)),
        }
    }
}

/// Tables, topics and alarms in every region.
async fn provision(cloud: &Cloud) -> Result<Alarms, LabError> {
    let refused = |why: String| LabError::Refused { what: "what the lab provisions", why };
    for (region, _) in REGIONS {
        cloud.services().create_table(region).await.map_err(refused)?;
        for group in GROUPS {
            let name = topic_name(group);
            let fields = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", name.as_str())];
            cloud.services().query("sns", region, &fields).await.map_err(refused)?;
        }
    }
    Alarms::create(cloud).await.map_err(refused)
}

fn controllers(
    settings: &Settings,
    places: &Places,
    cloud: &Cloud,
    environment: impl FnOnce(std::path::PathBuf) -> Environment,
) -> Result<Option<Arc<Controllers>>, LabError> {
    if !settings.functions {
        return Ok(None);
    }
    let regions = REGIONS.map(|(region, _)| region.to_owned());
    let environment = environment(places.binaries.clone());
    Controllers::new(environment, &regions, settings.retry_after, cloud).map(Some)
}

/// Comes back when every name server answers the primary region.
async fn answers(twin: &Running) -> Result<(), LabError> {
    let primary = vec![vec![PRIMARY.to_owned()]; NAME_SERVERS];
    wait("an answer of every name server", || watch::answered(&twin.handle()) == primary).await
}

async fn wait(what: &'static str, mut until: impl FnMut() -> bool) -> Result<(), LabError> {
    let end = clock::after(clock::now(), PATIENCE);
    while !until() {
        if clock::now() >= end {
            return Err(LabError::NotReady { what, seconds: PATIENCE.as_secs() });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

impl World {
    /// Sets going what goes on by itself.
    fn set_going(&mut self) {
        let handle = self.twin.handle();
        let around = self.surroundings();
        let tasks = &mut self._tasks;
        tasks.spawn(watch::run(self.cloud.clone(), handle.clone(), self.timeline.clone()));
        tasks.spawn(self.invariants.clone().watch(handle));
        tasks.spawn(self.alarms.clone().watch(around, self.settings.alarm_after));
        if let Some(controllers) = &self.controllers {
            tasks.spawn(schedule::run(controllers.clone(), self.cloud.clone(), self.settings.tick));
        }
    }

    /// Comes back when users are served and every region's controller was awake once.
    async fn at_rest(&self) -> Result<(), LabError> {
        wait("a user's answered request", || {
            self.user.requests().iter().any(|request| request.answered.is_some())
        })
        .await?;
        let Some(controllers) = &self.controllers else { return Ok(()) };
        let awake = |region: &str| {
            let invocations = controllers.invocations();
            invocations.iter().any(|one| one.caller.as_ref().is_some_and(|caller| caller.region == region))
        };
        let woken = wait("a wake of every region's controller", || {
            controllers.broken().is_some() || REGIONS.iter().all(|(region, _)| awake(region))
        });
        woken.await?;
        match controllers.broken() {
            Some(why) => Err(LabError::Refused { what: "a function", why }),
            None => Ok(()),
        }
    }
}
