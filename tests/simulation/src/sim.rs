//! One world in motion: what all parts of a run share.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use suite::world::{Cloud, Story, standing};
use twin::model::{Fault, Scope, Span};
use understudy::dns::{Content, EpochRecord};
use understudy::event::Event;
use understudy::names::{ApplicationName, DnsName, Epoch, Region, RunId};
use understudy::plan::Plan;
use understudy::time::after;
use understudy::wake::{Summary, wake};

use crate::clocks::Clocks;
use crate::dice::Dice;
use crate::judge::Judge;
use crate::kinds::{Kind, Tally};
use crate::ports::Ports;
use crate::process::{End, Fate, Life, Nursery, Process, Task};
use crate::setting::Setting;
use crate::trace::Trace;
use crate::trouble::Trouble;

/// A Lambda's time.
pub const LAMBDA_TIME: Duration = Duration::from_secs(120);

/// One world in motion.
pub struct Sim {
    /// What the world is like.
    pub setting: Setting,
    /// Route 53, tables, topics, endpoints.
    pub cloud: Cloud,
    /// The plan that every controller has.
    pub plan: Plan,
    /// The controllers' clocks.
    pub clocks: Clocks,
    /// Everything that runs.
    pub nursery: Nursery,
    /// How often each fault happened.
    pub tally: Tally,
    /// Who watches.
    pub judge: Judge,
    /// What happened.
    pub trace: Trace,
    /// Chance for what befalls calls and processes.
    pub dice: Dice,
    /// Whether faults have stopped.
    pub calm: Cell<bool>,
    /// How often a run has begun.
    pub runs_begun: Cell<u64>,
    /// What each controller's newest wake said of each application, and when.
    pub said: RefCell<BTreeMap<(Region, ApplicationName), (Duration, String)>>,
    troubles: RefCell<Vec<Trouble>>,
    lives: RefCell<Vec<Rc<Life>>>,
    count: Cell<u64>,
}

impl Sim {
    /// A world of this setting, before anything happens.
    pub fn new(seed: u64, setting: Setting, dice: Dice, traced: bool) -> Rc<Self> {
        let Story { cloud, plan, .. } = Story::of(&setting.estate(seed));
        let sim = Self {
            judge: Judge::new(&setting, &plan),
            cloud,
            plan,
            setting,
            clocks: Clocks::default(),
            nursery: Nursery::default(),
            tally: Tally::default(),
            trace: Trace::new(traced),
            dice,
            calm: Cell::new(false),
            runs_begun: Cell::new(0),
            said: RefCell::default(),
            troubles: RefCell::default(),
            lives: RefCell::default(),
            count: Cell::new(0),
        };
        Rc::new(sim)
    }

    /// Since the start.
    pub fn elapsed(&self) -> Duration {
        self.cloud.time.elapsed()
    }

    /// What a region's clock says.
    pub fn clock(&self, region: &Region) -> Timestamp {
        self.clocks.seen(region, self.cloud.time.now())
    }

    /// A line of the trace.
    pub fn say(&self, who: &str, what: impl FnOnce() -> String) {
        self.trace.say(self.elapsed(), who, what);
    }

    /// Whether something like this is wrong now.
    pub fn suffers(&self, like: impl Fn(&Trouble) -> bool) -> bool {
        self.troubles.borrow().iter().any(like)
    }

    /// The first kind that something wrong now stands for.
    pub fn first_trouble(&self, kind: impl Fn(&Trouble) -> Option<Kind>) -> Option<Kind> {
        self.troubles.borrow().iter().find_map(kind)
    }

    /// Whether a controller's probes do not reach a host, though others' do.
    pub fn path_is_broken(&self, here: &Region, host: &str) -> bool {
        self.suffers(|trouble| {
            matches!(trouble, Trouble::PathBroken(from, to) if *from == here.as_str() && host.contains(to))
        })
    }

