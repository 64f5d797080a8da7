//! The generators are worth their time only while much of what can happen does happen.

use std::collections::BTreeMap;

use oracle::decision::Answer;
use proptest::prelude::*;
use understudy::decide::GUARDS_BY_NAME;
use understudy::dns::MoveKind;

use crate::agreement::{answered, decided};
use crate::generate::world::{WorldDraw, any_world};
use crate::same_cases;

/// Always the same cases.
const CASES: usize = 2_000;

/// How often each answer was given, and each guard raised.
#[derive(Debug, Default)]
struct Census {
    answers: BTreeMap<&'static str, usize>,
    guards: BTreeMap<&'static str, usize>,
}

impl Census {
    fn count(&mut self, answer: &Answer) {
        let word = match answer {
            Answer::Steady => "steady",
            Answer::Hold(..) => "hold",
            Answer::Ask(..) => "ask",
            Answer::Act(change) if change.what.kind == MoveKind::Evacuate => "evacuate",
            Answer::Act(_) => "restore",
        };
        *self.answers.entry(word).or_default() += 1;
        if let Answer::Hold(_, guards) | Answer::Ask(_, guards) = answer {
            for guard in guards {
                *self.guards.entry(guard).or_default() += 1;
            }
        }
    }

    /// Of each answer, at least so many of a hundred.
    fn require(&self, answer: &str, percent: usize) {
        let count = self.answers.get(answer).copied().unwrap_or(0);
        assert!(count * 100 >= percent * CASES, "{answer} only {count} times of {CASES}: {self:?}");
    }
}

/// Asks both judges about the same cases on each run.
fn census(strategy: impl Strategy<Value = WorldDraw>) -> Census {
    let mut census = Census::default();
    for draw in same_cases(strategy, CASES) {
        let world = draw.world();
        let decided = decided(&world);
        assert_eq!(decided, answered(&world), "{draw:?}\n{}", draw.plan.text());
        census.count(&decided);
    }
    census
}

#[test]
fn every_answer_is_given_and_every_guard_raised() {
    let census = census(any_world());
    println!("{census:?}");
    for (answer, percent) in [("steady", 15), ("hold", 15), ("ask", 2), ("evacuate", 5), ("restore", 2)] {
        census.require(answer, percent);
    }
    // The turn in a fleet is given out after the decision.
    for (guard, _) in GUARDS_BY_NAME.into_iter().filter(|(guard, _)| *guard != "fleet-pace") {
        let count = census.guards.get(guard).copied().unwrap_or(0);
        assert!(count >= 2, "{guard} was raised {count} times: {census:?}");
    }
}
