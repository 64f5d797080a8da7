//! The pure decision for a large estate: a hundred applications of five regions.
//!
//! Three states cost differently: all is well; a region is lost and every application leaves it, which builds
//! the batches; and the verdicts before either, from the series of all signals.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use understudy::decide::{
    Answered, Decision, EpochReading, Facts, ListingReading, Moves, Situation, Standing, decide,
};
use understudy::dns::{Content, Listing, RecordSet, RecordType, Routing};
use understudy::health::{Health, RegionHealth, RegionSeries, Seen, Series, Settled, judge_all};
use understudy::names::{ApplicationName, Region, RunId, SignalId};
use understudy::plan::{Application, Plan, RegionPlan, Signal};

use crate::clock::{milliseconds, now};
use crate::progress::Progress;
use crate::{Figure, Target, Unit};

/// The applications of the estate.
pub const APPLICATIONS: usize = 100;

/// How long the decisions on all of them may take.
const LONGEST: f64 = 1.0;

/// How often each is repeated; the median counts.
const REPEATS: usize = 200;

/// Where the applications are served, in the order in which they take over.
const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "sa-east-1"];

/// What a controller of the taker knows of all applications.
pub struct Estate {
    plan: Plan,
    here: Region,
    run: RunId,
    now: Timestamp,
    series: BTreeMap<ApplicationName, BTreeMap<Region, RegionSeries>>,
    facts: Vec<Facts>,
    standing: Standing,
}

impl Estate {
    /// All regions are well.
    pub fn calm() -> Self {
        Self::new(false)
    }

    /// The first region, which serves everything with the others, is lost.
    pub fn lost() -> Self {
        Self::new(true)
    }

    fn new(lost: bool) -> Self {
        let now = Timestamp::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let plan = plan();
        let of = |application: &Application| (application.name.clone(), series(application, lost, now));
        let series = plan.applications.iter().map(of).collect();
        let mut estate = Self {
            here: REGIONS[1].into(),
            run: "r-1".into(),
            now,
            series,
            facts: Vec::new(),
            standing: Standing::default(),
            plan,
        };
        estate.facts =
            estate.plan.applications.iter().map(|it| facts(it, estate.verdicts_on(it), now)).collect();
        estate
    }

    /// The verdicts on all regions of all applications; how many there are.
    pub fn judge(&self) -> usize {
        self.plan.applications.iter().map(|application| self.verdicts_on(application).len()).sum()
    }

    fn verdicts_on(&self, application: &Application) -> BTreeMap<Region, RegionHealth> {
        let control = RegionSeries::new();
        let own = Seen { applications: &self.series, control: &control };
        judge_all(application, &self.here, own, &BTreeMap::new(), self.now)
    }

    /// The decisions on all applications; how many of them act.
    pub fn decide(&self) -> usize {
        let each = self.plan.applications.iter().zip(&self.facts);
        each.map(|(application, facts)| self.decide_on(application, facts)).filter(Decision::acts).count()
    }

    fn decide_on(&self, application: &Application, facts: &Facts) -> Decision {
        decide(&Situation {
            application,
            plan: &self.plan,
            here: &self.here,
            facts,
            standing: &self.standing,
            run: &self.run,
            now: self.now,
        })
    }
}

/// Measures them by the clock.
pub fn measure() -> Vec<Figure> {
    let (calm, lost) = (Estate::calm(), Estate::lost());
    let progress = Progress::of("decisions", 3 * REPEATS);
    let figure = |what: &str, work: &dyn Fn() -> usize| {
        progress.now(what);
        Figure::median(
            format!("{APPLICATIONS} applications of {} regions: {what}", REGIONS.len()),
            Unit::Milliseconds,
            &times(&progress, work),
        )
    };
    let target = Target::at_most(LONGEST);
    vec![
        figure("decisions while all is well", &|| calm.decide()).target(target),
        figure("decisions to leave a lost region", &|| lost.decide()).target(target),
        figure("verdicts before them", &|| lost.judge()),
    ]
}

