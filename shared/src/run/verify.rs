//! Whether users really moved. A run is done when they can be served, not when the API said yes.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::walk::Progress;
use super::{Outcome, Run, State, Step};
use crate::decide::EpochReading;
use crate::dns::{EpochRecord, RecordType};
use crate::health::Health;
use crate::names::RunId;
use crate::observe::{Depth, answered_by, newest_epoch};
use crate::plan::Application;
use crate::ports::{Clock, DnsAnswer, DnsValue, NameServers, Probes, Records};
use crate::time::{after, since};

/// Between two looks: questions to name servers are free.
const POLL: Duration = Duration::from_millis(500);

/// Between two questions to the API, which are not.
const POLL_API: Duration = Duration::from_secs(10);

/// A change that was accepted but cannot be verified is called failed after this: Route 53's own
/// propagation takes a minute at most as a rule (API reference, ChangeResourceRecordSets).
const LONGEST: Duration = Duration::from_secs(600);

/// Waits until every name server that answers has our epoch's record, or Route 53 says so.
pub(super) async fn name_servers_have_it<W>(
    world: &W,
    application: &Application,
    run: &mut Run,
    until: Timestamp,
) -> Progress
where
    W: Clock + NameServers + Records,
{
    let mut asked_api = world.now();
    loop {
        let servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
        if let Some(by) = newer_run(world, application, run, &servers).await {
            return Progress::ended(Outcome::Superseded { by });
        }
        let mut has_it = every_server_has_it(world, application, run, &servers).await;
        if !has_it && since(asked_api, world.now()) >= POLL_API {
            asked_api = world.now();
            has_it = in_sync_by_api(world, run).await;
        }
        if has_it {
            let now = world.now();
            run.marks.in_sync = Some(now);
            run.note(now, Step::NameServersHaveIt.in_words());
            return Progress::Next(State::At(Step::AnswerChanged));
        }
        if let Some(progress) = wait(world, run, until, Step::NameServersHaveIt).await {
            return progress;
        }
    }
}

/// Waits until every name server that answers gives the served name the new region's values.
pub(super) async fn answer_changed<W>(
    world: &W,
    application: &Application,
    run: &mut Run,
    until: Timestamp,
) -> Progress
where
    W: Clock + NameServers,
{
    let to = run.claim.wish().to.clone();
    loop {
        let servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
        if let Some(by) = newer_run(world, application, run, &servers).await {
            return Progress::ended(Outcome::Superseded { by });
        }
        let regions = join_all(servers.iter().map(|server| answered_by(world, application, *server))).await;
        let answers: BTreeSet<_> = regions.into_iter().flatten().collect();
        if answers.len() == 1 && answers.contains(&Ok(to.clone())) {
            let now = world.now();
            run.marks.answer_changed = Some(now);
            run.note(now, Step::AnswerChanged.in_words());
            return Progress::Next(State::At(Step::ApplicationReached));
        }
        if let Some(progress) = wait(world, run, until, Step::AnswerChanged).await {
            return progress;
        }
    }
}

/// Waits until the application answers at an address that the served name has now.
pub(super) async fn application_reached<W>(
    world: &W,
    application: &Application,
    run: &mut Run,
    until: Timestamp,
) -> Progress
where
    W: Clock + NameServers + Probes,
{
    loop {
        let servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
        if let Some(by) = newer_run(world, application, run, &servers).await {
            return Progress::ended(Outcome::Superseded { by });
        }
        let seen = reach(world, application).await;
        let now = world.now();
        if let Some(seen) = seen {
            run.marks.verified = Some(now);
            run.note(now, format!("{}: {seen}", Step::ApplicationReached.in_words()));
            return Progress::ended(Outcome::Moved);
        }
        if let Some(progress) = wait(world, run, until, Step::ApplicationReached).await {
            return progress;
        }
    }
}

/// Asks the application through the served name's present answer; what was seen when it works.
async fn reach<W: NameServers + Probes>(world: &W, application: &Application) -> Option<String> {
    let servers = world.name_servers(&application.zone.name).await.ok()?;
    for server in servers {
        for kind in [RecordType::A, RecordType::Aaaa, RecordType::Cname] {
            let Ok(DnsAnswer::Values(values)) = world.ask(server, &application.served, kind).await else {
                continue;
            };
            let address = match values.into_iter().next()? {
                DnsValue::Address(address) => address,
                DnsValue::Name(name) => *world.resolve(&name).await.ok()?.first()?,
                DnsValue::Text(_) => continue,
            };
            let reading = world.probe(&application.reach, Some(address)).await;
            return (reading.health == Health::Healthy).then_some(reading.seen);
        }
    }
    None
}

/// A name server has our batch when it answers the epoch's record with our run.
async fn every_server_has_it<W: NameServers>(
    world: &W,
    application: &Application,
    run: &Run,
    servers: &[SocketAddr],
) -> bool {
    let name = EpochRecord::name_of(run.claim.epoch(), &application.served);
    let ours = DnsAnswer::Values(vec![DnsValue::Text(run.claim.batch().claim().text())]);
    let answers = join_all(servers.iter().map(|server| world.ask(*server, &name, RecordType::Txt))).await;
    let heard: Vec<_> = answers.into_iter().flatten().collect();
    !heard.is_empty() && heard.iter().all(|answer| answer == &ours)
}

async fn in_sync_by_api<W: Records>(world: &W, run: &Run) -> bool {
    match &run.change {
        Some(change) => world.in_sync(change).await.unwrap_or(false),
        None => false,
    }
}

/// A run that claimed a newer epoch than ours, if any: then ours is history.
async fn newer_run<W: NameServers>(
    world: &W,
    application: &Application,
    run: &Run,
    servers: &[SocketAddr],
) -> Option<RunId> {
    match newest_epoch(world, application, servers, Depth::Close).await {
        EpochReading::Known(Some(newest)) if newest.epoch > run.claim.epoch() => Some(newest.run),
        _ => None,
    }
}

/// Waits a little. Some: the step is given up, for now or for good.
async fn wait<W: Clock>(world: &W, run: &mut Run, until: Timestamp, step: Step) -> Option<Progress> {
    let now = world.now();
    let submitted = run.marks.submitted.unwrap_or(now);
    if since(submitted, now) >= LONGEST {
        let error = format!(
            "the records moved, but in {} min this never was so: {}",
            LONGEST.as_secs() / 60,
            step.in_words()
        );
        run.note(now, error.clone());
        return Some(Progress::ended(Outcome::Failed { error }));
    }
    if after(now, POLL) >= until {
        return Some(Progress::Later);
    }
    world.sleep(POLL).await;
    None
}
