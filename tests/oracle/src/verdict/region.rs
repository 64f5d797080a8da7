//! What all that was heard of one region comes to.

use std::collections::BTreeSet;

use jiff::Timestamp;
use understudy::health::{Settled, Vantage, Verdict};
use understudy::plan::Timing;

use super::{Finding, Opinion};
use crate::between;

/// One signal as it was heard: by whom, and whether it may count against the region.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) vantage: Vantage,
    pub(super) counts: bool,
    pub(super) opinion: Option<Opinion>,
}

/// The finding on a region of which this was heard.
pub(super) fn finding(heard: &[Heard], timing: &Timing, now: Timestamp) -> Finding {
    let mut bad_vantages = BTreeSet::new();
    let mut bad_since = None;
    let mut anything_bad = false;
    let mut in_doubt = false;
    let mut suspect = false;
    let mut seen_well = false;
    let mut seen_well_from_here = false;
    for signal in heard {
        let Some(opinion) = &signal.opinion else { continue };
        let says = opinion.says(now, timing);
        if says == Some(Settled::Bad) {
            anything_bad = true;
            if signal.counts {
                suspect = true;
                bad_vantages.insert(signal.vantage);
                bad_since = earliest(bad_since, opinion.newest.since);
            }
        }
        if says == Some(Settled::Good) {
            seen_well = true;
            if signal.vantage == Vantage::Here {
                seen_well_from_here = true;
            }
        }
        if opinion.is_doubtful(now, timing) {
            in_doubt = true;
            if signal.counts {
                suspect = true;
            }
        }
    }
    if !seen_well {
        suspect = true;
    }
    let wanted = usize::try_from(timing.quorum).unwrap_or(usize::MAX);
    let checkers_alone = bad_vantages.iter().all(|vantage| *vantage == Vantage::Checkers);
    let quorum = bad_vantages.len() >= wanted && !checkers_alone;
    let long_enough = bad_since.is_some_and(|since| between(since, now) >= timing.dwell);
    let verdict = if quorum && long_enough {
        Verdict::Unhealthy
    } else if anything_bad {
        Verdict::Degraded
    } else if seen_well_from_here && !in_doubt {
        Verdict::Healthy
    } else {
        Verdict::Unknown
    };
    let good_since = good_since(heard, timing, now);
    Finding { verdict, bad_vantages, bad_since, good_since, suspect }
}

/// Since when every signal that knows anything has been good, from here and by the checkers.
fn good_since(heard: &[Heard], timing: &Timing, now: Timestamp) -> Option<Timestamp> {
    let mut good_since = None;
    for signal in heard {
        if signal.vantage == Vantage::Peers {
            continue;
        }
        let Some(opinion) = &signal.opinion else { continue };
        if !opinion.is_fresh(now, timing) {
            continue;
        }
        if opinion.says(now, timing) == Some(Settled::Good) {
            good_since = latest(good_since, opinion.newest.since);
        } else if opinion.says(now, timing) == Some(Settled::Bad) || opinion.is_doubtful(now, timing) {
            return None;
        }
    }
    good_since
}

fn earliest(known: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    match known {
        Some(known) if known < at => Some(known),
        _ => Some(at),
    }
}

fn latest(known: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    match known {
        Some(known) if known > at => Some(known),
        _ => Some(at),
    }
}
