//! The model behind real sockets: the Route 53 API, DNS, and health checkers that really ask.
//!
//! The caller binds the sockets (loopback, ephemeral ports in tests) and gives them to [`Server::start`]. All
//! parts share one model and one [`Clock`]. [`Running::shutdown`] ends every task that was started here.

mod api_call;
mod checkers;
mod clock;
mod dns;
mod hook;
mod http;
mod probing;
mod render;
mod route;
mod shared;
mod xml;

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, MutexGuard};

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use clock::Clock;
pub use hook::{CallInfo, Caller, Hook, HookAction, Phase};
pub use probing::Timeouts;
pub use render::BatchErrorForm;

use crate::model::{Config, Time, Twin};
use shared::Shared;

/// How a server is to run.
#[derive(Clone)]
pub struct ServerConfig {
    twin: Twin,
    clock: Option<Clock>,
    hook: Option<Hook>,
    checkers: Option<Timeouts>,
    batch_error: BatchErrorForm,
    region_of: Option<RegionOf>,
}

/// Which AWS region a DNS client is near to, by its address.
pub type RegionOf = Arc<dyn Fn(IpAddr) -> Option<String> + Send + Sync>;

impl ServerConfig {
    /// A server for this model, which may have zones already. The checkers are on, with the documented
    /// timeouts.
    pub fn new(twin: Twin) -> Self {
        Self {
            twin,
            clock: None,
            hook: None,
            checkers: Some(Timeouts::default()),
            batch_error: BatchErrorForm::default(),
            region_of: None,
        }
    }

    /// Shares a clock with others (a lab's other parts), so that all mean the same by a time.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Calls this before and after each call of the API.
    #[must_use]
    pub fn hook(mut self, hook: Hook) -> Self {
        self.hook = Some(hook);
        self
    }

    /// The checkers' timeouts; none switches the checkers off.
    #[must_use]
    pub fn checkers(mut self, timeouts: Option<Timeouts>) -> Self {
        self.checkers = timeouts;
        self
    }

    /// Tells where DNS clients are, for the latency policy. Without this, all are near us-east-1.
    #[must_use]
    pub fn region_of(mut self, region_of: RegionOf) -> Self {
        self.region_of = Some(region_of);
        self
    }

    /// How a refused batch is written.
    #[must_use]
    pub fn batch_error(mut self, form: BatchErrorForm) -> Self {
        self.batch_error = form;
        self
    }
}

impl From<Config> for ServerConfig {
    fn from(config: Config) -> Self {
        Self::new(Twin::new(config))
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts the API on `http`, and name server number `i` on the `i`th pair of `dns`. There may be fewer
    /// pairs than the model has name servers (the others cannot be asked), not more.
    ///
    /// # Errors
    /// There are more DNS sockets than name servers. Must be called within a Tokio runtime.
    pub fn start(
        config: impl Into<ServerConfig>,
        http: TcpListener,
        dns: Vec<(UdpSocket, TcpListener)>,
    ) -> io::Result<Running> {
        let config = config.into();
        if dns.len() > config.twin.name_servers() {
            let message =
                format!("{} DNS sockets for {} name servers", dns.len(), config.twin.name_servers());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let shared = Shared::new(config.twin, config.clock.unwrap_or_default());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let front =
            http::Front { shared: shared.clone(), hook: config.hook, batch_error: config.batch_error };
        tasks.spawn(http::serve(front, http, stopped.clone()));
        for (index, (udp, tcp)) in dns.into_iter().enumerate() {
            let server = dns::NameServer::new(shared.clone(), index, config.region_of.clone());
            tasks.spawn(dns::serve(server, udp, tcp, stopped.clone()));
        }
        if let Some(timeouts) = config.checkers {
            tasks.spawn(checkers::run(shared.clone(), timeouts, stopped));
        }
        Ok(Running { shared, stop, tasks })
    }
}

/// A running server. Dropping it stops it at once; [`Running::shutdown`] also waits for its end.
#[derive(Debug)]
pub struct Running {
    shared: Shared,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// The model, locked. Do not hold it across an `await`: everything else waits for it.
    pub fn twin(&self) -> MutexGuard<'_, Twin> {
        self.shared.twin()
    }

    /// Does something with the model at the present time.
    pub fn with<T>(&self, work: impl FnOnce(&mut Twin, Time) -> T) -> T {
        self.shared.with(work)
    }

    /// The time that the model runs on.
    pub fn clock(&self) -> Clock {
        self.shared.clock()
    }

    /// A handle to the same model for other tasks.
    pub fn handle(&self) -> Handle {
        Handle(self.shared.clone())
    }

    /// Ends all tasks and waits for them.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A handle to a running server's model. It does not keep the server running.
#[derive(Clone, Debug)]
pub struct Handle(Shared);

impl Handle {
    /// Does something with the model at the present time.
    pub fn with<T>(&self, work: impl FnOnce(&mut Twin, Time) -> T) -> T {
        self.0.with(work)
    }

    /// The time that the model runs on.
    pub fn clock(&self) -> Clock {
        self.0.clock()
    }
}
