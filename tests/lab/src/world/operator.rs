//! What people say to the function `operate`, and what it answers.

use std::fmt;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::World;
use crate::clock;
use crate::cloud::lock;
use crate::timeline::Mark;

/// What a command needs to know that no scenario can say beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The digest of the open question.
    Digest,
    /// The run in flight, or the last one.
    Run,
}

/// A person's command.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// As `operate` names it.
    pub name: String,
    /// The application.
    pub application: String,
    /// The region whose `operate` is asked; one that lives where absent.
    pub at: Option<String>,
    /// All that is said beside the command and the application.
    pub said: Vec<(String, Value)>,
    /// What must be found out first.
    pub needs: Needs,
}

impl Command {
    /// Whether it moves users despite what objects.
    pub fn is_forced_move(&self) -> bool {
        let forces = |(name, value): &(String, Value)| name == "force" && *value != json!([]);
        self.said.iter().any(forces)
    }

    fn said(&self, name: &str) -> Option<&str> {
        self.said.iter().find(|(known, _)| known == name)?.1.as_str()
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let author = self.said("author").unwrap_or("somebody");
        write!(f, "{author} says {} {}", self.name, self.application)?;
        if let Some(region) = &self.at {
            write!(f, " in {region}")?;
        }
        for (name, value) in
            self.said.iter().filter(|(name, _)| !["author", "reason"].contains(&name.as_str()))
        {
            write!(f, ", {name} {value}")?;
        }
        self.said("reason").map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

/// A command that was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// When it was answered.
    pub at: Timestamp,
    /// The command.
    pub command: String,
    /// The region whose `operate` was asked.
    pub region: String,
    /// What it answered: JSON, or why there is no answer.
    pub answer: Result<Value, String>,
}

impl Answered {
    /// In one word: `recorded`, `refused`, `status`, `history`, `explain`, or `failed`.
    pub fn word(&self) -> &str {
        self.answer.as_ref().map_or("failed", |answer| answer["answer"].as_str().unwrap_or("unreadable"))
    }

    /// Whether what was said could not be written down in that region.
    pub fn missed(&self, region: &str) -> bool {
        let written = self.answer.as_ref().ok().and_then(|answer| answer["regions"][region].as_str());
        written.is_some_and(|written| written.starts_with("NOT REACHED"))
    }

    /// In words.
    pub fn in_words(&self) -> String {
        match &self.answer {
            Ok(answer) => answer.to_string(),
            Err(why) => why.clone(),
        }
    }
}

/// All that was answered.
#[derive(Clone, Debug, Default)]
pub struct Conversation(Arc<Mutex<Vec<Answered>>>);

impl Conversation {
    /// All of it, in order.
    pub fn all(&self) -> Vec<Answered> {
        lock(&self.0).clone()
    }

    fn note(&self, answered: Answered) {
        lock(&self.0).push(answered);
    }
}

impl World {
    /// Says it, beside whatever else goes on; the timeline tells the answer.
    pub(super) async fn say(&self, command: &Command) {
        let Some(controllers) = self.controllers.clone() else { return };
        if command.is_forced_move() {
            self.invariants.note_forced(&command.application);
        }
        let alive = self.layout.regions().find(|region| !controllers.is_lost(region)).map(str::to_owned);
        let Some(region) = command.at.clone().or(alive) else { return };
        let mut request = json!({ "command": command.name, "application": command.application });
        command.said.iter().for_each(|(name, value)| request[name.as_str()] = value.clone());
        match command.needs {
            Needs::Nothing => {}
            Needs::Digest => {
                request["digest"] = json!(self.open_question(&region, &command.application).await)
            }
            Needs::Run => request["run"] = json!(self.newest_run(&command.application).await),
        }
        let (cloud, conversation, timeline) =
            (self.cloud.clone(), self.conversation.clone(), self.timeline.clone());
        let name = command.name.clone();
        tokio::spawn(async move {
            let answer = controllers.ask(&cloud, &region, "operate", &request.to_string()).await;
            let answer = answer.and_then(|text| serde_json::from_str(&text).map_err(|_| text));
            let answered = Answered { at: clock::now(), command: name, region, answer };
            let text = format!("operate in {} answers: {}", answered.region, answered.in_words());
            timeline.add(answered.at, Some(Mark::Answered), text);
            conversation.note(answered);
        });
    }

    /// The digest of the open question, as a person reads it in the status.
    async fn open_question(&self, region: &str, application: &str) -> Option<String> {
        let controllers = self.controllers.as_ref()?;
        let request = json!({ "command": "status", "application": application }).to_string();
        let status = controllers.ask(&self.cloud, region, "operate", &request).await.ok()?;
        let status: Value = serde_json::from_str(&status).ok()?;
        let digest = status["applications"][application]["question"]["digest"].as_str().map(str::to_owned);
        // The message that asks tells it as well.
        digest.or_else(|| {
            let published = self.cloud.published();
            let asked = published
                .iter()
                .rev()
                .find(|one| one.fact("event") == "asked" && one.fact("application") == application);
            asked.map(|one| one.fact("digest"))
        })
    }

    async fn newest_run(&self, application: &str) -> Option<String> {
        self.story().await.runs_of(application).last().map(|run| run.id().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answer: Value) -> Answered {
        let (command, region) = ("pause".to_owned(), "us-west-2".to_owned());
        Answered { at: Timestamp::UNIX_EPOCH, command, region, answer: Ok(answer) }
    }

    #[test]
    fn what_was_not_reached_is_seen() {
        let regions = json!({ "us-east-1": "NOT REACHED: timed out", "us-west-2": "written" });
        let answered = answered(json!({ "answer": "recorded", "regions": regions }));
        assert_eq!(answered.word(), "recorded");
        assert!(
            answered.missed("us-east-1") && !answered.missed("us-west-2") && !answered.missed("eu-west-1")
        );
    }

    #[test]
    fn a_move_is_forced_when_it_names_what_it_overrides() {
        let command = |force: Value| Command {
            name: "fail-over".to_owned(),
            application: "shop".to_owned(),
            at: None,
            said: vec![("force".to_owned(), force), ("author".to_owned(), json!("alice"))],
            needs: Needs::Nothing,
        };
        assert!(command(json!(["soak"])).is_forced_move());
        assert!(!command(json!([])).is_forced_move());
        assert_eq!(command(json!(["soak"])).to_string(), "alice says fail-over shop, force [\"soak\"]");
    }
}
