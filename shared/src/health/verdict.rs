//! What the series of one region say together: testimony by vantage, quorum, verdict.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::series::{RegionSeries, Series, Settled};
use super::{Health, Reading};
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
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Arn;
    use crate::plan::{Probe, RecordValue, Role, Target};

    const SECOND: i64 = 2_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(SECOND + second).unwrap()
    }

    fn probe() -> Signal {
        let target = Target::Tcp { host: "east.example.net".into(), port: 443 };
        let timeout = Duration::from_secs(3);
        Signal::Probe(Probe { target, contains: None, private: false, verify_tls: true, timeout })
    }

    fn alarm(hosted_in: &str) -> Signal {
        let arn = format!("arn:aws:cloudwatch:{hosted_in}:123456789012:alarm:shop-errors");
        Signal::Alarm(arn.parse::<Arn>().unwrap())
    }

    fn east(signals: Vec<Signal>) -> RegionPlan {
        RegionPlan {
            name: "us-east-1".into(),
            role: Role::Primary,
            health_check: None,
            record: RecordValue::Cname("east.example.net".into()),
            signals,
            set: "us-east-1".into(),
            weight: 100,
            capacity: 100,
            readiness: Vec::new(),
        }
    }

    /// The verdict on us-east-1 after samples, one each ten seconds, of each signal; now is the last.
    fn judged(here: &str, region: &RegionPlan, samples: &[(SignalId, &str)]) -> RegionHealth {
        let timing = Timing::default();
        let longest = samples.iter().map(|(_, word)| word.len()).max().unwrap_or(0);
        let time = |index: usize| at(i64::try_from(index).unwrap() * 10);
        let mut series = RegionSeries::new();
        for index in 0..longest {
            let round: Vec<_> = samples
                .iter()
                .filter_map(|(id, word)| Some((id.clone(), word.chars().nth(index)?)))
                .map(|(id, sample)| {
                    let health = match sample {
                        'g' => Health::Healthy,
                        'b' => Health::Unhealthy,
                        _ => Health::Unknown,
                    };
                    (id, Reading::new(health, "seen", time(index)))
                })
                .collect();
            series = fold(region, &series, &round, &timing, time(index));
        }
        let here = here.into();
        let witnesses = Witnesses { here: &here, own: &series, own_is_void: false, peers: Vec::new() };
        judge(region, &witnesses, &timing, time(longest.saturating_sub(1)))
    }

    fn from_west(probe_samples: &str, checkers: &str) -> RegionHealth {
        let region = east(vec![probe()]);
        judged("us-west-2", &region, &[(probe().id(), probe_samples), (checkers_signal(), checkers)])
    }

    #[test]
    fn two_kinds_of_vantage_make_a_region_unhealthy() {
        assert_eq!(from_west("gggbbb", "gggbbb").verdict, Verdict::Unhealthy);
    }

    #[test]
    fn one_kind_alone_only_degrades_it() {
        assert_eq!(from_west("gggbbb", "gggggg").verdict, Verdict::Degraded);
        assert_eq!(from_west("gggggg", "gggbbb").verdict, Verdict::Degraded);
        assert_eq!(from_west("gggbbb", "gggggg").bad_vantages, [Vantage::Here]);
    }

    #[test]
    fn unknown_is_no_second_witness() {
        assert_eq!(from_west("gggbbb", "??????").verdict, Verdict::Degraded);
    }

    #[test]
    fn two_bad_samples_are_not_enough() {
        let shaken = from_west("ggggbb", "ggggbb");
        assert_eq!((shaken.verdict, shaken.suspect), (Verdict::Degraded, true));
    }

    #[test]
    fn nothing_known_is_unknown_and_suspect() {
        let silent = from_west("???", "???");
        assert_eq!((silent.verdict, silent.suspect), (Verdict::Unknown, true));
        assert_eq!(from_west("", "ggg").verdict, Verdict::Unknown);
    }

    #[test]
    fn a_region_is_healthy_after_rise_samples_and_no_sooner() {
        let young = from_west("gg", "gg");
        assert_eq!((young.verdict, young.suspect), (Verdict::Unknown, false));
        assert_eq!(from_west("ggg", "ggg").verdict, Verdict::Healthy);
        assert_eq!(from_west("ggg", "???").verdict, Verdict::Healthy);
    }

    #[test]
    fn a_region_that_was_bad_is_healthy_again_only_after_rise_samples() {
        let recovering = from_west("bbbgg", "bbbgg");
        assert_eq!((recovering.verdict, recovering.suspect), (Verdict::Degraded, true));
        assert_eq!(from_west("bbbggg", "bbbggg").verdict, Verdict::Healthy);
    }

    #[test]
    fn one_good_sample_after_many_bad_ones_proves_nothing_beside_a_signal_that_was_always_good() {
        let region = east(vec![probe(), alarm("us-west-2")]);
        let samples =
            [(probe().id(), "bbbbbbg"), (alarm("us-west-2").id(), "ggggggg"), (checkers_signal(), "ggggggg")];
        let health = judged("us-west-2", &region, &samples);
        assert_eq!((health.verdict, health.good_since), (Verdict::Degraded, None));
    }

    #[test]
    fn a_controller_in_the_region_does_not_testify_against_it() {
        let region = east(vec![probe()]);
        let own = judged("us-east-1", &region, &[(probe().id(), "gggbbb"), (checkers_signal(), "gggbbb")]);
        assert_eq!((own.verdict, own.bad_vantages), (Verdict::Degraded, vec![Vantage::Checkers]));
    }

    #[test]
    fn an_alarm_that_lives_in_the_region_does_not_testify_against_it() {
        for (hosted_in, verdict) in [("us-east-1", Verdict::Degraded), ("us-west-2", Verdict::Unhealthy)] {
            let region = east(vec![alarm(hosted_in)]);
            let samples = [(alarm(hosted_in).id(), "gggbbb"), (checkers_signal(), "gggbbb")];
            assert_eq!(judged("us-west-2", &region, &samples).verdict, verdict, "{hosted_in}");
        }
    }

    #[test]
    fn soak_counts_from_the_youngest_good_stretch_and_needs_the_checkers() {
        assert_eq!(from_west("bggggg", "gggggg").good_for(at(50)), Duration::from_secs(40));
        assert_eq!(from_west("gggggg", "??????").good_for(at(50)), Duration::ZERO);
    }

    #[test]
    fn what_turns_says_nothing_until_it_has_settled_again() {
        // One good sample, and then silence for as long as a dwell.
        let turning = from_west("bbbg??", "bbbg??");
        assert_eq!((turning.verdict, turning.bad_vantages), (Verdict::Degraded, vec![]));
    }

    #[test]
    fn soak_needs_one_from_here_and_one_from_the_checkers() {
        use Vantage::{Checkers, Here, Peers};
        let good = |vantage| {
            let template = &from_west("ggg", "ggg").evidence[0];
            (Testimony { vantage, since: Some(at(10)), ..template.clone() }, None)
        };
        let since = |vantages: &[Vantage]| {
            let heard: Vec<Heard<'_>> = vantages.iter().map(|vantage| good(*vantage)).collect();
            good_since(&heard, |_| true)
        };
        assert_eq!(since(&[Here, Checkers]), Some(at(10)));
        assert_eq!(since(&[Here, Peers]), None);
        assert_eq!(since(&[Peers, Checkers]), None);
        assert_eq!(since(&[Here]), None);
    }

    #[test]
    fn how_long_a_region_is_bad_counts_from_the_first_bad_sample_of_any_that_counts() {
        assert_eq!(from_west("ggbbbb", "gggbbb").bad_for(at(50)), Duration::from_secs(30));
        assert_eq!(from_west("gggggg", "gggggg").bad_for(at(50)), Duration::ZERO);
        let own = judged("us-east-1", &east(vec![probe()]), &[(probe().id(), "gggbbb")]);
        assert_eq!(own.bad_for(at(50)), Duration::ZERO, "what does not count is not counted");
    }

    #[test]
    fn a_quorum_is_so_many_kinds_and_never_the_checkers_alone() {
        use Vantage::{Checkers, Here, Peers};
        let by = |quorum, kinds: &[Vantage]| {
            let health = RegionHealth { bad_vantages: kinds.to_vec(), ..from_west("ggg", "ggg") };
            health.has_quorum(&Timing { quorum, ..Timing::default() })
        };
        assert!(by(2, &[Here, Peers]) && by(2, &[Here, Checkers]) && by(2, &[Peers, Checkers]));
        assert!(!by(2, &[Here]) && !by(2, &[Checkers]) && !by(2, &[]));
        assert!(by(1, &[Here]) && by(1, &[Peers]) && !by(1, &[Checkers]));
    }

    #[test]
    fn only_a_good_signal_from_here_that_the_checkers_do_not_contradict_is_life_in_a_degraded_region() {
        use Settled::{Bad, Good};
        use Vantage::{Checkers, Here, Peers};
        let shows_life = |verdict, said: &[(Vantage, Settled)]| {
            let template = &from_west("ggg", "ggg").evidence[0];
            let testimony = |(vantage, says): &(_, _)| Testimony {
                vantage: *vantage,
                says: Some(*says),
                ..template.clone()
            };
            let evidence = said.iter().map(testimony).collect();
            RegionHealth { verdict, evidence, ..from_west("ggg", "ggg") }.shows_life()
        };
        assert!(shows_life(Verdict::Healthy, &[]));
        assert!(shows_life(Verdict::Degraded, &[(Here, Bad), (Here, Good)]));
        assert!(shows_life(Verdict::Degraded, &[(Here, Good), (Peers, Bad), (Checkers, Good)]));
        assert!(!shows_life(Verdict::Degraded, &[(Here, Good), (Checkers, Bad)]));
        assert!(!shows_life(Verdict::Degraded, &[(Here, Bad), (Peers, Good), (Checkers, Good)]));
        assert!(!shows_life(Verdict::Degraded, &[]));
        assert!(!shows_life(Verdict::Unhealthy, &[(Here, Good)]));
        assert!(!shows_life(Verdict::Unknown, &[(Here, Good)]));
    }

    #[test]
    fn the_evidence_is_told_with_the_bad_news_first() {
        let region = east(vec![probe(), alarm("us-west-2")]);
        let samples = [(probe().id(), "ggg"), (alarm("us-west-2").id(), "bbbb"), (checkers_signal(), "???")];
        let told = judged("us-west-2", &region, &samples).in_words();
        let (good, bad) = (probe().id(), alarm("us-west-2").id());
        assert_eq!(
            told,
            format!("{bad}: seen (4 in a row); checkers: no data (0 in a row); {good}: seen (3 in a row)")
        );
    }

    #[test]
    fn verdicts_and_vantages_have_words() {
        let verdicts = [Verdict::Healthy, Verdict::Degraded, Verdict::Unhealthy, Verdict::Unknown];
        assert_eq!(verdicts.map(|v| v.to_string()), ["healthy", "degraded", "unhealthy", "unknown"]);
        let vantages = [Vantage::Here, Vantage::Peers, Vantage::Checkers].map(|v| v.to_string());
        assert_eq!(
            vantages,
            ["this region's probes and alarms", "probes from other regions", "Route 53's checkers"]
        );
    }

    #[test]
    fn soak_needs_a_signal_from_here() {
        let region = east(vec![probe()]);
        let unseen = judged("us-west-2", &region, &[(checkers_signal(), "gggggg")]);
        assert_eq!(unseen.good_for(at(50)), Duration::ZERO);
    }

    #[test]
    fn a_series_that_a_clock_dated_into_the_future_begins_anew() {
        let region = east(vec![probe()]);
        let round = |second, health| [(probe().id(), Reading::new(health, "seen", at(second)))];
        let fold_at = |series: &RegionSeries, second, health, now| {
            fold(&region, series, &round(second, health), &Timing::default(), at(now))
        };
        let ahead = fold_at(&RegionSeries::new(), 600, Health::Healthy, 600);
        let anew = fold_at(&ahead, 0, Health::Unhealthy, 0);
        assert_eq!(anew, fold_at(&RegionSeries::new(), 0, Health::Unhealthy, 0));
        assert_eq!(fold_at(&ahead, 0, Health::Unhealthy, 600), ahead, "here it is the sample that is late");
    }

    #[test]
    fn each_signal_has_its_own_series_and_one_that_the_plan_no_longer_has_is_dropped() {
        let region = east(vec![probe()]);
        let (probed, gone) = (probe().id(), alarm("us-west-2").id());
        let reading = |health| Reading::new(health, "seen", at(0));
        let round = [
            (probed.clone(), reading(Health::Healthy)),
            (checkers_signal(), reading(Health::Unhealthy)),
            (gone, reading(Health::Healthy)),
        ];
        let series = fold(&region, &RegionSeries::new(), &round, &Timing::default(), at(0));
        let seen: Vec<_> = series.iter().map(|(id, series)| (id.clone(), series.health)).collect();
        assert_eq!(seen, [(checkers_signal(), Health::Unhealthy), (probed, Health::Healthy)]);
    }

    #[test]
    fn the_order_of_signals_does_not_matter() {
        let (one, other) = (vec![probe(), alarm("us-west-2")], vec![alarm("us-west-2"), probe()]);
        let samples =
            [(probe().id(), "gggbbb"), (alarm("us-west-2").id(), "ggg"), (checkers_signal(), "gggbbb")];
        let verdicts = [one, other].map(|signals| judged("us-west-2", &east(signals), &samples).verdict);
        assert_eq!(verdicts[0], verdicts[1]);
    }
}
