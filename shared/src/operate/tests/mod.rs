//! Commands in a small world, as people give them.

mod consent;
mod documents;
mod ledger;
mod moves;
mod pauses;
mod runs;
mod status;
mod world;

use serde_json::Value;

use world::World;

/// What is wrong with a document, one line for each fault.
fn faults(answer: &Value) -> Vec<String> {
    assert_eq!(answer["answer"], "refused", "{answer:#}");
    let line = |fault: &Value| {
        let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {} [{}]", text("path"), text("problem"), text("allowed"))
    };
    answer["faults"].as_array().unwrap().iter().map(line).collect()
}

/// The one fault of a document that is refused; nothing was written and nobody woken.
fn refused(world: &World, document: impl ToString) -> String {
    let before = *world.commits.borrow();
    let answer = world.say(document);
    let mut faults = faults(&answer);
    assert_eq!((faults.len(), *world.commits.borrow()), (1, before), "{answer:#}");
    assert!(world.woken.borrow().is_empty());
    faults.remove(0)
}

/// The answer to a document that is taken.
fn taken(world: &World, document: impl ToString) -> Value {
    let answer = world.say(document);
    assert_eq!(answer["answer"], "recorded", "{answer:#}");
    answer
}
