//! What must never happen, whatever a scenario does (the numbers are those of the design's list).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use twin::wire::Handle;
use understudy::dns::EpochRecord;
use understudy::plan::{Application, Plan};
use understudy::time::{after, since};

use super::history::Applied;
use super::{Story, watch};
use crate::clock;
use crate::cloud::{Publication, lock};
use crate::region::Mode;

/// Between two looks at the answers.
const LOOK: Duration = Duration::from_millis(100);

/// Epoch records tell times to the second.
const ROUNDING: Duration = Duration::from_secs(1);

/// What was checked, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// How many checks were made.
    pub checked: u64,
    /// What was violated, in words.
    pub violated: Vec<String>,
}

impl Violations {
    fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.violated.push(otherwise());
        }
    }
}

/// Watches while the lab runs, and judges at its end.
#[derive(Debug, Default)]
pub struct Invariants {
    found: Mutex<Violations>,
    modes: Mutex<Vec<(Timestamp, String, Mode)>>,
}

/// What is judged at the end.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The plan that the functions had.
    pub plan: &'a Plan,
    /// Its application.
    pub application: &'a Application,
    /// Every accepted batch.
    pub history: &'a [Applied],
    /// What the controllers wrote down.
    pub story: &'a Story,
    /// What was published.
    pub published: &'a [Publication],
    /// Regions whose services answer at the end.
    pub reachable: &'a BTreeSet<String>,
}

impl Invariants {
    /// Looks at the answers for ever: the served name always has one.
    pub(super) async fn watch(self: Arc<Self>, twin: Handle) {
        loop {
            tokio::time::sleep(LOOK).await;
            for (server, regions) in watch::answered(&twin).into_iter().enumerate() {
                lock(&self.found).check(!regions.is_empty(), || {
                    format!("2: name server {server} has no answer for the served name at {}", clock::now())
                });
            }
        }
    }

    /// Writes down how an application behaves from now on.
    pub fn note_mode(&self, region: &str, mode: Mode) {
        lock(&self.modes).push((clock::now(), region.to_owned(), mode));
    }

    /// How often an answer was missing so far.
    pub fn violated(&self) -> usize {
        lock(&self.found).violated.len()
    }

    /// Everything that was found.
    pub fn judge(&self, evidence: &Evidence<'_>) -> Violations {
        let mut found = lock(&self.found).clone();
        let modes = lock(&self.modes).clone();
        batches(&mut found, evidence.history);
        epochs(&mut found, evidence.history);
        targets(&mut found, evidence, &modes);
        cooldowns(&mut found, evidence);
        rows(&mut found, evidence.story);
        notices(&mut found, evidence);
        found
    }
}

/// Each batch claims exactly one epoch, and deletes nothing.
fn batches(found: &mut Violations, history: &[Applied]) {
    for applied in history {
        found.check(applied.claim().is_some(), || {
            format!("1: a batch was accepted that does not claim exactly one epoch: {:?}", applied.claims)
        });
        found.check(applied.deletes == 0, || {
            format!("2: a batch was accepted with {} DELETEs", applied.deletes)
        });
    }
}

/// One winner per epoch; epochs grow; each batch takes up where the one before ended.
fn epochs(found: &mut Violations, history: &[Applied]) {
    let claims: Vec<&EpochRecord> = history.iter().filter_map(Applied::claim).collect();
    for pair in claims.windows(2) {
        let [before, next] = pair else { continue };
        found.check(before.epoch < next.epoch, || {
            format!("1: epoch {} was applied after epoch {}", next.epoch, before.epoch)
        });
        found.check(before.run != next.run, || format!("5: run {} was applied twice", next.run));
        found.check(before.to == next.from, || {
            format!(
                "5: epoch {} moves from {}, but epoch {} had moved to {}",
                next.epoch, next.from, before.epoch, before.to
            )
        });
    }
}

/// Traffic goes only where it is healthy, and the claim says where that is.
fn targets(found: &mut Violations, evidence: &Evidence<'_>, modes: &[(Timestamp, String, Mode)]) {
    let freshness = evidence.application.timing.freshness;
    for applied in evidence.history {
        let Some(claim) = applied.claim() else { continue };
        let to = claim.to.as_str();
        found.check(was_healthy(modes, to, applied.at, freshness), || {
            format!("3: epoch {} moved traffic to {to}, which was not healthy", claim.epoch)
        });
        let elsewhere = applied.primary.iter().map(|ip| watch::region_of(*ip)).find(|region| region != to);
        found.check(elsewhere.is_none(), || {
            format!("3: epoch {} says {to}, but the PRIMARY set got {elsewhere:?}", claim.epoch)
        });
    }
}

/// Whether a region was healthy at some time within `span` before `at`.
fn was_healthy(modes: &[(Timestamp, String, Mode)], region: &str, at: Timestamp, span: Duration) -> bool {
    let mut healthy_until = None;
    let mut healthy = true;
    for (changed, _, mode) in modes.iter().filter(|(changed, of, _)| of == region && *changed <= at) {
        if healthy {
            healthy_until = Some(*changed);
        }
        healthy = *mode == Mode::Healthy;
    }
    healthy || healthy_until.is_some_and(|until| since(until, at) <= span)
}

