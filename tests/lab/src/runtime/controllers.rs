//! The functions of all regions, and what wakes them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::{Ended, Environment, Pool};
use crate::LabError;
use crate::clock;
use crate::cloud::{Caller, Cloud, lock};

/// The functions that run in each region.
pub const FUNCTIONS: [&str; 4] = ["alarm", "tick", "operate", "drill"];

/// Lambda tries an asynchronous invocation again this often (Lambda developer guide, "Asynchronous
/// invocation": after one and two minutes; scaled here).
const RETRIES: u32 = 2;

/// How an event ended that a function was woken by.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// When it was handed to the function.
    pub at: Timestamp,
    /// Which process had it.
    pub caller: Option<Caller>,
    /// How it ended.
    pub ended: Ended,
    /// Seconds.
    pub took: f64,
}

/// All functions of all regions.
#[derive(Debug)]
pub struct Controllers {
    environment: Arc<Environment>,
    pools: BTreeMap<(String, &'static str), Pool>,
    retry_after: Duration,
    invocations: Mutex<Vec<Invocation>>,
    broken: Mutex<Option<String>>,
    running: Mutex<JoinSet<()>>,
}

impl Controllers {
    /// The functions, none of them started yet. The cloud learns to kill them.
    ///
    /// # Errors
    /// A binary is missing.
    pub fn new(
        environment: Environment,
        regions: &[String],
        retry_after: Duration,
        cloud: &Arc<Cloud>,
    ) -> Result<Arc<Self>, LabError> {
        for function in FUNCTIONS {
            let binary = environment.binary(function);
            if !binary.is_file() {
                return Err(LabError::NoBinary(binary));
            }
        }
        let environment = Arc::new(environment);
        let shared = environment.clone();
        let pool = |region: &String, function| {
            ((region.clone(), function), Pool::new(environment.clone(), region, function))
        };
        let pools = regions.iter().flat_map(|region| FUNCTIONS.map(|function| pool(region, function)));
        let controllers = Arc::new(Self {
            pools: pools.collect(),
            environment: shared,
            retry_after,
            invocations: Mutex::default(),
            broken: Mutex::default(),
            running: Mutex::default(),
        });
        let them = Arc::downgrade(&controllers);
        cloud.set_killer(Box::new(move |caller| Box::pin(kill(them.clone(), caller))));
        let (them, the_cloud) = (Arc::downgrade(&controllers), Arc::downgrade(cloud));
        cloud.set_waker(Box::new(move |region, function, event| {
            let known = FUNCTIONS.into_iter().find(|known| *known == function);
            if let (Some(them), Some(cloud), Some(function)) = (them.upgrade(), the_cloud.upgrade(), known) {
                them.wake(&cloud, region, function, event);
            }
        }));
        Ok(controllers)
    }

    /// Invokes a function once and waits for what it answers; in words, why there is no answer.
    ///
    /// # Errors
    /// The function failed, or its region is lost.
    pub async fn ask(
        &self,
        cloud: &Cloud,
        region: &str,
        function: &'static str,
        event: &str,
    ) -> Result<String, String> {
        let Some(pool) = self.pools.get(&(region.to_owned(), function)) else {
            return Err(format!("there is no {function} in {region}"));
        };
        let at = clock::now();
        let (ended, caller) = pool.invoke(event).await.map_err(|error| error.chain())?;
        self.note(cloud, at, &ended, caller);
        match ended {
            Ended::Answered(answer) => Ok(answer),
            Ended::Failed(error) => Err(error),
            other => Err(format!("{other:?}")),
        }
    }

    /// Deploys another plan to a region's controllers.
    pub fn deploy(&self, region: &str, plan: PathBuf) {
        lock(&self.environment.plans).insert(region.to_owned(), plan);
        self.reclaim(region);
    }

    /// Gives up a region's sandboxes: what runs comes to its end, the next invocations get new processes.
    pub fn reclaim(&self, region: &str) {
        self.pools.iter().filter(|((of, _), _)| of == region).for_each(|(_, pool)| pool.reclaim());
    }

