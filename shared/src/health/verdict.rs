//! What the series of one region say together: testimony by vantage, quorum, verdict.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::series::{RegionSeries, Series, Settled};
use super::{Health, Reading};
use crate::in_order::InOrder;
use crate::names::{Region, SignalId};
use crate::plan::{RegionPlan, Signal, Timing};
use crate::planted::{self, Planted};
use crate::time::since;

/// The place from which a region is observed. Two testimonies count as two only when they come
/// from vantages of different kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vantage {
    /// This region's controller: its probes, and the alarms that it reads.
    Here,
    /// Controllers in other regions, however many: their probes.
    Peers,
    /// Route 53's own checkers, read through DNS.
    Checkers,
}

/// The name of the series that keeps the checkers' opinion.
pub(crate) fn checkers_signal() -> SignalId {
    SignalId::from("checkers")
}

impl fmt::Display for Vantage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here => "this region's probes and alarms",
            Self::Peers => "probes from other regions",
            Self::Checkers => "Route 53's checkers",
        })
    }
}

/// What one signal says, and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testimony {
    /// The signal.
    pub signal: SignalId,
    /// From where.
    pub vantage: Vantage,
    /// What it settled on; none while it counts, is stale or has no data.
    pub says: Option<Settled>,
    /// Whether it may testify that the region is unhealthy: a suspect region does not testify for itself.
    pub counts: bool,
    /// Consecutive equal samples.
    pub count: u32,
    /// The first of them.
    pub since: Option<Timestamp>,
    /// What the newest one saw.
    pub seen: String,
}

/// What the observations say of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Verified and fresh, and nothing speaks against it, or did and has not settled as good again.
    Healthy,
    /// Something is bad, but not by a quorum, or not yet long enough.
    Degraded,
    /// Bad by fall count, dwell and quorum.
    Unhealthy,
    /// Nobody can say.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
        })
    }
}

/// A region's verdict with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionHealth {
    /// The region.
    pub region: Region,
    /// The verdict.
    pub verdict: Verdict,
    /// The evidence, signal by signal.
    pub evidence: Vec<Testimony>,
    /// Kinds of vantage that say it is bad.
    pub bad_vantages: Vec<Vantage>,
    /// The first bad sample of the oldest unbroken bad series that counts.
    pub bad_since: Option<Timestamp>,
    /// Since when every signal that knows anything has been good, from this region and by the checkers.
    pub good_since: Option<Timestamp>,
    /// Whether there is a reason to look closer: something that counts is bad, or was and has not
    /// settled as good again, or nobody has seen the region well.
    pub suspect: bool,
}

impl RegionHealth {
    /// How long it has been bad; zero when it is not.
    pub fn bad_for(&self, now: Timestamp) -> Duration {
        self.bad_since.map_or(Duration::ZERO, |at| since(at, now))
    }

    /// Whether enough kinds of vantage say that it is bad. Route 53's checkers alone never suffice:
    /// with them alone, Route 53's own failover already does what can be done.
    pub fn has_quorum(&self, timing: &Timing) -> bool {
        if planted::is(Planted::QuorumOfOne) {
            return self.bad_vantages.iter().any(|vantage| *vantage != Vantage::Checkers);
        }
        if planted::is(Planted::CheckersSuffice) && self.bad_vantages.contains(&Vantage::Checkers) {
            return true;
        }
        let enough = self.bad_vantages.len() >= usize::try_from(timing.quorum).unwrap_or(usize::MAX);
        enough && self.bad_vantages.iter().any(|vantage| *vantage != Vantage::Checkers)
    }

    /// Whether it serves in part, though something is bad: a signal from here has settled as good,
    /// and Route 53's checkers do not say that it is down. Degraded alone says less: a region whose
    /// own controller looks is never unhealthy by its own testimony.
    pub fn shows_life(&self) -> bool {
        let says = |vantage, word| self.evidence.iter().any(|t| t.vantage == vantage && t.says == Some(word));
        self.verdict == Verdict::Healthy
            || (self.verdict == Verdict::Degraded
                && says(Vantage::Here, Settled::Good)
                && !says(Vantage::Checkers, Settled::Bad))
    }

