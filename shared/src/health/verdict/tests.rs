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
        check: None,
        data_check: None,
        routing_control: None,
        record: RecordValue::Cname("east.example.net".into()),
        behind: None,
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
        let testimony =
            |(vantage, says): &(_, _)| Testimony { vantage: *vantage, says: Some(*says), ..template.clone() };
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
    let samples = [(probe().id(), "gggbbb"), (alarm("us-west-2").id(), "ggg"), (checkers_signal(), "gggbbb")];
    let verdicts = [one, other].map(|signals| judged("us-west-2", &east(signals), &samples).verdict);
    assert_eq!(verdicts[0], verdicts[1]);
}
