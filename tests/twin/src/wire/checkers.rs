//! The health checkers at work: they take the requests that are due, make them, and report.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::probing::{self, Timeouts};
use super::shared::Shared;

/// How often a checker looks whether somebody made a new check.
const LOOK: Duration = Duration::from_millis(50);
/// However much is due, the others get a turn between two looks.
const SHORTEST: Duration = Duration::from_millis(1);

/// Runs until told to stop; then requests in flight end without a report.
pub(super) async fn run(shared: Shared, timeouts: Timeouts, mut stopped: watch::Receiver<bool>) {
    let mut asking = JoinSet::new();
    loop {
        let (due, next) = shared.with(|twin, now| {
            let due = twin.probes_due(now);
            (due, twin.next_probe_at().map(|at| at.saturating_sub(now)))
        });
        for probe in due {
            let shared = shared.clone();
            asking.spawn(async move {
                let outcome = probing::ask(&shared, &probe, timeouts).await;
                shared.with(|twin, now| twin.probe_finished(&probe.check, probe.checker, outcome, now));
            });
        }
        tokio::select! {
            () = tokio::time::sleep(next.unwrap_or(LOOK).clamp(SHORTEST, LOOK)) => {}
            Some(_) = asking.join_next() => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    asking.shutdown().await;
}