    /// How long every signal has been good; zero when one is not.
    pub fn good_for(&self, now: Timestamp) -> Duration {
        self.good_since.map_or(Duration::ZERO, |at| since(at, now))
    }

    /// The evidence as one line, bad news first.
    pub fn in_words(&self) -> String {
        let mut lines: Vec<&Testimony> = self.evidence.iter().collect();
        lines.sort_by_key(|t| (t.says != Some(Settled::Bad), t.says == Some(Settled::Good)));
        let words = |t: &Testimony| format!("{}: {} ({} in a row)", t.signal, t.seen, t.count);
        lines.into_iter().map(words).collect::<Vec<_>>().join("; ")
    }
}

/// Those who testify of one region.
#[derive(Clone, Debug)]
pub struct Witnesses<'a> {
    /// Where this controller runs.
    pub here: &'a Region,
    /// What it has seen.
    pub own: &'a RegionSeries,
    /// Whether its probes say nothing, because they reach no control target either.
    pub own_is_void: bool,
    /// What controllers elsewhere have seen.
    pub peers: Vec<(&'a Region, &'a RegionSeries)>,
}

/// One testimony with the series that it stands on.
type Heard<'a> = (Testimony, Option<&'a Series>);

/// Judges one region from what its witnesses say.
pub fn judge(
    region: &RegionPlan,
    witnesses: &Witnesses<'_>,
    timing: &Timing,
    now: Timestamp,
) -> RegionHealth {
    let heard = testimonies(region, witnesses, timing, now);
    let fresh = |heard: &Heard<'_>| heard.1.filter(|series| series.is_fresh(now, timing)).cloned();
    let is_bad = |heard: &Heard<'_>| fresh(heard).is_some_and(|s| s.health == Health::Unhealthy);
    let was_bad = |heard: &Heard<'_>| fresh(heard).is_some_and(|s| s.settled == Some(Settled::Bad));
    let counting = || heard.iter().filter(|(testimony, _)| testimony.counts);
    let bad_since = counting().filter(|heard| is_bad(heard)).filter_map(|(t, _)| t.since).min();
    let mut bad_vantages: Vec<Vantage> =
        counting().filter(|(t, _)| t.says == Some(Settled::Bad)).map(|(t, _)| t.vantage).collect();
    bad_vantages.sort();
    bad_vantages.dedup();
    let seen_well = heard.iter().filter_map(fresh).any(|s| s.health == Health::Healthy);
    let suspect = bad_since.is_some() || counting().any(was_bad) || !seen_well;
    let shaken = heard.iter().any(|heard| is_bad(heard) || was_bad(heard));
    let good_since = good_since(&heard, |heard| fresh(heard).is_some());
    let mut health = RegionHealth {
        region: region.name.clone(),
        verdict: Verdict::Unknown,
        bad_vantages,
        bad_since,
        good_since,
        suspect,
        evidence: heard.into_iter().map(|(testimony, _)| testimony).collect(),
    };
    health.verdict = verdict(&health, shaken, timing, now);
    health
}

