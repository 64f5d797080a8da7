//! Provisioning a large estate: two hundred applications of five regions, in a zone as large as Route 53's quota.
//!
//! What a difference takes beyond the reading, and how much memory the whole takes: the real core lists the twin's
//! model page by page, and compares. Then all of it is made on virtual time, which counts what Route 53's quotas
//! would have refused.

use std::collections::BTreeMap;
use std::time::Duration;

use suite::world::{Cloud, Controller, Crash};
use twin::model::records::{ChangeBatch, RecordSetInput};
use twin::model::{Config, Propagation};
use understudy::names::ZoneId;
use understudy::plan::Plan;
use understudy::ports::Clock;
use understudy::provision::{
    Adopted, Change, Consent, Difference, Live, LiveCheck, LiveZone, SHARE, Task, Terms, bring, look,
};
use understudy::time::after;

use crate::clock::{milliseconds, now};
use crate::progress::Progress;
use crate::{Figure, Target, Trouble, Unit};

const APPLICATIONS: usize = 200;
const REGIONS: [&str; 5] = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "sa-east-1"];
/// What a zone holds by default (Developer Guide, quotas on hosted zones).
const RECORDS: usize = 10_000;
/// How long a difference may take.
const LONGEST: f64 = 100.0;
/// How much memory listing and comparing may take, in megabytes.
const MOST: f64 = 100.0;
/// How often each difference is repeated; the median counts.
const REPEATS: usize = 50;
/// Applications that are made on virtual time, with three checks for each region: as many as an account may have.
const MADE: usize = 13;

/// Measures all of it.
///
/// # Errors
/// This system does not tell how much memory a process takes.
pub fn measure() -> Result<Vec<Figure>, Trouble> {
    let progress = Progress::of("provisioning", 2 * REPEATS + 2);
    let mut figures = differences(&progress);
    progress.now("a zone of ten thousand records");
    figures.push(listed_alone()?);
    progress.step();
    progress.now("made under the quotas");
    figures.extend(made());
    Ok(figures)
}

fn differences(progress: &Progress) -> Vec<Figure> {
    let zone = ZoneId::new("Z0123456789");
    let plan = plan(zone.as_str(), APPLICATIONS);
    let bare = Live { zones: [(zone.clone(), LiveZone::default())].into(), ..Live::default() };
    let whole = Difference::between(&plan, &bare, &Adopted::new());
    let stands = standing(&zone, &whole);
    let figure = |what: &str, live: &Live| {
        progress.now(what);
        let once = |_| {
            let began = now();
            std::hint::black_box(Difference::between(&plan, live, &Adopted::new()));
            progress.step();
            milliseconds(began.elapsed())
        };
        let times: Vec<f64> = (0..REPEATS).map(once).collect();
        let name = format!("{APPLICATIONS} applications of {} regions: {what}", REGIONS.len());
        Figure::median(name, Unit::Milliseconds, &times).target(Target::at_most(LONGEST))
    };
    let first = figure("the difference where nothing stands", &bare);
    let again = figure("the difference where all of it stands", &stands);
    let left = Difference::between(&plan, &stands, &Adopted::new()).changes.len();
    vec![
        first.note(format!("{} changes", whole.changes.len())),
        again,
        Figure::new("what is left to do there", Unit::Count, left as f64).target(Target::about(0.0, 0.0)),
    ]
}

