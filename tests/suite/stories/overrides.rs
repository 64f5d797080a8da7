//! Overrides: traffic is moved without a call to Route 53, and the records follow.

use std::time::Duration;

use suite::world::{By, Crash, EAST, EU, Estate, ServedChecks, Story, WEST, tick};
use twin::model::{Fault, Operation, Scope, Span};

/// Overrides first; handing back is the guards' alone.
const LINES: &str = r#"
actuators = ["override", "records"]
restore = "auto"
timing = { soak = "2m", cooldown_unacknowledged = "10m" }
"#;

const TOP: &str = "[override]\nbucket = \"understudy-override\"";

pub(super) fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn estate() -> Estate {
    Estate {
        top: TOP.to_owned(),
        lines: LINES.to_owned(),
        served_checks: ServedChecks::Overridable(By::Object),
        ..Estate::default()
    }
}

/// Route 53's API answers nobody from now on.
pub(super) fn api_down(story: &Story) {
    fails(story, Scope::All);
}

/// Some of it fails from now on.
fn fails(story: &Story, scope: Scope) {
    let now = story.cloud.time.elapsed();
    let span = Span::Between(now, now + minutes(600));
    story.cloud.state.borrow_mut().twin.faults_mut().inject(Fault::Unavailable, scope, span);
}

/// It answers again.
pub(super) fn api_up(story: &Story) {
    story.cloud.state.borrow_mut().twin.faults_mut().clear();
}

/// Keys of the objects that stand in a region's bucket.
fn objects(story: &Story, region: &str) -> Vec<String> {
    let state = story.cloud.state.borrow();
    state.objects.keys().filter(|(there, _)| there.as_str() == region).map(|(_, key)| key.clone()).collect()
}

pub(super) fn count(story: &Story, event: &str) -> usize {
    story.told().iter().filter(|told| *told == event).count()
}

#[test]
fn traffic_moves_by_the_override_and_the_records_follow() {
    let story = Story::of(&estate());
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert_eq!((count(&story, "failed-over"), count(&story, "recorded")), (1, 1), "{:?}", story.told());
    assert!(objects(&story, WEST).is_empty(), "the override is taken back once the records say the same");
    assert_eq!(story.calls(WEST, "PutObject"), 1);
}

#[test]
fn while_the_api_is_down_users_are_served_and_the_records_follow_later() {
    let story = Story::of(&estate());
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(240).await;
        assert_eq!(story.answers(), [WEST; 4]);
        assert_eq!(objects(&story, WEST), ["away/shop/us-east-1"]);
        assert!(story.moves().is_empty());
        story.pause(1200).await;
        assert_eq!(story.answers(), [WEST; 4]);
        let told = (count(&story, "failed-over"), count(&story, "unrecorded"), count(&story, "waiting"));
        assert_eq!(told, (1, 1, 0), "{:?}", story.told());
        api_up(&story);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert_eq!(count(&story, "recorded"), 1, "{:?}", story.told());
    assert!(objects(&story, WEST).is_empty());
}

#[test]
fn what_an_override_took_is_given_back_under_the_guards_of_a_restore() {
    let story = Story::of(&estate());
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(300).await;
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.heal(EAST);
        story.pause(90).await;
        assert_eq!(story.answers(), [WEST; 4], "a region that recovers takes nothing back by itself");
    });
    assert!(story.moves().is_empty(), "Route 53's API never answered");
    assert_eq!(story.answers(), [EAST; 4]);
    assert_eq!(count(&story, "restored"), 1, "{:?}", story.told());
    assert!(objects(&story, WEST).is_empty());
}

#[test]
fn moves_that_no_record_tells_of_count_among_those_of_a_day() {
    let lines = LINES.replace("soak =", "flap_limit = 2, soak =");
    let story = Story::of(&Estate { lines, ..estate() });
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(300).await;
        story.cloud.heal(EAST);
        story.pause(1200).await;
        assert_eq!(story.answers(), [EAST; 4]);
        story.cloud.kill(EAST);
        story.pause(300).await;
    });
    let told = (count(&story, "failed-over"), count(&story, "restored"), count(&story, "held"));
    assert_eq!(told, (1, 1, 1), "two moves are all that the plan allows: {:?}", story.told());
    assert!(objects(&story, WEST).is_empty());
}

