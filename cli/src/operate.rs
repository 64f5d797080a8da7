//! `understudy operate`: what the operate function does, with the operator's own credentials; and with
//! `--break-glass` what the tick function does, too, so that it works where every function is dead.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Map, Value, json};
use understudy::aws::AwsWorld;
use understudy::event::{self, Event};
use understudy::names::Region;
use understudy::operate::{Answer, Recorded, operate};
use understudy::plan::Plan;
use understudy::ports::{Clock, Store};
use understudy::state::{Home, People};
use understudy::time::after;
use understudy::wake::wake;

use crate::account::{self, Deployment};
use crate::args;
use crate::file;
use crate::glass::Glass;
use crate::provision::{on_its_own, trouble};

/// What a command has for its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// One look and all that follows from it, as the tick function has.
const WAKE: Duration = Duration::from_secs(120);

/// What one round of looks takes at most, its slowest question included.
const ONE_LOOK: Duration = Duration::from_secs(5);

/// Samples until a series says something, where no table knows any.
const LOOKS: u32 = 3;

pub fn run(asked: &args::Operate) -> ExitCode {
    match on_its_own(carry_out(asked)) {
        Ok(done) => ExitCode::from(u8::from(!done)),
        Err(why) => trouble(&why),
    }
}

/// Whether what was wanted is so, or on its way.
async fn carry_out(asked: &args::Operate) -> Result<bool, String> {
    let plan = file::plan(&asked.file)?;
    let region = region(asked, &plan)?;
    let deployment = Deployment::of(&plan, &region, asked.account.as_deref(), asked.stack.as_deref())?;
    let world = account::world_of(&deployment).await?;
    let document = document(asked)?.to_string();
    if !asked.break_glass {
        let answer = operate(&world, &plan, &region, &document, after(world.now(), PATIENCE)).await;
        return Ok(show(asked, &answer));
    }
    break_glass(asked, &plan, &region, world, &document).await
}

/// Where the operator acts: as told, else where provisioning does, which is no primary region.
fn region(asked: &args::Operate, plan: &Plan) -> Result<Region, String> {
    let named = asked.region.clone().map(Region::new);
    let region = named.or_else(|| plan.provision_from.clone()).or_else(|| plan.controllers.first().cloned());
    let region = region.ok_or("the plan has no controller")?;
    if plan.controllers.contains(&region) {
        return Ok(region);
    }
    let known: Vec<&str> = plan.controllers.iter().map(Region::as_str).collect();
    Err(format!("{region} has no controller by the plan; --region is one of {}", known.join(", ")))
}

/// The document that the operate function takes.
fn document(asked: &args::Operate) -> Result<Value, String> {
    let mut members = Map::new();
    members.insert("command".into(), json!(asked.command));
    let texts = [
        ("application", &asked.application),
        ("to", &asked.to),
        ("from", &asked.from),
        ("reason", &asked.reason),
        ("digest", &asked.digest),
        ("run", &asked.run),
        ("for", &asked.duration),
        ("until", &asked.until),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            members.insert(name.into(), json!(text));
        }
    }
    if !["status", "history", "explain"].contains(&asked.command.as_str()) {
        let author = asked.author.clone().or_else(account::user);
        members.insert("author".into(), json!(author.ok_or("say who you are: --author")?));
    }
    if let Some(limit) = asked.limit {
        members.insert("limit".into(), json!(limit));
    }
    let force: Vec<&String> = asked.force.iter().filter(|guard| *guard != STATE).collect();
    if !force.is_empty() {
        members.insert("force".into(), json!(force));
    }
    Ok(Value::Object(members))
}

/// What is named in `--force` to act where no table answers.
const STATE: &str = "state";