fn testimonies<'a>(
    region: &RegionPlan,
    witnesses: &Witnesses<'a>,
    timing: &Timing,
    now: Timestamp,
) -> Vec<Heard<'a>> {
    let testimony = |signal: SignalId, vantage, counts, known: Option<&'a Series>| {
        let testimony = Testimony {
            signal,
            vantage,
            counts,
            says: known.and_then(|s| s.settled_at(now, timing)).filter(|says| agrees(known, *says)),
            count: known.map_or(0, |s| s.count),
            since: known.map(|s| s.since),
            seen: known.map_or_else(|| "no data".to_owned(), |s| s.seen.clone()),
        };
        (testimony, known)
    };
    let own = region.signals.iter().map(|signal| {
        let id = signal.id();
        let known = witnesses.own.get(&id);
        testimony(id, Vantage::Here, counts(signal, region, witnesses), known)
    });
    let checkers =
        testimony(checkers_signal(), Vantage::Checkers, true, witnesses.own.get(&checkers_signal()));
    // A peer's probes only: an alarm that it reads is the one that we read.
    let probes = || region.signals.iter().filter(|signal| matches!(signal, Signal::Probe(_)));
    let peers = witnesses.peers.iter().flat_map(|(peer, series)| {
        probes().filter_map(move |signal| Some((*peer, signal.id(), series.get(&signal.id())?)))
    });
    let peers = peers.filter(|(_, _, series)| series.is_fresh(now, timing)).map(|(peer, id, series)| {
        testimony(SignalId::new(format!("{peer}'s {id}")), Vantage::Peers, true, Some(series))
    });
    own.chain([checkers]).chain(peers).collect()
}

/// A settled word stands only while the newest samples do not contradict it:
/// a signal that turns says nothing until it has settled again.
fn agrees(series: Option<&Series>, says: Settled) -> bool {
    series.is_some_and(|s| (s.health == Health::Healthy) == (says == Settled::Good))
}

/// A region does not testify against itself: not by a controller that runs in it,
/// and not by an alarm that lives in it. Probes that reach nothing at all say nothing of anyone.
fn counts(signal: &Signal, region: &RegionPlan, witnesses: &Witnesses<'_>) -> bool {
    let speaks = match signal {
        Signal::Alarm(arn) => arn.region() != &region.name,
        Signal::Probe(_) => !witnesses.own_is_void,
    };
    &region.name != witnesses.here && speaks
}

fn verdict(health: &RegionHealth, shaken: bool, timing: &Timing, now: Timestamp) -> Verdict {
    let here_is_good =
        health.evidence.iter().any(|t| t.vantage == Vantage::Here && t.says == Some(Settled::Good));
    if health.has_quorum(timing) && health.bad_for(now) >= timing.dwell {
        Verdict::Unhealthy
    } else if shaken {
        Verdict::Degraded
    } else if here_is_good {
        Verdict::Healthy
    } else {
        Verdict::Unknown
    }
}

/// Since when all is well: every signal that has fresh samples has settled as good, and there is
/// one from here and one from the checkers among them.
fn good_since(heard: &[Heard<'_>], fresh: impl Fn(&Heard<'_>) -> bool) -> Option<Timestamp> {
    let known = || heard.iter().filter(|heard| fresh(heard)).map(|(testimony, _)| testimony);
    let all_good = known().all(|t| t.says == Some(Settled::Good));
    let from = |vantage| known().any(|t| t.vantage == vantage);
    let whole = all_good && from(Vantage::Here) && from(Vantage::Checkers);
    whole.then(|| known().filter_map(|t| t.since).max()).flatten()
}

/// Folds one round's readings into a region's series; signals that the plan no longer has are dropped.
pub(crate) fn fold(
    region: &RegionPlan,
    series: &RegionSeries,
    readings: &[(SignalId, Reading)],
    timing: &Timing,
    now: Timestamp,
) -> RegionSeries {
    let planned = region.signals.iter().map(Signal::id).chain([checkers_signal()]);
    fold_signals(planned, series, readings, timing, now)
}

/// The same for whichever signals.
pub(crate) fn fold_signals(
    planned: impl Iterator<Item = SignalId>,
    series: &RegionSeries,
    readings: &[(SignalId, Reading)],
    timing: &Timing,
    now: Timestamp,
) -> RegionSeries {
    planned
        .filter_map(|id| {
            let before = series.get(&id).cloned();
            let of_signal = readings.iter().filter(|(signal, _)| signal == &id).map(|(_, reading)| reading);
            let after =
                |series: Option<Series>, reading| Series::after(series.as_ref(), reading, timing, now);
            let series = of_signal.fold(before, after)?;
            Some((id, series))
        })
        .in_order()
}

#[cfg(test)]
mod tests;
