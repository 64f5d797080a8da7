//! All regions of an application, judged by all who may testify.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Health;
use super::series::{RegionSeries, Settled};
use super::verdict::{RegionHealth, Witnesses, judge};
use crate::in_order::InOrder;
use crate::names::{ApplicationName, Region, SignalId};
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
        application.regions.iter().map(of_region).in_order()
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
/// suspect, wherever it is. An alarm that is read through AWS, or the checkers through DNS, does not
/// show that its own way to endpoints works.
fn sees_anything_well(seen: &Seen<'_>, timing: &Timing, now: Timestamp) -> bool {
    let regions = seen.applications.values().flat_map(BTreeMap::values);
    let mut probes =
        regions.flat_map(|signals| signals.iter().filter(|(id, _)| is_probe(id)).map(|(_, series)| series));
    probes.any(|series| series.health == Health::Healthy && series.is_fresh(now, timing))
}

/// Whether a signal asks an endpoint, by its name ([`crate::plan::Probe::id`]): of a peer's applications
/// only the names of signals are known.
fn is_probe(id: &SignalId) -> bool {
    id.as_str().starts_with("probe ")
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
    use crate::health::verdict::checkers_signal;
    use crate::health::{Reading, Series, Vantage, Verdict};
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
        readings
            .fold(None, |s: Option<Series>, r| Series::after(s.as_ref(), &r, &timing, r.observed_at))
            .unwrap()
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

    /// Control targets with these samples, one word for each.
    fn control(words: &str) -> RegionSeries {
        let targets = words.split_whitespace().enumerate();
        targets.map(|(index, word)| (SignalId::new(format!("probe control {index}")), series(word))).collect()
    }

    fn judged(
        own: &Applications,
        own_control: &str,
        peer: &str,
        theirs: &Applications,
    ) -> BTreeMap<Region, RegionHealth> {
        judged_at(50, (own, own_control), peer, (theirs, ""))
    }

    fn judged_at(
        second: i64,
        (own, own_control): (&Applications, &str),
        peer: &str,
        (theirs, their_control): (&Applications, &str),
    ) -> BTreeMap<Region, RegionHealth> {
        let (ours, other) = (control(own_control), control(their_control));
        let own = Seen { applications: own, control: &ours };
        let peers = [(peer.into(), Seen { applications: theirs, control: &other })].into();
        judge_all(&application(), &"us-west-2".into(), own, &peers, at(second))
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
    fn an_alarm_that_is_well_does_not_vouch_for_a_witness_whose_network_is_not() {
        let own = seen(("gggbbb", "gggggg"), WELL);
        let mut theirs = seen(("gggbbb", "gggggg"), ("gggbbb", "gggggg"));
        let alarm = "alarm arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors";
        let west = theirs.get_mut(&"shop".into()).and_then(|regions| regions.get_mut(&"us-west-2".into()));
        west.unwrap().insert(alarm.into(), series("gggggg"));
        let verdicts = judged(&own, "", "eu-west-1", &theirs);
        assert_eq!(east(&verdicts), (Verdict::Degraded, vec![Vantage::Here]));
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
    #[test]
    fn one_control_target_that_is_reached_lets_all_probes_speak() {
        let own = seen(("gggbbb", "gggggg"), WELL);
        let theirs = seen(WELL, WELL);
        let heard = |control| !east(&judged(&own, control, "eu-west-1", &theirs)).1.is_empty();
        assert!(heard("gggbbb gggggg"));
        assert!(!heard("gggbbb gggbbb"));
    }

    #[test]
    fn a_control_target_fails_from_its_first_bad_sample_until_it_has_settled_as_good() {
        let own = seen(("gggbbb", "gggggg"), WELL);
        let theirs = seen(WELL, WELL);
        let heard = |control| !east(&judged(&own, control, "eu-west-1", &theirs)).1.is_empty();
        assert!(!heard("gggggb") && !heard("bbbbgg"));
        assert!(heard("bbbggg"));
    }

    #[test]
    fn control_targets_of_which_nothing_is_known_now_silence_nobody() {
        let own = seen(("gggbbbbbbbbb", "gggggggggggg"), WELL);
        let verdicts = judged_at(110, (&own, "gggbbb"), "eu-west-1", (&seen(WELL, WELL), ""));
        assert_eq!(east(&verdicts).1, [Vantage::Here]);
    }

    #[test]
    fn a_peer_that_reaches_no_control_target_is_not_heard() {
        let own = seen(("gggbbb", "gggggg"), WELL);
        let theirs = seen(("gggbbb", "gggggg"), WELL);
        let verdict = |control| east(&judged_at(50, (&own, ""), "eu-west-1", (&theirs, control))).0;
        assert_eq!(verdict("gggggg"), Verdict::Unhealthy);
        assert_eq!(verdict("gggbbb"), Verdict::Degraded);
    }

    #[test]
    fn a_peer_that_saw_an_endpoint_well_long_ago_only_is_not_heard() {
        let own = seen(("gggbbbbbbbbb", "gggggggggggg"), ("gggggggggggg", "gggggggggggg"));
        let verdict = |west| {
            let theirs = seen(("gggbbbbbbbbb", "gggggggggggg"), (west, "gggggggggggg"));
            east(&judged_at(110, (&own, ""), "eu-west-1", (&theirs, ""))).0
        };
        assert_eq!(verdict("gggggggggggg"), Verdict::Unhealthy);
        assert_eq!(verdict("gggggg"), Verdict::Degraded);
    }

    #[test]
    fn a_peer_does_not_testify_of_its_own_region() {
        let own = seen(WELL, WELL);
        let verdicts = judged(&own, "", "us-east-1", &seen(("gggbbb", "gggggg"), WELL));
        assert_eq!(east(&verdicts), (Verdict::Healthy, vec![]));
    }
}
