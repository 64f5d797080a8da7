//! Cancel and retry.

use serde_json::{Value, json};

use super::world::{Down, EAST, EU, WEST, World, ago, start};
use super::{refused, taken};
use crate::names::RunId;
use crate::run::{Run, State, Step};
use crate::state::{ApplicationRow, FailedRun, Wanted, run_key};

fn command(verb: &str, run: &str) -> Value {
    json!({"command": verb, "application": "shop", "run": run, "author": "alice", "reason": "wrong"})
}

/// A run in flight in a region, as its controller has written it down.
fn in_flight(world: &World, region: &str) -> RunId {
    let run = run();
    let row = ApplicationRow { run: Some(run.id().clone()), ..ApplicationRow::default() };
    world.row(region, "shop", &row);
    world.put(region, run_key(&"shop".into(), run.id()), &run);
    run.id().clone()
}

/// A run as an order makes one.
pub(super) fn run() -> Run {
    use crate::decide::{Decision, Situation, decide};
    let mut world = World::calm();
    world.seen(crate::health::Health::Healthy, &["shop-us-east-1"]);
    let look = crate::wake::Look { plan: &world.plan, here: &WEST.into(), listed: true };
    let applications = [&world.plan.applications[0]];
    let (surveys, _) = world.run(crate::wake::survey(&world, look, &applications)).unwrap();
    let survey = &surveys[0];
    let decision = decide(&Situation {
        application: survey.application,
        plan: &world.plan,
        here: &WEST.into(),
        facts: &survey.facts,
        standing: &survey.standing,
        run: &"r-1".into(),
        now: start(),
    });
    let Decision::Evacuate(claim) = decision else { panic!("{decision:?}") };
    Run::new("shop".into(), "i-1".into(), *claim, crate::run::Marks::default())
}

#[test]
fn a_run_that_was_not_accepted_is_given_up() {
    let world = World::calm();
    let run = in_flight(&world, EAST);
    let answer = taken(&world, command("cancel", run.as_str()));
    assert_eq!(answer["text"], "alice gave up run r-1: wrong");
    let order = world.people(EU, "shop").orders.into_values().next().unwrap();
    assert_eq!(order.what, Wanted::Cancel { run });
}

#[test]
fn a_run_that_was_accepted_is_not_given_up() {
    let world = World::calm();
    let run = in_flight(&world, EAST);
    let mut accepted = self::run();
    accepted.state = State::At(Step::NameServersHaveIt);
    accepted.marks.submitted = Some(ago(5));
    world.put(EAST, run_key(&"shop".into(), &run), &accepted);
    let fault = refused(&world, command("cancel", run.as_str()));
    assert!(
        fault.ends_with("there is nothing left to give up [fail-back, once the run has ended]"),
        "{fault}"
    );
}

#[test]
fn an_unknown_run_is_refused_with_those_in_flight() {
    let world = World::calm();
    let fault = refused(&world, command("cancel", "r-9"));
    assert_eq!(
        fault,
        "run: no run r-9 of shop is in flight, as far as could be read [none is in flight now]"
    );
    in_flight(&world, EAST);
    assert!(refused(&world, command("cancel", "r-9")).ends_with("[r-1 of us-east-1]"));
    world.fails(EAST, Down::Refuses);
    let answer = world.say(command("cancel", "r-1"));
    assert_eq!((&answer["answer"], answer["regions"].get(EAST).is_some()), (&json!("refused"), true));
}

#[test]
fn a_run_that_failed_goes_on() {
    let world = World::calm();
    let failed = FailedRun { run: "r-1".into(), error: "access denied".into(), at: ago(60), wish: None };
    world.row(EAST, "shop", &ApplicationRow { failed: Some(failed), ..ApplicationRow::default() });
    let answer = taken(&world, command("retry", "r-1"));
    assert_eq!(answer["notes"][0], "it failed in us-east-1 at 2026-11-22T11:59:00Z: access denied");
    world.woken.borrow_mut().clear();
    assert!(refused(&world, command("retry", "r-2")).ends_with("[r-1 of us-east-1]"));
}