    /// Wakes a function as an event does: asynchronously, and again when it fails.
    pub fn wake(self: &Arc<Self>, cloud: &Arc<Cloud>, region: &str, function: &'static str, event: String) {
        let (them, cloud, region) = (Arc::downgrade(self), cloud.clone(), region.to_owned());
        lock(&self.running).spawn(async move {
            for _ in 0..=RETRIES {
                let Some(controllers) = them.upgrade() else { return };
                if controllers.invoke(&cloud, &region, function, &event).await {
                    return;
                }
                let pause = controllers.retry_after;
                drop(controllers);
                tokio::time::sleep(pause).await;
            }
        });
    }

    /// Invokes once; whether that is enough.
    async fn invoke(&self, cloud: &Cloud, region: &str, function: &'static str, event: &str) -> bool {
        let Some(pool) = self.pools.get(&(region.to_owned(), function)) else { return true };
        let at = clock::now();
        match pool.invoke(event).await {
            Ok((ended, caller)) => {
                self.note(cloud, at, &ended, caller);
                matches!(ended, Ended::Answered(_) | Ended::RegionLost)
            }
            Err(error) => {
                lock(&self.broken).get_or_insert(error.chain());
                true
            }
        }
    }

    fn note(&self, cloud: &Cloud, at: Timestamp, ended: &Ended, caller: Option<Caller>) {
        if let Some(caller) = &caller {
            cloud.invocation_ended(caller);
        }
        let took = clock::seconds(at, clock::now());
        lock(&self.invocations).push(Invocation { at, caller, ended: ended.clone(), took });
    }

    /// Whether that region is lost.
    pub fn is_lost(&self, region: &str) -> bool {
        self.pools.iter().any(|((of, _), pool)| of == region && pool.is_lost())
    }

    /// Kills a region's functions, and lets nothing wake them.
    pub async fn lose(&self, region: &str) {
        for (_, pool) in self.pools.iter().filter(|((of, _), _)| of == region) {
            pool.lose().await;
        }
    }

    /// The region is back: the next event starts its functions anew.
    pub fn heal(&self, region: &str) {
        self.pools.iter().filter(|((of, _), _)| of == region).for_each(|(_, pool)| pool.heal());
    }

    /// Every invocation that has ended.
    pub fn invocations(&self) -> Vec<Invocation> {
        lock(&self.invocations).clone()
    }

    /// Why a function could not be started, if so.
    pub fn broken(&self) -> Option<String> {
        lock(&self.broken).clone()
    }

    /// The processor time of an ordinary tick that finds nothing: the median over all regions.
    pub fn calm_tick(&self) -> Option<Duration> {
        let ticks = self.pools.iter().filter(|((_, function), _)| *function == "tick");
        let mut calm: Vec<Duration> = ticks.flat_map(|(_, pool)| pool.calm_wakes()).collect();
        calm.sort();
        calm.get(calm.len() / 2).copied()
    }

    /// The most memory that a process of each function ever had, in bytes.
    pub fn peak_memory(&self) -> BTreeMap<String, u64> {
        let mut peaks = BTreeMap::new();
        for ((_, function), pool) in &self.pools {
            let peak: &mut u64 = peaks.entry((*function).to_owned()).or_default();
            *peak = pool.peak_memory().max(*peak);
        }
        peaks
    }

    /// The same when its first wake had found nothing.
    pub fn idle_memory(&self) -> BTreeMap<String, u64> {
        let mut peaks = BTreeMap::new();
        for ((_, function), pool) in &self.pools {
            let Some(idle) = pool.idle_memory() else { continue };
            let peak: &mut u64 = peaks.entry((*function).to_owned()).or_default();
            *peak = idle.max(*peak);
        }
        peaks
    }

    /// Kills everything.
    pub async fn shutdown(&self) {
        lock(&self.running).abort_all();
        for pool in self.pools.values() {
            pool.lose().await;
        }
    }
}

async fn kill(them: Weak<Controllers>, caller: Caller) {
    let Some(controllers) = them.upgrade() else { return };
    for pool in controllers.pools.values() {
        pool.kill(&caller).await;
    }
}
