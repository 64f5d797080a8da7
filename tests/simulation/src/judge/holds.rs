//! 4: no controller that could read a hold acts against it; nothing we do falls inside a cool-down,
//! save the second rescue, a later stage, and a forced run that names it.

use std::time::Duration;

use jiff::Timestamp;
use understudy::dns::{Batch, EpochRecord, MoveKind};
use understudy::names::{OrderId, Region};
use understudy::plan::{Application, Mode, Policy, Restore};
use understudy::ports::{Row, Write};
use understudy::run::Run;
use understudy::state::{Home, People, Wanted};
use understudy::time::since;

use super::evidence::Evidence;
use super::{Applied, Begun, Judge};
use crate::process::Life;
use crate::sim::Sim;

/// A run that waits listens so often; and what a call takes.
const LISTENS_WITHIN: Duration = Duration::from_secs(12);

/// What stands in a controller's own table for so long, and is not heeded, is ignored.
const IGNORES_FOR: Duration = Duration::from_secs(40);

/// Epoch records tell times to the second.
const ROUNDING: Duration = Duration::from_secs(1);

impl Judge {
    /// A process is told what people said.
    pub(super) fn hears(&self, sim: &Sim, life: &Life, rows: &[Row]) {
        for row in rows {
            let Some(name) = row.key.sort.strip_prefix("shared#people#") else { continue };
            let Ok(people) = serde_json::from_str::<People>(&row.body) else { continue };
            let evidence = &mut *self.evidence.borrow_mut();
            let heard = evidence.heard.entry((life.number, name.to_owned())).or_default();
            for id in people.pauses.keys() {
                heard.pauses.entry(id.to_string()).or_insert(sim.elapsed());
            }
            heard.people.join(&people);
        }
    }

    /// What people said stands in a table.
    pub(super) fn wrote_people(&self, sim: &Sim, table: &Region, write: &Write) {
        let Ok(people) = serde_json::from_str::<People>(&write.body) else { return };
        let evidence = &mut *self.evidence.borrow_mut();
        for id in people.pauses.into_keys() {
            evidence.paused.entry((table.clone(), id)).or_insert(sim.elapsed());
        }
    }

    /// No pause stands that this process has heard of; nor one that it should have heard of long ago.
    pub(super) fn sent_without_objection(&self, sim: &Sim, life: &Life, batch: &Batch) {
        let run = &batch.claim().run;
        let evidence = self.evidence.borrow();
        let Some(begun) = evidence.begun.get(run) else { return };
        if begun.run.claim.ordered().is_some_and(|ordered| ordered.overrides("paused")) {
            return;
        }
        let (now, clock) = (sim.elapsed(), sim.clock(&life.region));
        let application = begun.run.application.to_string();
        let heard = evidence.heard.get(&(life.number, application.clone()));
        let paused = heard.and_then(|heard| {
            let long_ago =
                |id: &str| heard.pauses.get(id).is_some_and(|at| now.saturating_sub(*at) > LISTENS_WITHIN);
            let mut standing = heard.people.standing(clock);
            standing.find(|(id, _)| long_ago(id.as_str())).map(|(_, pause)| pause.author.clone())
        });
        drop(evidence);
        // Who is troubled by nothing has read its own table within this time.
        let own = people_in(sim, &life.region, &application);
        let ignored = {
            let evidence = self.evidence.borrow();
            let stood = |id: &OrderId| evidence.paused.get(&(life.region.clone(), id.clone())).copied();
            let long = |id: &OrderId| stood(id).is_some_and(|at| now.saturating_sub(at) > IGNORES_FOR);
            own.standing(clock).find(|(id, _)| long(id))
        };
        let ignored = ignored.map(|(_, pause)| pause.author.clone());
        let undisturbed = life.troubled.get().is_none_or(|at| now > at + IGNORES_FOR);
        self.check(sim, 4, ignored.is_none() || !undisturbed, || {
            format!(
                "{application}: run {run} is sent, though {ignored:?} paused it long ago in {}",
                life.region
            )
        });
        let troubled = life.troubled.get().is_some_and(|at| now < at + LISTENS_WITHIN);
        self.check(sim, 4, paused.is_none() || troubled, || {
            format!(
                "{application}: run {run} is sent, though {} knows that {paused:?} paused it",
                life.region
            )
        });
    }

    /// What a process has heard of people when it begins a run.
    pub(super) fn begins_without_objection(&self, sim: &Sim, life: &Life, write: &Write) {
        let Ok(run) = serde_json::from_str::<Run>(&write.body) else { return };
        let evidence = self.evidence.borrow();
        if evidence.begun.contains_key(run.id()) {
            return;
        }
        let stands = stands_against(&evidence, life, &run, sim.clock(&life.region));
        drop(evidence);
        self.check(sim, 4, stands.is_none(), || {
            format!("{}: run {} begins, though {stands:?} stands and was heard", run.application, run.id())
        });
    }