    /// Something begins to be wrong.
    pub fn begin(&self, trouble: Trouble) {
        self.say("TROUBLE", || trouble.in_words());
        if let Some(kind) = trouble.kind() {
            self.tally.note(kind);
        }
        if let Trouble::RegionLost(region) = &trouble {
            let lost = Region::from(*region);
            self.lives
                .borrow()
                .iter()
                .filter(|life| life.region == lost)
                .for_each(|life| life.ended.set(true));
        }
        self.troubles.borrow_mut().push(trouble);
        self.refresh();
    }

    /// It is over.
    pub fn end(&self, trouble: &Trouble) {
        let place = self.troubles.borrow().iter().position(|known| known == trouble);
        if let Some(place) = place {
            self.troubles.borrow_mut().remove(place);
            self.say("OVER", || trouble.in_words());
        }
        self.refresh();
    }

    /// Everything is over that is not for ever.
    pub fn becalm(&self) {
        self.calm.set(true);
        let stays = |trouble: &Trouble| matches!(trouble, Trouble::EndpointDead(_) | Trouble::RegionLost(_));
        self.troubles.borrow_mut().retain(stays);
        self.say("CALM", || "faults stop".to_owned());
        self.refresh();
    }

    /// Brings the world to what is wrong with it.
    fn refresh(&self) {
        let now = self.elapsed();
        let troubles = self.troubles.borrow().clone();
        let state = &mut *self.cloud.state.borrow_mut();
        for set in [&mut state.dead, &mut state.isolated, &mut state.tables_down, &mut state.read_only] {
            set.clear();
        }
        state.lost.clear();
        state.buckets_down.clear();
        state.cut_off.clear();
        state.out_of_checkers_sight.clear();
        state.topics_down = false;
        state.topics_take = Duration::ZERO;
        state.twin.faults_mut().clear();
        for trouble in &troubles {
            let api = |fault| (fault, Scope::All, Span::From(Duration::ZERO));
            let mut order = |(fault, scope, span)| state.twin.faults_mut().inject(fault, scope, span);
            match trouble {
                Trouble::EndpointDead(region) => drop(state.dead.insert((*region).into())),
                Trouble::RegionLost(region) => {
                    state.dead.insert((*region).into());
                    state.tables_down.insert((*region).into());
                    state.buckets_down.insert((*region).into());
                    state.lost.insert((*region).into());
                }
                Trouble::Isolated(region) => drop(state.isolated.insert((*region).into())),
                Trouble::IsolatedRegion(region) => {
                    state.isolated.insert((*region).into());
                    state.out_of_checkers_sight.insert((*region).into());
                }
                Trouble::PeersCut(one, other) => {
                    state.cut_off.insert(((*one).into(), (*other).into()));
                }
                Trouble::TableDown(region) => drop(state.tables_down.insert((*region).into())),
                Trouble::BucketDown(region) => drop(state.buckets_down.insert((*region).into())),
                Trouble::TableReadOnly(region) => drop(state.read_only.insert((*region).into())),
                Trouble::Route53Down => order(api(Fault::Unavailable)),
                Trouble::Route53Hangs => order(api(Fault::Hang)),
                Trouble::Route53Throttles => order(api(Fault::Throttled)),
                Trouble::Route53Lies => order(api(Fault::AppliedButFailed)),
                Trouble::Route53Slow(by) => order(api(Fault::Slow(*by))),
                Trouble::NameServerSilent(server) => {
                    state.twin.faults_mut().silence_name_server(*server, Span::From(Duration::ZERO));
                }
                Trouble::TopicsDown => state.topics_down = true,
                Trouble::TopicsSlow(by) => state.topics_take = *by,
                Trouble::SquareWave(..)
                | Trouble::PathBroken(..)
                | Trouble::ProbesMute(_)
                | Trouble::MetricBlackout
                | Trouble::Flaky(_) => {}
            }
        }
        let observers_err = troubles.iter().any(|trouble| {
            matches!(
                trouble,
                Trouble::Isolated(_)
                    | Trouble::IsolatedRegion(_)
                    | Trouble::PathBroken(..)
                    | Trouble::ProbesMute(_)
            )
        });
        self.judge.world_is(now, &state.dead, observers_err);
    }