fn times(progress: &Progress, work: &dyn Fn() -> usize) -> Vec<f64> {
    let once = |_| {
        let began = now();
        std::hint::black_box(work());
        progress.step();
        milliseconds(began.elapsed())
    };
    (0..REPEATS).map(once).collect()
}

#[allow(clippy::panic, reason = "the plan is ours")]
fn plan() -> Plan {
    let topics = "[topics]\nops = [\"arn:aws:sns:us-west-2:123456789012:ops\"]\n".to_owned();
    let text = (0..APPLICATIONS).fold(topics, |text, number| text + &application(number));
    match Plan::parse(&text, "bench") {
        Ok((plan, _)) => plan,
        Err(faults) => panic!("{faults}"),
    }
}

fn application(number: usize) -> String {
    let head = format!(
        r#"
[application.app-{number:03}]
name = "app-{number:03}.example.com"
zone = {{ id = "Z0123456789ABCDEFGHIJ", name = "example.com" }}
policy = "latency"
rto = "5m"
notify = {{ critical = ["ops"], info = ["ops"] }}
"#
    );
    REGIONS.iter().enumerate().fold(head, |text, (place, region)| {
        let check = check(place);
        text + &format!(
            r#"
[[application.app-{number:03}.region]]
region = "{region}"
health_check = "{check}"
record = {{ a = ["203.0.113.{place}"] }}
signals = [{{ probe = "https://app-{number:03}.{region}.example.net/health" }}]
"#
        )
    })
}

fn check(place: usize) -> String {
    format!("11111111-2222-3333-4444-{place:012}")
}

/// What each signal has settled on, after many samples.
fn series(application: &Application, lost: bool, now: Timestamp) -> BTreeMap<Region, RegionSeries> {
    let of = |region: &RegionPlan| {
        let dead = lost && region.name.as_str() == REGIONS[0];
        let signals = region.signals.iter().map(Signal::id).chain([SignalId::from("checkers")]);
        (region.name.clone(), signals.map(|signal| (signal, settled(dead, now))).collect())
    };
    application.regions.iter().map(of).collect()
}

fn settled(dead: bool, now: Timestamp) -> Series {
    let (health, settled) =
        if dead { (Health::Unhealthy, Settled::Bad) } else { (Health::Healthy, Settled::Good) };
    let since = now - Duration::from_secs(60);
    Series { health, count: 7, since, last: now, seen: "200 OK".to_owned(), settled: Some(settled) }
}

fn facts(application: &Application, health: BTreeMap<Region, RegionHealth>, now: Timestamp) -> Facts {
    Facts {
        observed_at: now,
        epoch: EpochReading::Known(None),
        moves: Moves::Known(Vec::new()),
        listing: ListingReading::Read(listing(application)),
        listed: None,
        answered: Answered::Regions(REGIONS.map(Region::from).into()),
        health,
        vetoes: BTreeMap::new(),
    }
}

fn listing(application: &Application) -> Listing {
    let set = |(place, region): (usize, &&str)| RecordSet {
        name: application.served.clone(),
        kind: RecordType::A,
        routing: Routing::Latency { set: (*region).to_owned(), region: (*region).into() },
        content: Content::Values { ttl: 60, values: vec![format!("203.0.113.{place}")] },
        health_check: Some(check(place).as_str().into()),
    };
    Listing { private_zone: false, sets: REGIONS.iter().enumerate().map(set).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estate_is_as_large_as_it_says_and_each_application_decides_as_it_should() {
        assert_eq!(Estate::calm().judge(), APPLICATIONS * REGIONS.len());
        assert_eq!(Estate::calm().decide(), 0);
        assert_eq!(Estate::lost().decide(), APPLICATIONS);
    }

    #[test]
    fn while_all_is_well_nothing_is_wanted() {
        let calm = Estate::calm();
        let decisions =
            calm.plan.applications.iter().zip(&calm.facts).map(|(it, facts)| calm.decide_on(it, facts));
        assert!(decisions.into_iter().all(|decision| decision == Decision::Steady));
    }
}