/// Says it, and walks it: the same lease, journal and epoch as a controller.
async fn break_glass(
    asked: &args::Operate,
    plan: &Plan,
    region: &Region,
    world: AwsWorld,
    document: &str,
) -> Result<bool, String> {
    let table = world.query("controller", "").await;
    let forced = asked.force.iter().any(|guard| guard == STATE);
    let with_table = match table {
        Ok(_) => true,
        Err(_) if forced => false,
        Err(error) => {
            return Err(format!(
                "the state table of {region} does not answer ({error}). Try --region with another one; where none \
                 answers, --force state acts without any: then nobody's pause is heard, no run of another is seen, \
                 and the epoch is the only fence"
            ));
        }
    };
    if !with_table {
        eprintln!(
            "NO STATE TABLE: nobody's pause is heard, no run of another controller is seen, nothing is kept when this \
             process ends. The epoch is the only fence."
        );
    }
    let glass = Glass::new(world, with_table);
    if !with_table {
        warm_up(&glass, plan, region).await;
    }
    let answer = operate(&glass, plan, region, document, after(glass.now(), PATIENCE)).await;
    if !show(asked, &answer) {
        return Ok(false);
    }
    let Answer::Recorded(recorded) = &answer else { return Ok(true) };
    walk(asked, plan, region, &glass, recorded).await
}

/// Without a table nothing is known of anybody's health: some looks, as a controller's ticks take them.
async fn warm_up(glass: &Glass, plan: &Plan, region: &Region) {
    let interval = plan.applications.iter().map(|application| application.timing.interval).max();
    let interval = interval.unwrap_or_default();
    for look in 1..=LOOKS {
        eprintln!("looks around ({look} of {LOOKS})");
        // Where something is bad it stays awake and looks on: not for longer than this.
        let time = interval * 2 + ONE_LOOK;
        let _summary = wake(glass, plan, region, &tick(), after(glass.now(), time)).await;
        glass.sleep(interval).await;
    }
}

/// Wakes until the order is closed, or the time is over.
async fn walk(
    asked: &args::Operate,
    plan: &Plan,
    region: &Region,
    glass: &Glass,
    recorded: &Recorded,
) -> Result<bool, String> {
    let until = after(glass.now(), Duration::from_secs(60 * u64::from(asked.minutes)));
    loop {
        let summary = wake(glass, plan, region, &tick(), after(glass.now(), WAKE).min(until)).await;
        for (name, word) in
            recorded.applications.iter().filter_map(|name| summary.applications.get_key_value(name))
        {
            eprintln!("{name}: {word}");
        }
        if let Some(error) = &summary.error {
            return Err(error.clone());
        }
        let Some(order) = &recorded.order else { return Ok(true) };
        for application in &recorded.applications {
            let key = People::key(application);
            let rows = glass.query(&key.partition, &key.sort).await.map_err(|error| error.to_string())?;
            let people = rows.first().and_then(|row| serde_json::from_str::<People>(&row.body).ok());
            let done = people.and_then(|people| people.orders.get(order)?.done.clone());
            if let Some(done) = done {
                println!("{application}: {}", done.word);
                return Ok(true);
            }
        }
        if glass.now() >= until {
            eprintln!("The time is up; the order stands, and whoever wakes next goes on with it.");
            return Ok(false);
        }
        glass.sleep(Duration::from_secs(2)).await;
    }
}

fn tick() -> Event {
    event::read(r#"{"understudy":"tick"}"#)
}

/// Prints an answer; whether it was not a refusal.
fn show(asked: &args::Operate, answer: &Answer) -> bool {
    if asked.json {
        // Cannot fail: every key of every map is a text.
        println!("{}", serde_json::to_string_pretty(answer).unwrap_or_default());
        return !matches!(answer, Answer::Refused(_));
    }
    match answer {
        Answer::Refused(refusal) => {
            eprintln!("refused: {}", refusal.text);
            for fault in &refusal.faults {
                eprintln!("  {}: {}; allowed: {}", fault.path, fault.problem, fault.allowed);
            }
            return false;
        }
        Answer::Recorded(recorded) => told(recorded),
        // What these tell is a tree of facts: as it is, indented.
        other => println!("{}", serde_json::to_string_pretty(other).unwrap_or_default()),
    }
    true
}

fn told(recorded: &Recorded) {
    println!("{}", recorded.text);
    for (region, word) in &recorded.regions {
        println!("  {region}: {word}");
    }
    for note in recorded.notes.iter().chain(&recorded.why) {
        println!("  {note}");
    }
}
