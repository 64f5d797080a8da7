//! The other ways to say "away": a metric, which fades, and an ARC routing control.

use std::time::Duration;

use suite::world::{By, Controller, Crash, EAST, EU, Estate, ServedChecks, Story, WEST, tick};
use understudy::away::Away;
use understudy::names::Epoch;
use understudy::plan::Actuator;
use understudy::ports::Overriding;

use super::overrides::{api_down, api_up, count, minutes};

const LINES: &str = r#"
restore = "auto"
timing = { soak = "2m", cooldown_unacknowledged = "10m", validity = "5m" }
"#;

const METRIC: &str = "[override]\nmetric = \"Understudy/Overrides\"";

fn by_metric() -> Estate {
    Estate {
        top: METRIC.to_owned(),
        lines: format!("actuators = [\"override\", \"records\"]\n{LINES}"),
        served_checks: ServedChecks::Overridable(By::Metric),
        ..Estate::default()
    }
}

/// A plan with a cluster of routing controls, one for each region.
fn by_control(actuators: &str) -> Estate {
    let regions = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"];
    let endpoints = regions.map(|region| format!("{region} = \"https://cluster.{region}.example.com/v1\""));
    Estate {
        top: format!(
            "[override]\nbucket = \"understudy-override\"\n[arc.endpoints]\n{}",
            endpoints.join("\n")
        ),
        lines: format!("actuators = [{actuators}]\n{LINES}"),
        served_checks: ServedChecks::Overridable(By::Control),
        region_lines: |region| {
            let account = "arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd";
            format!("routing_control = \"{account}/routingcontrol/{}\"", region.replace('-', ""))
        },
        ..Estate::default()
    }
}

/// Regions whose routing control is Off.
fn off(story: &Story) -> Vec<String> {
    story.cloud.state.borrow().controls_off.iter().map(ToString::to_string).collect()
}

#[test]
fn a_metric_moves_traffic_and_the_records_follow() {
    let story = Story::of(&by_metric());
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert_eq!((count(&story, "failed-over"), count(&story, "recorded")), (1, 1), "{:?}", story.told());
}

#[test]
fn a_metric_is_said_again_as_long_as_users_are_served_by_it() {
    let story = Story::of(&Estate { route53: fading(minutes(10)), ..by_metric() });
    story.play(minutes(90), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(300).await;
        // Only the metric keeps users off it from now on.
        story.cloud.heal(EAST);
        story.pause_by(WEST, "alice", "2026-12-01T00:00:00Z");
        for _ in 0..60 {
            story.pause(60).await;
            assert_eq!(story.answers(), [WEST; 4]);
        }
    });
    assert!(story.calls(WEST, "PutMetricData") >= 60, "{}", story.calls(WEST, "PutMetricData"));
    assert!(story.moves().is_empty());
}

/// Route 53, which keeps the last that it knew of a metric for so long.
fn fading(time: Duration) -> twin::model::Config {
    Estate::default().route53.last_known_for(time)
}

/// What is answered so many minutes after the only controller switched and died, while the region that was left
/// is well again and Route 53's API is down.
fn after_death(estate: &Estate, looks: [u64; 2]) -> [Vec<&'static str>; 2] {
    let story = Story::of(estate);
    story.cloud.run(async {
        story.settle().await;
        api_down(&story);
        story.cloud.kill(EAST);
        for _ in 0..4 {
            story.pause(60).await;
            story.wake(WEST, &tick(), Crash::never()).await;
        }
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.heal(EAST);
        story.pause(looks[0] * 60).await;
        let first = story.answers();
        story.pause((looks[1] - looks[0]) * 60).await;
        [first, story.answers()]
    })
}

#[test]
fn an_object_outlives_its_controller_for_good_and_a_metric_for_hours() {
    let object = Estate { top: "[override]\nbucket = \"understudy-override\"".to_owned(), ..by_metric() };
    let object = Estate { served_checks: ServedChecks::Overridable(By::Object), ..object };
    assert_eq!(after_death(&object, [120, 600]), [[WEST; 4], [WEST; 4]]);
    let metric = Estate { route53: fading(minutes(180)), ..by_metric() };
    assert_eq!(after_death(&metric, [120, 240]), [[WEST; 4], [EAST; 4]], "silence says nothing in the end");
    assert_eq!(after_death(&by_control("\"arc\", \"records\""), [120, 600]), [[WEST; 4], [WEST; 4]]);
}

#[test]
fn what_a_metric_took_is_given_back_and_can_be_taken_again() {
    let story = Story::of(&by_metric());
    story.play(minutes(90), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(400).await;
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.heal(EAST);
        story.pause(1500).await;
        assert_eq!(story.answers(), [EAST; 4], "{:?}", story.told());
        story.cloud.kill(EAST);
        story.pause(900).await;
        assert_eq!(story.answers(), [WEST; 4], "{:?}", story.told());
    });
    assert!(story.moves().is_empty(), "Route 53's API never answered");
    assert_eq!((count(&story, "failed-over"), count(&story, "restored")), (2, 1), "{:?}", story.told());
}

