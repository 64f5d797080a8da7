//! `understudy provision`: brings Route 53 to the plan, as far as that was agreed to.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use understudy::aws::AwsWorld;
use understudy::names::RunId;
use understudy::ports::{Clock, Random};
use understudy::provision::{Brought, Consent, Task, Terms, bring};
use understudy::time::after;

use crate::args;
use crate::paint::Paint;
use crate::{account, file, plan};

pub fn run(asked: &args::Provision) -> ExitCode {
    // Each thing that is done is told while the others still wait.
    tracing_subscriber::fmt()
        .without_time()
        .with_level(false)
        .with_target(false)
        .with_writer(std::io::stderr)
        .init();
    match on_its_own(provision(asked)) {
        Ok(brought) => {
            show(asked, &brought);
            let is_done = plan::is_settled(&brought.rest) && brought.applied.pending.is_empty();
            ExitCode::from(u8::from(!is_done))
        }
        Err(why) => trouble(&why),
    }
}

async fn provision(asked: &args::Provision) -> Result<Brought, String> {
    let plan = file::plan(&asked.plan.file)?;
    let adopted = plan::adopted(&asked.plan, &plan)?;
    let world = account::world().await?;
    let consent = asked.digest.clone().map_or(Consent::ToCreate, Consent::To);
    let task = Task {
        terms: Terms { consent, share: asked.share },
        adopted,
        run: run_id(&world),
        until: after(world.now(), Duration::from_secs(60 * u64::from(asked.minutes))),
    };
    bring(&world, &plan, &task).await.map_err(|trouble| trouble.to_string())
}

/// In the form of every run's id, so that whoever meets it in an epoch record knows when it was.
fn run_id(world: &AwsWorld) -> RunId {
    let now: Timestamp = world.now();
    RunId::new(format!("{}-{:08x}", now.strftime("%Y%m%dT%H%M%SZ"), world.bits() as u32))
}

fn show(asked: &args::Provision, brought: &Brought) {
    if asked.plan.json {
        // Cannot fail: every key of every map is a text.
        println!("{}", serde_json::to_string_pretty(brought).unwrap_or_default());
        return;
    }
    let Brought { applied, rest } = brought;
    println!(
        "{} done, {} failed, {} not yet everywhere",
        applied.done.len(),
        applied.failed.len(),
        applied.pending.len()
    );
    applied.failed.iter().for_each(|failed| println!("failed: {failed}"));
    if applied.unfinished {
        applied.waiting.iter().for_each(|waiting| println!("waits: {waiting}"));
        println!("Not all is done; the same command goes on where this one stopped.");
    }
    print!("{}", plan::told(rest, Paint::of_stdout()));
}

/// Runs a task to its end.
///
/// # Errors
/// The task's, or that nothing can be run here.
pub fn on_its_own<T>(task: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("nothing can be run here: {error}"))?.block_on(task)
}

/// Tells why nothing was done.
pub fn trouble(why: &str) -> ExitCode {
    eprintln!("understudy: {why}");
    ExitCode::from(2)
}
