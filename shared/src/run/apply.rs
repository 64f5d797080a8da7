//! The one effect: sending the batch. The only retry layer there is.
//!
//! The batch CREATEs its epoch's record, so that sending it again is harmless: Route 53 accepts it
//! once. What is unclear is answered by reading the record, never by guessing:
//! our run id there means that we won, another's that we are superseded.

use std::time::Duration;

use jiff::Timestamp;

use super::pace::Pace;
use super::walk::Progress;
use super::{Outcome, Run, State, Step};
use crate::dns::{EpochRecord, RecordType, UnreadableEpoch};
use crate::plan::{Actuator, Application};
use crate::planted::{self, Planted};
use crate::ports::{
    ChangeError, ChangeRecords, Clock, DnsAnswer, DnsValue, NameServers, Random, ReadRecords, within,
};
use crate::time::{after, since};

/// The first pause between two attempts; it doubles up to [`LONGEST_PAUSE`], each drawn at random
/// from zero up (full jitter).
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// An attempt begins only while so much of the validity is left: sending takes its time, too.
const SENDING: Duration = Duration::from_secs(5);

/// Reading the epoch's record is given up after this; it is read again after the next attempt.
const READING: Duration = Duration::from_secs(5);

/// Sends the batch until Route 53 accepts or refuses it, the decision's validity ends, or `until`.
pub(super) async fn move_records<W>(
    world: &W,
    application: &Application,
    run: &mut Run,
    (pace, until): (&Pace, Timestamp),
) -> Progress
where
    W: Clock + Random + ReadRecords + ChangeRecords + NameServers,
{
    let validity = since(run.claim.decided_at(), run.claim.valid_until());
    let sending = SENDING.min(validity / 8);
    while after(world.now(), sending) < run.claim.valid_until() || planted::is(Planted::SentAfterDeadline) {
        let attempt = run.submissions;
        if let Some(progress) = send(world, application, run, (pace, until)).await {
            return progress;
        }
        let pause = jitter(world.bits(), attempt).min(since(world.now(), until));
        world.sleep(pause).await;
        if world.now() >= until {
            return Progress::Later;
        }
    }
    lapse(world, application, run).await
}

/// Sends once. None: to be tried again.
async fn send<W>(
    world: &W,
    application: &Application,
    run: &mut Run,
    (pace, until): (&Pace, Timestamp),
) -> Option<Progress>
where
    W: Clock + ReadRecords + ChangeRecords + NameServers,
{
    let patience = match planted::is(Planted::SentAfterDeadline) {
        true => since(world.now(), until),
        false => since(world.now(), until.min(run.claim.valid_until())),
    };
    let turn = within(world, patience, pace.change(world, application)).await?;
    if world.now() >= run.claim.valid_until() && !planted::is(Planted::SentAfterDeadline) {
        return None;
    }
    #[cfg(feature = "planted")]
    if let Some(progress) = misled(world, application, run).await {
        return Some(progress);
    }
    run.submissions += 1;
    let sent = world.change(run.claim.zone(), run.claim.batch()).await;
    drop(turn);
    let now = world.now();
    match sent {
        Ok(change) => {
            run.note(now, format!("accepted as change {}", change.0));
            run.change = Some(change);
            Some(accepted(run, now))
        }
        Err(ChangeError::Refused { code, message }) => {
            let error = format!("{code}: {message}");
            run.note(now, format!("refused: {error}"));
            // This attempt was; an earlier one, whose answer was lost, may have been applied.
            let held = resolve(world, application, run).await;
            held.or_else(|| Some(unless_served(run, Outcome::Failed { error })))
        }
        Err(ChangeError::Busy { code }) => {
            run.note(now, format!("busy ({code})"));
            None
        }
        Err(ChangeError::NotSent(why)) => {
            run.note(now, format!("not sent: {why}"));
            None
        }
        Err(ChangeError::OutcomeUnknown(error)) if planted::is(Planted::OutcomeTakenAsFailure) => {
            Some(Progress::ended(Outcome::Failed { error }))
        }
        Err(ChangeError::Exists(_)) if planted::is(Planted::ExistsTakenAsOurs) => Some(accepted(run, now)),
        Err(unclear @ (ChangeError::Exists(_) | ChangeError::OutcomeUnknown(_))) => {
            run.note(now, unclear.to_string());
            resolve(world, application, run).await
        }
    }
}

