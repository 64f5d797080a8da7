//! The demonstration: a region dies in front of its users, traffic moves, and is handed back. Beside it runs the
//! control: the same loss without our functions.

mod phases;
mod told;

use std::time::Duration;

use crate::LabError;
use crate::clock;
use crate::report::gather;
use crate::scenario::{Order, Ran, Scenario, finish, run as run_scenario};
use crate::show::{Tone, live, painted, say};
use crate::timeline::Mark;
use crate::world::{Action, PRIMARY, Places, SERVED, STANDBY, World};

/// What both labs have: nothing moves but by a run, so that all that is seen is ours.
const SETTINGS: &str = "
set native off
set restore auto
set tick 5s
set interval 1s
set dwell 3s
set ttl 2s
set propagation 1s
set soak 10s
set cooldown 8s
set cooldown_unacknowledged 8s
";

/// The outage: what the settings allow (tick 5 s, dwell 3 s, one interval of 1 s, propagation 1 s, time to live 2 s),
/// and 2 s of our own.
const EXPECTATIONS: &str = "
about The demonstration.
expect user outage at most 14s
expect outcome moved
expect moves 2
expect users served at the end
expect answer us-east-1
";

const CONTROL: &str = "
about The same loss without our functions.
set functions off
at 3s lose us-east-1
ends at 30s
expect no move
expect users not served at the end
";

/// How long the demonstration waits for what it shows.
const PATIENCE: Duration = Duration::from_secs(45);

/// Shows it; whether all came about, and the control left users unserved.
///
/// # Errors
/// The lab cannot go on.
pub async fn run(places: &Places) -> Result<bool, LabError> {
    let began = clock::now();
    say(painted(Tone::Strong, "Understudy: a region dies in front of its users"));
    say(format!(
        "{SERVED} is served from {PRIMARY}; {STANDBY} can take over. A user sends ten requests a second.\n\
         Everything runs on this host: the real functions, a strict model of Route 53, emulated AWS services.\n\
         Compressed settings: interval 1 s, dwell 3 s, TTL 2 s, propagation 1 s, tick 5 s, soak 10 s, cool-downs 8 s,\n\
         restore = \"auto\", native = \"off\".\n"
    ));
    let (ours, control) = tokio::join!(show(places), control(places));
    let (ours, control) = (ours?, control?);
    let well = told::verdict(&ours, &control);
    crate::targets::show(&ours.gathered.report);
    say(format!(
        "\n{:.0} s in all. Report: {}",
        clock::seconds(began, clock::now()),
        crate::cli::near(&ours.folder.join("report.json"))
    ));
    Ok(well)
}

fn order(name: &str, places: &Places) -> Order {
    let places = Places { folder: places.folder.join(name), ..places.clone() };
    Order { name: name.to_owned(), native: None, places, strike: None, live: None }
}

fn scenario(text: &str) -> Result<Scenario, LabError> {
    Scenario::parse(&format!("{SETTINGS}{text}"), "demo").map_err(LabError::Scenario)
}

async fn control(places: &Places) -> Result<Ran, LabError> {
    run_scenario(&scenario(CONTROL)?, order("demo.control", places)).await
}

async fn show(places: &Places) -> Result<Ran, LabError> {
    let scenario = scenario(EXPECTATIONS)?;
    let mut order = order("demo", places);
    let (sender, printing) = live();
    order.live = Some(sender.clone());
    let world = World::start(scenario.settings.clone(), order.places.clone(), Some(sender)).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    world.act(&Action::Lose(PRIMARY.to_owned())).await?;
    reach(&world, Mark::Verified).await;
    reach(&world, Mark::Served).await;
    // Whoever is told by now is told in time; the printed lines get a moment to come out.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    explain(&world).await;
    world.act(&Action::Heal(PRIMARY.to_owned())).await?;
    reach(&world, Mark::Restored).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let ran = finish(world, &scenario, &order).await?;
    drop(order);
    // It ends with the last sender.
    let _printed = printing.await;
    Ok(ran)
}

/// Waits for a mark, but not for ever: what did not come about is told at the end.
async fn reach(world: &World, mark: Mark) {
    let end = clock::after(clock::now(), PATIENCE);
    while world.timeline.first(mark).is_none() && clock::now() < end {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the user saw, where the time went, and what people were told.
async fn explain(world: &World) {
    let gathered = gather(world).await;
    let seen = gathered.report.user;
    say(format!(
        "\n{}\nUsers were without service for {:.1} s ({} of {} requests failed).",
        painted(Tone::Strong, "The outage that the user really saw"),
        seen.outage_s,
        seen.failed,
        seen.requests
    ));
    phases::table(world, &gathered);
    told::notification(&gathered.published);
    say(format!("\n{}", painted(Tone::Strong, "The region comes back, and traffic is handed back")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scenarios_can_be_read() {
        for text in [EXPECTATIONS, CONTROL] {
            let scenario = scenario(text).unwrap();
            assert!(!scenario.settings.is_native());
        }
        assert!(!scenario(CONTROL).unwrap().settings.functions);
    }
}
