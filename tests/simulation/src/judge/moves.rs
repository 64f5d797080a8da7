//! 3: traffic moves only to a region that was verified healthy, and away from one that was ill for
//! long enough. 5: a repetition changes nothing.

use std::time::Duration;

use understudy::decide::Wish;
use understudy::dns::MoveKind;
use understudy::names::Region;
use understudy::plan::{Application, Policy};
use understudy::ports::Write;
use understudy::run::{Run, State, Step};

use super::evidence::Evidence;
use super::{Applied, Begun, Judge};
use crate::sim::Sim;

/// What stays true after an endpoint is alive again: series that are fresh, checkers that have not settled.
const LINGERS: Duration = Duration::from_secs(75);

/// While all looks well, somebody looks each minute.
const BETWEEN_TICKS: Duration = Duration::from_secs(60);

/// Times are told to the second.
const TOLD: Duration = Duration::from_secs(2);

/// What an observation may have lasted before it is told, and a decision until it is written down.
const SLACK: Duration = Duration::from_secs(22);

impl Judge {
    /// A run's row is written.
    pub(super) fn wrote_run(&self, sim: &Sim, by: &Region, application: &str, write: &Write) {
        let Ok(run) = serde_json::from_str::<Run>(&write.body) else {
            return self.check(sim, 8, false, || format!("a run's row cannot be read: {}", write.body));
        };
        self.owns_what_it_says(sim, by, &run);
        self.fails_with_a_reason(sim, &run);
        let is_new = !self.evidence.borrow().begun.contains_key(run.id());
        self.evidence.borrow_mut().claims.insert(run.id().clone(), run.claim.clone());
        let first_steps = [Step::SayAway, Step::Unsay, Step::MoveRecords].map(State::At);
        if is_new && first_steps.contains(&run.state) {
            sim.runs_begun.set(sim.runs_begun.get() + 1);
            let decided = sim.clocks.truth(by, run.claim.decided_at(), &sim.cloud.time);
            let begun = Begun { at: decided, by: by.clone(), run };
            sim.say(by.as_str(), || in_words(application, &begun.run));
            self.judge_decision(sim, application, &begun);
            self.consented(sim, application, &begun);
            self.evidence.borrow_mut().begun.insert(begun.run.id().clone(), begun);
        }
    }

    fn judge_decision(&self, sim: &Sim, application: &str, begun: &Begun) {
        let wish = begun.run.claim.wish();
        let puller = match wish.kind {
            MoveKind::Evacuate => begun.by == wish.to,
            MoveKind::Restore => begun.by != wish.to,
        };
        self.check(sim, 3, puller, || {
            let Wish { kind, from, to, .. } = wish;
            format!(
                "{application}: {} decides to {kind:?} from {from} to {to}: it is not its to decide",
                begun.by
            )
        });
        let clock_is_steady = sim
            .clocks
            .changed(&begun.by)
            .is_none_or(|at| at.is_zero() || begun.at.saturating_sub(at) > Duration::from_secs(240));
        if !clock_is_steady {
            return;
        }
        let evidence = self.evidence.borrow();
        let Some(planned) = evidence.applications.get(application).cloned() else { return };
        let target = target_is_fit(&evidence, &planned, begun);
        let reason = match begun.run.claim.wish().kind {
            MoveKind::Evacuate => was_ill(&evidence, &planned, begun),
            MoveKind::Restore => was_well(&evidence, &planned, begun),
        };
        drop(evidence);
        for judged in [target, reason] {
            self.check(sim, 3, judged.is_ok(), || {
                let wish = begun.run.claim.wish();
                let why = judged.unwrap_err();
                format!("{application}: run {} from {} to {}: {why}", begun.run.id(), wish.from, wish.to)
            });
        }
    }

