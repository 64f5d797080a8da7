//! Counts and times.

use crate::plan::reader::Entry;
use crate::plan::report::Report;
use crate::plan::types::Timing;

/// `base`, with what the section says put over it.
pub(super) fn read(section: Option<Entry<'_>>, base: Timing, report: &mut Report<'_>) -> Timing {
    let mut timing = base;
    let Some(mut table) = section.and_then(|entry| entry.table(report)) else {
        return timing;
    };
    for (key, slot) in [
        ("interval", &mut timing.interval),
        ("timeout", &mut timing.timeout),
        ("dwell", &mut timing.dwell),
        ("freshness", &mut timing.freshness),
        ("cooldown", &mut timing.cooldown),
        ("cooldown_unacknowledged", &mut timing.cooldown_unacknowledged),
        ("soak", &mut timing.soak),
        ("stale_event", &mut timing.stale_event),
        ("validity", &mut timing.validity),
        ("rank_wait", &mut timing.rank_wait),
        ("approval", &mut timing.approval),
        ("stage", &mut timing.stage),
    ] {
        *slot = table.take(key).and_then(|entry| entry.duration(report)).unwrap_or(*slot);
    }
    for (key, slot) in [
        ("fall", &mut timing.fall),
        ("rise", &mut timing.rise),
        ("quorum", &mut timing.quorum),
        ("flap_limit", &mut timing.flap_limit),
    ] {
        *slot = table.take(key).and_then(|entry| entry.count(report)).unwrap_or(*slot);
    }
    table.finish(report);
    timing
}
