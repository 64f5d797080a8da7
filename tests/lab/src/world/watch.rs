//! Turns what the controllers write down, and whom they tell, into events of the timeline.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use twin::model::AnswerContext;
use twin::model::records::RecordType;
use twin::wire::Handle;
use understudy::decide::MoveKind;
use understudy::run::Run;

use super::ledger::Story;
use super::names::{REGIONS, SERVED};
use super::zone::NAME_SERVERS;
use crate::clock;
use crate::cloud::Cloud;
use crate::timeline::{Mark, Timeline};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Looks for ever.
pub(super) async fn run(cloud: Arc<Cloud>, twin: Handle, timeline: Arc<Timeline>) {
    let mut told = 0;
    let mut answered = answered(&twin);
    loop {
        tokio::time::sleep(LOOK).await;
        let story = Story::read(&cloud).await;
        tell(&story, &timeline);
        for publication in cloud.published().iter().skip(told) {
            let (event, topic) = (publication.fact("event"), publication.topic_name());
            let text = format!("told {topic} in {}: {}", publication.region, publication.subject);
            timeline.add(publication.at, Some(Mark::Told), format!("{text} [{event}]"));
            told += 1;
        }
        let now = self::answered(&twin);
        if now != answered {
            let each: Vec<String> = now.iter().map(|servers| servers.join("+")).collect();
            timeline.add(clock::now(), None, format!("the name servers answer {}", each.join(", ")));
            answered = now;
        }
    }
}

/// The regions that each name server answers for the served name.
pub(super) fn answered(twin: &Handle) -> Vec<Vec<String>> {
    let answer = |server| {
        let addresses = twin.with(|twin, now| {
            twin.answer(server, SERVED, RecordType::A, now, &AnswerContext::default()).addresses()
        });
        addresses.into_iter().map(region_of).collect()
    };
    (0..NAME_SERVERS).map(answer).collect()
}

/// The region whose application has this address.
pub(super) fn region_of(address: IpAddr) -> String {
    let known = REGIONS.iter().find(|(_, ip)| IpAddr::V4(*ip) == address);
    known.map_or_else(|| address.to_string(), |(region, _)| (*region).to_owned())
}

/// Writes what is new in a story into the timeline.
pub(super) fn tell(story: &Story, timeline: &Timeline) {
    for (region, run) in &story.runs {
        tell_run(region, run, timeline);
    }
    for (region, entry) in story.ledger.iter().filter(|(_, entry)| entry.kind.starts_with("hold-")) {
        let mark = (entry.kind == "hold-began").then_some(Mark::Held);
        let key = format!("{region} {} {}", entry.id, entry.at);
        timeline.add_once(key, entry.at, mark, format!("{region}: {}", entry.text));
    }
}

fn tell_run(region: &str, run: &Run, timeline: &Timeline) {
    let (marks, wish, id) = (&run.marks, run.claim.wish(), run.id());
    let restores = wish.kind == MoveKind::Restore;
    let verified = if restores { Mark::Restored } else { Mark::Verified };
    let decided = format!("decides to move from {} to {} by epoch {}", wish.from, wish.to, run.claim.epoch());
    let steps: [(Mark, Option<Timestamp>, String); 6] = [
        (Mark::Detected, marks.detected, format!("{} is unhealthy beyond doubt", wish.from)),
        (Mark::Decided, marks.decided, decided),
        (Mark::Submitted, marks.submitted, "Route 53 has accepted the change".to_owned()),
        (Mark::InSync, marks.in_sync, "every name server has the change".to_owned()),
        (Mark::AnswerChanged, marks.answer_changed, format!("every name server answers {}", wish.to)),
        (verified, marks.verified, "the application is reached through the served name".to_owned()),
    ];
    for (mark, at, text) in steps {
        if let Some(at) = at {
            let mark = (!restores || mark == Mark::Restored).then_some(mark);
            timeline.add_once(format!("{id} {text}"), at, mark, format!("{region}: {text}"));
        }
    }
    if let Some(outcome) = run.outcome() {
        timeline.add_once(
            format!("{id} ended"),
            clock::now(),
            None,
            format!("{region}: run {id} ended: {outcome:?}"),
        );
    }
}