#[test]
fn a_bucket_that_does_not_answer_leaves_it_to_the_records() {
    let story = Story::of(&estate());
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.state.borrow_mut().buckets_down.insert(WEST.into());
        story.cloud.kill(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert_eq!(count(&story, "failed-over"), 1, "{:?}", story.told());
}

#[test]
fn an_override_that_no_check_reads_leaves_it_to_the_records() {
    // Nobody has made its checks: saying it changes nothing.
    let story = Story::of(&Estate { served_checks: ServedChecks::AlwaysHealthy, ..estate() });
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert!(objects(&story, WEST).is_empty(), "what was said is taken back all the same");
}

#[test]
fn when_the_region_of_the_override_fails_the_holder_stays_in_service() {
    let story = Story::of(&estate());
    story.play(minutes(20), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(240).await;
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.heal(EAST);
        story.pause(60).await;
        story.cloud.lose(WEST);
        story.pause(60).await;
        assert_eq!(story.answers(), [EAST; 4], "silence says nothing");
    });
}

#[test]
fn a_controller_that_dies_after_it_switched_leaves_users_served() {
    for call in 1..=24 {
        for after_effect in [false, true] {
            let story = Story::of(&estate());
            story.cloud.run(async {
                story.settle().await;
                story.cloud.kill(EAST);
                story.pause(60).await;
                story.wake(WEST, &tick(), Crash::at(call, after_effect)).await;
                for _ in 0..8 {
                    story.pause(60).await;
                    story.wake(WEST, &tick(), Crash::never()).await;
                }
            });
            let place = format!("call {call}, after its effect: {after_effect}");
            assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{place}: {:?}", story.told());
            assert_eq!(story.answers(), [WEST; 4], "{place}");
            // Who dies when a topic has taken the notice, and before it has written that down, says it again.
            assert!((1..=2).contains(&count(&story, "failed-over")), "{place}: {:?}", story.told());
            assert!(objects(&story, WEST).is_empty(), "{place}");
        }
    }
}

#[test]
fn another_run_that_takes_the_epoch_ends_the_override() {
    let story = Story::of(&estate());
    story.play(minutes(30), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(240).await;
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.heal(EAST);
        api_up(&story);
        let record = "understudy v=1 epoch=1 run=r-other from=us-west-2 to=us-east-1 at=2026-11-22T12:05:00Z plan=0123456789ab kind=restore";
        story.claim_by_another(1, record);
        story.send(twin::model::records::ChangeBatch::new().upsert(Story::txt("now", record)));
        story.pause(180).await;
        assert!(objects(&story, WEST).is_empty());
        assert_eq!(story.answers(), [EAST; 4]);
    });
    assert_eq!(count(&story, "superseded"), 1, "{:?}", story.told());
}

#[test]
fn under_weighted_an_override_takes_a_region_out_and_the_weight_follows() {
    let estate = Estate { policy: "weighted", regions: vec![EAST, WEST, EU], ..estate() };
    let story = Story::of(&estate);
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert!(objects(&story, WEST).is_empty() && objects(&story, EU).is_empty());
}

#[test]
fn two_regions_are_left_by_two_overrides_and_both_are_recorded() {
    let estate = Estate { policy: "weighted", regions: vec![EAST, WEST, EU], ..estate() };
    let estate = Estate { lines: format!("{}\nminimum_capacity = 30", estate.lines), ..estate };
    let story = Story::of(&estate);
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(300).await;
        story.cloud.kill(EU);
        story.pause(600).await;
        assert_eq!(story.answers(), [WEST; 4]);
        api_up(&story);
    });
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 0)], "{:?}", story.told());
    assert_eq!(story.answers(), [WEST; 4]);
}

#[test]
fn a_pause_keeps_the_records_from_following_and_users_are_served_all_the_same() {
    let story = Story::of(&estate());
    story.play(minutes(30), async {
        story.pause(190).await;
        fails(&story, Scope::of(Operation::ChangeResourceRecordSets));
        story.cloud.kill(EAST);
        story.pause(240).await;
        assert_eq!(story.answers(), [WEST; 4]);
        api_up(&story);
        story.pause_by(WEST, "alice", "2026-12-01T00:00:00Z");
        story.pause(300).await;
        assert!(story.moves().is_empty(), "a pause means that nothing is changed");
        assert_eq!(story.answers(), [WEST; 4]);
    });
}

#[test]
fn people_hear_that_users_are_served_before_the_records_follow() {
    let alone = ServedChecks::OverrideAlone(By::Object);
    let lines = format!("native = \"off\"\n{LINES}");
    let story = Story::of(&Estate { served_checks: alone, lines, ..estate() });
    story.play(minutes(12), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        while story.answers() != [WEST; 4] {
            story.pause(1).await;
        }
        story.pause(5).await;
        assert_eq!(count(&story, "failed-over"), 1, "{:?}", story.told());
    });
    assert_eq!(count(&story, "failed-over"), 1, "{:?}", story.told());
}
