//! Setting a lab up, part after part.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use twin::wire::{Running, Server as TwinServer, ServerConfig, Timeouts};

use super::alarms::Alarms;
use super::layout::{DIRECT, Layout, NOWHERE, Service};
use super::names::{GROUPS, PRIMARY, ZONE_ROLE, topic_name};
use super::plan::Blueprint;
use super::zone::NAME_SERVERS;
use super::{
    Conversation, History, Invariants, Places, Route53, Settings, World, overrides, plan, schedule, watch,
    zone,
};
use crate::cloud::Cloud;
use crate::network::{Network, name_server};
use crate::region::{self, Application, Mode};
use crate::runtime::{Controllers, Environment};
use crate::timeline::{Event, Timeline};
use crate::user::{self, Person, User};
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
    let layout = Arc::new(Layout::of(&settings));
    let (applications, targets) = applications(&layout).await?;
    let port = applications.values().next().map_or(0, |application| application.address().port());
    let logs = fresh_folder(&places.folder)?;
    let history = Arc::new(History::default());
    let cloud = Arc::new(Cloud::default());
    let (endpoint, cloud_server) = cloud.serve().await.map_err(LabError::system("no port for the cloud"))?;
    let (model, seeded) = zone::seed(&settings, &layout, (port, endpoint), u64::from(port))?;
    let (twin, api, name_servers) = route53(model, &history, &layout).await?;
    let networks = networks(&layout, &name_servers).await?;
    cloud.set_route53(api);
    if settings.zone_role {
        cloud.set_zone_role(ZONE_ROLE);
    }
    let (text, plan) = plan::write(&Blueprint {
        settings: &settings,
        layout: &layout,
        seeded: &seeded,
        port,
        cloud: endpoint,
    })?;
    let file = places.folder.join("failover.toml");
    std::fs::write(&file, text).map_err(LabError::system(format!("cannot write {}", file.display())))?;
    let alarms = provision(&cloud, &layout).await?;
    let controllers = if settings.functions {
        let environment = Environment {
            binaries: places.binaries.clone(),
            logs,
            plans: Mutex::new(layout.regions().map(|region| (region.to_owned(), file.clone())).collect()),
            cloud: endpoint,
            name_servers: networks
                .iter()
                .map(|(region, it)| (region.clone(), it.servers().to_vec()))
                .collect(),
            timeout: settings.lambda_timeout,
        };
        let regions: Vec<String> = layout.regions().map(str::to_owned).collect();
        Some(Controllers::new(environment, &regions, settings.retry_after, &cloud)?)
    } else {
        None
    };
    let route53 = Route53::new(twin.handle(), &seeded.zone, layout.clone());
    overrides::make_controls(&cloud, &layout);
    overrides::carry(&cloud, &route53, &layout);
    answers(&route53, &layout).await?;
    let timeline = Arc::new(Timeline::new(live));
    let users = users(&settings, &layout, &Arc::new(name_servers), port, &timeline);
    let mut world = World {
        settings,
        timeline,
        cloud,
        controllers,
        layout,
        users,
        route53,
        conversation: Conversation::default(),
        history,
        invariants: Arc::new(Invariants::default()),
        places,
        plan,
        seeded,
        endpoint,
        port,
        networks,
        _targets: targets,
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

/// The applications of each region; and what always answers, and what never does, at the same port.
async fn applications(
    layout: &Layout,
) -> Result<(BTreeMap<String, Application>, Vec<Application>), LabError> {
    let mut all: Vec<(String, Ipv4Addr)> =
        layout.serving().map(|(region, ip)| (region.to_owned(), ip)).collect();
    all.extend(layout.control_targets());
    // Nothing else gets this port: a function refuses to probe any loopback address at its Runtime API's port.
    all.push(("reserved".to_owned(), Ipv4Addr::LOCALHOST));
    all.push(("nowhere".to_owned(), NOWHERE));
    let no_port = || LabError::system("no port for the applications");
    let started = region::start(&all).await.map_err(no_port())?;
    let (serving, targets): (Vec<_>, Vec<_>) =
        started.into_iter().partition(|application| layout.place(application.region()).is_some());
    for target in &targets {
        let mode = match target.region() {
            "nowhere" => Mode::HangsOnConnect,
            "reserved" => Mode::Dead,
            _ => Mode::Healthy,
        };
        target.set(mode).await.map_err(no_port())?;
    }
    Ok((serving.into_iter().map(|it| (it.region().to_owned(), it)).collect(), targets))
}

/// Each region's way out.
async fn networks(
    layout: &Layout,
    name_servers: &[SocketAddr],
) -> Result<BTreeMap<String, Network>, LabError> {
    let mut networks = BTreeMap::new();
    for place in &layout.places {
        let network = Network::start(name_servers, place.resolver, DIRECT, NOWHERE).await;
        let network = network.map_err(LabError::system("no port for a region's name servers"))?;
        networks.insert(place.name.clone(), network);
    }
    Ok(networks)
}

/// The users: some of the first application, and one of each other one, who is less busy.
fn users(
    settings: &Settings,
    layout: &Layout,
    name_servers: &Arc<Vec<SocketAddr>>,
    port: u16,
    timeline: &Arc<Timeline>,
) -> Vec<User> {
    let mut users = Vec::new();
    for (number, service) in layout.services.iter().enumerate() {
        let crowd = if number == 0 { settings.users.len() } else { 1 };
        for near in settings.users.iter().take(crowd) {
            let person = Person {
                application: service.name.clone(),
                near: near.clone(),
                resolver: layout.place(near).map_or(Ipv4Addr::LOCALHOST, |place| place.resolver),
                every: if number == 0 { user::EVERY } else { 5 * user::EVERY },
            };
            let timeline = users.is_empty().then(|| timeline.clone());
            users.push(User::start(person, name_servers.clone(), &service.served(), port, timeline));
        }
    }
    users
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
    layout: &Arc<Layout>,
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
    let places = layout.clone();
    let config = ServerConfig::new(model)
        .hook(history.hook(layout.clone()))
        .checkers(Some(Timeouts::compressed(CHECKERS)))
        .region_of(Arc::new(move |address| places.asked_from(address)));
    let running =
        TwinServer::start(config, http, sockets).map_err(LabError::system("cannot start the twin"))?;
    Ok((running, address, name_servers))
}

/// Tables, topics and alarms in every region.
async fn provision(cloud: &Cloud, layout: &Layout) -> Result<Alarms, LabError> {
    let refused = |why: String| LabError::Refused { what: "what the lab provisions", why };
    for region in layout.regions() {
        cloud.services().create_table(region).await.map_err(refused)?;
        for group in GROUPS {
            let name = topic_name(group);
            let fields = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", name.as_str())];
            cloud.services().query("sns", region, &fields).await.map_err(refused)?;
        }
    }
    Alarms::create(cloud, layout).await.map_err(refused)
}

/// Comes back when every name server answers what is planned.
async fn answers(route53: &Route53, layout: &Layout) -> Result<(), LabError> {
    let answers = |service: &Service| {
        let each = (0..NAME_SERVERS).map(|server| route53.answer(service, server, None));
        let primary = [PRIMARY.to_owned()];
        each.into_iter()
            .all(|regions| if service.is_failover() { regions == primary } else { !regions.is_empty() })
    };
    wait("an answer of every name server", || layout.services.iter().all(answers)).await
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
        let (route53, layout) = (self.route53.clone(), self.layout.clone());
        let around = self.surroundings();
        let tasks = &mut self._tasks;
        tasks.spawn(watch::run(self.cloud.clone(), route53.clone(), layout.clone(), self.timeline.clone()));
        tasks.spawn(overrides::run(self.cloud.clone(), route53.clone(), layout.clone()));
        tasks.spawn(self.invariants.clone().watch(route53, layout.clone()));
        tasks.spawn(self.alarms.clone().watch(around, self.settings.alarm_after));
        if let Some(controllers) = &self.controllers {
            tasks.spawn(schedule::run(controllers.clone(), self.cloud.clone(), layout, self.settings.tick));
        }
    }

    /// Comes back when users are served and every region's controller was awake once.
    async fn at_rest(&self) -> Result<(), LabError> {
        wait("a user's answered request", || {
            self.users.iter().all(|user| user.requests().iter().any(|request| request.answered.is_some()))
        })
        .await?;
        let Some(controllers) = &self.controllers else { return Ok(()) };
        let awake = |region: &str| {
            let invocations = controllers.invocations();
            invocations.iter().any(|one| one.caller.as_ref().is_some_and(|caller| caller.region == region))
        };
        let woken = wait("a wake of every region's controller", || {
            controllers.broken().is_some() || self.layout.regions().all(awake)
        });
        woken.await?;
        match controllers.broken() {
            Some(why) => Err(LabError::Refused { what: "a function", why }),
            None => Ok(()),
        }
    }
}
