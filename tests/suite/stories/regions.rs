//! Three regions, every policy: losses, rescues, and the way back.

use std::time::Duration;

use suite::world::{Crash, EAST, EU, Estate, Story, WEST, tick};
use twin::model::{Fault, Scope, Span};
use understudy::names::Epoch;
use understudy::state::Wanted;

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn three(policy: &'static str, lines: &str) -> Story {
    Story::of(&Estate { policy, regions: vec![EAST, WEST, EU], lines: lines.to_owned(), ..Estate::default() })
}

/// us-east-1 is lost after a while, and stays lost.
fn east_is_lost(story: &Story, minutes_in_all: u64) {
    story.play(minutes(minutes_in_all), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
    });
}

/// Consent to restores stands, and nobody waits an hour.
const AUTO: &str = "restore = \"auto\"\ntiming = { cooldown_unacknowledged = \"20m\" }";

#[test]
fn weighted_loses_a_region_and_nothing_else_changes() {
    let story = three("weighted", "");
    east_is_lost(&story, 12);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
    assert_eq!(story.told().iter().filter(|event| *event == "failed-over").count(), 1, "{:?}", story.told());
}

#[test]
fn weighted_comes_back_in_stages_each_with_an_epoch_of_its_own() {
    let story = three("weighted", AUTO);
    story.play(minutes(90), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        story.cloud.regain(EAST);
    });
    assert_eq!(story.weights(), [(EAST, 100), (WEST, 100), (EU, 100)]);
    let restores = ["us-west-2>us-east-1"; 4];
    assert_eq!(story.moves(), [&["us-east-1>us-west-2"][..], &restores].concat());
    let outs: Vec<String> = story.epochs().iter().map(|text| Story::field(text, "out=")).collect();
    assert_eq!(outs, ["us-east-1:0", "us-east-1:5", "us-east-1:25", "us-east-1:50", ""]);
    assert_eq!(story.told().iter().filter(|event| *event == "stage").count(), 3, "{:?}", story.told());
    assert_eq!(story.told().iter().filter(|event| *event == "restored").count(), 1, "{:?}", story.told());
}

#[test]
fn a_ramp_whose_region_fails_again_is_taken_back_and_not_pushed_on() {
    let story = three("weighted", AUTO);
    story.play(minutes(60), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        story.cloud.regain(EAST);
        while story.epochs().len() < 2 {
            story.pause(10).await;
        }
        story.cloud.lose(EAST);
    });
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
    assert_eq!(story.epochs().len(), 3, "{:?}", story.epochs());
}

#[test]
fn latency_gives_the_lost_regions_users_to_the_taker_and_takes_them_back_at_once() {
    let story = three("latency", AUTO);
    story.play(minutes(60), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        assert_eq!(story.values(), [(EAST, WEST), (WEST, WEST), (EU, EU)]);
        story.cloud.regain(EAST);
    });
    assert_eq!(story.values(), [(EAST, EAST), (WEST, WEST), (EU, EU)]);
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>us-east-1"]);
}

