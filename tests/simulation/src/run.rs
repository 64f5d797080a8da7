//! One seed, from its world to its verdict.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use suite::world::tick;
use understudy::planted::{self, Planted};

use crate::dice::Dice;
use crate::kinds::Kind;
use crate::people::{answer_questions, speak};
use crate::process::Task;
use crate::setting::Setting;
use crate::sim::Sim;
use crate::trouble::{Act, Deed, Script, Trouble};
use crate::{alarms, old};

/// Once faults stop, this is how long it may take until users are served or somebody says why not:
/// propagation, checkers that settle, three samples, a rank, the longest hold that a wake stays awake for.
pub const BOUND: Duration = Duration::from_secs(300);

/// Between two ticks.
const MINUTE: Duration = Duration::from_secs(60);

/// How a seed ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What was violated, in words.
    pub violated: Vec<String>,
    /// How often each fault happened.
    pub faults: BTreeMap<Kind, u64>,
    /// How many processes there were.
    pub wakes: u64,
    /// How many moments were looked at.
    pub steps: u64,
    /// How many checks were made.
    pub checks: u64,
    /// How many changes of records were applied.
    pub moves: u64,
    /// What happened, where it was wanted.
    pub trace: String,
}

impl Report {
    /// How many faults befell calls of ports.
    pub fn port_faults(&self) -> u64 {
        self.faults.iter().filter(|(kind, _)| kind.is_of_ports()).map(|(_, count)| count).sum()
    }
}

/// Runs a seed, with a fault planted in the product or without.
pub fn run(seed: u64, fault: Option<Planted>, traced: bool) -> Report {
    planted::sow(fault);
    let dice = Dice::new(seed);
    let setting = Setting::drawn(&dice.fork());
    let script = Script::drawn(&dice.fork(), &setting);
    let sim = Sim::new(seed, setting, dice.fork(), traced);
    sim.say("SEED", || format!("{seed}: {}", sim.setting.in_words()));
    let world = sim.clone();
    let play = play(sim.clone(), script);
    sim.cloud.run_with(sim.nursery.until(play), || world.judge.step(&world));
    planted::sow(None);
    let (steps, checks) = sim.judge.work();
    let moves = sim.judge.applied().values().map(Vec::len).sum::<usize>() as u64;
    Report {
        seed,
        violated: sim.judge.violated(),
        faults: sim.tally.counts(),
        wakes: sim.processes(),
        steps,
        checks,
        moves,
        trace: sim.trace.text(),
    }
}

/// The whole of it, until faults have stopped and the bound is over; or until something is violated.
async fn play(sim: Rc<Sim>, script: Script) {
    old::epochs(&sim);
    sim.judge.begins(&sim);
    for (region, skew) in sim.setting.controllers().into_iter().zip(sim.setting.skews.clone()) {
        if skew != 0 {
            sim.tally.note(Kind::ClockSkew);
            sim.say("FAULT", || format!("the clock in {region} is {skew} s off"));
            sim.clocks.shift(&region.into(), skew, Duration::ZERO);
        }
    }
    let minutes = u32::try_from((script.over + BOUND).as_secs() / 60).unwrap_or(0) + 1;
    for (place, region) in (0_u64..).zip(sim.setting.controllers()) {
        sim.nursery.spawn(ticks(sim.clone(), region, Duration::from_secs(4 + 7 * place), minutes));
    }
    sim.nursery.spawn(alarms::deliver(sim.clone()));
    sim.nursery.spawn(answer_questions(sim.clone()));
    for act in script.acts {
        sim.nursery.spawn(enact(sim.clone(), act, script.over));
    }
    for (at, worst, deed) in script.deeds {
        sim.nursery.spawn(done(sim.clone(), at, worst, deed));
    }
    if let Some((region, length)) = script.second_loss {
        sim.nursery.spawn(second_loss(sim.clone(), region, length, script.over));
    }
    wait_until(&sim, script.over).await;
    sim.becalm();
    wait_until(&sim, script.over + BOUND).await;
    if !sim.judge.is_violated() {
        sim.judge.at_the_end(&sim);
    }
}

