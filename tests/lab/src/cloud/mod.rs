//! The cloud endpoint: every AWS service at one loopback address.
//!
//! Which service and which region a request is for stands in the scope of its signature, as with a real
//! request; who sent it, in its access key. Each call is counted, and befallen by what a scenario ordered.
//! Route 53 requests go on to the twin.

mod answer;
mod calls;
mod cluster;
mod dynamodb;
mod faults;
mod form;
mod lambda;
mod metrics;
mod operation;
mod s3;
mod scope;
mod services;
mod sns;
mod strike;
mod sts;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub use calls::{Call, Calls, Outcome};
pub use cluster::ENDPOINTS;
pub use faults::{Disorder, Faults, Lost, Target, Trouble};
pub use operation::operation;
pub use s3::BUCKET;
pub use scope::{Caller, Scope, is_assumed};
pub use services::Services;
pub use sns::Publication;
pub use strike::{Moment, Strike};
pub use table::{TABLE, TableRow};

use crate::net::{self, Server};

/// Kills a process, and comes back when it is dead.
pub type Killer = Box<dyn Fn(Caller) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Wakes a function of a region by an event.
pub type Waker = Box<dyn Fn(&str, &str, String) + Send + Sync>;

/// All services of all regions.
pub struct Cloud {
    /// Every call, in the order in which they came.
    pub calls: Calls,
    services: Services,
    faults: Mutex<Faults>,
    published: Mutex<Vec<Publication>>,
    strike: Mutex<Option<Strike>>,
    killer: OnceLock<Killer>,
    waker: OnceLock<Waker>,
    route53: OnceLock<SocketAddr>,
    /// The role that must be assumed to change the zone, where it is another account's.
    zone_role: OnceLock<&'static str>,
}

impl Default for Cloud {
    fn default() -> Self {
        Self {
            calls: Calls::default(),
            services: Services::default(),
            faults: Mutex::default(),
            published: Mutex::default(),
            strike: Mutex::default(),
            killer: OnceLock::new(),
            waker: OnceLock::new(),
            route53: OnceLock::new(),
            zone_role: OnceLock::new(),
        }
    }
}

impl Cloud {
    /// Answers at an address until the server is dropped.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn serve(self: &Arc<Self>) -> std::io::Result<(SocketAddr, Server)> {
        let listener = net::listen().await?;
        let address = listener.local_addr()?;
        let cloud = self.clone();
        let server = net::serve(listener, move |asked| {
            let cloud = cloud.clone();
            async move { cloud.answer(asked).await }
        });
        Ok((address, server))
    }

    /// Where the twin of Route 53 answers.
    pub fn set_route53(&self, address: SocketAddr) {
        let _first_counts = self.route53.set(address);
    }

    /// How a calling process is killed.
    pub fn set_killer(&self, killer: Killer) {
        let _first_counts = self.killer.set(killer);
    }

    /// How a function is invoked by the API of Lambda.
    pub fn set_waker(&self, waker: Waker) {
        let _first_counts = self.waker.set(waker);
    }

    /// From now on Route 53 obeys only who has assumed this role.
    pub fn set_zone_role(&self, role: &'static str) {
        let _first_counts = self.zone_role.set(role);
    }

    /// The services by themselves: no fault befalls who asks them here, and nobody counts it.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Makes a routing control, which begins On.
    pub fn make_control(&self, arn: &str) {
        self.services.cluster.make(arn);
    }

    /// The routing controls, and whether each is On.
    pub fn controls(&self) -> BTreeMap<String, bool> {
        self.services.cluster.states()
    }

    /// The metrics of a region by their dimensions' values: the value, where there are data now.
    pub fn metrics(&self, region: &str) -> BTreeMap<Vec<String>, Option<f64>> {
        self.services.of(region).metrics.read(crate::clock::now())
    }

    /// The faults, to order or end some.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    /// What was published so far, in order.
    pub fn published(&self) -> Vec<Publication> {
        lock(&self.published).clone()
    }

    /// Orders that a calling process is killed.
    pub fn arm(&self, strike: Strike) {
        *lock(&self.strike) = Some(strike);
    }

    /// The order, with what has come of it.
    pub fn strike(&self) -> Option<Strike> {
        lock(&self.strike).clone()
    }

    /// A process has answered its invocation: its run does not go on within it.
    pub fn invocation_ended(&self, caller: &Caller) {
        if let Some(strike) = lock(&self.strike).as_mut() {
            strike.invocation_ended(caller);
        }
    }
}

/// A panic of one task must not hide behind another one here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
