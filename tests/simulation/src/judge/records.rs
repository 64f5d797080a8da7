//! 2: no served name is ever without an answer; healthy weights never sum to zero by our doing.
//! And what belongs together stays together: a value and its health check.

use std::time::Duration;

use suite::world::{address, standing};
use twin::model::AnswerContext;
use twin::model::health::Health;
use twin::model::records::RecordType;
use understudy::dns::{Content, RecordSet, Routing, Side};
use understudy::names::Region;
use understudy::plan::Policy;

use super::{Applied, Judge};
use crate::sim::Sim;

/// What arrives so long after it was sent was delayed on its way: the world has changed meanwhile.
const IN_TIME: Duration = Duration::from_secs(10);

/// What an operator made at the start is everywhere by then.
const SETTLED: Duration = Duration::from_secs(10);

impl Judge {
    /// How the record sets are at the start.
    pub fn begins(&self, sim: &Sim) {
        let evidence = &mut *self.evidence.borrow_mut();
        for application in &sim.setting.applications {
            let sets = standing(&sim.cloud, &format!("{application}.example.com"));
            evidence.sets.insert(application.clone(), sets);
        }
    }

    /// Asks one name server for one served name, another one at each step.
    pub(super) fn answers(&self, sim: &Sim, step: u64) {
        if sim.elapsed() < SETTLED {
            return;
        }
        let state = sim.cloud.state.borrow();
        let servers = state.twin.name_servers() as u64;
        let count = sim.setting.applications.len() as u64;
        let place = |number: u64| usize::try_from(number).unwrap_or(0);
        let name = &sim.setting.applications[place(step / servers % count)];
        let server = place(step % servers);
        let served = format!("{name}.example.com");
        let client = AnswerContext::seeded(step);
        let answer = state.twin.answer(server, &served, RecordType::A, sim.elapsed(), &client);
        drop(state);
        self.check(sim, 2, !answer.addresses().is_empty(), || {
            format!("{served} has no answer at name server {server}")
        });
    }

    /// What a batch made of the record sets.
    pub(super) fn judge_records(&self, sim: &Sim, application: &str, applied: &Applied) {
        let served = format!("{application}.example.com");
        let after = standing(&sim.cloud, &served);
        let before = self.evidence.borrow_mut().sets.insert(application.to_owned(), after.clone());
        let sent = self.evidence.borrow().sent.get(&applied.record.run).copied();
        let in_time = sent.is_some_and(|sent| applied.at.saturating_sub(sent) <= IN_TIME);
        for set in &after {
            self.keeps_its_check(sim, application, set);
        }
        let epoch = applied.record.epoch;
        let weights: u32 = after.iter().map(|set| u32::from(set.routing.weight().unwrap_or(1))).sum();
        self.check(sim, 2, weights > 0, || format!("{application}: epoch {epoch} leaves no weight at all"));
        let ordered = {
            let evidence = self.evidence.borrow();
            let begun = evidence.begun.get(&applied.record.run);
            let ordered = begun.and_then(|begun| begun.run.claim.ordered());
            ordered.is_some_and(|ordered| ordered.overrides("no-fit-target"))
        };
        if let (Some(before), true, false) = (before, in_time, ordered) {
            let served = |sets: &[RecordSet]| sets.iter().any(|set| weighs(set) && is_healthy(sim, set));
            self.check(sim, 2, served(&after) || !served(&before), || {
                format!("{application}: epoch {epoch} leaves no healthy record set that is answered")
            });
        }
        if in_time && sim.setting.policy == "failover" {
            self.secondary_is_fit(sim, application, applied, &after);
        }
    }

    /// A health check belongs to the region whose value the set holds.
    fn keeps_its_check(&self, sim: &Sim, application: &str, set: &RecordSet) {
        let region = holder(sim, set);
        let own = region.and_then(|region| sim.cloud.served_checks.get(&region.into()));
        let check = set.health_check.as_ref().map(|check| check.as_str());
        self.check(sim, 2, own.is_some() && own.map(|own| own.as_str()) == check, || {
            format!(
                "{application}: the set {:?} holds the value of {region:?} with check {check:?}",
                set.routing
            )
        });
    }

    /// Behind the new holder waits the best other region that is verified fit: none that has long been
    /// dead where another one has long been alive, for all to see.
    fn secondary_is_fit(&self, sim: &Sim, application: &str, applied: &Applied, sets: &[RecordSet]) {
        let evidence = self.evidence.borrow();
        let policy = evidence.applications.get(application).map(|it| it.policy);
        let long = Duration::from_secs(100);
        let truth = |by: &Region, at| sim.clocks.truth(by, at, &sim.cloud.time);
        let begun = evidence.decided(&applied.record.run, truth).map(|begun| (begun.at, begun.by.clone()));
        let Some((at, by)) = begun.filter(|_| policy == Some(Policy::Failover)) else { return };
        let is_secondary =
            |set: &&RecordSet| matches!(&set.routing, Routing::Failover { side: Side::Secondary, .. });
        let Some(seated) = sets.iter().find(is_secondary).and_then(|set| holder(sim, set)) else { return };
        let truth = &evidence.truth;
        let is_dead = truth.dead_for(seated, at).is_some_and(|time| time > long);
        // A controller that walked a run until now begins to count anew: it has seen it well often enough.
        let lately = |seen: &&Duration| (at.saturating_sub(Duration::from_secs(60))..=at).contains(*seen);
        let seen = |region: &str| {
            let seen = evidence.seen_well.get(&(by.clone(), region.into()));
            seen.is_some_and(|seen| seen.iter().filter(lately).count() >= 5)
        };
        let other = sim.setting.regions.iter().copied().find(|region| {
            *region != applied.record.to.as_str()
                && truth.alive_for(region, at).is_some_and(|time| time > long)
                && seen(region)
        });
        let observed = truth.observers_are_right_for(long, at);
        drop(evidence);
        self.check(sim, 2, !(is_dead && observed && other.is_some()), || {
            let epoch = applied.record.epoch;
            format!("{application}: epoch {epoch} seats {seated} as SECONDARY, long dead, though {other:?} is well")
        });
    }
}

/// The region whose address a set holds.
fn holder(sim: &Sim, set: &RecordSet) -> Option<&'static str> {
    let Content::Values { values, .. } = &set.content else { return None };
    sim.setting.regions.iter().copied().find(|region| values.as_slice() == [address(region)])
}

fn weighs(set: &RecordSet) -> bool {
    set.routing.weight() != Some(0)
}

/// Whether Route 53 takes the set for healthy now.
fn is_healthy(sim: &Sim, set: &RecordSet) -> bool {
    let check = set.health_check.as_ref().map(|check| check.as_str().into());
    let state = sim.cloud.state.borrow();
    check.and_then(|check| state.twin.health(&check, sim.elapsed())) != Some(Health::Unhealthy)
}
