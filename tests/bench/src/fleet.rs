//! A region is lost that serves a thousand applications: how long it takes to move them all, as a ratio to what
//! Route 53's quotas allow. And ten thousand names behind one switch record: one batch.
//!
//! The real core runs over the twin's model on virtual time, woken each minute as Lambda wakes it.

use std::time::Duration;

use suite::world::{EAST, Estate, Story, WEST};
use twin::model::records::{ChangeBatch, RecordSetInput, RecordType};
use twin::model::{AnswerContext, Config, Propagation};

use crate::progress::Progress;
use crate::{Figure, Target, Unit};

/// The applications of a large fleet.
const APPLICATIONS: u32 = 1_000;

/// The names behind one switch record.
const NAMES: usize = 10_000;

/// How much longer than the ideal it may take.
const TIMES_THE_IDEAL: f64 = 1.05;

/// What a zone takes after each change: a stated parameter of the model, since Route 53 documents none.
const PROCESSING: Duration = Duration::from_millis(100);

/// Until everything must have moved, at the latest.
const PATIENCE: Duration = Duration::from_secs(600);

/// What one controller may send to Route 53 (Developer Guide, "Throttling API requests").
struct Quota {
    name: &'static str,
    /// Requests a second, as the plan says (`fleet.pace`).
    pace: u32,
    /// Requests that may come at once before that counts.
    burst: u32,
    /// Until all name servers have a change: whoever waits for it must not keep others from moving.
    propagation: Duration,
}

/// The pace that Route 53's own guide advised for years, and the default here.
const ADVISED: Quota =
    Quota { name: "5 requests a second", pace: 5, burst: 1, propagation: Duration::from_secs(2) };

/// The same on a bad day: Route 53 says "generally within 60 seconds" (API reference, `ChangeResourceRecordSets`).
const SLOW: Quota = Quota {
    name: "the same, 60 s until name servers follow",
    propagation: Duration::from_secs(60),
    ..ADVISED
};

/// The account's bucket.
const BUCKET: Quota = Quota { name: "the bucket of 50, and 10 a second", pace: 10, burst: 50, ..ADVISED };

impl Quota {
    /// How long so many changes take at least, from the first to the last.
    fn ideal(&self, changes: u32) -> Duration {
        let by_quota = Duration::from_secs(1) / self.pace * changes.saturating_sub(self.burst);
        by_quota.max(PROCESSING * changes.saturating_sub(1))
    }
}

/// Measures both.
pub fn measure() -> Vec<Figure> {
    let progress = Progress::of("fleets", 4);
    let mut figures = Vec::new();
    for quota in [ADVISED, SLOW, BUCKET] {
        progress.now(quota.name);
        figures.extend(moved(&quota));
        progress.step();
    }
    progress.now("one switch record");
    figures.extend(switched());
    figures
}

fn fleet(quota: &Quota) -> Story {
    let route53 = Config::default()
        .propagation(Propagation::exactly(quota.propagation))
        .processing_time(PROCESSING)
        .checkers(4);
    let applications = (0..APPLICATIONS).map(|number| format!("app-{number:04}")).collect();
    let top = format!("[fleet]\npace = {}", quota.pace);
    Story::of(&Estate { applications, top, route53, ..Estate::default() })
}

/// Loses the first region, and ticks until the last application has moved, or patience is at an end.
fn lose_and_tick(story: &Story) {
    story.cloud.run(async {
        story.settle().await;
        story.cloud.lose(EAST);
        story.ticks(WEST, PATIENCE).await;
    });
}

fn moved(quota: &Quota) -> Vec<Figure> {
    let story = fleet(quota);
    lose_and_tick(&story);
    let state = story.cloud.state.borrow();
    let (first, last) = (state.changes.first(), state.changes.last());
    let took = first.zip(last).map(|(first, last)| last.0 - first.0).unwrap_or_default();
    let sent = story.calls(WEST, "ChangeResourceRecordSets");
    let (ideal, name) = (quota.ideal(APPLICATIONS), quota.name);
    let times = took.as_secs_f64() / ideal.as_secs_f64();
    vec![
        Figure::new(format!("{name}: applications moved"), Unit::Count, state.changes.len() as f64)
            .target(Target::about(f64::from(APPLICATIONS), 0.0)),
        Figure::new(format!("{name}: times the ideal"), Unit::Times, times)
            .target(Target::at_most(TIMES_THE_IDEAL))
            .note(format!("{:.1} s of an ideal {:.1} s", took.as_secs_f64(), ideal.as_secs_f64())),
        Figure::new(format!("{name}: changes refused"), Unit::Count, (sent - state.changes.len()) as f64),
    ]
}

/// The names are CNAMEs of the one that is moved; the zone needs a quota above the default of 10,000 records.
fn switched() -> Vec<Figure> {
    let route53 = Config::default()
        .propagation(Propagation::exactly(Duration::from_secs(2)))
        .max_records(NAMES + 100)
        .checkers(4);
    let story = Story::of(&Estate { route53, ..Estate::default() });
    for first in (0..NAMES).step_by(500) {
        story.send((first..first + 500).fold(ChangeBatch::new(), |batch, number| {
            let target = RecordSetInput::simple(&name(number), "CNAME", 60, &["shop.example.com"]);
            batch.create(target)
        }));
    }
    lose_and_tick(&story);
    let batches = story.calls(WEST, "ChangeResourceRecordSets") as f64;
    let followed = (0..NAMES).filter(|number| follows(&story, *number)).count() as f64;
    vec![
        Figure::new("10,000 names behind one switch record: batches", Unit::Count, batches)
            .target(Target::about(1.0, 0.0)),
        Figure::new("10,000 names behind one switch record: names that followed", Unit::Count, followed)
            .target(Target::about(NAMES as f64, 0.0)),
    ]
}

fn name(number: usize) -> String {
    format!("tenant-{number:05}.example.com")
}

/// Whether a name answers what the served name answers in the region that took over.
fn follows(story: &Story, number: usize) -> bool {
    let (client, now) = (AnswerContext::seeded(1), story.cloud.time.elapsed());
    let state = story.cloud.state.borrow();
    let answer = state.twin.answer(0, &name(number), RecordType::A, now, &client);
    answer.addresses().iter().any(|address| address.to_string() == suite::world::address(WEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ideal_is_what_quota_and_zone_allow() {
        assert_eq!(ADVISED.ideal(1_000), Duration::from_millis(199_800));
        // The bucket would allow it in 95 s; the zone takes longer.
        assert_eq!(BUCKET.ideal(1_000), Duration::from_millis(99_900));
        assert_eq!(BUCKET.ideal(1), Duration::ZERO);
    }
}
