//! What people say to the function `operate`.

use serde_json::{Value, json};

use super::line::{Read, Words};
use crate::world::{Action, Command, Needs, show_duration};

/// The verbs of people.
pub(super) const VERBS: [&str; 12] = [
    "pause",
    "resume",
    "approve",
    "deny",
    "fail-over",
    "fail-back",
    "acknowledge",
    "cancel",
    "retry",
    "status",
    "history",
    "explain",
];

/// How long a pause lasts of which nothing else is said.
const PAUSE: &str = "2h";

/// How the rest of a line with this verb is read.
pub(super) fn verb(verb: &str) -> Option<fn(&mut Words<'_>) -> Read<Action>> {
    Some(match verb {
        "pause" => |words| said("pause", words),
        "resume" => |words| said("resume", words),
        "approve" => |words| said("approve", words),
        "deny" => |words| said("deny", words),
        "fail-over" => |words| said("fail-over", words),
        "fail-back" => |words| said("fail-back", words),
        "acknowledge" => |words| said("acknowledge", words),
        "cancel" => |words| said("cancel", words),
        "retry" => |words| said("retry", words),
        "status" => |words| said("status", words),
        "history" => |words| said("history", words),
        "explain" => |words| said("explain", words),
        _ => return None,
    })
}

/// `pause shop for 20s by alice: the database is being moved`, `approve shop in us-west-2 by bob: yes`,
/// `fail-over shop from us-east-1 to us-west-2 despite soak, cooldown by alice: it smells of smoke`,
/// `acknowledge shop by alice`, `status shop in us-east-1`
fn said(name: &str, words: &mut Words<'_>) -> Read<Action> {
    let application = words.word("an application")?.to_owned();
    let mut command =
        Command { name: name.to_owned(), application, at: None, said: Vec::new(), needs: needs(name) };
    let moves = matches!(name, "fail-over" | "fail-back");
    let mut force = Vec::new();
    loop {
        if words.take("in") {
            command.at = Some(words.region()?);
        } else if name == "pause" && words.take("for") {
            command.said.push(("for".to_owned(), show_duration(words.time()?).into()));
        } else if moves && words.take("from") {
            command.said.push(("from".to_owned(), words.region()?.into()));
        } else if moves && words.take("to") {
            command.said.push(("to".to_owned(), words.region()?.into()));
        } else if moves && words.take("despite") {
            force = guards(words)?;
        } else {
            break;
        }
    }
    if moves {
        command.said.push(("force".to_owned(), json!(force)));
    }
    if name == "pause" && command.said.is_empty() {
        command.said.push(("for".to_owned(), PAUSE.into()));
    }
    author_and_reason(&mut command, words)?;
    Ok(Action::Say(command))
}

fn needs(name: &str) -> Needs {
    match name {
        "approve" | "deny" => Needs::Digest,
        "cancel" | "retry" => Needs::Run,
        _ => Needs::Nothing,
    }
}

/// `soak, cooldown`
fn guards(words: &mut Words<'_>) -> Read<Vec<String>> {
    let mut guards = Vec::new();
    loop {
        let guard = words.word("a guard")?;
        guards.push(guard.trim_end_matches(',').to_owned());
        if !guard.ends_with(',') {
            return Ok(guards);
        }
    }
}

/// `by alice: the database is being moved`; who only looks or acknowledges needs no reason.
fn author_and_reason(command: &mut Command, words: &mut Words<'_>) -> Read<()> {
    if matches!(command.name.as_str(), "status" | "history" | "explain") {
        return Ok(());
    }
    words.expect("by")?;
    let (author, reason) = words.rest().split_once(':').unwrap_or((words.rest(), ""));
    let (author, reason) = (author.trim(), reason.trim());
    if author.is_empty() || (reason.is_empty() && command.name != "acknowledge") {
        return Err(format!("write: {} {} by <who>: <why>", command.name, command.application));
    }
    let text = |text: &str| Value::from(text.to_owned());
    command.said.push(("author".to_owned(), text(author)));
    if !reason.is_empty() {
        command.said.push(("reason".to_owned(), text(reason)));
    }
    *words = Words::of("");
    Ok(())
}
