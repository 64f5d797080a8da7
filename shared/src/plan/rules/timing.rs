//! Counts and times, alone and against each other.

use std::time::Duration;

use crate::plan::draft::{Draft, ReachDraft, RegionDraft};
use crate::plan::duration::show;
use crate::plan::path::Path;
use crate::plan::report::Report;
use crate::plan::rule::{
    APPROVAL_TOO_LONG, COOLDOWN_ORDER, DWELL_OVER_RTO, FRESHNESS_BELOW_INTERVAL, QUORUM_OF_ONE, QUORUM_RANGE,
    SHORT_SOAK, TIMEOUT_NOT_BELOW_INTERVAL, VALIDITY_TOO_LONG, WORST_PATH_OVER_RTO, ZERO_COUNT,
    ZERO_DURATION, ZERO_RANK_WAIT,
};
use crate::plan::types::RecordValue;
use crate::time::DAY;

/// Nothing is sent later than this after its observations.
const LONGEST_VALIDITY: Duration = Duration::from_secs(300);
/// The TTL of an alias at a load balancer, which no plan can change (Route 53 API, `ResourceRecordSet.TTL`).
const ALIAS_TTL: Duration = Duration::from_secs(60);

pub(super) fn check(draft: &Draft, report: &mut Report<'_>) {
    zeros(draft, report);
    quorum(draft, report);
    timeouts(draft, report);
    people(draft, report);
    relations(draft, report);
    targets(draft, report);
}

fn zeros(draft: &Draft, report: &mut Report<'_>) {
    let timing = &draft.timing;
    for (key, value) in [
        ("interval", Some(timing.interval)),
        ("timeout", Some(timing.timeout)),
        ("validity", Some(timing.validity)),
        ("stale_event", Some(timing.stale_event)),
        ("approval", Some(timing.approval)),
        ("stage", Some(timing.stage)),
        ("rto", draft.rto),
    ] {
        if value == Some(Duration::ZERO) {
            let message = format!("{key} is zero");
            report.raise(ZERO_DURATION, &place(draft, key, report), message, "write a longer time");
        }
    }
    for (key, value) in [("fall", timing.fall), ("rise", timing.rise), ("flap_limit", timing.flap_limit)] {
        if value == 0 {
            let message = format!("{key} is zero");
            report.raise(ZERO_COUNT, &place(draft, key, report), message, "write 1 or more");
        }
    }
}

fn quorum(draft: &Draft, report: &mut Report<'_>) {
    let path = place(draft, "quorum", report);
    match draft.timing.quorum {
        2 => {}
        1 => report.raise(
            QUORUM_OF_ONE,
            &path,
            "one kind of vantage alone can move traffic",
            "write quorum = 2, unless there is only one vantage to be had",
        ),
        other => {
            report.raise(QUORUM_RANGE, &path, format!("a quorum of {other} cannot be had"), "write 2 (or 1)")
        }
    }
}

fn timeouts(draft: &Draft, report: &mut Report<'_>) {
    let interval = draft.timing.interval;
    if interval.is_zero() || report.is_broken(&place(draft, "interval", report)) {
        return;
    }
    let shared = sound(draft, &["timeout", "interval"], report).map(|path| (path, draft.timing.timeout));
    let reach = match &draft.reach {
        ReachDraft::Given(Some(probe)) => Some((draft.path.key("reach").key("timeout"), probe.timeout)),
        _ => None,
    };
    let probes = draft.regions.iter().flat_map(|region| region.probes());
    let own = probes.map(|(path, probe)| (path.key("timeout"), probe.timeout));
    let own: Vec<_> = own.chain(reach).filter(|(path, _)| report.holds(path)).collect();
    for (path, timeout) in own.into_iter().chain(shared) {
        if timeout >= interval {
            let message =
                format!("the timeout {} is not below the interval {}", show(timeout), show(interval));
            report.raise(
                TIMEOUT_NOT_BELOW_INTERVAL,
                &path,
                message,
                "shorten the timeout or lengthen the interval",
            );
        }
    }
}

/// The waits for others: people, and those who may take over first.
fn people(draft: &Draft, report: &mut Report<'_>) {
    let timing = &draft.timing;
    if timing.approval > DAY {
        let message = format!("a question and an order would stand for {}", show(timing.approval));
        let path = place(draft, "approval", report);
        report.raise(APPROVAL_TOO_LONG, &path, message, format!("write at most {}", show(DAY)));
    }
    if timing.rank_wait.is_zero() {
        let path = place(draft, "rank_wait", report);
        let message = "rank_wait is zero: whoever can take over does so at once, against the others";
        report.raise(
            ZERO_RANK_WAIT,
            &path,
            message,
            "write about the time that a move takes, such as \"30s\"",
        );
    }
}

