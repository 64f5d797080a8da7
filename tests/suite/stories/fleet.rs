//! Many applications at once: pace, order, the cost of a wake that finds nothing, and old epochs.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use suite::world::{Controller, Crash, EAST, EU, Estate, Story, WEST, tick};
use twin::model::records::ChangeBatch;
use twin::model::{Config, Propagation};
use understudy::ports::Clock;
use understudy::run::Pace;

/// What a zone takes after each change, in these stories: a stated parameter of the model.
const PROCESSING: Duration = Duration::from_millis(100);

/// Requests to Route 53 that one controller may send in a second (`fleet.pace`).
const A_SECOND: usize = 5;

fn many(count: usize, controllers_of: Vec<&'static str>) -> Story {
    let route53 = Config::default()
        .propagation(Propagation::exactly(Duration::from_secs(2)))
        .processing_time(PROCESSING)
        .checkers(4);
    let applications = (0..count).map(|index| format!("app-{index:03}")).collect();
    Story::of(&Estate { applications, regions: controllers_of, route53, ..Estate::default() })
}

/// When each application's change was accepted, in order, by the epochs' text in the zone.
fn accepted(story: &Story) -> Vec<(Duration, String)> {
    story.cloud.state.borrow().changes.clone()
}

#[test]
fn fifty_applications_are_moved_as_fast_as_route53_takes_them_and_by_priority() {
    let story = many(50, vec![EAST, WEST]);
    story.cloud.run(async {
        story.settle().await;
        story.cloud.lose(EAST);
        for _ in 0..4 {
            story.pause(5).await;
            story.wake(WEST, &tick(), Crash::never()).await;
        }
    });
    let accepted = accepted(&story);
    let order: Vec<&str> = accepted.iter().map(|(_, name)| name.as_str()).collect();
    let expected: Vec<String> = (0..50).map(|index| format!("app-{index:03}.example.com")).collect();
    assert_eq!(order, expected, "by priority, each once");
    let took = accepted[49].0 - accepted[0].0;
    let by_quota = Duration::from_secs(1) / u32::try_from(A_SECOND).unwrap() * 49;
    let ideal = by_quota.max(PROCESSING * 49);
    assert!(took <= ideal.mul_f64(1.05), "{took:?} for an ideal of {ideal:?}");
    assert_eq!(story.calls(WEST, "ChangeResourceRecordSets"), 50, "none was refused and sent again");
}

#[test]
fn a_wake_that_finds_nothing_costs_the_same_for_one_application_and_for_a_hundred() {
    let calls = |count: usize| {
        let story = many(count, vec![EAST, WEST, EU]);
        story.cloud.run(async {
            story.settle().await;
            story.cloud.state.borrow_mut().calls.clear();
            story.wake(WEST, &tick(), Crash::never()).await;
        });
        let state = story.cloud.state.borrow();
        let mut calls: Vec<&str> = state.calls.iter().map(|(_, call)| *call).collect();
        calls.sort_unstable();
        calls.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(calls(1), ["PeerQuery", "PeerQuery", "PutItem", "Query"]);
    assert_eq!(calls(100), calls(1));
}

#[test]
fn a_large_fleet_is_listed_by_the_page_and_waits_for_its_turn_aloud() {
    let story = many(300, vec![EAST, WEST]);
    story.cloud.run(async {
        story.settle().await;
        story.cloud.lose(EAST);
        story.ticks(WEST, Duration::from_secs(180)).await;
    });
    let accepted = accepted(&story);
    assert_eq!(accepted.len(), 300);
    assert_eq!(story.calls(WEST, "ChangeResourceRecordSets"), 300, "none was refused and sent again");
    // Six record sets each, 300 to a page; those that a second wake takes up are listed once more.
    let listings = story.calls(WEST, "ListResourceRecordSets");
    assert!((6..=8).contains(&listings), "{listings}");
    let state = story.cloud.state.borrow();
    let held: Vec<&str> =
        state.published.iter().map(|published| published.message.subject.as_str()).collect();
    assert!(held.iter().any(|subject| subject.contains("app-299")), "{held:?}");
    let last = state.tables[&WEST.into()].values().filter(|row| row.key.partition == "ledger#app-299");
    let told: Vec<&str> = last.map(|row| row.body.as_str()).collect();
    assert!(told.iter().any(|body| body.contains("fleet-pace: those before it take 15 s")), "{told:#?}");
}

#[test]
fn old_epochs_are_swept_once_a_day_and_young_ones_are_kept() {
    let story = Story::new("");
    let text = |epoch: u32, at: &str| {
        format!("understudy v=1 epoch={epoch} run=r-{epoch} from={EAST} to={EAST} at={at} plan=0123456789ab")
    };
    story.cloud.run(async {
        for epoch in 1..=40 {
            // The last ten are young.
            let at = if epoch <= 30 { "2026-11-01T00:00:00Z" } else { "2026-11-21T00:00:00Z" };
            story.claim_by_another(epoch, &text(epoch, at));
            story.pause(1).await;
        }
        story.send(ChangeBatch::new().upsert(Story::txt("now", &text(40, "2026-11-21T00:00:00Z"))));
        for _ in 0..6 {
            story.pause(60).await;
            story.wake(EAST, &tick(), Crash::never()).await;
            story.wake(WEST, &tick(), Crash::never()).await;
        }
    });
    let gone: Vec<u32> = (1..=40).filter(|epoch| story.epoch(*epoch).is_none()).collect();
    assert_eq!(gone, (1..=7).collect::<Vec<_>>(), "32 are kept, whatever their age");
    assert_eq!(story.calls(EAST, "ListResourceRecordSets"), 1, "once a day");
    assert_eq!(story.calls(WEST, "ListResourceRecordSets"), 0, "by the region that serves");
    assert!(story.ledger(EAST).contains(&"swept".to_owned()));
}

#[test]
fn who_gives_up_waiting_takes_nobodys_turn() {
    let story = many(60, vec![EAST, WEST]);
    let controller = Controller { cloud: story.cloud.clone(), region: WEST.into(), crash: Crash::never() };
    let pace = Pace::new(5);
    story.cloud.run(async {
        // Each waits for two seconds at a time, as a run does that listens to people meanwhile.
        let patient = |application| {
            let (pace, controller) = (&pace, &controller);
            async move {
                loop {
                    let turn = pin!(pace.change(controller, application));
                    let patience = pin!(controller.sleep(Duration::from_secs(2)));
                    if let Either::Left((turn, _)) = select(turn, patience).await {
                        return drop(turn);
                    }
                }
            }
        };
        join_all(story.plan.applications.iter().map(patient)).await;
    });
    let took = story.cloud.time.elapsed();
    assert_eq!(took, Duration::from_millis(200) * 59, "not one slot was lost");
}
