//! What all that was heard of one region comes to.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use understudy::health::{Health, Settled, Vantage, Verdict};
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
    let mut suspect = false;
    let mut seen_well = false;
    let mut seen_well_from_here = false;
    for signal in heard {
        let Some(opinion) = signal.fresh(timing, now) else { continue };
        let says = opinion.says(now, timing);
        let bad_now = opinion.newest.health == Health::Unhealthy;
        let not_good_again = opinion.settled == Some(Settled::Bad);
        if bad_now || not_good_again {
            anything_bad = true;
            suspect = suspect || signal.counts;
        }
        if bad_now && signal.counts {
            bad_since = earliest(bad_since, opinion.newest.since);
        }
        if says == Some(Settled::Bad) && signal.counts {
            bad_vantages.insert(signal.vantage);
        }
        if opinion.newest.health == Health::Healthy {
            seen_well = true;
        }
        if says == Some(Settled::Good) && signal.vantage == Vantage::Here {
            seen_well_from_here = true;
        }
    }
    if !seen_well {
        suspect = true;
    }
    let wanted = usize::try_from(timing.quorum).unwrap_or(usize::MAX);
    let checkers_alone = bad_vantages.iter().all(|vantage| *vantage == Vantage::Checkers);
    let quorum = bad_vantages.len() >= wanted && !checkers_alone;
    let bad_for = bad_since.map_or(Duration::ZERO, |since| between(since, now));
    let verdict = if quorum && bad_for >= timing.dwell {
        Verdict::Unhealthy
    } else if anything_bad {
        Verdict::Degraded
    } else if seen_well_from_here {
        Verdict::Healthy
    } else {
        Verdict::Unknown
    };
    let good_since = good_since(heard, timing, now);
    Finding { verdict, bad_vantages, bad_since, good_since, suspect }
}

/// Since when every signal that knows anything has been good, where one from here and the checkers are
/// among them.
fn good_since(heard: &[Heard], timing: &Timing, now: Timestamp) -> Option<Timestamp> {
    let (mut from_here, mut by_checkers) = (false, false);
    let mut good_since = None;
    for signal in heard {
        let Some(opinion) = signal.fresh(timing, now) else { continue };
        if opinion.says(now, timing) != Some(Settled::Good) {
            return None;
        }
        match signal.vantage {
            Vantage::Here => from_here = true,
            Vantage::Checkers => by_checkers = true,
            Vantage::Peers => {}
        }
        good_since = latest(good_since, opinion.newest.since);
    }
    if from_here && by_checkers { good_since } else { None }
}

impl Heard {
    /// The opinion, where it is young enough to say anything.
    fn fresh(&self, timing: &Timing, now: Timestamp) -> Option<&Opinion> {
        self.opinion.as_ref().filter(|opinion| opinion.is_fresh(now, timing))
    }
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