    /// Wakes a controller by an event.
    pub fn wake(self: &Rc<Self>, region: &str, event: Event) {
        self.say(region, || format!("wakes: {}", event.in_words()));
        self.spawn(region, Task::Wake, |ports| async move {
            let (sim, here) = (ports.sim().clone(), ports.here().clone());
            let deadline = after(sim.clock(&here), LAMBDA_TIME);
            let began = sim.elapsed();
            let summary = wake(&ports, &sim.plan, &here, &event, deadline).await;
            sim.heard(&here, &summary);
            if matches!(event, Event::Tick { .. }) {
                sim.judge.ticked(&sim, &here, began, &summary);
            }
        });
    }

    fn heard(&self, here: &Region, summary: &Summary) {
        let now = self.elapsed();
        for (application, word) in &summary.applications {
            self.said.borrow_mut().insert((here.clone(), application.clone()), (now, word.clone()));
            self.say(here.as_str(), || format!("{application}: {word}"));
        }
        if let Some(error) = &summary.error {
            self.say(here.as_str(), || format!("could do nothing: {error}"));
        }
    }

    /// Begins a process in a region, unless that is lost.
    pub fn spawn<F>(self: &Rc<Self>, region: &str, task: Task, body: impl FnOnce(Ports) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let here = Region::from(region);
        if self.cloud.state.borrow().lost.contains(&here) {
            return;
        }
        self.count.set(self.count.get() + 1);
        let (number, ended, troubled) = (self.count.get(), Cell::new(false), Cell::new(None));
        let life = Rc::new(Life { number, region: here, task, ended, troubled });
        let mut lives = self.lives.borrow_mut();
        lives.retain(|life| Rc::strong_count(life) > 1);
        lives.push(life.clone());
        let body = Box::pin(body(Ports::new(self.clone(), life.clone())));
        let sim = self.clone();
        let paused = move |length: Duration| sim.note_pause(length);
        let process = Process::new(&self.cloud.time, life.clone(), self.fate(), LAMBDA_TIME, body, paused);
        let sim = self.clone();
        self.nursery.spawn(async move { sim.ended(&life, process.await) });
    }

    fn fate(&self) -> Fate {
        if self.calm.get() {
            return Fate::default();
        }
        let strikes = || self.dice.in_thousand(self.setting.mortal).then(|| 1 + self.dice.below(60));
        let dies_at = strikes();
        let paused_at = strikes().map(|at| (at, self.dice.between(2_000, 130_000)));
        Fate { dies_at, paused_at }
    }

    fn note_pause(&self, length: Duration) {
        self.tally.note(Kind::ProcessPause);
        self.say("FAULT", || format!("a process is paused for {length:?}"));
    }

    fn ended(&self, life: &Life, end: End) {
        let kind = match end {
            End::Done => return,
            End::Died => Kind::Crash,
            End::TimeUp => Kind::TimeUp,
            End::Lost => Kind::RegionLost,
        };
        self.tally.note(kind);
        self.say("FAULT", || format!("process {} in {} ends: {end:?}", life.number, life.region));
    }

    /// An endpoint becomes a square wave.
    pub fn note_square_wave(&self, region: &'static str, dead: Duration, alive: Duration) {
        self.tally.note(Kind::SquareWave);
        self.say("TROUBLE", || Trouble::SquareWave(region, dead, alive).in_words());
    }

    /// Whether a region's controller and table are there.
    pub fn is_there(&self, region: &Region) -> bool {
        !self.cloud.state.borrow().lost.contains(region)
    }

    /// Whose run holds an epoch's record in the newest version of the zone.
    pub fn owner_of(&self, served: &DnsName, epoch: Epoch) -> Option<RunId> {
        let name = EpochRecord::name_of(epoch, served);
        let sets = standing(&self.cloud, name.as_str());
        let Some(Content::Values { values, .. }) = sets.first().map(|set| &set.content) else { return None };
        EpochRecord::parse(values.first()?.trim_matches('"')).ok().map(|record| record.run)
    }

    /// How many processes there were.
    pub fn processes(&self) -> u64 {
        self.count.get()
    }
}
