//! All regions of an application, judged by all who may testify.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Health;
use super::series::{RegionSeries, Settled};
use super::verdict::{RegionHealth, Witnesses, checkers_signal, judge};
use crate::names::{ApplicationName, Region};
use crate::plan::{Application, Timing};
use crate::planted::{self, Planted};

/// What one controller has seen.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The series of an application's regions.
    pub applications: &'a BTreeMap<ApplicationName, BTreeMap<Region, RegionSeries>>,
    /// The series of its control targets.
    pub control: &'a RegionSeries,
}

/// The verdict on every region of an application, as the controller in `here` comes to it.
///
/// Who is suspect does not testify at all: a controller whose region looks ill from here, or to
/// Route 53's checkers, may itself be what is ill.
pub fn judge_all(
    application: &Application,
    here: &Region,
    own: Seen<'_>,
    peers: &BTreeMap<Region, Seen<'_>>,
    now: Timestamp,
) -> BTreeMap<Region, RegionHealth> {
    let timing = &application.timing;
    let own_is_void = is_void(own.control, timing, now);
    let none = RegionSeries::new();
    let series = |seen: Seen<'_>, region: &Region| {
        seen.applications.get(&application.name).and_then(|regions| regions.get(region)).cloned()
    };
    let verdicts = |peers: &[(&Region, Seen<'_>)]| -> BTreeMap<Region, RegionHealth> {
        let of_region = |region: &crate::plan::RegionPlan| {
            let told: Vec<(&Region, RegionSeries)> = peers
                .iter()
                .filter(|(peer, _)| **peer != region.name || planted::is(Planted::SuspectTestifies))
                .filter_map(|(peer, seen)| Some((*peer, series(*seen, &region.name)?)))
                .collect();
            let witnesses = Witnesses {
                here,
                own: &series(own, &region.name).unwrap_or_else(|| none.clone()),
                own_is_void,
                peers: told.iter().map(|(peer, series)| (*peer, series)).collect(),
            };
            (region.name.clone(), judge(region, &witnesses, timing, now))
        };
        application.regions.iter().map(of_region).collect()
    };
    let alone = verdicts(&[]);
    let is_suspect = |peer: &Region| {
        !planted::is(Planted::SuspectTestifies)
            && alone.get(peer).is_some_and(|health| !health.bad_vantages.is_empty())
    };
    let trusted: Vec<(&Region, Seen<'_>)> = peers
        .iter()
        .filter(|(peer, seen)| !is_suspect(peer) && !is_void(seen.control, timing, now))
        .filter(|(_, seen)| planted::is(Planted::SuspectTestifies) || sees_anything_well(seen, timing, now))
        .map(|(peer, seen)| (peer, *seen))
        .collect();
    if trusted.is_empty() { alone } else { verdicts(&trusted) }
}

/// Whether a controller sees any endpoint well at all: one to which everything looks bad is itself
/// suspect, wherever it is.
fn sees_anything_well(seen: &Seen<'_>, timing: &Timing, now: Timestamp) -> bool {
    let regions = seen.applications.values().flat_map(BTreeMap::values);
    let mut probes = regions.flat_map(|signals| {
        signals.iter().filter(|(id, _)| **id != checkers_signal()).map(|(_, series)| series)
    });
    probes.any(|series| series.health == Health::Healthy && series.is_fresh(now, timing))
}

/// Whether a controller's probes say nothing: there are control targets, and not one of them
/// answers it. Before they have settled either way, what the probes say counts.
fn is_void(control: &RegionSeries, timing: &Timing, now: Timestamp) -> bool {
    let fresh = || control.values().filter(|series| series.is_fresh(now, timing));
    let fails =
        |series: &super::Series| series.health == Health::Unhealthy || series.settled == Some(Settled::Bad);
    fresh().count() > 0 && fresh().all(fails)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Reading, Series, Vantage, Verdict};
    use crate::names::SignalId;
    use crate::plan::Plan;

    type Applications = BTreeMap<ApplicationName, BTreeMap<Region, RegionSeries>>;

    const START: i64 = 2_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(START + second).unwrap()
    }

    fn application() -> Application {
        let region = |name: &str, role: &str| {
            format!(
                "[[application.shop.region]]\nregion = \"{name}\"\nrole = \"{role}\"\n\
                 record = {{ cname = \"{name}.example.net\" }}\n\
                 signals = [{{ probe = \"https://{name}.example.net/\" }}]\n"
            )
        };
        let text = format!(
            "[application.shop]\nname = \"shop.example.com\"\n\
             zone = {{ id = \"Z0123456789\", name = \"example.com\" }}\nrto = \"10m\"\n{}{}",
            region("us-east-1", "primary"),
            region("us-west-2", "standby")
        );
        let plan = Plan::parse(&text, "test").map(|(plan, _)| plan);
        plan.unwrap_or_else(|faults| panic!("{faults}")).applications.remove(0)
    }

    /// A signal's series after samples of ten seconds: `g` good, `b` bad.
    fn series(samples: &str) -> Series {
        let timing = Timing::default();
        let health = |sample| if sample == 'g' { Health::Healthy } else { Health::Unhealthy };
        let samples = samples.chars().enumerate();
        let readings =
            samples.map(|(i, c)| Reading::new(health(c), "seen", at(i64::try_from(i).unwrap() * 10)));
        readings.fold(None, |s: Option<Series>, r| Series::after(s.as_ref(), &r, &timing)).unwrap()
    }

    /// What a controller saw of both regions: its probes, and the checkers.
    fn seen(east: (&str, &str), west: (&str, &str)) -> Applications {
        let region = |name: &str, (probe, checkers): (&str, &str)| {
            let id = SignalId::new(format!("probe https://{name}.example.net:443/"));
            let all = [(id, series(probe)), (checkers_signal(), series(checkers))];
            (Region::from(name), RegionSeries::from(all))
        };
        [("shop".into(), [region("us-east-1", east), region("us-west-2", west)].into())].into()
    }

    const WELL: (&str, &str) = ("gggggg", "gggggg");

    fn judged(
        own: &Applications,
        control: &str,
        peer: &str,
        theirs: &Applications,
    ) -> BTreeMap<Region, RegionHealth> {
        let control: RegionSeries = match control {
            "" => RegionSeries::new(),
            samples => [("probe control".into(), series(samples))].into(),
        };
        let none = RegionSeries::new();
        let own = Seen { applications: own, control: &control };
        let peers = [(peer.into(), Seen { applications: theirs, control: &none })].into();
        judge_all(&application(), &"us-west-2".into(), own, &peers, at(50))
    }

    fn east(verdicts: &BTreeMap<Region, RegionHealth>) -> (Verdict, Vec<Vantage>) {
        let east = &verdicts[&Region::from("us-east-1")];
        (east.verdict, east.bad_vantages.clone())
    }

    #[test]
    fn a_witness_elsewhere_is_a_second_kind_of_vantage() {
        let own = seen(("gggbbb", "gggggg"), WELL);
        let verdicts = judged(&own, "", "eu-west-1", &seen(("gggbbb", "gggggg"), WELL));
        assert_eq!(east(&verdicts), (Verdict::Unhealthy, vec![Vantage::Here, Vantage::Peers]));
    }

    #[test]
    fn a_peer_that_sees_it_well_gives_no_quorum() {
        let own = seen(("gggbbb", "gggggg"), WELL);
        let verdicts = judged(&own, "", "eu-west-1", &seen(WELL, WELL));
        assert_eq!(east(&verdicts), (Verdict::Degraded, vec![Vantage::Here]));
    }

    #[test]
    fn a_witness_to_which_everything_looks_bad_is_not_heard() {
        let own = seen(WELL, WELL);
        let theirs = seen(("gggbbb", "gggggg"), ("gggbbb", "gggggg"));
        let verdicts = judged(&own, "", "eu-west-1", &theirs);
        assert_eq!(verdicts[&Region::from("us-west-2")].verdict, Verdict::Healthy);
    }

    #[test]
    fn the_suspect_regions_own_controller_is_not_heard_on_anything() {
        let own = seen(("gggbbb", "gggbbb"), WELL);
        let verdicts = judged(&own, "", "us-east-1", &seen(WELL, ("gggbbb", "gggggg")));
        assert_eq!(east(&verdicts).0, Verdict::Unhealthy);
        assert_eq!(verdicts[&Region::from("us-west-2")].verdict, Verdict::Healthy);
    }

    #[test]
    fn probes_that_reach_no_control_target_do_not_count() {
        let own = seen(("gggbbb", "gggbbb"), WELL);
        let theirs = seen(WELL, WELL);
        assert_eq!(east(&judged(&own, "gggbbb", "eu-west-1", &theirs)).1, [Vantage::Checkers]);
        assert_eq!(east(&judged(&own, "gggggg", "eu-west-1", &theirs)).1, [Vantage::Here, Vantage::Checkers]);
    }
}
