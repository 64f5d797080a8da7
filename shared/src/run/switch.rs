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
use crate::plan::{Actuator, Overrides, Plan};
use crate::ports::{Clock, Overriding, Random, Said, within};
use crate::time::{after, since};

/// Saying it, or reading what is said, is given up after this, and tried again.
const PATIENCE: Duration = Duration::from_secs(3);

/// Says it, until it is said or the next way is to be tried.
pub(super) async fn say_away<W>(world: &W, plan: &Plan, run: &mut Run, until: Timestamp) -> Progress
where
    W: Clock + Random + Overriding,
{
    let Some(away) = run.away.clone() else { return Progress::ended(Outcome::Lapsed) };
    let Some(overrides) = plan.overrides_by(away.by) else { return next_way(run, world.now()) };
    let last = give_up_at(plan, run);
    while world.now() < last {
        let attempt = run.attempts;
        run.attempts += 1;
        if say_once(world, overrides, &away, run).await {
            let now = world.now();
            run.marks.submitted = Some(now);
            run.moved_by = Some(away.by);
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

/// When the time of this override is over, and of those that were tried before it: after it the next way is
/// tried, while the decision is valid.
pub(super) fn give_up_at(plan: &Plan, run: &Run) -> Timestamp {
    let said = run.all_said().filter_map(|away| plan.overrides_by(away.by));
    after(run.claim.decided_at(), said.map(|overrides| overrides.within).sum()).min(run.claim.valid_until())
}

/// The way after the override that it says now.
pub(super) fn way_after(run: &Run) -> Option<Actuator> {
    let now = run.away.as_ref()?.by;
    run.claim.ways().iter().copied().skip_while(|way| *way != now).nth(1)
}

/// Goes on to the next way. What was said stands: all ways lead to the same region.
pub(super) fn next_way(run: &mut Run, now: Timestamp) -> Progress {
    let (Some(next), Some(away)) = (way_after(run), run.away.clone()) else {
        return Progress::ended(Outcome::Lapsed);
    };
    run.moved_by = None;
    run.marks.submitted = None;
    if next == Actuator::Records {
        run.note(now, "the records are tried next");
        return Progress::Next(State::At(Step::MoveRecords));
    }
    run.note(now, "the next override is tried");
    run.away = Some(Away { by: next, ..away.clone() });
    run.said_before.push(away);
    Progress::Next(State::At(Step::SayAway))
}

/// Takes back what was said, to give back what it took.
pub(super) async fn unsay<W>(world: &W, plan: &Plan, run: &mut Run, until: Timestamp) -> Progress
where
    W: Clock + Random + Overriding,
{
    let said: Vec<Away> = run.all_said().cloned().collect();
    let means = |away: &Away| Some((plan.overrides_by(away.by)?.clone(), away.clone()));
    let (Some(means), Some(away)) = (said.iter().map(means).collect::<Option<Vec<_>>>(), said.last()) else {
        return Progress::ended(Outcome::Lapsed);
    };
    loop {
        let attempt = run.attempts;
        run.attempts += 1;
        match unsay_all(world, &means).await {
            Ok(()) => {
                let now = world.now();
                run.note(now, format!("taken back in {}: away from {}", away.to, away.from));
                run.marks.submitted = Some(now);
                run.moved_by = Some(away.by);
                return Progress::Next(State::At(Step::AnswerChanged));
            }
            Err(why) => run.note(world.now(), why),
        }
        let pause = jitter(world.bits(), attempt).min(since(world.now(), until));
        world.sleep(pause).await;
        if world.now() >= until {
            return Progress::Later;
        }
    }
}

/// One that stands would keep the region out: none may be left.
async fn unsay_all<W>(world: &W, said: &[(Overrides, Away)]) -> Result<(), String>
where
    W: Clock + Overriding,
{
    for (overrides, away) in said {
        match within(world, PATIENCE, world.unsay(overrides, away)).await {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(error.to_string()),
            None => return Err("no answer in time".to_owned()),
        }
    }
    Ok(())
}
