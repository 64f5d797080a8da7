//! A region dies, and what follows.

use std::time::Duration;

use suite::world::{Crash, EAST, Estate, Story, WEST, tick};
use twin::model::{Config, Fault, Operation, Propagation, Scope, Span};

const AUTO: &str = r#"restore = "auto""#;

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// us-east-1 dies after a while, and stays dead.
fn east_dies(story: &Story, minutes_in_all: u64) {
    story.play(minutes(minutes_in_all), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
}

fn count(story: &Story, event: &str) -> usize {
    story.told().iter().filter(|told| *told == event).count()
}

#[test]
fn while_all_is_well_nothing_moves_and_route53_is_not_called() {
    let story = Story::new(AUTO);
    story.play(minutes(10), async {});
    assert!(story.moves().is_empty());
    assert_eq!(story.calls(WEST, "ListResourceRecordSets") + story.calls(EAST, "ListResourceRecordSets"), 0);
    assert!(story.told().is_empty());
}

#[test]
fn a_dead_region_is_evacuated_and_people_are_told_once() {
    let story = Story::new("");
    east_dies(&story, 15);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    assert_eq!(count(&story, "failed-over"), 1, "{:?}", story.told());
}

#[test]
fn a_region_that_recovers_takes_nothing_back_by_itself() {
    let story = Story::new(r#"restore = "ask""#);
    story.play(minutes(60), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        story.pause(600).await;
        story.cloud.heal(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
}

#[test]
fn people_are_asked_once_whether_to_hand_back() {
    let story = Story::new("restore = \"ask\"\ntiming = { cooldown_unacknowledged = \"20m\" }");
    story.play(minutes(55), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        story.pause(300).await;
        story.cloud.heal(EAST);
    });
    assert_eq!(count(&story, "asked"), 1, "{:?}", story.told());
}

#[test]
fn with_a_standing_consent_the_holder_hands_back_after_soak_and_cool_down() {
    let story = Story::new(AUTO);
    story.play(minutes(90), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        story.pause(600).await;
        story.cloud.heal(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2", "us-west-2>us-east-1"]);
    assert_eq!(story.answers(), [EAST; 4]);
    assert_eq!(count(&story, "restored"), 1);
}

#[test]
fn a_blip_shorter_than_the_dwell_moves_nothing_and_nobody_is_woken() {
    let story = Story::new("");
    story.play(minutes(10), async {
        story.pause(245).await;
        story.cloud.kill(EAST);
        story.pause(12).await;
        story.cloud.heal(EAST);
    });
    assert!(story.moves().is_empty());
    assert!(story.told().is_empty(), "{:?}", story.told());
}

#[test]
fn when_everything_is_down_nothing_moves_and_people_are_told() {
    let story = Story::new("");
    story.play(minutes(12), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        story.cloud.kill(WEST);
    });
    assert!(story.moves().is_empty());
    assert_eq!(count(&story, "held"), 1, "{:?}", story.told());
}

#[test]
fn a_hold_is_written_down_once_per_change_and_people_are_reminded() {
    let story = Story::new(r#"mode = "advise""#);
    east_dies(&story, 80);
    assert!(story.moves().is_empty());
    assert_eq!((count(&story, "held"), count(&story, "hold-reminder")), (1, 2), "{:?}", story.told());
    let holds = story.ledger(WEST).iter().filter(|kind| kind.starts_with("hold-")).count();
    assert!(holds <= 4, "{:?}", story.ledger(WEST));
}

#[test]
fn an_end_of_a_hold_is_told_to_those_who_heard_of_it() {
    let story = Story::new(r#"mode = "advise""#);
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        story.pause(300).await;
        story.cloud.heal(EAST);
    });
    assert_eq!(count(&story, "hold-ended"), 1, "{:?}", story.told());
}

#[test]
fn the_check_moves_with_the_value_so_that_users_stay_served_when_route53_notices_late() {
    let story = Story::new("timing = { quorum = 1 }");
    east_dies(&story, 30);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
}

/// Injects a fault of Route 53's API when us-east-1 dies.
fn east_dies_with(lines: &str, faults: &[(Fault, Scope, u64)], minutes_in_all: u64) -> Story {
    let story = Story::new(lines);
    east_dies_amid(&story, faults, minutes_in_all);
    story
}

fn east_dies_amid(story: &Story, faults: &[(Fault, Scope, u64)], minutes_in_all: u64) {
    story.play(minutes(minutes_in_all), async {
        story.pause(190).await;
        let now = story.cloud.time.elapsed();
        for (fault, scope, seconds) in faults {
            let span = match seconds {
                0 => Span::NextCalls(1),
                seconds => Span::Between(now, now + Duration::from_secs(*seconds)),
            };
            story.cloud.state.borrow_mut().twin.faults_mut().inject(fault.clone(), scope.clone(), span);
        }
        story.cloud.kill(EAST);
    });
}

#[test]
fn an_outcome_that_got_lost_is_read_and_not_repeated() {
    for fault in [Fault::AppliedButFailed, Fault::AppliedButLost] {
        let change = Scope::of(Operation::ChangeResourceRecordSets);
        let story = east_dies_with("", &[(fault, change, 0)], 15);
        assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
        assert_eq!(count(&story, "failed-over"), 1);
    }
}

#[test]
fn throttling_delays_and_changes_nothing_else() {
    let story = east_dies_with("", &[(Fault::Throttled, Scope::All, 100)], 15);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
}

#[test]
fn while_the_api_is_down_the_run_waits_and_people_are_told_once() {
    for fault in [Fault::Unavailable, Fault::Hang] {
        let story = east_dies_with("", &[(fault, Scope::All, 600)], 30);
        assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
        assert_eq!((count(&story, "waiting"), count(&story, "failed-over")), (1, 1), "{:?}", story.told());
        assert_eq!(story.answers(), [WEST; 4]);
    }
}

#[test]
fn a_change_that_appears_after_its_run_lapsed_is_still_ours_and_told() {
    let change = Scope::of(Operation::ChangeResourceRecordSets);
    let faults = [
        (Fault::AppliedButLost, change, 130),
        (Fault::Unavailable, Scope::of(Operation::ListResourceRecordSets), 400),
    ];
    let story = east_dies_with("", &faults, 30);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(count(&story, "failed-over"), 1, "{:?} {:?}", story.told(), story.ledger(WEST));
}

/// The first attempt is applied and its answer lost; the next one is refused for another reason, while
/// no name server has the change yet and the API lists nothing for so many calls.
fn refused_after_an_attempt_that_was_applied(unlisted: usize) -> Story {
    let change = || Scope::of(Operation::ChangeResourceRecordSets);
    let refused = Fault::Refused(twin::model::ApiError::invalid_batch(vec!["a protected record set".into()]));
    let list = (Fault::Unavailable, Scope::of(Operation::ListResourceRecordSets), 0);
    let faults = [vec![(Fault::AppliedButLost, change(), 0), (refused, change(), 0)], vec![list; unlisted]];
    let route53 = Config::default().propagation(Propagation::exactly(Duration::from_secs(60))).checkers(4);
    let story = Story::of(&Estate { route53, ..Estate::default() });
    east_dies_amid(&story, &faults.concat(), 15);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    story
}

#[test]
fn a_refusal_is_no_failure_where_the_record_shows_that_an_earlier_attempt_was_applied() {
    let story = refused_after_an_attempt_that_was_applied(3);
    assert_eq!((count(&story, "failed"), count(&story, "failed-over")), (0, 1), "{:?}", story.told());
}

#[test]
fn a_change_that_appears_after_its_run_failed_is_still_ours_and_told() {
    let story = refused_after_an_attempt_that_was_applied(4);
    assert_eq!((count(&story, "failed"), count(&story, "failed-over")), (1, 1), "{:?}", story.told());
}

#[test]
fn topics_that_are_down_delay_no_move_and_get_the_message_later() {
    let story = Story::new("");
    story.cloud.state.borrow_mut().topics_down = true;
    story.play(minutes(20), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        story.pause(600).await;
        assert_eq!(story.answers(), [WEST; 4]);
        story.cloud.state.borrow_mut().topics_down = false;
    });
    assert_eq!(count(&story, "failed-over"), 1);
}

#[test]
fn a_controller_that_dies_at_any_call_is_resumed_by_the_next_wake() {
    for after_effect in [false, true] {
        for n in 1.. {
            let story = Story::new("");
            let crash = Crash::at(n, after_effect);
            story.cloud.run(async {
                story.settle().await;
                story.cloud.kill(EAST);
                story.pause(60).await;
                story.wake(WEST, &tick(), crash.clone()).await;
                for _ in 0..8 {
                    story.pause(60).await;
                    story.wake(WEST, &tick(), Crash::never()).await;
                }
            });
            let what = format!("dies at call {n}, after its effect: {after_effect}");
            assert_eq!(story.moves(), ["us-east-1>us-west-2"], "{what}");
            assert_eq!(story.answers(), [WEST; 4], "{what}");
            assert!(count(&story, "failed-over") >= 1, "{what}: {:?} {:?}", story.told(), story.ledger(WEST));
            if !crash.is_dead() {
                assert!(n > 12, "the run made only {n} calls");
                break;
            }
        }
    }
}

#[test]
fn two_wakes_at_once_make_one_run() {
    let story = Story::new("");
    story.cloud.run(async {
        story.settle().await;
        story.cloud.kill(EAST);
        story.pause(60).await;
        let (first, second) = (tick(), tick());
        let wakes = [&first, &second].map(|event| story.wake(WEST, event, Crash::never()));
        futures_util::future::join_all(wakes).await;
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.calls(WEST, "ChangeResourceRecordSets"), 1);
}

#[test]
fn from_the_last_sample_to_the_change_there_are_at_most_eight_calls() {
    let story = Story::new("");
    east_dies(&story, 15);
    let state = story.cloud.state.borrow();
    let calls: Vec<&str> =
        state.calls.iter().filter(|(by, _)| by.as_str() == WEST).map(|(_, call)| *call).collect();
    let change = calls.iter().position(|call| *call == "ChangeResourceRecordSets").unwrap();
    let begun = calls[..change].iter().rposition(|call| *call == "TransactWriteItems").unwrap();
    // The round before the run's row: its observations, then the row, then the change.
    assert!(change - begun < 8, "{:?}", &calls[begun.saturating_sub(3)..=change]);
    // The samples, a last look for a pause, the run, the change.
    assert_eq!(
        &calls[change - 3..=change],
        ["PutItem", "Query", "TransactWriteItems", "ChangeResourceRecordSets"]
    );
}

#[test]
fn a_pause_holds_until_it_expires_and_people_are_told() {
    let story = Story::new("");
    story.pause_by(WEST, "alice", "2026-11-22T12:20:00Z");
    story.play(minutes(19), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert!(story.moves().is_empty());
    assert_eq!(count(&story, "held"), 1);
    story.play(minutes(5), async {});
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
}

#[test]
fn a_pause_that_is_forgotten_is_told_once_a_day() {
    let story = Story::new("");
    for region in [EAST, WEST] {
        story.pause_by(region, "alice", "2026-11-25T12:00:00Z");
    }
    story.play(minutes(23 * 60), async {});
    assert_eq!(count(&story, "paused-long"), 0);
    story.play(minutes(36 * 60), async {});
    assert_eq!(count(&story, "paused-long"), 2);
}

const OTHER: &str = "understudy v=1 epoch=1 run=r-other from=us-east-1 to=us-west-2 at=2026-11-22T12:00:00Z plan=0123456789ab";

/// Another writer claims epoch 1 after our run was written down and before its batch is sent.
fn another_is_first(text: &str) -> Story {
    let story = Story::new("");
    story.play(minutes(12), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
        let begun = || story.ledger(WEST).iter().any(|kind| kind == "decided");
        while !begun() {
            story.cloud.time.sleep(Duration::from_millis(5)).await;
        }
        story.claim_by_another(1, text);
    });
    story
}

#[test]
fn a_race_for_an_epoch_has_one_winner_and_the_loser_changes_nothing() {
    let story = another_is_first(OTHER);
    assert_eq!(story.epochs()[0], OTHER);
    assert_eq!(count(&story, "superseded"), 1, "{:?}", story.told());
    // The winner's record says that users moved, but its records were never written: the next
    // wake decides afresh, with the next epoch.
    assert_eq!(story.moves().len(), 2);
    assert_eq!(story.answers(), [WEST; 4]);
}

#[test]
fn an_epoch_record_that_cannot_be_read_holds_and_is_never_overwritten() {
    let story = another_is_first("what is this");
    assert_eq!(story.epochs(), ["what is this"]);
    let told = story.told();
    assert!(told.contains(&"failed".to_owned()) && told.contains(&"held".to_owned()), "{told:?}");
}

#[test]
fn what_route53_refuses_for_good_is_told_and_not_sent_every_minute() {
    let refused = Fault::Refused(twin::model::ApiError::invalid_batch(vec!["a protected record set".into()]));
    let change = Scope::of(Operation::ChangeResourceRecordSets);
    let story = east_dies_with("", &[(refused, change, 300)], 12);
    assert!(story.moves().is_empty());
    assert_eq!(story.calls(WEST, "ChangeResourceRecordSets"), 1);
    assert_eq!(count(&story, "failed"), 1);
}

#[test]
fn when_the_cause_is_mended_a_failed_run_is_followed_by_another() {
    let refused = Fault::Refused(twin::model::ApiError::invalid_batch(vec!["a protected record set".into()]));
    let change = Scope::of(Operation::ChangeResourceRecordSets);
    let story = east_dies_with("", &[(refused, change, 300)], 25);
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
}

fn alarm(changed_at: &str) -> understudy::event::Event {
    understudy::event::read(&format!(
        r#"{{"version":"0","id":"1","detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch",
            "account":"123456789012","time":"{changed_at}","region":"us-west-2",
            "resources":["arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors"],
            "detail":{{"alarmName":"shop-us-east-1-errors","state":{{"value":"ALARM","reason":"test",
            "timestamp":"{changed_at}"}}}}}}"#
    ))
}

#[test]
fn an_alarm_wakes_the_controller_before_the_minute_is_over() {
    let story = Story::with_alarm("");
    story.cloud.run(async {
        story.settle().await;
        story.cloud.kill(EAST);
        story.wake(WEST, &alarm("2026-11-22T12:03:01.000+0000"), Crash::never()).await;
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
}

#[test]
fn stale_and_repeated_events_wake_nobody_and_are_written_down() {
    let story = Story::with_alarm("");
    story.cloud.run(async {
        story.pause(600).await;
        story.cloud.kill(EAST);
        story.cloud.kill(WEST);
        story.wake(WEST, &alarm("2026-11-22T12:01:00.000+0000"), Crash::never()).await;
        story.wake(WEST, &alarm("2026-11-22T12:01:00.000+0000"), Crash::never()).await;
    });
    assert_eq!(story.ledger(WEST), ["stale-event"]);
    assert!(story.moves().is_empty());
}

#[test]
fn any_number_of_repetitions_equals_one() {
    let story = Story::with_alarm("");
    story.cloud.run(async {
        story.settle().await;
        story.cloud.kill(EAST);
        let event = alarm("2026-11-22T12:03:01.000+0000");
        let wakes = (0..5).map(|_| story.wake(WEST, &event, Crash::never()));
        futures_util::future::join_all(wakes).await;
        story.wake(WEST, &event, Crash::never()).await;
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(count(&story, "failed-over"), 1);
}

#[test]
fn while_one_wake_is_telling_another_does_not_tell_it_again() {
    let story = Story::new("");
    story.cloud.state.borrow_mut().topics_take = Duration::from_secs(5);
    story.cloud.run(async {
        story.settle().await;
        story.cloud.kill(EAST);
        let event = tick();
        let first = story.wake(WEST, &event, Crash::never());
        let second = async {
            while count(&story, "failed-over") == 0 {
                story.cloud.time.sleep(Duration::from_millis(200)).await;
            }
            story.wake(WEST, &event, Crash::never()).await;
        };
        futures_util::future::join(first, second).await;
        story.pause(60).await;
        story.wake(WEST, &tick(), Crash::never()).await;
    });
    assert_eq!(count(&story, "failed-over"), 1, "{:?}", story.told());
}

#[test]
fn while_name_servers_take_their_time_route_53_is_asked_every_ten_seconds() {
    let route53 = Config::default().propagation(Propagation::exactly(Duration::from_secs(45))).checkers(4);
    let story = Story::of(&Estate { route53, ..Estate::default() });
    story.play(minutes(10), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(count(&story, "failed-over"), 1);
    assert_eq!(story.calls(WEST, "GetChange"), 4);
}