    /// A move takes up where the one before ended, and is made once.
    pub(super) fn judge_move(&self, sim: &Sim, application: &str, applied: &Applied) {
        let before = self.evidence.borrow().applied.get(application).cloned().unwrap_or_default();
        let run = &applied.record.run;
        self.check(sim, 5, before.iter().all(|one| &one.record.run != run), || {
            format!("{application}: run {run} is applied twice")
        });
        let seat = before.last().map_or(Region::from(sim.setting.regions[0]), |one| one.record.to.clone());
        let takes_up =
            applied.record.from == seat || sim.setting.policy != "failover" || sim.setting.old_epochs;
        self.check(sim, 5, takes_up, || {
            let epoch = applied.record.epoch;
            format!("{application}: epoch {epoch} moves from {}, but {seat} held", applied.record.from)
        });
    }
}

fn in_words(application: &str, run: &Run) -> String {
    let (wish, epoch) = (run.claim.wish(), run.claim.epoch());
    format!("decides: {application} from {} to {} with epoch {epoch} (run {})", wish.from, wish.to, run.id())
}

fn overrides(run: &Run, guard: &str) -> bool {
    run.claim.ordered().is_some_and(|ordered| ordered.overrides(guard))
}

/// The region that takes over was seen well by the controller's own signals, within the freshness.
fn target_is_fit(evidence: &Evidence, planned: &Application, begun: &Begun) -> Result<(), String> {
    let to = &begun.run.claim.wish().to;
    if overrides(&begun.run, "no-fit-target") || planned.accept_degraded {
        return Ok(());
    }
    let limit = planned.timing.freshness + planned.timing.interval + SLACK;
    let seen = evidence.seen_well.get(&(begun.by.clone(), to.clone()));
    let before = seen.and_then(|seen| seen.iter().rfind(|seen| **seen <= begun.at));
    match before.map(|seen| begun.at.saturating_sub(*seen)) {
        Some(ago) if ago <= limit => Ok(()),
        Some(ago) => Err(format!("{to} was last seen well {ago:?} ago")),
        None => Err(format!("{to} was never seen well")),
    }
}

/// The region that is left was ill for the dwell. What observers saw wrong is not held against a
/// controller, but for one that sees a region wrong while nothing is wrong with it for anybody else.
fn was_ill(evidence: &Evidence, planned: &Application, begun: &Begun) -> Result<(), String> {
    let (run, at) = (&begun.run, begun.at);
    let from = run.claim.wish().from.as_str();
    if overrides(run, "quorum") || overrides(run, "dwell") {
        return Ok(());
    }
    let truth = &evidence.truth;
    if let Some(alive) = truth.alive_for(from, at).filter(|alive| *alive > LINGERS) {
        return Err(format!("{from} has been alive for {alive:?}"));
    }
    let right = truth.observers_are_right_for(Duration::from_secs(180), at);
    let steady = truth.changes_within(from, Duration::from_secs(180), at) <= 1;
    match truth.dead_for(from, at) {
        Some(dead) if right && steady && dead + TOLD < planned.timing.dwell => {
            Err(format!("{from} has been dead for {dead:?}, the dwell is {:?}", planned.timing.dwell))
        }
        _ => Ok(()),
    }
}

/// The region that comes back has been well for the soak; a later stage asks for less.
fn was_well(evidence: &Evidence, planned: &Application, begun: &Begun) -> Result<(), String> {
    let wish = begun.run.claim.wish();
    let to = wish.to.as_str();
    let first = planned.ramp.first().copied().unwrap_or(100);
    let later_stage = planned.policy == Policy::Weighted && wish.share > first;
    if overrides(&begun.run, "soak") {
        return Ok(());
    }
    let needed = if later_stage { planned.timing.stage } else { planned.timing.soak };
    match evidence.truth.well_for(to, BETWEEN_TICKS, begun.at) {
        Some(alive) if alive + SLACK >= needed || alive == begun.at => Ok(()),
        Some(alive) => Err(format!("{to} has been alive for {alive:?} only, {needed:?} is asked for")),
        None => Err(format!("{to} is dead")),
    }
}