#[test]
fn when_two_are_lost_one_after_the_other_the_tertiary_takes_over() {
    let story = three("failover", "");
    story.play(minutes(20), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(240).await;
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.lose(WEST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>eu-west-1"]);
    assert_eq!(story.answers(), [EU; 4]);
}

#[test]
fn when_two_are_lost_at_once_the_tertiary_takes_over_without_waiting_for_the_second() {
    let story = three("failover", "native = \"off\"");
    let time = &story.cloud.time;
    let moved = story.play(minutes(12), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.cloud.lose(WEST);
        let lost = time.elapsed();
        while story.epochs().is_empty() && time.elapsed() - lost < minutes(9) {
            story.pause(1).await;
        }
        time.elapsed() - lost
    });
    assert_eq!(story.moves(), ["us-east-1>eu-west-1"]);
    assert!(moved < minutes(2), "{moved:?}");
}

#[test]
fn of_two_takers_one_moves_and_the_other_does_nothing() {
    for policy in ["failover", "weighted", "latency"] {
        let story = three(policy, "");
        east_is_lost(&story, 10);
        assert_eq!(story.epochs().len(), 1, "{policy}: {:?}", story.epochs());
        assert_eq!(story.told().iter().filter(|event| *event == "failed-over").count(), 1, "{policy}");
    }
}

#[test]
fn takers_that_do_not_wait_for_each_other_still_move_once() {
    for policy in ["failover", "weighted", "latency"] {
        let story = three(policy, "timing = { rank_wait = \"0s\" }");
        east_is_lost(&story, 10);
        assert_eq!(story.epochs().len(), 1, "{policy}: {:?}", story.epochs());
    }
}

#[test]
fn a_second_taker_acts_when_the_first_does_not() {
    let (regions, witnesses) = (vec![EAST, WEST, EU], vec!["ap-southeast-2"]);
    let story = Story::of(&Estate { regions, witnesses, ..Estate::default() });
    story.play(minutes(12), async {
        story.pause(190).await;
        // The first taker's endpoint is well, its controller is gone; Route 53 itself does nothing.
        story.cloud.blind_checkers();
        story.cloud.state.borrow_mut().lost.insert(WEST.into());
        story.cloud.lose(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>eu-west-1"]);
}

#[test]
fn the_rescuer_that_is_out_itself_comes_back_when_the_last_one_fails() {
    let story = Story::of(&Estate { policy: "weighted", ..Estate::default() });
    story.play(minutes(40), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(300).await;
        story.cloud.regain(EAST);
        story.pause(800).await;
        assert_eq!(story.weights(), [(EAST, 0), (WEST, 100)]);
        story.cloud.lose(WEST);
    });
    assert_eq!(story.weights(), [(EAST, 100), (WEST, 0)]);
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>us-east-1"]);
}

#[test]
fn an_isolated_controller_moves_nothing() {
    for (policy, top) in [("failover", ""), ("weighted", ""), ("failover", CONTROL), ("latency", CONTROL)] {
        let regions = vec![EAST, WEST, EU];
        let story = Story::of(&Estate { policy, regions, top: top.to_owned(), ..Estate::default() });
        story.play(minutes(15), async {
            story.pause(190).await;
            story.cloud.state.borrow_mut().isolated.insert(WEST.into());
        });
        assert!(story.epochs().is_empty(), "{policy}: {:?}", story.epochs());
    }
}

const CONTROL: &str = r#"control_targets = [{ probe = "https://control.example.org/" }]"#;

#[test]
fn a_witness_gives_the_second_vote_where_route53_sees_nothing() {
    let witnesses = vec!["ap-southeast-2"];
    let estate = Estate { witnesses, lines: "native = \"off\"".into(), ..Estate::default() };
    let story = Story::of(&estate);
    story.play(minutes(12), async {
        story.pause(190).await;
        story.cloud.blind_checkers();
        story.cloud.lose(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    let alone = Story::of(&Estate { lines: "native = \"off\"".into(), ..Estate::default() });
    alone.play(minutes(12), async {
        alone.pause(190).await;
        alone.cloud.blind_checkers();
        alone.cloud.lose(EAST);
    });
    assert!(alone.epochs().is_empty());
}

#[test]
fn a_pause_that_stands_in_one_region_only_holds_everywhere() {
    let story = three("failover", "native = \"off\"");
    story.play(minutes(12), async {
        story.pause(190).await;
        story.pause_by(EU, "alice", "2026-11-23T12:00:00Z");
        story.cloud.lose(EAST);
    });
    assert!(story.epochs().is_empty());
    assert!(story.told().contains(&"held".to_owned()), "{:?}", story.told());
}

#[test]
fn a_pause_reaches_every_table_from_the_one_that_has_it() {
    let story = three("failover", "");
    story.play(minutes(3), async {
        story.pause_by(EU, "alice", "2026-11-23T12:00:00Z");
    });
    for region in [EAST, WEST, EU] {
        assert_eq!(story.paused_in(region), Some("alice".to_owned()), "{region}");
    }
}

#[test]
fn controllers_with_plans_that_disagree_on_this_move_hold() {
    let mut story = three("failover", "native = \"off\"");
    let mut other = story.plan.clone();
    other.digest = "ffffffffffff".into();
    let elsewhere = vec!["198.51.100.77".parse().unwrap()];
    other.applications[0].regions[1].record =
        understudy::plan::RecordValue::Addresses { v4: elsewhere, v6: Vec::new() };
    story.other_plans.insert(EU.into(), other);
    east_is_lost(&story, 12);
    assert!(story.epochs().is_empty());
}

#[test]
fn without_its_table_a_controller_pages_and_does_nothing() {
    let story = Story::of(&Estate { lines: "native = \"off\"".into(), ..Estate::default() });
    story.play(minutes(40), async {
        story.pause(190).await;
        story.cloud.state.borrow_mut().tables_down.insert(WEST.into());
        story.cloud.kill(EAST);
    });
    assert!(story.epochs().is_empty());
    let pages = story.told().iter().filter(|event| *event == "state-table-down").count();
    assert!((2..=4).contains(&pages), "{pages} pages in 37 minutes: {:?}", story.told());
}

#[test]
fn a_crash_at_every_call_of_a_stage_ends_in_the_same_weights() {
    for after_effect in [false, true] {
        for call in 1..=12 {
            let story = three("weighted", "");
            story.cloud.run(async {
                story.settle().await;
                story.cloud.lose(EAST);
                story.pause(60).await;
                story.wake(WEST, &tick(), Crash::at(call, after_effect)).await;
                for _ in 0..4 {
                    story.pause(60).await;
                    story.wake(WEST, &tick(), Crash::never()).await;
                }
            });
            assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)], "call {call}, {after_effect}");
        }
    }
}

#[test]
fn a_stage_that_lapses_is_tried_again_and_the_ramp_goes_on() {
    let story = three("weighted", AUTO);
    story.play(minutes(100), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(600).await;
        story.cloud.regain(EAST);
        while story.epochs().len() < 2 {
            story.pause(10).await;
        }
        let now = story.cloud.time.elapsed();
        let span = Span::Between(now + minutes(2), now + minutes(12));
        story.cloud.state.borrow_mut().twin.faults_mut().inject(Fault::Unavailable, Scope::All, span);
    });
    assert_eq!(story.weights(), [(EAST, 100), (WEST, 100), (EU, 100)]);
    assert_eq!(story.epochs().len(), 5, "{:?}", story.epochs());
}

#[test]
fn a_region_that_people_brought_back_by_hand_asks_nobody_anything() {
    let story = Story::of(&Estate { policy: "weighted", ..Estate::default() });
    story.play(minutes(70), async {
        story.pause(190).await;
        story.cloud.lose(EAST);
        story.pause(300).await;
        story.cloud.regain(EAST);
        story.send(story.weight(EAST, 100));
    });
    let asked = story.told().iter().filter(|event| *event == "asked").count();
    assert_eq!(asked, 0, "{:?}", story.told());
    let lists: usize = [EAST, WEST].map(|region| story.calls(region, "ListResourceRecordSets")).iter().sum();
    assert!(lists <= 6, "{lists} listings in an hour");
}

#[test]
fn a_table_that_can_be_read_and_not_written_is_told() {
    let story = Story::of(&Estate { lines: "native = \"off\"".into(), ..Estate::default() });
    story.play(minutes(12), async {
        story.pause(190).await;
        story.cloud.state.borrow_mut().read_only.insert(WEST.into());
        story.cloud.kill(EAST);
    });
    assert!(story.told().contains(&"state-table-down".to_owned()), "{:?}", story.told());
}

#[test]
fn an_order_reaches_a_wake_that_stays_awake() {
    let story = Story::of(&Estate::default());
    let force = ["quorum".to_owned(), "dwell".to_owned()].into();
    let what = Wanted::FailOver { from: EAST.into(), to: WEST.into(), force, after: Epoch(0) };
    let moved = story.cloud.run(async {
        story.settle().await;
        story.cloud.blind_checkers();
        story.cloud.kill(EAST);
        story.pause(60).await;
        let event = tick();
        let awake = story.wake(WEST, &event, Crash::never());
        let order = async {
            story.pause(30).await;
            assert!(story.epochs().is_empty(), "one vantage moves nothing");
            story.order_in(WEST, what);
            story.pause(25).await;
            story.epochs().len()
        };
        futures_util::future::join(awake, order).await.1
    });
    assert_eq!(moved, 1, "{:?}", story.summaries);
}

#[test]
fn a_process_that_stood_still_decides_nothing_on_what_it_saw_before() {
    // At any call of the round that decides.
    for frozen_at in (259_900..260_300).step_by(5).map(Duration::from_millis) {
        let story = three("weighted", "timing = { fall = 1 }");
        story.play(minutes(10), async {
            story.pause(190).await;
            story.cloud.kill(EAST);
            story.cloud.time.sleep(frozen_at - Duration::from_secs(190)).await;
            story.cloud.state.borrow_mut().frozen_until = frozen_at + Duration::from_secs(40);
            // What it saw is over when it goes on.
            story.pause(5).await;
            story.cloud.heal(EAST);
        });
        assert!(story.moves().is_empty(), "frozen at {frozen_at:?}");
    }
}
