//! The processes of one function in one region.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Environment;
use super::api::Handed;
use super::process::Process;
use crate::LabError;
use crate::clock;
use crate::cloud::{Caller, lock};

/// How long a process may take to ask for its first event (Lambda developer guide, "Init phase").
const INIT: Duration = Duration::from_secs(10);

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The function answered.
    Answered(String),
    /// The function reported an error.
    Failed(String),
    /// It took longer than it may, and was killed.
    TimedOut,
    /// Its process ended.
    Died,
    /// Its region is lost: nobody was asked.
    RegionLost,
}

/// The processes of one function in one region.
#[derive(Debug)]
pub struct Pool {
    environment: Arc<Environment>,
    region: String,
    function: String,
    processes: Mutex<Vec<Arc<Process>>>,
    started: AtomicU32,
    invoked: AtomicU64,
    peak: AtomicU64,
    calm: Mutex<Vec<Duration>>,
    idle: AtomicU64,
    lost: AtomicBool,
}

impl Pool {
    /// A pool without a process yet.
    pub fn new(environment: Arc<Environment>, region: &str, function: &str) -> Self {
        Self {
            environment,
            region: region.to_owned(),
            function: function.to_owned(),
            processes: Mutex::default(),
            started: AtomicU32::new(0),
            invoked: AtomicU64::new(0),
            peak: AtomicU64::new(0),
            calm: Mutex::default(),
            idle: AtomicU64::new(0),
            lost: AtomicBool::new(false),
        }
    }

    /// Invokes the function once and waits for its end; also says which process had it.
    ///
    /// # Errors
    /// The binary cannot be started.
    pub async fn invoke(&self, event: &str) -> Result<(Ended, Option<Caller>), LabError> {
        if self.lost.load(Ordering::SeqCst) {
            return Ok((Ended::RegionLost, None));
        }
        let process = self.process().await?;
        let is_first = !process.woken.swap(true, Ordering::SeqCst);
        let before = process.processor_time();
        let ended = self.run(&process, event).await;
        if let (Some(before), Some(after), true) = (before, process.processor_time(), found_nothing(&ended)) {
            lock(&self.calm).push(after.saturating_sub(before));
            if is_first {
                self.idle.fetch_max(process.look(), Ordering::Relaxed);
            }
        }
        process.busy.store(false, Ordering::SeqCst);
        self.peak.fetch_max(process.peak_memory(), Ordering::Relaxed);
        self.sweep();
        Ok((ended, Some(process.caller.clone())))
    }

    /// An idle process, or a new one.
    async fn process(&self) -> Result<Arc<Process>, LabError> {
        let idle = lock(&self.processes)
            .iter()
            .find(|process| process.is_usable() && !process.busy.swap(true, Ordering::SeqCst))
            .cloned();
        if let Some(idle) = idle {
            return Ok(idle);
        }
        let number = self.started.fetch_add(1, Ordering::SeqCst) + 1;
        let caller = Caller { region: self.region.clone(), function: self.function.clone(), process: number };
        let process = Arc::new(Process::start(&self.environment, caller).await?);
        process.busy.store(true, Ordering::SeqCst);
        lock(&self.processes).push(process.clone());
        Ok(process)
    }

    async fn run(&self, process: &Process, event: &str) -> Ended {
        tokio::select! {
            () = process.api.ready() => {}
            () = process.gone() => return Ended::Died,
            () = tokio::time::sleep(INIT) => {
                process.kill().await;
                return Ended::TimedOut;
            }
        }
        let number = self.invoked.fetch_add(1, Ordering::SeqCst) + 1;
        let deadline = clock::after(clock::now(), self.environment.timeout);
        let (answer, answered) = oneshot::channel();
        process.api.hand(Handed {
            id: format!("00000000-0000-4000-8000-{number:012}"),
            event: event.to_owned(),
            deadline,
            function: format!(
                "arn:aws:lambda:{}:123456789012:function:understudy-{}",
                self.region, self.function
            ),
            answer,
        });
        tokio::select! {
            answered = answered => match answered {
                Ok(Ok(answer)) => Ended::Answered(answer),
                Ok(Err(error)) => Ended::Failed(error),
                Err(_) => Ended::Died,
            },
            () = process.gone() => Ended::Died,
            () = clock::sleep_until(deadline) => {
                process.kill().await;
                Ended::TimedOut
            }
        }
    }

    /// Forgets processes that have ended, and those that nobody will use again.
    fn sweep(&self) {
        lock(&self.processes).retain(|process| {
            self.peak.fetch_max(process.peak_memory(), Ordering::Relaxed);
            !process.is_gone() && (process.is_usable() || process.busy.load(Ordering::SeqCst))
        });
    }

    /// Kills one process.
    pub async fn kill(&self, caller: &Caller) {
        let process = lock(&self.processes).iter().find(|process| &process.caller == caller).cloned();
        if let Some(process) = process {
            process.kill().await;
        }
    }

    /// Kills all processes; while the region is lost no other one is started.
    pub async fn lose(&self) {
        self.lost.store(true, Ordering::SeqCst);
        self.kill_all().await;
    }

    /// What runs comes to its end, the next invocation gets a new process: another version was deployed, or
    /// Lambda gave idle sandboxes up.
    pub fn reclaim(&self) {
        lock(&self.processes).iter().for_each(|process| process.retired.store(true, Ordering::SeqCst));
        self.sweep();
    }

    /// Kills all processes.
    pub async fn kill_all(&self) {
        let all = lock(&self.processes).clone();
        for process in all {
            process.kill().await;
        }
        self.sweep();
    }

    /// Whether its region is lost.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    /// The region is back.
    pub fn heal(&self) {
        self.lost.store(false, Ordering::SeqCst);
    }

    /// The processor time of each wake that found nothing, in their order.
    pub fn calm_wakes(&self) -> Vec<Duration> {
        lock(&self.calm).clone()
    }

    /// The most memory that one of its processes had when its first wake had found nothing, in bytes.
    pub fn idle_memory(&self) -> Option<u64> {
        Some(self.idle.load(Ordering::Relaxed)).filter(|bytes| *bytes > 0)
    }

    /// The most memory that one of its processes ever had, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.sweep();
        self.peak.load(Ordering::Relaxed)
    }
}

/// Whether a wake looked at something, and all was steady.
fn found_nothing(ended: &Ended) -> bool {
    let Ended::Answered(answer) = ended else { return false };
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
    let words = answer.get("applications").and_then(serde_json::Value::as_object);
    words.is_some_and(|words| !words.is_empty() && words.values().all(|word| word == "steady"))
}
