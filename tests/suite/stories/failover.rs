//! A region dies, and what follows.

use std::time::Duration;

use suite::world::{EAST, Story, WEST};

const AUTO: &str = r#"restore = "auto""#;

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

#[test]
fn while_all_is_well_nothing_moves_and_route53_is_not_called() {
    let story = Story::new(AUTO);
    story.play(minutes(10), async {});
    assert!(story.moves().is_empty());
    assert_eq!(story.calls(WEST, "ListResourceRecordSets"), 0);
    assert_eq!(story.calls(EAST, "ListResourceRecordSets"), 0);
    assert!(story.told().is_empty());
}

#[test]
fn a_dead_region_is_evacuated_and_people_are_told_once() {
    let story = Story::new("");
    story.play(minutes(15), async {
        story.pause(190).await;
        story.cloud.kill(EAST);
    });
    assert_eq!(story.moves(), ["us-east-1>us-west-2"]);
    assert_eq!(story.answers(), [WEST; 4]);
    let failed_over = story.told().iter().filter(|event| *event == "failed-over").count();
    assert_eq!(failed_over, 1, "{:?} {:?}", story.told(), story.ledger(WEST));
}
