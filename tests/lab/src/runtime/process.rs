//! One process of a function's binary.

use std::fs::File;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};

use super::Environment;
use super::api::Api;
use crate::LabError;
use crate::cloud::Caller;

/// Between two looks at a process's memory.
const LOOK: Duration = Duration::from_millis(200);

/// A process. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    pub caller: Caller,
    pub api: Api,
    pub busy: AtomicBool,
    /// It has had an event.
    pub woken: AtomicBool,
    /// Another version was deployed since, or its sandbox was given up.
    pub retired: AtomicBool,
    pid: Option<u32>,
    peak: Arc<AtomicU64>,
    kill: Arc<Notify>,
    gone: watch::Receiver<bool>,
}

impl Process {
    /// Starts the binary.
    pub async fn start(environment: &Environment, caller: Caller) -> Result<Self, LabError> {
        let api = Api::start().await.map_err(LabError::system("no port for a Runtime API"))?;
        let binary = environment.binary(&caller.function);
        let log = environment.log(&caller);
        let cannot = |what: &str| LabError::system(format!("{what} {}", log.display()));
        let output = File::create(&log).map_err(cannot("cannot write"))?;
        let errors = output.try_clone().map_err(cannot("cannot write"))?;
        let child = Command::new(&binary)
            .env_clear()
            .envs(environment.variables(&caller, api.address))
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(LabError::system(format!("cannot start {}", binary.display())))?;
        let pid = child.id();
        let (gone_sender, gone) = watch::channel(false);
        let (kill, peak) = (Arc::new(Notify::new()), Arc::new(AtomicU64::new(0)));
        tokio::spawn(watch_over(child, kill.clone(), peak.clone(), gone_sender));
        let [busy, woken, retired] = [const { AtomicBool::new(false) }; 3];
        Ok(Self { caller, api, busy, woken, retired, pid, peak, kill, gone })
    }

    /// Whether it has ended.
    pub fn is_gone(&self) -> bool {
        *self.gone.borrow()
    }

    /// Whether it may be used again.
    pub fn is_usable(&self) -> bool {
        !self.is_gone() && !self.retired.load(Ordering::SeqCst)
    }

    /// Comes back when it has ended.
    pub async fn gone(&self) {
        let mut gone = self.gone.clone();
        // An error means that nobody can tell any more.
        let _known = gone.wait_for(|gone| *gone).await;
    }

    /// Kills it, and comes back when it is dead.
    pub async fn kill(&self) {
        self.kill.notify_one();
        self.gone().await;
    }

    /// The processor time that all its threads have used.
    pub fn processor_time(&self) -> Option<Duration> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.pid?)).ok()?;
        let each = threads.flatten().filter_map(|thread| {
            let spent = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            spent.split(' ').next()?.parse::<u64>().ok()
        });
        Some(Duration::from_nanos(each.sum()))
    }

    /// The most memory that it has had by now, in bytes.
    pub fn look(&self) -> u64 {
        look(self.pid, &self.peak);
        self.peak_memory()
    }

    /// The most memory that it was seen to have, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill.notify_one();
    }
}

/// Looks after a process until it has ended or is to be killed.
async fn watch_over(mut child: Child, kill: Arc<Notify>, peak: Arc<AtomicU64>, gone: watch::Sender<bool>) {
    let pid = child.id();
    loop {
        tokio::select! {
            _ = child.wait() => break,
            () = kill.notified() => {
                look(pid, &peak);
                // An error means that it has ended already.
                let _killed = child.kill().await;
                break;
            }
            () = tokio::time::sleep(LOOK) => look(pid, &peak),
        }
    }
    gone.send_replace(true);
}

fn look(pid: Option<u32>, peak: &AtomicU64) {
    let status = pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/status")).ok());
    if let Some(bytes) = status.as_deref().and_then(high_water_mark) {
        peak.fetch_max(bytes, Ordering::Relaxed);
    }
}

/// `VmHWM` in bytes, of a process's status as Linux writes it.
fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_memory_is_read_from_the_process_s_status() {
        let status = "Name:\ttick\nVmPeak:\t  200000 kB\nVmHWM:\t   12345 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(high_water_mark(status), Some(12_345 * 1024));
        assert_eq!(high_water_mark("Name:\ttick\n"), None);
    }
}
