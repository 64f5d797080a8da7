//! What people say, by the function that hears them.

use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use understudy::operate::{Answer, operate};
use understudy::state::{ApplicationRow, Home};
use understudy::time::after;

use crate::kinds::Kind;
use crate::process::Task;
use crate::sim::{LAMBDA_TIME, Sim};
use crate::trouble::Word;

/// A person says a word in a region.
pub fn speak(sim: &Rc<Sim>, region: &'static str, word: Word, author: &'static str) {
    let Some(command) = command(sim, region, word, author) else { return };
    sim.tally.note(Kind::Operator);
    sim.say(author, || format!("says in {region}: {command}"));
    sim.spawn(region, Task::Operate, |ports| async move {
        let (sim, here) = (ports.sim().clone(), ports.here().clone());
        let deadline = after(sim.clock(&here), LAMBDA_TIME);
        let payload = command.to_string();
        sim.judge.spoken(&command);
        let answer = operate(&ports, &sim.plan, &here, &payload, deadline).await;
        sim.say(here.as_str(), || in_words(&answer));
    });
}

fn in_words(answer: &Answer) -> String {
    match answer {
        Answer::Refused(refusal) => format!("refuses: {}", refusal.text),
        Answer::Recorded(recorded) => format!("has recorded: {}", recorded.text),
        _ => "answers".to_owned(),
    }
}

fn command(sim: &Sim, region: &str, word: Word, author: &str) -> Option<Value> {
    let application = sim.dice.pick(&sim.setting.applications);
    let row = row_of(sim, region, &application);
    let who = |mut command: Value| {
        command["application"] = json!(application);
        command["author"] = json!(author);
        command["reason"] = json!("as agreed");
        command
    };
    let forced = ["cooldown", "dwell", "flap-limit", "no-fit-target", "paused", "quorum", "soak"];
    let to = sim.dice.pick(&sim.setting.regions);
    let from = sim.dice.pick(&sim.setting.regions);
    let command = match word {
        Word::Pause => json!({"command": "pause", "for": "4m"}),
        Word::Resume => json!({"command": "resume"}),
        Word::Acknowledge => json!({"command": "acknowledge"}),
        Word::FailOver(force) => {
            let mut order = json!({"command": "fail-over", "to": to});
            if force {
                order["force"] = json!(forced);
            }
            if sim.setting.policy != "failover" {
                order["from"] = json!(from);
            }
            order
        }
        Word::FailBack(force) => {
            let mut order = json!({"command": "fail-back"});
            if force {
                order["force"] = json!(forced);
            }
            order
        }
        Word::Approve => json!({"command": "approve", "digest": row?.question?.digest}),
        Word::Deny => json!({"command": "deny", "for": "5m", "digest": row?.question?.digest}),
        Word::Cancel => json!({"command": "cancel", "run": row?.run?}),
        Word::Retry => json!({"command": "retry", "run": row?.failed?.run}),
    };
    Some(who(command))
}

/// What a region's controller remembers of an application.
pub fn row_of(sim: &Sim, region: &str, application: &str) -> Option<ApplicationRow> {
    let state = sim.cloud.state.borrow();
    let row = state.tables.get(&region.into())?.get(&ApplicationRow::key(&application.into()))?;
    serde_json::from_str(&row.body).ok()
}

/// Waits until something is asked, and approves of it; a person who answers questions.
pub async fn answer_questions(sim: Rc<Sim>) {
    loop {
        sim.cloud.time.sleep(Duration::from_secs(20)).await;
        for region in sim.setting.controllers() {
            let asked = |name: &String| row_of(&sim, region, name).is_some_and(|row| row.question.is_some());
            if sim.setting.applications.iter().any(asked) && sim.dice.in_thousand(400) {
                speak(&sim, region, Word::Approve, "bob");
            }
        }
    }
}
