//! Dry drills: everything is decided and resolved, nothing is sent.

use suite::world::{Controller, Crash, EAST, EU, Estate, Story, WEST, tick};
use understudy::drill::{Answer, Outcome, drill};

/// Stories begin on Sunday, 2026-11-22, at 12:00.
const SUNDAYS: &str = "drill = { lose = \"us-east-1\", days = [\"sun\"], at = \"12:05\" }";

const DUE: &str = r#"{"understudy":"drill"}"#;

fn estate(policy: &'static str) -> Story {
    Story::of(&Estate { policy, regions: vec![EAST, WEST, EU], lines: SUNDAYS.into(), ..Estate::default() })
}

async fn drilled(story: &Story, region: &str, payload: &str) -> Answer {
    let world = Controller { cloud: story.cloud.clone(), region: region.into(), crash: Crash::never() };
    drill(&world, &story.plan, &world.region, payload).await
}

fn outcome(answer: &Answer) -> Option<&Outcome> {
    answer.applications.get(&"shop".into())
}

#[test]
fn the_taker_rehearses_when_it_is_due_and_nothing_is_sent() {
    for policy in ["failover", "weighted", "latency"] {
        let story = estate(policy);
        let (early, answers) = story.cloud.run(async {
            story.settle().await;
            let early = drilled(&story, WEST, DUE).await;
            for _ in 0..3 {
                story.pause(60).await;
                story.wake(WEST, &tick(), Crash::never()).await;
            }
            let mut answers = Vec::new();
            for region in [EAST, WEST, EU, WEST] {
                answers.push(drilled(&story, region, DUE).await);
            }
            story.wake(WEST, &tick(), Crash::never()).await;
            (early, answers)
        });
        assert_eq!(outcome(&early), None, "{policy}: not due yet");
        let [east, west, eu, again] = &answers[..] else { panic!() };
        assert_eq!((outcome(east), outcome(eu), outcome(again)), (None, None, None), "{policy}");
        let Some(Outcome::Passed { script }) = outcome(west) else { panic!("{policy}: {west:?}") };
        assert_eq!(script.steps.len(), 5);
        assert_eq!(script.steps[0].changes[0].action, "CREATE");
        assert!(script.steps[0].changes[1].current.is_some(), "{policy}: {:?}", script.steps[0].changes);
        assert!(story.epochs().is_empty());
        assert_eq!(story.calls(WEST, "ChangeResourceRecordSets"), 0);
        assert!(story.ledger(WEST).contains(&"drill".to_owned()));
        assert_eq!(story.told(), ["drilled"], "{policy}");
    }
}

#[test]
fn a_drill_shows_what_would_hold_a_real_move() {
    let story = estate("failover");
    let answer = story.cloud.run(async {
        story.settle().await;
        story.pause_by(WEST, "alice", "2026-11-23T12:00:00Z");
        drilled(&story, WEST, r#"{"understudy":"drill","application":"shop"}"#).await
    });
    let Some(Outcome::WouldBeHeld { script }) = outcome(&answer) else { panic!("{answer:?}") };
    assert_eq!(script.holds[0].guard, "paused");
}

#[test]
fn a_drill_yields_to_real_trouble_and_stays_due() {
    let story = estate("failover");
    let (first, second) = story.cloud.run(async {
        story.settle().await;
        story.pause(180).await;
        story.cloud.kill(EU);
        let first = drilled(&story, WEST, DUE).await;
        story.cloud.heal(EU);
        for _ in 0..4 {
            story.pause(60).await;
            story.wake(WEST, &tick(), Crash::never()).await;
        }
        (first, drilled(&story, WEST, DUE).await)
    });
    assert!(
        matches!(outcome(&first), Some(Outcome::Skipped { why }) if why.contains("real trouble")),
        "{first:?}"
    );
    assert!(matches!(outcome(&second), Some(Outcome::Passed { .. })), "{second:?}");
}

#[test]
fn what_asks_for_no_drill_or_an_unknown_one_is_told_what_is_allowed() {
    let story = estate("failover");
    let asked = |payload: &'static str| story.cloud.run(drilled(&story, WEST, payload));
    for (payload, word) in [
        ("", "write {\"understudy\":\"drill\"}"),
        (r#"{"understudy":"tick"}"#, "this asks for no drill"),
        (r#"{"understudy":"drill","application":"shpo"}"#, "it has shop"),
        (r#"{"understudy":"drill","application":"shop","lose":"us-east-9"}"#, "it has us-east-1, us-west-2"),
        (r#"{"understudy":"drill","application":7}"#, "application is no text"),
    ] {
        let error = asked(payload).error.unwrap();
        assert!(error.contains(word), "{payload}: {error}");
    }
}
