//! Turns what the controllers write down, and whom they tell, into events of the timeline.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use understudy::decide::MoveKind;
use understudy::run::Run;

use super::layout::Layout;
use super::ledger::Story;
use super::names::APPLICATION;
use super::route53::Route53;
use crate::clock;
use crate::cloud::{Cloud, Publication};
use crate::timeline::{Mark, Timeline};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Looks for ever.
pub(super) async fn run(cloud: Arc<Cloud>, route53: Route53, layout: Arc<Layout>, timeline: Arc<Timeline>) {
    let mut told = 0;
    let mut answered = route53.in_words(layout.first());
    loop {
        tokio::time::sleep(LOOK).await;
        let story = Story::read(&cloud, &layout, &layout.services[..1]).await;
        tell(&story, &timeline);
        for publication in cloud.published().iter().skip(told) {
            tell_publication(publication, &timeline);
            told += 1;
        }
        let now = route53.in_words(layout.first());
        if now != answered {
            timeline.add(clock::now(), None, format!("the name servers answer {now}"));
            answered = now;
        }
    }
}

fn tell_publication(publication: &Publication, timeline: &Timeline) {
    let (event, topic) = (publication.fact("event"), publication.topic_name());
    let text = format!("told {topic} in {}: {}", publication.region, publication.subject);
    timeline.add(publication.at, Some(Mark::Told), format!("{text} [{event}]"));
    let mark = match event.as_str() {
        "asked" => Mark::Asked,
        "drilled" => Mark::Drilled,
        _ => return,
    };
    // Each topic got it, but it happened once.
    timeline.add_once(
        format!("notice {}", publication.fact("id")),
        publication.at,
        Some(mark),
        publication.subject.as_str(),
    );
}

/// Writes what is new in a story into the timeline.
pub(super) fn tell(story: &Story, timeline: &Timeline) {
    for (region, run) in &story.runs {
        tell_run(region, run, timeline);
    }
    for noted in story.ledger.iter().filter(|noted| noted.entry.kind.starts_with("hold-")) {
        let (region, entry) = (&noted.region, &noted.entry);
        let first = noted.application == APPLICATION;
        let mark = (entry.kind == "hold-began" && first).then_some(Mark::Held);
        let key = format!("{region} {} {} {}", noted.application, entry.id, entry.at);
        timeline.add_once(key, entry.at, mark, format!("{region}: {}", entry.text));
    }
}

fn tell_run(region: &str, run: &Run, timeline: &Timeline) {
    let (marks, wish, id) = (&run.marks, run.claim.wish(), run.id());
    let application = run.application.as_str();
    let (first, restores) = (application == APPLICATION, wish.kind == MoveKind::Restore);
    let who = if first { region.to_owned() } else { format!("{region}, {application}") };
    let verified = if restores { Mark::Restored } else { Mark::Verified };
    let decided = format!("decides to move from {} to {} by epoch {}", wish.from, wish.to, run.claim.epoch());
    let accepted = match run.away {
        Some(_) => "the override is said, or taken back",
        None => "Route 53 has accepted the change",
    };
    let recorded = "Route 53 has accepted the records that say the same as the override";
    let steps: [(Mark, Option<Timestamp>, String); 7] = [
        (Mark::Detected, marks.detected, format!("{} is unhealthy beyond doubt", wish.from)),
        (Mark::Decided, marks.decided, decided),
        (Mark::Submitted, marks.submitted, accepted.to_owned()),
        (Mark::InSync, marks.in_sync, "every name server has the change".to_owned()),
        (Mark::AnswerChanged, marks.answer_changed, format!("every name server answers {}", wish.to)),
        (verified, marks.verified, "the application is reached through the served name".to_owned()),
        (Mark::Recorded, marks.recorded, recorded.to_owned()),
    ];
    for (mark, at, text) in steps {
        if let Some(at) = at {
            let mark = (first && (!restores || mark == Mark::Restored)).then_some(mark);
            timeline.add_once(format!("{application} {id} {text}"), at, mark, format!("{who}: {text}"));
        }
    }
    if let Some(outcome) = run.outcome() {
        let key = format!("{application} {id} ended");
        timeline.add_once(key, clock::now(), None, format!("{who}: run {id} ended: {outcome:?}"));
    }
}
