//! Whether users really moved. A run is done when they can be served, not when the API said yes.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::pace::Pace;
use super::walk::Progress;
use super::{Outcome, Run, State, Step, switch};
use crate::decide::{EpochReading, MoveKind};
use crate::dns::{EpochRecord, RecordType};
use crate::health::Health;
use crate::in_order::InOrder;
use crate::names::RunId;
use crate::observe::{Depth, answered_by, newest_epoch};
use crate::plan::{Actuator, Application, Plan, Policy, RecordValue};
use crate::ports::{Clock, DnsAnswer, DnsValue, NameServers, Probes, ReadRecords, within};
use crate::time::{after, since};

/// Between two looks: questions to name servers are free.
const POLL: Duration = Duration::from_millis(500);

/// Between two questions to the API, which are not.
const POLL_API: Duration = Duration::from_secs(10);

/// How long the API is waited for, its turn behind the changes of others included: name servers are asked meanwhile
/// by nobody.
const ASKING_API: Duration = Duration::from_secs(2);

/// How often each name server is asked where answers differ by weight.
const LOOKS: usize = 3;

/// A change that was accepted but cannot be verified is called failed after this: Route 53's own
/// propagation takes a minute at most as a rule (API reference, ChangeResourceRecordSets).
const LONGEST: Duration = Duration::from_secs(600);

/// The same for a restore: while it is looked at, nobody here could come to the rescue of those who
/// were handed back to a region that fails again.
const LONGEST_RESTORE: Duration = Duration::from_secs(120);

