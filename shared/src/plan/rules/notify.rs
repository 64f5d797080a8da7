//! Who is told.

use std::collections::BTreeMap;

use crate::names::{Arn, TopicName};
use crate::plan::draft::Draft;
use crate::plan::fault::seen;
use crate::plan::report::Report;
use crate::plan::rule::{
    CRITICAL_TOPIC_IN_PRIMARY_REGION, CRITICAL_TOPICS_IN_ONE_REGION, NO_CRITICAL_TOPIC, UNKNOWN_TOPIC,
};

pub(super) fn check(draft: &Draft, topics: &BTreeMap<TopicName, Vec<Arn>>, report: &mut Report<'_>) {
    let path = draft.path.key("notify");
    for (key, names) in [("critical", &draft.notify.critical), ("info", &draft.notify.info)] {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !topics.contains_key(name)) {
            let known: Vec<&str> = topics.keys().map(TopicName::as_str).collect();
            let remedy = match known.as_slice() {
                [] => "add it to [topics] with the ARNs of its topics".to_owned(),
                known => format!("add it to [topics], or use one of {}", known.join(", ")),
            };
            let message = format!("{} is not one of the plan's topics", seen(name.as_str()));
            report.raise(UNKNOWN_TOPIC, &path.key(key).index(index), message, remedy);
        }
    }
    let critical = path.key("critical");
    if report.is_broken(&path) || report.is_broken(&critical) {
        return;
    }
    if draft.notify.critical.is_empty() {
        let message = format!("nobody is told when {} fails over", draft.name);
        report.raise(
            NO_CRITICAL_TOPIC,
            &critical,
            message,
            "add notify = { critical = [\"…\"] } with a topic",
        );
        return;
    }
    if draft.all_serve() {
        survive_each_region(draft, topics, report);
    } else {
        survives_the_primary(draft, topics, report);
    }
}

fn survives_the_primary(draft: &Draft, topics: &BTreeMap<TopicName, Vec<Arn>>, report: &mut Report<'_>) {
    let Some(primary) = draft.primary().and_then(|region| region.name.as_ref()) else { return };
    let mut arns = draft.notify.critical.iter().filter_map(|name| topics.get(name)).flatten().peekable();
    if arns.peek().is_some() && arns.all(|arn| arn.region() == primary) {
        let message =
            format!("every critical topic of {} is in {primary}, which may be what fails", draft.name);
        let remedy = "add a topic in another region to the group";
        report.raise(
            CRITICAL_TOPIC_IN_PRIMARY_REGION,
            &draft.path.key("notify").key("critical"),
            message,
            remedy,
        );
    }
}

fn survive_each_region(draft: &Draft, topics: &BTreeMap<TopicName, Vec<Arn>>, report: &mut Report<'_>) {
    let mut arns = draft.notify.critical.iter().filter_map(|name| topics.get(name)).flatten();
    let Some(host) = arns.next().map(Arn::region) else { return };
    let serves = draft.regions.iter().any(|region| region.name.as_ref() == Some(host));
    if serves && arns.all(|arn| arn.region() == host) {
        let message = format!("every critical topic of {} is in {host}, which may be what fails", draft.name);
        let remedy = "add a topic in another region to the group";
        let path = draft.path.key("notify").key("critical");
        report.raise(CRITICAL_TOPICS_IN_ONE_REGION, &path, message, remedy);
    }
}