/// The faults that change what is sent, or when.
#[cfg(feature = "planted")]
async fn misled<W>(world: &W, application: &Application, run: &mut Run) -> Option<Progress>
where
    W: Clock + NameServers,
{
    use crate::decide::EpochReading;
    use crate::observe::{Depth, newest_epoch};
    if planted::is(Planted::RetryNotIdempotent) && run.submissions > 0 {
        let next = run.claim.epoch().next();
        run.claim.renumber(next);
    }
    if !planted::is(Planted::EpochReadAtApply) && !planted::is(Planted::EpochCheckedBefore) {
        return None;
    }
    let servers = world.name_servers(&application.zone.name).await.unwrap_or_default();
    let EpochReading::Known(Some(newest)) = newest_epoch(world, application, &servers, Depth::Close).await
    else {
        return None;
    };
    if planted::is(Planted::EpochReadAtApply) {
        run.claim.renumber(newest.epoch.next());
        return None;
    }
    (newest.epoch >= run.claim.epoch() && &newest.run != run.id())
        .then(|| Progress::ended(Outcome::Superseded { by: newest.run }))
}

fn accepted(run: &mut Run, at: Timestamp) -> Progress {
    if run.is_served() {
        run.marks.recorded = Some(at);
    } else {
        run.marks.submitted = Some(at);
        run.moved_by = Some(Actuator::Records);
    }
    Progress::Next(State::At(Step::NameServersHaveIt))
}

/// Who holds our epoch, by its record. None: nobody, as far as anyone can see.
async fn resolve<W>(world: &W, application: &Application, run: &mut Run) -> Option<Progress>
where
    W: Clock + ReadRecords + NameServers,
{
    let now = world.now();
    let held = within(world, READING, holder_of_epoch(world, application, run)).await;
    match held.unwrap_or(Ok(None)) {
        Ok(None) => None,
        Ok(Some(record)) if &record.run == run.id() => {
            run.note(now, "the epoch's record holds our run: accepted");
            Some(accepted(run, now))
        }
        Ok(Some(record)) => {
            run.note(now, format!("the epoch belongs to run {}: superseded", record.run));
            Some(Progress::ended(Outcome::Superseded { by: record.run }))
        }
        Err(unreadable) => {
            run.note(now, unreadable.to_string());
            Some(Progress::ended(Outcome::Failed { error: unreadable.to_string() }))
        }
    }
}

/// The record of our epoch: by the API, which knows pending changes too; where it does not answer,
/// by the name servers, whose word is good when they have the record.
async fn holder_of_epoch<W>(
    world: &W,
    application: &Application,
    run: &Run,
) -> Result<Option<EpochRecord>, UnreadableEpoch>
where
    W: ReadRecords + NameServers,
{
    let epoch = run.claim.epoch();
    if let Ok(listing) = world.list(&application.zone, &application.served).await {
        return listing.claim_of(&application.served, epoch);
    }
    let name = EpochRecord::name_of(epoch, &application.served);
    for server in world.name_servers(&application.zone.name).await.unwrap_or_default() {
        let Ok(DnsAnswer::Values(values)) = world.ask(server, &name, RecordType::Txt).await else { continue };
        if let Some(DnsValue::Text(text)) = values.into_iter().next() {
            let record = EpochRecord::parse(&text).ok().filter(|record| record.epoch == epoch);
            return record.map(Some).ok_or(UnreadableEpoch { epoch, text });
        }
    }
    Ok(None)
}

/// The validity has ended: nothing more is sent. Whether an earlier attempt was applied after all
/// is read once more; the epoch keeps a change that appears later still from harming.
async fn lapse<W>(world: &W, application: &Application, run: &mut Run) -> Progress
where
    W: Clock + ReadRecords + NameServers,
{
    if let Some(progress) = resolve(world, application, run).await {
        return progress;
    }
    run.note(world.now(), "not accepted within the decision's validity: lapsed");
    unless_served(run, Outcome::Lapsed)
}

/// The end, unless users are served by an override: then that stands, and the records are tried again.
fn unless_served(run: &Run, outcome: Outcome) -> Progress {
    if run.is_served() { Progress::Next(State::Served) } else { Progress::ended(outcome) }
}

/// A person wants the run given up. Whether it was applied already is read first: what has moved
/// cannot be cancelled, only moved back.
pub(super) async fn cancel<W>(world: &W, application: &Application, run: &mut Run, by: &str) -> Progress
where
    W: Clock + ReadRecords + NameServers,
{
    // A process that died right after sending has written nothing of it.
    if let Some(progress) = resolve(world, application, run).await {
        return progress;
    }
    run.note(world.now(), format!("cancelled by {by}"));
    Progress::ended(Outcome::Cancelled { by: by.to_owned() })
}

pub(super) fn jitter(bits: u64, attempt: u32) -> Duration {
    let ceiling = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST_PAUSE);
    let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(bits % (millis + 1))
}