/// What would stand if a difference were applied.
fn standing(zone: &ZoneId, difference: &Difference) -> Live {
    let mut live = Live::default();
    let mut ids = BTreeMap::new();
    let mut sets = Vec::new();
    for (number, change) in difference.changes.iter().enumerate() {
        match change {
            Change::CreateCheck { name, reference, check } => {
                let id =
                    understudy::names::HealthCheckId::new(format!("00000000-0000-0000-0000-{number:012}"));
                ids.insert(name.clone(), id.clone());
                live.checks.push(LiveCheck {
                    copied: None,
                    id,
                    reference: reference.generation(0),
                    version: 1,
                    check: check.with_children(|child| ids.get(child).cloned()),
                    tags: BTreeMap::new(),
                });
            }
            Change::TagCheck { name, tags } => {
                let of = ids.get(name);
                let check = live.checks.iter_mut().rev().find(|check| Some(&check.id) == of);
                check.into_iter().for_each(|check| check.tags = tags.clone());
            }
            Change::CreateSet(set) => {
                let mut filled = set.set.clone();
                filled.health_check = set.check.as_ref().and_then(|name| ids.get(name).cloned());
                sets.push(filled);
            }
            Change::PutAlarm(alarm) => drop(live.alarms.insert(alarm.place.clone(), alarm.settings())),
            Change::UpdateCheck { .. } | Change::ChangeSet { .. } => {}
        }
    }
    live.zones.insert(zone.clone(), LiveZone { count: sets.len(), sets, ..LiveZone::default() });
    live
}

/// [`listed`] in a process of its own: here, memory that earlier work gave back would be used again and not counted.
fn listed_alone() -> Result<Figure, Trouble> {
    let own = std::env::current_exe().map_err(Trouble::system("this program is not found"))?;
    let output = std::process::Command::new(own).arg("listing").output();
    let output = output.map_err(Trouble::system("this program cannot be started"))?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let (took, note) = told.trim().split_once(' ').unwrap_or_default();
    let took: f64 = took.parse().map_err(|_| Trouble::Unexpected(format!("no number: {told:?}")))?;
    Ok(Figure::new("memory to list and compare a zone of 10,000 records", Unit::Megabytes, took)
        .target(Target::at_most(MOST))
        .note(note))
}

/// A zone as large as may be, listed page by page and compared: the megabytes that the process takes more than
/// before, and what it saw.
///
/// # Errors
/// This system does not tell how much memory a process takes.
pub fn listed() -> Result<String, Trouble> {
    let cloud = Cloud::bare(Config::default());
    for first in (0..RECORDS - 2).step_by(499) {
        let names = first..(first + 499).min(RECORDS - 2);
        let batch = names.fold(ChangeBatch::new(), |batch, number| {
            let name = format!("host-{number:05}.example.com");
            batch.create(RecordSetInput::simple(&name, "A", 60, &["192.0.2.1"]))
        });
        let at = Duration::from_secs(first as u64);
        let made = cloud.state.borrow_mut().twin.change_resource_record_sets(&cloud.zone, &batch, at);
        made.map_err(|error| Trouble::Unexpected(format!("the model refuses the zone: {error}")))?;
    }
    let plan = plan(cloud.zone.as_str(), APPLICATIONS);
    let world = maker(&cloud);
    let (before, ()) = (memory("VmRSS")?, forget_the_peak()?);
    let difference = cloud.run(async {
        let live = look(&world, &plan).await;
        live.map(|live| {
            (
                live.zones.values().map(|zone| zone.count).sum::<usize>(),
                Difference::between(&plan, &live, &Adopted::new()),
            )
        })
    });
    let (count, difference) =
        difference.map_err(|error| Trouble::Unexpected(format!("the zone cannot be read: {error}")))?;
    let took = (memory("VmHWM")? - before).max(0.0);
    Ok(format!("{took} {count} record sets, {} changes", difference.changes.len()))
}

