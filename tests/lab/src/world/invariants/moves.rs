//! What every accepted batch must be, and be to the one before.

use std::time::Duration;

use jiff::Timestamp;
use understudy::dns::EpochRecord;
use understudy::plan::Application;
use understudy::time::{after, since};

use super::Violations;
use crate::region::Mode;
use crate::world::history::Applied;
use crate::world::layout::{Layout, Service};

/// Epoch records tell times to the second.
const ROUNDING: Duration = Duration::from_secs(1);

/// Each batch claims exactly one epoch, and deletes nothing.
pub(super) fn batches(found: &mut Violations, history: &[Applied]) {
    for applied in history {
        found.check(applied.claim().is_some(), || {
            format!("1: a batch was accepted that does not claim exactly one epoch: {:?}", applied.claims)
        });
        found.check(applied.deletes == 0, || {
            format!("2: a batch was accepted with {} DELETEs", applied.deletes)
        });
    }
}

/// One winner per epoch; epochs grow; where one region serves, each batch takes up where the one before ended.
pub(super) fn epochs(found: &mut Violations, service: &Service, history: &[&Applied]) {
    let claims: Vec<&EpochRecord> = history.iter().filter_map(|applied| applied.claim()).collect();
    for pair in claims.windows(2) {
        let [before, next] = pair else { continue };
        found.check(before.epoch < next.epoch, || {
            format!("1: epoch {} was applied after epoch {}", next.epoch, before.epoch)
        });
        found.check(before.run != next.run, || format!("5: run {} was applied twice", next.run));
        found.check(before.to == next.from || !service.is_failover(), || {
            format!(
                "5: epoch {} moves from {}, but epoch {} had moved to {}",
                next.epoch, next.from, before.epoch, before.to
            )
        });
    }
}

/// Traffic goes only where it is healthy, and the claim says where that is.
pub(super) fn targets(
    found: &mut Violations,
    layout: &Layout,
    application: &Application,
    history: &[&Applied],
    modes: &[(Timestamp, String, Mode)],
) {
    let freshness = application.timing.freshness;
    for applied in history {
        let Some(claim) = applied.claim() else { continue };
        let to = claim.to.as_str();
        found.check(was_healthy(modes, to, applied.at, freshness), || {
            format!("3: epoch {} moved traffic to {to}, which was not healthy", claim.epoch)
        });
        let elsewhere = applied.primary.iter().map(|ip| layout.region_of(*ip)).find(|region| region != to);
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
pub(super) fn cooldowns(found: &mut Violations, application: &Application, history: &[&Applied]) {
    let timing = &application.timing;
    let claims = history.iter().filter_map(|applied| applied.claim());
    let moves = claims.filter(|claim| claim.changed_holder());
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
            application: Some("shop".to_owned()),
            caller: None,
            claims: vec![EpochRecord::parse(&text).map_err(|_| text)],
            deletes: 0,
            primary: Vec::new(),
        }
    }

    fn violated(history: &[Applied]) -> Vec<String> {
        let mut found = Violations::default();
        batches(&mut found, history);
        let layout = Layout::of(&crate::world::Settings::default());
        epochs(&mut found, layout.first(), &history.iter().collect::<Vec<_>>());
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
