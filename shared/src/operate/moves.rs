//! Fail over and fail back: a person orders a move, and is told beforehand what would hold it.
//!
//! The order is decided here as the controller that will carry it out would decide it, on the facts
//! that are seen from here. That controller decides again, on its own.

use futures_util::future::join;
use serde_json::{Value, json};

use super::answer::{Answer, Objection, Recorded, Refusable, Refusal};
use super::choose::{Chosen, back, has_controller, over};
use super::desk::Desk;
use super::request::{Move, still_stands};
use super::runs::already;
use super::tables::{Tables, read_tables};
use super::write::{Word, record};
use crate::decide::{Decision, HoldWords, Situation, Standing, decide_order};
use crate::dns::Serving;
use crate::names::{EffectDigest, OrderId, Region, RunId};
use crate::plan::{Application, Policy};
use crate::ports::{Functions, Watching};
use crate::state::{ApplicationRow, Order, Wanted};
use crate::time::clock;
use crate::wake::Survey;

/// The one guard that an approval lifts after the order is written down.
const TWO_PERSON: &str = "two-person";

/// Writes an order down, unless guards object that it does not name.
pub(super) async fn order<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    wanted: &Move<'_>,
) -> Refusable<Answer> {
    let application = wanted.application;
    let applications = [application];
    let (seen, tables) = join(desk.look(&applications, true), read_tables(desk)).await;
    let mut seen = seen?;
    let Some(survey) = seen.pop() else {
        return Err(Refusal::one("application", "nothing was seen of it", "the same command, again"));
    };
    let serving = survey
        .facts
        .serving(application)
        .unwrap_or_else(|_| Serving::by_epoch(application, survey.facts.newest()));
    let chosen = if wanted.back { back(wanted, &survey, &serving) } else { over(wanted, &survey, &serving) }?;
    has_controller(desk, wanted, &chosen)?;
    let until = still_stands(desk.said, application.timing.approval, desk.world.now())?;
    not_overtaken(desk, &survey)?;
    let id = desk.id(wanted.verb());
    already(desk, &tables, application, &id)?;
    let order = desk.order(&wanted.who, until, what(wanted, &chosen, &survey));
    let decision = decide_as(desk, &survey, &tables, &chosen.executor, (&id, &order));
    let expected = judge(wanted, &chosen, decision)?;
    let text = format!(
        "{} ordered {} to {} from {} to {}: {}",
        wanted.who.author,
        application.name,
        wanted.verb(),
        chosen.from,
        chosen.to,
        wanted.who.reason
    );
    let words = [Word::order(desk, &application.name, (&id, &order), &text)];
    let recorded = record(desk, &tables, &words, text).await?;
    Ok(Answer::Recorded(Box::new(tell(recorded, wanted, &chosen, &tables, expected, (id, &order)))))
}

/// What came by way of EventBridge may be late: a move since then has overtaken it.
fn not_overtaken<W: Watching + Functions>(desk: &Desk<'_, W>, survey: &Survey<'_>) -> Refusable<()> {
    match survey.facts.newest().filter(|newest| desk.by_event && newest.at > desk.said) {
        None => Ok(()),
        Some(newest) => {
            let problem = format!(
                "it was said at {}, before the move to {} at {}",
                clock(desk.said),
                newest.to,
                clock(newest.at)
            );
            Err(Refusal::one("time", problem, "a command that arrives in time: say it again"))
        }
    }
}

fn what(wanted: &Move<'_>, chosen: &Chosen, survey: &Survey<'_>) -> Wanted {
    let (from, to, force) = (chosen.from.clone(), chosen.to.clone(), wanted.force.clone());
    // An epoch that is not known is a guard's to report: nothing is written then.
    let after = survey.facts.newest_epoch().unwrap_or_default();
    match wanted.back {
        false => Wanted::FailOver { from, to, force, after },
        true => Wanted::FailBack { from, to, force, after },
    }
}

/// Decides as another controller would, with the order in its hands.
fn decide_as<W: Watching + Functions>(
    desk: &Desk<'_, W>,
    survey: &Survey<'_>,
    tables: &Tables,
    executor: &Region,
    (id, order): (&OrderId, &Order),
) -> Decision {
    let now = desk.world.now();
    let name = &survey.application.name;
    let mut people = tables.people(name, now);
    people.join(&survey.standing.people);
    // Of several orders the newest is carried out: this one.
    people.orders.retain(|_, other| {
        !matches!(other.what, Wanted::FailOver { .. } | Wanted::FailBack { .. }) || !other.is_open(now)
    });
    people.orders.insert(id.clone(), order.clone());
    let its = tables.rows(name).find(|(region, _)| *region == executor).map(|(_, row)| row.clone());
    let ApplicationRow { run, failed, cleared, .. } = its.unwrap_or_default();
    decide_order(&Situation {
        application: survey.application,
        plan: desk.plan,
        here: executor,
        facts: &survey.facts,
        standing: &Standing { people, run, failed, cleared, ..survey.standing.clone() },
        run: &RunId::new(id.as_str()),
        now,
    })
}

