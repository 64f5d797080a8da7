//! The other effect: saying "away" in the taker's own region, without a call to Route 53.
//!
//! What is said names its run, so that saying it again is harmless; what is unclear is answered by reading
//! what stands. Once users are served by it, it stands until the records say the same.

use std::time::Duration;

use jiff::Timestamp;

use super::apply::jitter;
use super::walk::Progress;
use super::{Outcome, Run, State, Step};
use crate::away::Away;
use crate::plan::{Actuator, Overrides};
use crate::ports::{Clock, Overriding, Random, Said, within};
use crate::time::{after, since};

/// Saying it, or reading what is said, is given up after this, and tried again.
const PATIENCE: Duration = Duration::from_secs(3);

/// Says it, until it is said or the next way is to be tried.
pub(super) async fn say_away<W>(
    world: &W,
    overrides: Option<&Overrides>,
    run: &mut Run,
    until: Timestamp,
) -> Progress
where
    W: Clock + Random + Overriding,
{
    let (Some(overrides), Some(away)) = (overrides, run.away.clone()) else {
        return next_way(run, world.now());
    };
    let last = give_up_at(overrides, run);
    while world.now() < last {
        let attempt = run.attempts;
        run.attempts += 1;
        if say_once(world, overrides, &away, run).await {
            let now = world.now();
            run.marks.submitted = Some(now);
            run.moved_by = Some(Actuator::Override);
            return Progress::Next(State::At(Step::AnswerChanged));
        }
        let pause = jitter(world.bits(), attempt).min(since(world.now(), until));
        world.sleep(pause).await;
        if world.now() >= until {
            return Progress::Later;
        }
    }
    run.note(world.now(), "the override could not be said in its time");
    next_way(run, world.now())
}

/// Whether it is said now, by us.
async fn say_once<W>(world: &W, overrides: &Overrides, away: &Away, run: &mut Run) -> bool
where
    W: Clock + Overriding,
{
    let said = within(world, PATIENCE, world.say_away(overrides, away)).await;
    let why = match said {
        Some(Ok(Said::Now)) => {
            run.note(world.now(), format!("said in {}: away from {}", away.to, away.from));
            return true;
        }
        Some(Ok(Said::Before)) => "something is said already".to_owned(),
        Some(Err(error)) => error.to_string(),
        None => "no answer in time".to_owned(),
    };
    run.note(world.now(), format!("not known to be said: {why}"));
    match within(world, PATIENCE, world.said(overrides, away)).await {
        Some(Ok(Some(standing))) if standing.run == away.run => {
            run.note(world.now(), "what stands is ours");
            true
        }
        // Of a run that has ended: only one is in flight. It is in the way of ours.
        Some(Ok(Some(other))) => {
            run.note(world.now(), format!("run {} left an override behind: it is taken back", other.run));
            let taken = within(world, PATIENCE, world.unsay(overrides, &other)).await;
            drop(taken);
            false
        }
        _ => false,
    }
}

/// The time of the override is over: after it the next way is tried, while the decision is valid.
pub(super) fn give_up_at(overrides: &Overrides, run: &Run) -> Timestamp {
    after(run.claim.decided_at(), overrides.within).min(run.claim.valid_until())
}

/// The way after the override.
pub(super) fn next_way(run: &mut Run, now: Timestamp) -> Progress {
    if run.claim.ways().contains(&Actuator::Records) {
        run.note(now, "the records are tried next");
        run.moved_by = None;
        run.marks.submitted = None;
        return Progress::Next(State::At(Step::MoveRecords));
    }
    Progress::ended(Outcome::Lapsed)
}

/// Takes back what was said, to give back what it took.
pub(super) async fn unsay<W>(
    world: &W,
    overrides: Option<&Overrides>,
    run: &mut Run,
    until: Timestamp,
) -> Progress
where
    W: Clock + Random + Overriding,
{
    let (Some(overrides), Some(away)) = (overrides, run.away.clone()) else {
        return Progress::ended(Outcome::Lapsed);
    };
    loop {
        let attempt = run.attempts;
        run.attempts += 1;
        match within(world, PATIENCE, world.unsay(overrides, &away)).await {
            Some(Ok(())) => {
                let now = world.now();
                run.note(now, format!("taken back in {}: away from {}", away.to, away.from));
                run.marks.submitted = Some(now);
                run.moved_by = Some(Actuator::Override);
                return Progress::Next(State::At(Step::AnswerChanged));
            }
            Some(Err(error)) => run.note(world.now(), error.to_string()),
            None => run.note(world.now(), "no answer in time"),
        }
        let pause = jitter(world.bits(), attempt).min(since(world.now(), until));
        world.sleep(pause).await;
        if world.now() >= until {
            return Progress::Later;
        }
    }
}