/// A wake read that users are served by the metric, stood still, and says it again minutes after the run has ended.
/// Nobody else would ever say otherwise: a check keeps the last that it knew.
#[test]
fn a_metric_that_is_said_again_too_late_is_taken_back() {
    let story = Story::of(&by_metric());
    let stale = Away {
        application: "shop".into(),
        from: EAST.into(),
        to: WEST.into(),
        epoch: Epoch(1),
        run: "r-stale".into(),
        at: "2026-11-22T12:03:00Z".parse().expect("a time"),
        until: "2026-11-22T12:08:00Z".parse().expect("a time"),
        by: Actuator::Override,
    };
    story.play(minutes(60), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        // Longer than the decision was valid, and whatever was sent with it may arrive.
        story.pause(1800).await;
        api_up(&story);
        story.pause(180).await;
        assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
        let late = Controller { cloud: story.cloud.clone(), region: WEST.into(), crash: Crash::never() };
        let overrides = story.plan.overrides.clone().expect("as planned");
        late.keep_saying(&overrides, &stale).await.expect("written");
        story.pause(240).await;
        let state = story.cloud.state.borrow();
        let now = story.cloud.time.elapsed();
        assert_eq!(state.metrics.len(), 1);
        assert!(state.metrics.values().all(|series| series.is_taken_back(now)), "{:?}", state.metrics);
    });
}

#[test]
fn a_controller_that_dies_after_it_wrote_a_metric_leaves_users_served() {
    for call in 1..=24 {
        for after_effect in [false, true] {
            let story = Story::of(&by_metric());
            story.cloud.run(async {
                story.settle().await;
                story.cloud.kill(EAST);
                story.pause(60).await;
                story.wake(WEST, &tick(), Crash::at(call, after_effect)).await;
                for _ in 0..12 {
                    story.pause(60).await;
                    story.wake(WEST, &tick(), Crash::never()).await;
                }
            });
            let place = format!("call {call}, after its effect: {after_effect}");
            assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{place}: {:?}", story.told());
            assert_eq!(story.answers(), [WEST; 4], "{place}");
            // Who dies when a topic has taken the notice, and before it has written that down, says it again.
            assert!((1..=2).contains(&count(&story, "failed-over")), "{place}: {:?}", story.told());
        }
    }
}

#[test]
fn a_routing_control_moves_traffic_and_is_on_again_once_the_records_say_the_same() {
    let story = Story::of(&by_control("\"arc\", \"records\""));
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(240).await;
        assert_eq!(story.answers(), [WEST; 4]);
        assert_eq!(off(&story), [EAST]);
        api_up(&story);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert!(off(&story).is_empty(), "{:?}", off(&story));
    assert_eq!(story.calls(WEST, "PutObject"), 0);
}

#[test]
fn what_a_routing_control_took_is_given_back_under_the_guards_of_a_restore() {
    let story = Story::of(&by_control("\"arc\", \"records\""));
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(300).await;
        story.cloud.heal(EAST);
        story.pause(90).await;
        assert_eq!(story.answers(), [WEST; 4], "a region that recovers takes nothing back by itself");
    });
    assert_eq!(story.answers(), [EAST; 4]);
    assert!(story.moves().is_empty() && off(&story).is_empty());
    assert_eq!(count(&story, "restored"), 1, "{:?}", story.told());
}

#[test]
fn an_override_that_cannot_be_said_leaves_it_to_the_routing_control() {
    let story = Story::of(&by_control("\"override\", \"arc\", \"records\""));
    story.play(minutes(15), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.state.borrow_mut().buckets_down.insert(WEST.into());
        story.cloud.kill(EAST);
        story.pause(300).await;
        assert_eq!(story.answers(), [WEST; 4]);
        assert_eq!(off(&story), [EAST]);
    });
    let subjects = story.subjects();
    assert!(subjects.iter().any(|subject| subject.contains("by a routing control")), "{subjects:?}");
}

#[test]
fn an_object_that_no_check_reads_leaves_it_to_the_routing_control_and_is_taken_back() {
    let story = Story::of(&by_control("\"override\", \"arc\", \"records\""));
    story.play(minutes(40), async {
        story.pause(190).await;
        api_down(&story);
        story.cloud.kill(EAST);
        story.pause(300).await;
        assert_eq!(story.answers(), [WEST; 4]);
        assert_eq!(story.cloud.state.borrow().objects.len(), 1, "it was said, and stands");
        story.cloud.heal(EAST);
        story.pause(1200).await;
        assert_eq!(story.answers(), [EAST; 4], "{:?}", story.told());
    });
    assert!(story.cloud.state.borrow().objects.is_empty(), "both are taken back");
    assert!(off(&story).is_empty());
}

#[test]
fn a_cluster_that_does_not_answer_leaves_it_to_the_records() {
    let story = Story::of(&by_control("\"arc\", \"records\""));
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.state.borrow_mut().controls_down = true;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
}

#[test]
fn under_weighted_a_routing_control_takes_a_region_out() {
    let estate =
        Estate { policy: "weighted", regions: vec![EAST, WEST, EU], ..by_control("\"arc\", \"records\"") };
    let story = Story::of(&estate);
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.weights(), [(EAST, 0), (WEST, 100), (EU, 100)]);
    assert!(off(&story).is_empty());
}