    /// What the plan reserves for people was consented to.
    pub(super) fn consented(&self, sim: &Sim, application: &str, begun: &Begun) {
        let evidence = self.evidence.borrow();
        let Some(planned) = evidence.applications.get(application) else { return };
        let needed = asks(planned, begun) && !is_later_stage(&evidence, planned, begun);
        drop(evidence);
        let people = people_in(sim, &begun.by, application);
        let digest = begun.run.claim.effect();
        let proposer = begun.run.claim.ordered().map(|ordered| ordered.author.clone());
        let approved = people.orders.values().any(|order| {
            order.what == Wanted::Approve { digest: digest.clone() }
                && Some(&order.author) != proposer.as_ref()
        });
        self.check(sim, 4, approved || !needed, || {
            format!("{application}: run {} begins without the consent that the plan asks for", begun.run.id())
        });
    }

    /// Rest between moves, and few of them a day.
    pub(super) fn judge_rest(&self, sim: &Sim, application: &str, applied: &Applied) {
        let evidence = self.evidence.borrow();
        let begun = evidence.begun.get(&applied.record.run).cloned();
        let (Some(begun), Some(planned)) = (begun, evidence.applications.get(application)) else { return };
        let moves: Vec<EpochRecord> =
            evidence.applied.get(application).into_iter().flatten().map(|one| one.record.clone()).collect();
        let moves: Vec<EpochRecord> = moves.into_iter().filter(|record| record.from != record.to).collect();
        let overrides =
            |guard: &str| begun.run.claim.ordered().is_some_and(|ordered| ordered.overrides(guard));
        let later_stage = is_later_stage(&evidence, planned, &begun);
        let needed = match moves.last() {
            Some(last) if !later_stage && !overrides("cooldown") => {
                needed(sim, planned, &applied.record, last, application)
            }
            _ => Duration::ZERO,
        };
        let rested = moves.last().map_or(Duration::MAX, |last| since(last.at, applied.record.at));
        let mut of_a_day: Vec<&str> = moves.iter().map(|record| record.run.of_move()).collect();
        of_a_day.dedup();
        let limit = usize::try_from(planned.timing.flap_limit).unwrap_or(usize::MAX);
        let may_flap = later_stage || overrides("flap-limit") || of_a_day.len() < limit;
        drop(evidence);
        let epoch = applied.record.epoch;
        self.check(sim, 4, rested.saturating_add(ROUNDING) >= needed, || {
            format!(
                "{application}: epoch {epoch} comes {rested:?} after the last move, {needed:?} is asked for"
            )
        });
        self.check(sim, 4, may_flap, || {
            format!("{application}: epoch {epoch} is more than {limit} moves a day")
        });
    }
}

/// A pause or denial that this process has heard of.
fn stands_against(evidence: &Evidence, life: &Life, run: &Run, now: Timestamp) -> Option<String> {
    let heard = &evidence.heard.get(&(life.number, run.application.to_string()))?.people;
    let overrides = |guard: &str| run.claim.ordered().is_some_and(|ordered| ordered.overrides(guard));
    let paused = heard.paused(now).filter(|_| !overrides("paused"));
    let denied = heard.denied(run.claim.effect(), now).filter(|_| !overrides("denied"));
    let paused = paused.map(|pause| format!("the pause of {}", pause.author));
    paused.or(denied.map(|order| format!("the denial of {}", order.author)))
}

fn needed(
    sim: &Sim,
    planned: &Application,
    next: &EpochRecord,
    last: &EpochRecord,
    application: &str,
) -> Duration {
    let timing = &planned.timing;
    let left = planned.policy == Policy::Failover || last.kind == MoveKind::Evacuate;
    match next.kind {
        MoveKind::Evacuate if left && next.to == last.from => timing.soak.min(timing.cooldown),
        MoveKind::Evacuate => Duration::ZERO,
        MoveKind::Restore if is_acknowledged(sim, application, last) => timing.cooldown,
        MoveKind::Restore => timing.cooldown_unacknowledged,
    }
}

/// Whether anybody could know that a person has seen it.
fn is_acknowledged(sim: &Sim, application: &str, last: &EpochRecord) -> bool {
    let state = sim.cloud.state.borrow();
    let key = People::key(&application.into());
    let rows = state.tables.values().filter_map(|table| table.get(&key));
    let people = rows.filter_map(|row| serde_json::from_str::<People>(&row.body).ok());
    people.into_iter().any(|people| people.acknowledged >= last.epoch)
}

fn people_in(sim: &Sim, region: &Region, application: &str) -> People {
    let state = sim.cloud.state.borrow();
    let row = state.tables.get(region).and_then(|table| table.get(&People::key(&application.into())));
    row.and_then(|row| serde_json::from_str(&row.body).ok()).unwrap_or_default()
}

fn asks(planned: &Application, begun: &Begun) -> bool {
    let ordered = begun.run.claim.ordered().is_some();
    let plan_asks = match begun.run.claim.wish().kind {
        MoveKind::Evacuate => planned.mode == Mode::Approve,
        MoveKind::Restore => planned.mode == Mode::Approve || planned.restore == Restore::Ask,
    };
    if ordered { planned.two_person } else { plan_asks }
}

/// Whether it goes on with a ramp of the same region.
fn is_later_stage(evidence: &Evidence, planned: &Application, begun: &Begun) -> bool {
    let wish = begun.run.claim.wish();
    let last = evidence.applied.get(planned.name.as_str()).and_then(|all| all.last());
    let on_its_way = |share: u8| (1..100).contains(&share);
    planned.policy == Policy::Weighted
        && wish.kind == MoveKind::Restore
        && last.is_some_and(|last| last.record.out.get(&wish.to).is_some_and(|share| on_its_way(*share)))
}