fn relations(draft: &Draft, report: &mut Report<'_>) {
    let timing = &draft.timing;
    if let Some(path) = sound(draft, &["freshness", "interval"], report)
        && timing.freshness < timing.interval
    {
        let message = format!(
            "a sample says nothing after {}, the next one comes after {}",
            show(timing.freshness),
            show(timing.interval)
        );
        report.raise(FRESHNESS_BELOW_INTERVAL, &path, message, "lengthen freshness or shorten interval");
    }
    if let Some(path) = sound(draft, &["validity"], report)
        && timing.validity > LONGEST_VALIDITY
    {
        let message = format!("a decision could be sent {} after its observations", show(timing.validity));
        report.raise(VALIDITY_TOO_LONG, &path, message, format!("write at most {}", show(LONGEST_VALIDITY)));
    }
    let proof = timing.interval.saturating_mul(timing.rise);
    if let Some(path) = sound(draft, &["soak", "rise", "interval"], report)
        && timing.soak < proof
    {
        let message =
            format!("soak is {}, but rise × interval is {} already", show(timing.soak), show(proof));
        report.raise(SHORT_SOAK, &path, message, "lengthen soak");
    }
    if let Some(path) = sound(draft, &["cooldown_unacknowledged", "cooldown"], report)
        && timing.cooldown_unacknowledged < timing.cooldown
    {
        let (unseen, seen) = (show(timing.cooldown_unacknowledged), show(timing.cooldown));
        let message = format!("the cool-down is {unseen} while nobody has looked, and {seen} afterwards");
        report.raise(
            COOLDOWN_ORDER,
            &path,
            message,
            "make cooldown_unacknowledged at least as long as cooldown",
        );
    }
}

fn targets(draft: &Draft, report: &mut Report<'_>) {
    let Some(rto) = draft.rto.filter(|rto| !rto.is_zero()) else { return };
    let timing = &draft.timing;
    let dwell = sound(draft, &["dwell", "rto"], report);
    if let Some(path) = &dwell
        && timing.dwell > rto
    {
        let message = format!("the dwell {} is longer than the rto {}", show(timing.dwell), show(rto));
        report.raise(DWELL_OVER_RTO, path, message, "shorten the dwell or accept a longer rto");
        return;
    }
    let detection = timing.interval.saturating_mul(timing.fall).max(timing.dwell);
    let ttl = cached(draft);
    if dwell.is_some()
        && sound(draft, &["fall", "interval", "ttl"], report).is_some()
        && detection.saturating_add(ttl) > rto
    {
        let message = format!(
            "detection takes up to {} and caches last {}, together longer than the rto {}",
            show(detection),
            show(ttl),
            show(rto)
        );
        let remedy = "lower fall, interval, dwell or ttl, or accept a longer rto";
        report.raise(WORST_PATH_OVER_RTO, &draft.path.key("rto"), message, remedy);
    }
}

/// How long clients keep an answer: an alias at another zone has its target's TTL, not the plan's.
fn cached(draft: &Draft) -> Duration {
    let mut records = draft.regions.iter().flat_map(RegionDraft::records);
    let foreign = records.any(|(_, record)| match record {
        RecordValue::Alias { zone, .. } => draft.zone.id.as_ref().is_some_and(|own| own != zone),
        RecordValue::Addresses { .. } | RecordValue::Cname(_) => false,
    });
    if foreign { ALIAS_TTL } else { draft.ttl }
}

/// Where a relation between these keys is reported: at the first that the application itself names,
/// else at the first that the file names. Nothing, when one of them has a fault of its own.
fn sound(draft: &Draft, keys: &[&str], report: &Report<'_>) -> Option<Path> {
    let places: Vec<Path> = keys.iter().map(|key| place(draft, key, report)).collect();
    if places.iter().any(|path| report.is_broken(path)) {
        return None;
    }
    let held = || places.iter().filter(|path| report.holds(path));
    let own = held().find(|path| path.steps().starts_with(draft.path.steps()));
    own.or(held().next()).or(places.first()).cloned()
}

/// Where the value of a key stands: in the application, in its timing, in the defaults, or nowhere.
fn place(draft: &Draft, key: &str, report: &Report<'_>) -> Path {
    let own = draft.path.key("timing").key(key);
    let shared = Path::default().key("defaults").key("timing").key(key);
    let plain = draft.path.key(key);
    [&plain, &own, &shared].into_iter().find(|path| report.holds(path)).unwrap_or(&own).clone()
}