/// What follows from an order that may be written down.
#[derive(Default)]
struct Expected {
    overridden: Vec<HoldWords>,
    why: Vec<String>,
    digest: Option<EffectDigest>,
    waits: Option<String>,
}

/// What the decision means for the order.
fn judge(wanted: &Move<'_>, chosen: &Chosen, decision: Decision) -> Refusable<Expected> {
    let name = &wanted.application.name;
    let objections: Vec<Objection> = decision
        .holds()
        .iter()
        .filter(|hold| hold.reason.guard() != TWO_PERSON)
        .map(Objection::from)
        .collect();
    if !objections.is_empty() {
        return Err(objected(wanted, chosen, objections));
    }
    match decision {
        Decision::Ask { effect, holds, .. } => {
            let digest = effect.digest();
            let waits = holds.first().map(|hold| hold.in_words().reason).unwrap_or_default();
            let waits = format!("{waits}: approve {digest} as soon as a controller asks for it");
            Ok(Expected {
                why: effect.in_words(),
                digest: Some(digest),
                waits: Some(waits),
                ..Expected::default()
            })
        }
        Decision::Evacuate(claim) | Decision::Restore(claim) => {
            let overridden = claim.ordered().map(|ordered| ordered.overridden.clone()).unwrap_or_default();
            let (why, digest) = (claim.why().to_vec(), Some(claim.effect().clone()));
            Ok(Expected { overridden, why, digest, waits: None })
        }
        Decision::Steady | Decision::Hold { .. } => {
            let problem = format!("{name} is as it would be then: nothing would be moved");
            Err(Refusal::one("application", problem, "a move that changes something; look at status"))
        }
    }
}

/// The guards that object, and the document that would be taken all the same.
fn objected(wanted: &Move<'_>, chosen: &Chosen, guards: Vec<Objection>) -> Box<Refusal> {
    let names: Vec<&str> = guards.iter().map(|objection| objection.hold.guard.as_str()).collect();
    let never: Vec<&str> = guards
        .iter()
        .filter(|objection| !objection.overridable)
        .map(|objection| objection.hold.guard.as_str())
        .collect();
    let allowed = match never.as_slice() {
        [] => "send_instead, if you want it all the same".to_owned(),
        never => {
            format!("the same command once this is over, which no order overrides: {}", never.join(", "))
        }
    };
    let problem = format!("guards object that are not named: {}", names.join(", "));
    let mut refusal = Refusal::one("force", problem, allowed);
    refusal.text = format!("{} guards object; nothing was recorded", guards.len());
    refusal.send_instead = never.is_empty().then(|| instead(wanted, chosen, &names));
    refusal.guards = guards;
    refusal
}

/// The same order, with nothing left open and the guards that object named.
fn instead(wanted: &Move<'_>, chosen: &Chosen, objecting: &[&str]) -> Value {
    let mut force = wanted.force.clone();
    force.extend(objecting.iter().map(|guard| (*guard).to_owned()));
    let mut document = json!({
        "command": wanted.verb(),
        "application": wanted.application.name,
        "to": chosen.to,
        "force": force,
        "author": wanted.who.author,
        "reason": wanted.who.reason,
    });
    if !wanted.back {
        document["from"] = json!(chosen.from);
    }
    document
}

/// The answer to an order that is written down.
fn tell(
    mut recorded: Recorded,
    wanted: &Move<'_>,
    chosen: &Chosen,
    tables: &Tables,
    expected: Expected,
    (id, order): (OrderId, &Order),
) -> Recorded {
    let Application { name, policy, .. } = wanted.application;
    let executor = &chosen.executor;
    let mut notes = vec![format!("the controller in {executor} decides afresh, and carries it out")];
    notes.extend(expected.waits);
    if !tables.answered(executor) {
        notes.push(format!(
            "the table of {executor} was not reached: its controller hears of the order from another one"
        ));
    }
    let idle: Vec<&str> = wanted
        .force
        .iter()
        .filter(|guard| !expected.overridden.iter().any(|hold| hold.guard == **guard))
        .map(String::as_str)
        .collect();
    if !idle.is_empty() {
        notes.push(format!("named, and not objecting now: {}", idle.join(", ")));
    }
    if wanted.back && *policy == Policy::Weighted {
        notes.push(format!("{name} returns by the stages of its ramp"));
    }
    recorded.order = Some(id);
    recorded.until = Some(order.until);
    recorded.digest = expected.digest;
    recorded.overridden = expected.overridden;
    recorded.why = expected.why;
    recorded.notes = notes;
    recorded
}