/// Waits, unless something is violated: then all is over.
async fn wait_until(sim: &Sim, time: Duration) {
    while sim.elapsed() < time && !sim.judge.is_violated() {
        let left = time.saturating_sub(sim.elapsed());
        sim.cloud.time.sleep(left.min(Duration::from_secs(1))).await;
    }
}

async fn ticks(sim: Rc<Sim>, region: &'static str, first: Duration, minutes: u32) {
    for minute in 0..minutes {
        let at = first + MINUTE * minute;
        sim.cloud.time.sleep(at.saturating_sub(sim.elapsed())).await;
        sim.wake(region, tick());
    }
}

async fn enact(sim: Rc<Sim>, act: Act, over: Duration) {
    sim.cloud.time.sleep(act.from).await;
    match act.what {
        Trouble::SquareWave(region, dead, alive) => {
            sim.note_square_wave(region, dead, alive);
            let until = act.until.min(over);
            while sim.elapsed() < until {
                let down = Trouble::EndpointDead(region);
                sim.begin(down.clone());
                sim.cloud.time.sleep(dead.min(until.saturating_sub(sim.elapsed()))).await;
                sim.end(&down);
                sim.cloud.time.sleep(alive).await;
            }
        }
        what => {
            sim.begin(what.clone());
            if act.until < Duration::MAX {
                sim.cloud.time.sleep(act.until.saturating_sub(sim.elapsed())).await;
                sim.end(&what);
            }
        }
    }
}

/// Waits for the next run to begin, in the time that is left.
async fn next_run(sim: &Sim) {
    let before = sim.runs_begun.get();
    while sim.runs_begun.get() == before && !sim.calm.get() {
        sim.cloud.time.sleep(Duration::from_millis(300)).await;
    }
}

async fn done(sim: Rc<Sim>, at: Duration, worst: bool, deed: Deed) {
    if worst {
        next_run(&sim).await;
    } else {
        sim.cloud.time.sleep(at).await;
    }
    if sim.calm.get() {
        return;
    }
    match deed {
        Deed::ClockJumps(region, seconds) => {
            sim.tally.note(Kind::ClockJump);
            sim.say("FAULT", || format!("the clock in {region} jumps by {seconds} s"));
            sim.clocks.shift(&region.into(), seconds, sim.elapsed());
        }
        Deed::PersonSpeaks(word) => {
            let region = sim.dice.pick(&sim.setting.controllers());
            speak(&sim, region, word, "alice");
        }
        Deed::Drill(region) => drill(&sim, region),
    }
}

fn drill(sim: &Rc<Sim>, region: &'static str) {
    sim.tally.note(Kind::Drill);
    let lose = sim.dice.pick(&sim.setting.regions);
    let application = sim.dice.pick(&sim.setting.applications);
    let payload = format!(r#"{{"understudy":"drill","application":"{application}","lose":"{lose}"}}"#);
    sim.say(region, || format!("is asked for a drill: {payload}"));
    sim.spawn(region, Task::Drill, |ports| async move {
        let (sim, here) = (ports.sim().clone(), ports.here().clone());
        let began = sim.elapsed();
        let answer = understudy::drill::drill(&ports, &sim.plan, &here, &payload).await;
        sim.judge.drilled(&sim, &here, began, &answer);
    });
}

async fn second_loss(sim: Rc<Sim>, region: &'static str, length: Duration, over: Duration) {
    next_run(&sim).await;
    if sim.calm.get() {
        return;
    }
    sim.tally.note(Kind::SecondRegionLost);
    let trouble = Trouble::RegionLost(region);
    sim.begin(trouble.clone());
    sim.cloud.time.sleep(length.min(over.saturating_sub(sim.elapsed()))).await;
    sim.end(&trouble);
}
