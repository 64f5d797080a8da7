//! Trouble: what goes wrong with the world for a time, and the script of all of it.

use std::time::Duration;

use suite::world::{EAST, WEST};

use crate::dice::Dice;
use crate::kinds::Kind;
use crate::setting::Setting;

/// Something that is wrong with the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A region's endpoint answers nobody.
    EndpointDead(&'static str),
    /// A whole region is lost: endpoint, table, controller.
    RegionLost(&'static str),
    /// An endpoint is dead for the first time, alive for the second, and so on.
    SquareWave(&'static str, Duration, Duration),
    /// A controller's probes reach nothing.
    Isolated(&'static str),
    /// A region's controller reaches nothing, and Route 53's checkers do not reach that region.
    IsolatedRegion(&'static str),
    /// A controller's probes find no address to ask: they say nothing.
    ProbesMute(&'static str),
    /// The probes of one controller do not reach one region's endpoint; all others do.
    PathBroken(&'static str, &'static str),
    /// One region does not reach the table of the other, which may well reach its own.
    PeersCut(&'static str, &'static str),
    /// A region's table answers nobody.
    TableDown(&'static str),
    /// A region's table can be read and not written.
    TableReadOnly(&'static str),
    /// Route 53's API: no answer, `ServiceUnavailable`.
    Route53Down,
    /// It hangs.
    Route53Hangs,
    /// It throttles.
    Route53Throttles,
    /// It does what it is asked, and says that it failed.
    Route53Lies,
    /// It answers so much later.
    Route53Slow(Duration),
    /// One of the name servers is silent.
    NameServerSilent(usize),
    /// Topics refuse.
    TopicsDown,
    /// Topics take so long.
    TopicsSlow(Duration),
    /// Alarms tell nothing.
    MetricBlackout,
    /// Ten times as many calls of a region go wrong.
    Flaky(&'static str),
    /// A region's buckets answer nobody, Route 53's checkers included.
    BucketDown(&'static str),
}

impl Trouble {
    /// What kind of fault it is, where it is told by its beginning and not by the calls that it befalls.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::SquareWave(..) => Kind::SquareWave,
            Self::BucketDown(_) => Kind::BucketDown,
            Self::EndpointDead(_) | Self::RegionLost(_) => Kind::RegionLost,
            Self::Isolated(_) | Self::IsolatedRegion(_) | Self::PathBroken(..) => Kind::Isolated,
            _ => return None,
        })
    }

    /// In an operator's words.
    pub fn in_words(&self) -> String {
        match self {
            Self::EndpointDead(region) => format!("the endpoint of {region} answers nobody"),
            Self::RegionLost(region) => format!("{region} is lost: endpoint, table and controller"),
            Self::SquareWave(region, dead, alive) => {
                format!("the endpoint of {region} is dead for {dead:?}, alive for {alive:?}, and so on")
            }
            Self::Isolated(region) => format!("the probes of the controller in {region} reach nothing"),
            Self::IsolatedRegion(region) => {
                format!("{region} is cut off: its probes reach nothing, Route 53's checkers do not reach it")
            }
            Self::ProbesMute(region) => format!("the probes of the controller in {region} say nothing"),
            Self::PathBroken(from, to) => format!("the probes of the controller in {from} do not reach {to}"),
            Self::PeersCut(one, other) => format!("{one} does not reach the table in {other}"),
            Self::TableDown(region) => format!("the table in {region} answers nobody"),
            Self::TableReadOnly(region) => format!("the table in {region} can be read and not written"),
            Self::Route53Down => "Route 53's API is down".to_owned(),
            Self::Route53Hangs => "Route 53's API does not answer".to_owned(),
            Self::Route53Throttles => "Route 53's API throttles".to_owned(),
            Self::Route53Lies => "Route 53's API does what it is asked, and answers with an error".to_owned(),
            Self::Route53Slow(by) => format!("Route 53's API answers {by:?} later"),
            Self::NameServerSilent(server) => format!("name server {server} is silent"),
            Self::TopicsDown => "SNS is down".to_owned(),
            Self::TopicsSlow(by) => format!("SNS takes {by:?}"),
            Self::MetricBlackout => "CloudWatch tells nothing".to_owned(),
            Self::Flaky(region) => format!("many calls of {region} go wrong"),
            Self::BucketDown(region) => format!("the buckets in {region} answer nobody"),
        }
    }
}

/// Trouble with its time.
#[derive(Clone, Debug)]
pub struct Act {
    /// When it begins, since the start.
    pub from: Duration,
    /// When it ends.
    pub until: Duration,
    /// What.
    pub what: Trouble,
}

/// What a person or a schedule does, or a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A region's clock jumps by so many seconds.
    ClockJumps(&'static str, i64),
    /// A person speaks; at the given time, or right after the next run has begun.
    PersonSpeaks(Word),
    /// A drill is asked for.
    Drill(&'static str),
}

/// What a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Pause, for some minutes.
    Pause,
    /// Resume.
    Resume,
    /// Acknowledge.
    Acknowledge,
    /// Fail over, with or without force.
    FailOver(bool),
    /// Fail back, with or without force.
    FailBack(bool),
    /// Approve what is asked.
    Approve,
    /// Deny what is asked.
    Deny,
    /// Cancel the run in flight.
    Cancel,
    /// Retry the failed run.
    Retry,
}

/// Everything that happens to a world.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// What goes wrong for a time.
    pub acts: Vec<Act>,
    /// What is done at a time; the flag tells whether it waits for the next run to begin.
    pub deeds: Vec<(Duration, bool, Deed)>,
    /// A region that is lost at the next run's beginning, and for how long.
    pub second_loss: Option<(&'static str, Duration)>,
    /// When faults stop.
    pub over: Duration,
}

/// Until then all is well, so that controllers know it.
pub const CALM_BEFORE: u64 = 135;

impl Script {
    /// The script of a seed.
    pub fn drawn(dice: &Dice, setting: &Setting) -> Self {
        let over = Duration::from_secs(CALM_BEFORE) + dice.seconds(200, 360);
        let mut script = Self { over, ..Self::default() };
        script.main_trouble(dice, setting);
        for _ in 0..3 + dice.below(4) {
            let what = match side_trouble(dice, setting) {
                // Two kinds of vantage that are wrong of the same region are a quorum.
                Trouble::Isolated(region) if script.has_a_liar() => Trouble::Flaky(region),
                what => what,
            };
            script.acts.push(timed(dice, over, what, 240));
        }
        script.second_loss(dice, setting);
        script.deeds(dice, setting);
        if setting.overrides.is_some() {
            script.what_overrides_are_for(dice, setting);
        }
        script
    }

    fn has_a_liar(&self) -> bool {
        let lies = |act: &Act| matches!(act.what, Trouble::IsolatedRegion(_) | Trouble::PathBroken(..));
        self.acts.iter().any(lies)
    }

    /// What a failover is about: some region fails.
    fn main_trouble(&mut self, dice: &Dice, setting: &Setting) {
        let region = if dice.in_thousand(700) { EAST } else { dice.pick(&setting.regions) };
        let blip = dice.in_thousand(120);
        let what = match dice.below(10) {
            0..=3 => Trouble::EndpointDead(region),
            4..=6 => Trouble::RegionLost(region),
            7..=8 => Trouble::SquareWave(region, dice.between(3_000, 70_000), dice.between(3_000, 70_000)),
            _ => one_liar(dice, setting),
        };
        let mut act = timed(dice, self.over, what, 500);
        // What matters begins early, so that there is time for what follows.
        act.from = act.from.min(dice.seconds(CALM_BEFORE, CALM_BEFORE + 90));
        if dice.in_thousand(200) {
            return self.relay(dice, setting);
        }
        if blip {
            act.what = Trouble::EndpointDead(region);
            act.until = act.from + dice.between(2_000, 14_000);
        } else if dice.in_thousand(250) {
            // It stays lost: the faults that stop are the others.
            act.until = Duration::MAX;
        }
        self.acts.push(act);
    }

    /// One region fails and comes back; when that has proved itself, the one that took over fails.
    fn relay(&mut self, dice: &Dice, setting: &Setting) {
        let first = Duration::from_secs(CALM_BEFORE) + dice.seconds(0, 20);
        let back = first + dice.seconds(70, 110);
        let taker = if dice.in_thousand(700) { WEST } else { dice.pick(&setting.regions) };
        let second = back + dice.seconds(120, 230);
        let loss = |region| match dice.in_thousand(500) {
            true => Trouble::EndpointDead(region),
            false => Trouble::RegionLost(region),
        };
        self.acts.push(Act { from: first, until: back, what: loss(EAST) });
        self.acts.push(Act { from: second.min(self.over), until: self.over, what: loss(taker) });
    }

    /// Route 53's API fails when it is needed, and sometimes the buckets do, too.
    fn what_overrides_are_for(&mut self, dice: &Dice, setting: &Setting) {
        if dice.in_thousand(600) {
            self.acts.push(timed(dice, self.over, Trouble::Route53Down, 300));
        }
        if dice.in_thousand(400) {
            let region = dice.pick(&setting.regions);
            self.acts.push(timed(dice, self.over, Trouble::BucketDown(region), 120));
        }
    }

    fn second_loss(&mut self, dice: &Dice, setting: &Setting) {
        if dice.in_thousand(150) {
            let region = if dice.in_thousand(700) { WEST } else { dice.pick(&setting.regions) };
            self.second_loss = Some((region, dice.seconds(30, 300)));
        }
    }

    fn deeds(&mut self, dice: &Dice, setting: &Setting) {
        let moment = |dice: &Dice| dice.seconds(CALM_BEFORE, self.over.as_secs());
        let mut deeds = Vec::new();
        if dice.in_thousand(150) {
            let seconds = i64::try_from(dice.below(600)).unwrap_or(0) - 300;
            let region = dice.pick(&setting.controllers());
            deeds.push((moment(dice), dice.in_thousand(300), Deed::ClockJumps(region, seconds)));
        }
        if dice.in_thousand(220) {
            deeds.push((moment(dice), dice.in_thousand(300), Deed::Drill(dice.pick(&setting.controllers()))));
        }
        if dice.in_thousand(500) {
            for _ in 0..1 + dice.below(3) {
                let worst = dice.in_thousand(400);
                deeds.push((moment(dice), worst, Deed::PersonSpeaks(word(dice))));
            }
        }
        self.deeds = deeds;
    }
}

/// One kind of vantage that sees a region wrong: what two of them say counts, so that there is only one.
fn one_liar(dice: &Dice, setting: &Setting) -> Trouble {
    if dice.in_thousand(500) {
        return Trouble::IsolatedRegion(dice.pick(&setting.regions));
    }
    let to = dice.pick(&setting.regions);
    let others: Vec<_> = setting.controllers().into_iter().filter(|region| *region != to).collect();
    Trouble::PathBroken(dice.pick(&others), to)
}

fn word(dice: &Dice) -> Word {
    match dice.below(12) {
        0..=2 => Word::Pause,
        3 => Word::Resume,
        4 => Word::Acknowledge,
        5 => Word::FailOver(false),
        6 => Word::FailOver(true),
        7 => Word::FailBack(dice.in_thousand(500)),
        8..=9 => Word::Approve,
        10 => dice.pick(&[Word::Deny, Word::Retry]),
        _ => Word::Cancel,
    }
}

fn timed(dice: &Dice, over: Duration, what: Trouble, longest: u64) -> Act {
    let from = dice.seconds(CALM_BEFORE, over.as_secs() - 60);
    let until = (from + dice.seconds(20, longest)).min(over);
    Act { from, until, what }
}

fn side_trouble(dice: &Dice, setting: &Setting) -> Trouble {
    let controllers = setting.controllers();
    let region = dice.pick(&controllers);
    match dice.below(19) {
        0 => Trouble::PeersCut(region, dice.pick(&controllers)),
        1 => Trouble::TableDown(region),
        2 => Trouble::TableReadOnly(region),
        3 => Trouble::Route53Down,
        4 => Trouble::Route53Hangs,
        5..=6 => Trouble::Route53Throttles,
        7..=8 => Trouble::Route53Lies,
        9 => Trouble::Route53Slow(dice.between(1_000, 12_000)),
        10 => Trouble::NameServerSilent(usize::try_from(dice.below(4)).unwrap_or(0)),
        11 => Trouble::TopicsDown,
        12 => Trouble::TopicsSlow(dice.between(1_000, 40_000)),
        13 => Trouble::MetricBlackout,
        14 => Trouble::Isolated(region),
        15..=16 => Trouble::ProbesMute(region),
        _ => Trouble::Flaky(region),
    }
}