/// So many megabytes, by what Linux says of this process.
fn memory(what: &str) -> Result<f64, Trouble> {
    let status = std::fs::read_to_string("/proc/self/status")
        .map_err(Trouble::system("this system does not tell what a process takes"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kilobytes.map(|kilobytes| kilobytes / 1_000.0).ok_or_else(|| Trouble::Unexpected(format!("no {what}")))
}

/// From now on the peak is counted anew (proc(5), `clear_refs`).
fn forget_the_peak() -> Result<(), Trouble> {
    std::fs::write("/proc/self/clear_refs", "5").map_err(Trouble::system("the peak cannot be forgotten"))
}

/// Made on virtual time: how long that takes, and what the quotas would have refused.
fn made() -> Vec<Figure> {
    let propagation = Propagation::exactly(Duration::from_secs(2));
    let cloud = Cloud::bare(Config::default().propagation(propagation).checkers(4));
    let plan = plan(cloud.zone.as_str(), MADE);
    let world = maker(&cloud);
    let task = Task {
        terms: Terms { consent: Consent::ToCreate, share: SHARE },
        adopted: Adopted::new(),
        run: "20261122T120000Z-provision".into(),
        until: after(world.now(), Duration::from_secs(7_200)),
    };
    let brought = cloud.run(bring(&world, &plan, &task));
    let state = cloud.state.borrow();
    let checks = state.calls.iter().filter(|(_, call)| *call == "CreateHealthCheck").count();
    let left = brought.map_or(usize::MAX, |brought| brought.rest.changes.len());
    let took = cloud.time.elapsed().as_secs();
    vec![
        Figure::new(
            format!("{checks} checks and their records made: what is left"),
            Unit::Count,
            left as f64,
        )
        .target(Target::about(0.0, 0.0))
        .note(format!("{took} s of virtual time")),
        Figure::new("calls that the quotas refused meanwhile", Unit::Count, state.refused.len() as f64)
            .target(Target::about(0.0, 0.0)),
    ]
}

fn maker(cloud: &Cloud) -> Controller {
    Controller { cloud: cloud.clone(), region: "us-west-2".into(), crash: Crash::never() }
}

/// So many applications, of each policy in turn, with checks of their data.
#[allow(clippy::panic, reason = "the plan is ours")]
fn plan(zone: &str, applications: usize) -> Plan {
    let topics = "[topics]\nops = [\"arn:aws:sns:us-west-2:123456789012:ops\"]\n".to_owned();
    let text = (0..applications).fold(topics, |text, number| text + &application(zone, number));
    match Plan::parse(&text, "bench") {
        Ok((plan, _)) => plan,
        Err(faults) => panic!("{faults}"),
    }
}

fn application(zone: &str, number: usize) -> String {
    let policies = ["failover", "weighted", "latency"];
    let policy = policies.get(number % 3).copied().unwrap_or("failover");
    let region = |(place, region): (usize, &&str)| {
        let role = match (policy, place) {
            ("failover", 0) => "role = \"primary\"\n",
            ("failover", _) => "role = \"standby\"\n",
            _ => "",
        };
        format!(
            "[[application.app-{number}.region]]\nregion = \"{region}\"\n{role}\
             record = {{ a = [\"198.{place}.{}.{}\"] }}\n\
             signals = [{{ probe = \"https://app-{number}-{region}.example.net/health\" }}]\n\
             data_check = {{ alarm = \"arn:aws:cloudwatch:{region}:123456789012:alarm:db-{number}\", missing = \"unhealthy\" }}\n",
            number / 200,
            number % 200 + 1,
        )
    };
    let regions: String = REGIONS.iter().enumerate().map(region).collect();
    format!(
        "[application.app-{number}]\nname = \"app-{number}.example.com\"\n\
         zone = {{ id = \"{zone}\", name = \"example.com\" }}\npolicy = \"{policy}\"\nnative = \"off\"\n\
         rto = \"30m\"\nnotify = {{ critical = [\"ops\"] }}\n{regions}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_stand_leaves_nothing_to_do() {
        let zone = ZoneId::new("Z0123456789");
        let plan = plan(zone.as_str(), 6);
        let bare = Live { zones: [(zone.clone(), LiveZone::default())].into(), ..Live::default() };
        let whole = Difference::between(&plan, &bare, &Adopted::new());
        assert!(whole.changes.len() > 6 * REGIONS.len() * 5);
        let again = Difference::between(&plan, &standing(&zone, &whole), &Adopted::new());
        assert_eq!(again.changes, []);
    }

    #[test]
    fn memory_is_told_in_megabytes() {
        let (now, peak) = (memory("VmRSS").unwrap(), memory("VmHWM").unwrap());
        assert!(now > 1.0 && peak >= now && peak < 10_000.0);
    }
}