/// Nothing we do falls inside a cool-down, save the second rescue.
fn cooldowns(found: &mut Violations, evidence: &Evidence<'_>) {
    let timing = &evidence.application.timing;
    let moves = evidence.history.iter().filter_map(Applied::claim).filter(|claim| claim.changed_holder());
    let moves: Vec<&EpochRecord> = moves.collect();
    for pair in moves.windows(2) {
        let [before, next] = pair else { continue };
        if next.to != before.from {
            continue;
        }
        let shortest = timing.soak.min(timing.cooldown);
        let elapsed = since(before.at, after(next.at, ROUNDING));
        found.check(elapsed >= shortest, || {
            format!("4: epoch {} returned to {} {elapsed:?} after it was left", next.epoch, next.to)
        });
    }
}

fn rows(found: &mut Violations, story: &Story) {
    found.check(story.unreadable.is_empty(), || {
        format!("8: rows that their own version cannot read: {:?}", story.unreadable)
    });
    for (region, run) in &story.runs {
        let noted = story.ledger.iter().any(|(of, entry)| {
            of == region
                && entry.kind == "decided"
                && entry.data["batch"]["claim"]["run"] == run.id().as_str()
        });
        found.check(noted, || format!("8: run {} is not in the ledger of {region}", run.id()));
    }
}

/// Each topic that the plan maps got each notice at least once, and nothing waits to be told.
fn notices(found: &mut Violations, evidence: &Evidence<'_>) {
    let mut taken: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for publication in evidence.published {
        let key = (publication.fact("id"), publication.fact("severity"));
        taken.entry(key).or_default().insert(publication.topic.clone());
    }
    for ((id, severity), topics) in &taken {
        for topic in mapped(evidence, severity) {
            found.check(topics.contains(&topic), || format!("8: {topic} never got notice {id}"));
        }
    }
    for notice in untold(evidence) {
        found.check(false, || format!("8: notice {notice}"));
    }
}

/// Notices that wait to be told, to topics that can be reached and have not got them.
fn untold(evidence: &Evidence<'_>) -> Vec<String> {
    let mut waiting = Vec::new();
    for (region, row) in
        evidence.story.applications.iter().filter(|(region, _)| evidence.reachable.contains(*region))
    {
        for notice in &row.outbox {
            let topics =
                notice.pending.iter().filter(|topic| evidence.reachable.contains(topic.region().as_str()));
            let missing = topics.filter(|topic| !has(evidence.published, topic.as_str(), &notice.id));
            waiting.extend(missing.map(|topic| format!("{} waits in {region} for {topic}", notice.id)));
        }
    }
    waiting
}

/// Whether a topic has got a notice.
pub(crate) fn has(published: &[Publication], topic: &str, id: &str) -> bool {
    published.iter().any(|one| one.topic == topic && one.fact("id") == id)
}

/// The topics of a severity that can be reached at the end.
fn mapped(evidence: &Evidence<'_>, severity: &str) -> BTreeSet<String> {
    let notify = &evidence.application.notify;
    let groups = if severity == "critical" { &notify.critical } else { &notify.info };
    let topics = groups.iter().filter_map(|group| evidence.plan.topics.get(group)).flatten();
    let reachable = topics.filter(|topic| evidence.reachable.contains(topic.region().as_str()));
    reachable.map(|topic| topic.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn applied(second: i64, epoch: u64, run: &str, from: &str, to: &str) -> Applied {
        let text = format!(
            "understudy v=1 epoch={epoch} run={run} from={from} to={to} at={:.0} plan=0123456789ab",
            at(second)
        );
        Applied {
            at: at(second),
            caller: None,
            claims: vec![EpochRecord::parse(&text).map_err(|_| text)],
            deletes: 0,
            primary: Vec::new(),
        }
    }

    fn violated(history: &[Applied]) -> Vec<String> {
        let mut found = Violations::default();
        batches(&mut found, history);
        epochs(&mut found, history);
        assert!(found.checked > 0);
        found.violated
    }

    #[test]
    fn a_move_and_a_return_are_well() {
        let history =
            [applied(0, 1, "a", "us-east-1", "us-west-2"), applied(60, 2, "b", "us-west-2", "us-east-1")];
        assert_eq!(violated(&history), Vec::<String>::new());
    }

    #[test]
    fn an_epoch_that_is_applied_twice_is_seen() {
        let history =
            [applied(0, 1, "a", "us-east-1", "us-west-2"), applied(1, 1, "b", "us-west-2", "us-east-1")];
        assert!(violated(&history)[0].starts_with("1: epoch 1"), "{:?}", violated(&history));
    }

    #[test]
    fn a_batch_without_an_epoch_is_seen() {
        let mut bare = applied(0, 1, "a", "us-east-1", "us-west-2");
        bare.claims.clear();
        assert_eq!(violated(&[bare]).len(), 1);
    }

    #[test]
    fn a_second_run_that_repeats_the_first_is_seen() {
        let history =
            [applied(0, 1, "a", "us-east-1", "us-west-2"), applied(9, 2, "b", "us-east-1", "us-west-2")];
        assert!(violated(&history)[0].starts_with("5: epoch 2"));
    }

    #[test]
    fn a_target_must_have_been_healthy_within_the_freshness() {
        let modes =
            [(at(10), "us-west-2".to_owned(), Mode::Dead), (at(30), "us-west-2".to_owned(), Mode::Healthy)];
        let healthy = |second| was_healthy(&modes, "us-west-2", at(second), Duration::from_secs(5));
        assert_eq!([5, 12, 20, 31].map(healthy), [true, true, false, true]);
    }
}
