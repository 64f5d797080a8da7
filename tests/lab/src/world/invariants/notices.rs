//! What is written down, and who is told.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Violations};
use crate::cloud::Publication;
use crate::world::Story;

/// Rows can be read, and every run is in the ledger.
pub(super) fn rows(found: &mut Violations, story: &Story) {
    found.check(story.unreadable.is_empty(), || {
        format!("8: rows that their own version cannot read: {:?}", story.unreadable)
    });
    for (region, run) in &story.runs {
        let noted = story.ledger.iter().any(|noted| {
            noted.region == *region
                && noted.entry.kind == "decided"
                && noted.entry.data["batch"]["claim"]["run"] == run.id().as_str()
        });
        found.check(noted, || format!("8: run {} is not in the ledger of {region}", run.id()));
    }
}

/// Each topic that the plan maps got each notice at least once, and nothing waits to be told.
pub(super) fn notices(found: &mut Violations, evidence: &Evidence<'_>) {
    let mut taken: BTreeMap<[String; 3], BTreeSet<String>> = BTreeMap::new();
    for publication in evidence.published {
        let key = ["id", "severity", "application"].map(|name| publication.fact(name));
        taken.entry(key).or_default().insert(publication.topic.clone());
    }
    for ([id, severity, application], topics) in &taken {
        for topic in mapped(evidence, application, severity) {
            found.check(topics.contains(&topic), || format!("8: {topic} never got notice {id}"));
        }
    }
    for notice in untold(evidence) {
        found.check(false, || format!("8: notice {notice}"));
    }
}

/// Notices that wait to be told, to topics that can be reached and have not got them.
fn untold(evidence: &Evidence<'_>) -> Vec<String> {
    let mut waiting = Vec::new();
    let reachable = |region: &String| evidence.reachable.contains(region);
    for ((region, _), row) in evidence.story.applications.iter().filter(|((region, _), _)| reachable(region))
    {
        for notice in &row.outbox {
            let topics =
                notice.pending.iter().filter(|topic| evidence.reachable.contains(topic.region().as_str()));
            let missing = topics.filter(|topic| !has(evidence.published, topic.as_str(), &notice.id));
            waiting.extend(missing.map(|topic| format!("{} waits in {region} for {topic}", notice.id)));
        }
    }
    waiting
}

/// Whether a topic has got a notice.
pub(crate) fn has(published: &[Publication], topic: &str, id: &str) -> bool {
    published.iter().any(|one| one.topic == topic && one.fact("id") == id)
}

/// The topics of an application and severity that can be reached at the end.
fn mapped(evidence: &Evidence<'_>, application: &str, severity: &str) -> BTreeSet<String> {
    let planned = evidence.plan.applications.iter().find(|planned| planned.name.as_str() == application);
    let Some(planned) = planned else { return BTreeSet::new() };
    let notify = &planned.notify;
    let groups = if severity == "critical" { &notify.critical } else { &notify.info };
    let topics = groups.iter().filter_map(|group| evidence.plan.topics.get(group)).flatten();
    let reachable = topics.filter(|topic| evidence.reachable.contains(topic.region().as_str()));
    reachable.map(|topic| topic.as_str().to_owned()).collect()
}
