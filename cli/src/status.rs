//! `understudy status`: what Route 53 and the controllers think of every check, and where they differ.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use understudy::aws::AwsWorld;
use understudy::health::Health;
use understudy::names::{Arn, Region};
use understudy::provision::{RegionStatus, Status, Told, Watch, look, status};
use understudy::state::{Observations, read_peers};

use crate::paint::{Colour, Paint};
use crate::{account, args, file};

/// A table that does not answer within this is told as unread.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn run(asked: &args::Status) -> ExitCode {
    match crate::provision::on_its_own(gathered(asked)) {
        Ok(status) => {
            if asked.json {
                // Cannot fail: every key of every map is a text.
                println!("{}", serde_json::to_string_pretty(&status).unwrap_or_default());
            } else {
                print!("{}", told(&status, Paint::of_stdout()));
            }
            ExitCode::from(u8::from(!status.is_well()))
        }
        Err(why) => crate::provision::trouble(&why),
    }
}

async fn gathered(asked: &args::Status) -> Result<Status, String> {
    let plan = file::plan(&asked.file)?;
    let tables: BTreeMap<Region, Arn> = tables(asked)?;
    let regions: Vec<Region> = tables.keys().cloned().collect();
    let world = account::world_with(tables).await?;
    let live = look(&world, &plan).await.map_err(|error| error.to_string())?;
    let (controllers, unread) = controllers(&world, &regions).await;
    let watch = Watch { plan: &plan, live: &live, controllers: &controllers, checkers: asked.observations };
    let mut status = status(&world, &watch).await;
    status.unread.extend(unread);
    Ok(status)
}

fn tables(asked: &args::Status) -> Result<BTreeMap<Region, Arn>, String> {
    let table = |text: &String| {
        let arn: Arn = text.parse().map_err(|_| {
            format!("{text} is no ARN: write arn:aws:dynamodb:us-west-2:123456789012:table/understudy-state")
        })?;
        Ok((arn.region().clone(), arn))
    };
    asked.table.iter().map(table).collect()
}

async fn controllers(world: &AwsWorld, regions: &[Region]) -> (BTreeMap<Region, Observations>, Vec<String>) {
    let (mut seen, mut unread) = (BTreeMap::new(), Vec::new());
    for (region, peer) in read_peers(world, regions, PATIENCE).await {
        match peer.silent {
            Some(why) => unread.push(format!("the controller in {region}: {why}")),
            None => drop(seen.insert(region, peer.observations)),
        }
    }
    (seen, unread)
}

/// A table for a person: one line for each region, and what belongs to it below.
pub fn told(status: &Status, paint: Paint) -> String {
    let mut text = String::new();
    for (application, regions) in &status.applications {
        for (region, of) in regions {
            text.push_str(&line(&format!("{application} {region}"), of, paint));
        }
    }
    for unread in &status.unread {
        text.push_str(&format!("{} not read: {unread}\n", paint.paint(Colour::Yellow, "?")));
    }
    text
}

fn line(whose: &str, of: &RegionStatus, paint: Paint) -> String {
    let mut text = format!("{whose}: {} by the name servers ({})\n", word(of.up.health, paint), of.up.seen);
    for (role, check) in &of.checks {
        let id = check.id.as_ref().map_or("does not exist", |id| id.as_str());
        let metric = word(check.metric, paint);
        let checkers =
            check.checkers.as_ref().map(|told| format!(", {}", by(told, paint))).unwrap_or_default();
        text.push_str(&format!("  {role:<9} {id}: {metric} by its metric{checkers}\n"));
    }
    for (here, told) in &of.controllers {
        text.push_str(&format!("  the controller in {here}: {}\n", by(told, paint)));
    }
    for differ in &of.differ {
        text.push_str(&format!("  {} they differ: {differ}\n", paint.paint(Colour::Yellow, "!")));
    }
    text
}

fn by(told: &Told, paint: Paint) -> String {
    format!("{} ({})", word(told.health, paint), told.seen)
}

fn word(health: Health, paint: Paint) -> String {
    match health {
        Health::Healthy => paint.paint(Colour::Green, "healthy"),
        Health::Unhealthy => paint.paint(Colour::Red, "unhealthy"),
        Health::Unknown => paint.paint(Colour::Yellow, "unknown"),
    }
}