/// Waits until every name server that answers has our epoch's record, or Route 53 says so.
pub(super) async fn name_servers_have_it<W>(
    world: &W,
    application: &Application,
    run: &mut Run,
    (pace, until): (&Pace, Timestamp),
) -> Progress
where
    W: Clock + NameServers + ReadRecords,
{
    loop {
        let servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
        if let Some(by) = newer_run(world, application, run, &servers).await {
            return Progress::ended(Outcome::Superseded { by });
        }
        let mut has_it = every_server_has_it(world, application, run, &servers).await;
        // A walk goes by slices: only the run knows when that was.
        let asked = run.asked_api.or(run.accepted_at()).unwrap_or_default();
        if !has_it && since(asked, world.now()) >= POLL_API {
            run.asked_api = Some(world.now());
            has_it = in_sync_by_api(world, application, run, pace).await;
        }
        if has_it {
            let now = world.now();
            run.marks.in_sync = Some(now);
            run.note(now, Step::NameServersHaveIt.in_words());
            if run.is_served() {
                return Progress::ended(Outcome::Moved);
            }
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
    (plan, until): (&Plan, Timestamp),
) -> Progress
where
    W: Clock + NameServers,
{
    loop {
        let servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
        if let Some(by) = newer_run(world, application, run, &servers).await {
            return Progress::ended(Outcome::Superseded { by });
        }
        if is_answered(world, application, run, &servers).await {
            let now = world.now();
            run.marks.answer_changed = Some(now);
            run.note(now, Step::AnswerChanged.in_words());
            return Progress::Next(State::At(Step::ApplicationReached));
        }
        if is_overdue(plan, run, world.now()) {
            run.note(world.now(), "said, but the served name does not answer the new region in time");
            return switch::next_way(run, world.now());
        }
        if let Some(progress) = wait(world, run, until, Step::AnswerChanged).await {
            return progress;
        }
    }
}

/// Whether an override has had its time, and there is another way to try.
fn is_overdue(plan: &Plan, run: &Run, now: Timestamp) -> bool {
    let said = run.moved_by.is_some_and(Actuator::is_override);
    let leaves = run.claim.wish().kind == MoveKind::Evacuate;
    said && leaves && now >= switch::give_up_at(plan, run) && switch::way_after(run).is_some()
}

/// Whether the name servers answer what the move means. Under `failover` that is the new region and
/// nothing else. Where several regions serve, one answer proves nothing of those that were not
/// given: there the region that was left must not be among a few answers of each server, and of a
/// region that came back only its record sets tell, which every name server has.
async fn is_answered<W: NameServers>(
    world: &W,
    application: &Application,
    run: &Run,
    servers: &[SocketAddr],
) -> bool {
    let wish = run.claim.wish();
    if application.policy != Policy::Failover && wish.kind == MoveKind::Restore {
        return true;
    }
    let times = if application.policy == Policy::Failover { 1 } else { LOOKS };
    let asked = servers.iter().flat_map(|server| std::iter::repeat_n(*server, times));
    let regions = join_all(asked.map(|server| answered_by(world, application, server))).await;
    let answers: BTreeSet<_> = regions.into_iter().flatten().in_order();
    match application.policy {
        Policy::Failover => answers.len() == 1 && answers.contains(&Ok(wish.to.clone())),
        Policy::Weighted | Policy::Latency => {
            !answers.is_empty()
                && answers.iter().all(|answer| answer.as_ref().is_ok_and(|at| at != &wish.from))
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
        let seen = match (application.policy, run.claim.wish().kind) {
            (Policy::Weighted | Policy::Latency, MoveKind::Restore) => {
                reach_directly(world, application, run).await
            }
            _ => reach(world, application).await,
        };
        let now = world.now();
        if let Some(seen) = seen {
            run.marks.verified = Some(now);
            run.note(now, format!("{}: {seen}", Step::ApplicationReached.in_words()));
            return if run.is_served() {
                Progress::Next(State::Served)
            } else {
                Progress::ended(Outcome::Moved)
            };
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

/// Asks the application at the address of the region that came back: the served name may well
/// answer another one.
async fn reach_directly<W: NameServers + Probes>(
    world: &W,
    application: &Application,
    run: &Run,
) -> Option<String> {
    let address = match &application.region(&run.claim.wish().to)?.record {
        RecordValue::Addresses { v4, v6 } => {
            v4.first().map(|ip| IpAddr::V4(*ip)).or(v6.first().map(|ip| IpAddr::V6(*ip)))?
        }
        RecordValue::Cname(name) | RecordValue::Alias { target: name, .. } => {
            *world.resolve(name).await.ok()?.first()?
        }
    };
    let reading = world.probe(&application.reach, Some(address)).await;
    (reading.health == Health::Healthy).then_some(reading.seen)
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

async fn in_sync_by_api<W>(world: &W, application: &Application, run: &Run, pace: &Pace) -> bool
where
    W: Clock + ReadRecords,
{
    let Some(change) = &run.change else { return false };
    let asking = async {
        let _turn = pace.read(world, application).await;
        world.in_sync(run.claim.zone(), change).await.unwrap_or(false)
    };
    within(world, ASKING_API, asking).await.unwrap_or(false)
}

/// The run of a newer epoch, if it undid what ours did: then ours is history. Where several regions
/// serve, another region's move leaves ours as it is.
async fn newer_run<W: NameServers>(
    world: &W,
    application: &Application,
    run: &Run,
    servers: &[SocketAddr],
) -> Option<RunId> {
    let newest = match newest_epoch(world, application, servers, Depth::Close).await {
        EpochReading::Known(Some(newest)) if newest.epoch >= run.claim.epoch() && &newest.run != run.id() => {
            newest
        }
        _ => return None,
    };
    let wish = run.claim.wish();
    let stands = match (application.policy, wish.kind) {
        (Policy::Failover, _) => false,
        (_, MoveKind::Evacuate) => newest.share_of(&wish.from) == 0,
        (_, MoveKind::Restore) => newest.share_of(&wish.to) >= wish.share,
    };
    (!stands).then_some(newest.run)
}

/// Waits a little. Some: the step is given up, for now or for good.
async fn wait<W: Clock>(world: &W, run: &mut Run, until: Timestamp, step: Step) -> Option<Progress> {
    let now = world.now();
    let submitted = run.accepted_at().unwrap_or(now);
    let longest = match run.claim.wish().kind {
        MoveKind::Evacuate => LONGEST,
        MoveKind::Restore => LONGEST_RESTORE,
    };
    // The override stands until the records are seen to say the same, however long that takes.
    if since(submitted, now) >= longest && !run.is_served() {
        let error = format!(
            "the records moved, but in {} min this never was so: {}",
            longest.as_secs() / 60,
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
