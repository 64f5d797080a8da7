//! What somebody asks, read member by member: what is wrong is noted, and all of it told together.

mod json;
mod range;

pub use json::Json;
pub(super) use range::{COUNT, INTERVAL, MONEY, Range, SECONDS, TIMES, WEIGHT};

use crate::event::tidy;
use crate::operate::Fault;
use crate::plan::closest;

/// Numbers up to this are told in full.
const EXACT: f64 = 1e15;
/// Characters of a person's own words that are repeated.
const ECHO: usize = 60;
/// Characters of a text: a name has at most 255 (RFC 1035, 2.3.4).
const TEXT: usize = 255;
/// Named things in one object: there are some forty regions.
const NAMED: usize = 100;
/// Members without meaning that are told.
const STRANGERS: usize = 20;

/// What was found while reading.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What is not wrong, and yet should be known.
    pub notes: Vec<String>,
}

impl Found {
    /// Notes what is wrong, with where and what may stand there.
    pub fn fault(&mut self, path: impl Into<String>, problem: impl Into<String>, allowed: impl Into<String>) {
        self.faults.push(Fault { path: path.into(), problem: problem.into(), allowed: allowed.into() });
    }
}

/// The members of one object. What is missing or wrong is read as nothing, so that reading goes on.
pub(super) struct Members<'j, 'f> {
    members: &'j [(String, Json)],
    path: String,
    asked: Vec<&'static str>,
    found: &'f mut Found,
}

impl<'j, 'f> Members<'j, 'f> {
    /// Those of an object at a path; none where it is something else.
    pub fn of(json: &'j Json, path: impl Into<String>, found: &'f mut Found) -> Option<Self> {
        let path = path.into();
        let Json::Object(members) = json else {
            found.fault(path, format!("it is {}", json.kind()), "an object");
            return None;
        };
        Some(Self { members, path, asked: Vec::new(), found })
    }

    /// A number within a range.
    pub fn number(&mut self, name: &'static str, range: &Range) -> Option<f64> {
        let json = self.value(name)?;
        match json {
            Json::Number(number) if range.holds(*number) => Some(*number),
            // A number of three hundred digits is told as its power.
            Json::Number(number) if number.abs() > EXACT => {
                self.wrong(name, format!("it is {number:e}"), range.to_string())
            }
            Json::Number(number) => self.wrong(name, format!("it is {number}"), range.to_string()),
            other => self.wrong(name, format!("it is {}", other.kind()), range.to_string()),
        }
    }

    /// A number that must be there.
    pub fn needed_number(&mut self, name: &'static str, range: &Range) -> f64 {
        self.need(name, range);
        self.number(name, range).unwrap_or_default()
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.value(name)? {
            Json::Bool(flag) => Some(*flag),
            other => self.wrong(name, format!("it is {}", other.kind()), "true or false"),
        }
    }

    /// One of some words.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let text = match self.value(name)? {
            Json::Text(text) => text,
            other => return self.wrong(name, format!("it is {}", other.kind()), known.join(", ")),
        };
        let of = words.iter().find(|(word, _)| word == text).map(|(_, value)| *value);
        of.or_else(|| {
            let meant = closest(text, &known).map(|near| format!("; did you mean {near:?}?"));
            let problem = format!("it is {:?}{}", tidy(text, ECHO), meant.unwrap_or_default());
            self.wrong(name, problem, known.join(", "))
        })
    }

    /// A text; null is none.
    pub fn text(&mut self, name: &'static str) -> Option<&'j str> {
        match self.value(name)? {
            Json::Null => None,
            Json::Text(text) if text.is_empty() => self.wrong(name, "it is empty", "a text"),
            Json::Text(text) if text.chars().count() > TEXT => {
                let problem = format!("it has {} characters", text.chars().count());
                self.wrong(name, problem, format!("at most {TEXT} characters"))
            }
            Json::Text(text) => Some(text),
            other => self.wrong(name, format!("it is {}", other.kind()), "a text"),
        }
    }

    /// A text that must be there.
    pub fn needed_text(&mut self, name: &'static str) -> &'j str {
        self.need(name, "a text");
        if matches!(self.look(name), Some(Json::Null)) {
            return self.wrong(name, "it is null", "a text").unwrap_or_default();
        }
        self.text(name).unwrap_or_default()
    }

    /// An object that may be there.
    pub fn object(&mut self, name: &'static str) -> Option<Members<'j, '_>> {
        let path = self.path_of(name);
        Members::of(self.value(name)?, path, self.found)
    }

    /// An object that must be there.
    pub fn needed_object(&mut self, name: &'static str) -> Option<Members<'j, '_>> {
        self.need(name, "an object");
        self.object(name)
    }

    /// Reads an object whose members are named by the user, in their order; each is an object.
    pub fn each<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Members<'j, '_>) -> T,
    ) -> Vec<(String, T)> {
        let Some(object) = self.object(name) else { return Vec::new() };
        let Members { members, path, found, .. } = object;
        if members.len() > NAMED {
            found.fault(path, format!("it has {} members", members.len()), format!("at most {NAMED}"));
            return Vec::new();
        }
        let mut named: Vec<(String, T)> = Vec::new();
        for (place, (name, _)) in members.iter().enumerate() {
            if members.iter().take(place).any(|(before, _)| before == name) {
                continue;
            }
            let path = format!("{path}.{}", tidy(name, ECHO));
            if name.is_empty() || name.chars().count() > TEXT {
                found.fault(path, "its name is empty, or too long", format!("1 to {TEXT} characters"));
                continue;
            }
            let last = members.iter().rev().find(|(other, _)| other == name);
            let Some(mut one) = last.and_then(|(_, json)| Members::of(json, path, found)) else { continue };
            named.push((name.clone(), read(&mut one)));
            one.finish();
        }
        named
    }

    /// A member, whatever it is.
    pub fn member(&mut self, name: &'static str) -> Option<&'j Json> {
        self.value(name)
    }

    /// Whether a member stands there, whatever it is.
    pub fn has(&self, name: &str) -> bool {
        self.look(name).is_some()
    }

    /// Whether anything is wrong so far.
    pub fn is_faulty(&self) -> bool {
        !self.found.faults.is_empty()
    }

    /// Notes what is wrong with a member.
    pub fn fault(&mut self, name: &str, problem: impl Into<String>, allowed: impl Into<String>) {
        let path = self.path_of(name);
        self.found.fault(path, problem, allowed);
    }

    /// Notes something that is not wrong.
    pub fn note(&mut self, note: impl Into<String>) {
        self.found.notes.push(note.into());
    }

    /// Tells of members that mean nothing here: a slip would otherwise become a default unseen.
    pub fn finish(self) {
        let strangers = self.members.iter().filter(|(name, _)| !self.asked.contains(&name.as_str()));
        for (name, _) in strangers.take(STRANGERS) {
            let meant = closest(name, &self.asked).map(|near| format!("; did you mean {near:?}?"));
            let path = path(&self.path, &tidy(name, ECHO));
            self.found.notes.push(format!("{path} means nothing here{}", meant.unwrap_or_default()));
        }
    }

    fn look(&self, name: &str) -> Option<&'j Json> {
        self.members.iter().rev().find(|(member, _)| member == name).map(|(_, json)| json)
    }

    fn value(&mut self, name: &'static str) -> Option<&'j Json> {
        self.asked.push(name);
        self.look(name)
    }

    fn need(&mut self, name: &'static str, allowed: impl ToString) {
        if !self.has(name) {
            self.fault(name, "it is missing", allowed.to_string());
        }
    }

    /// Notes a fault, and reads nothing.
    fn wrong<T>(&mut self, name: &str, problem: impl Into<String>, allowed: impl Into<String>) -> Option<T> {
        self.fault(name, problem, allowed);
        None
    }

    fn path_of(&self, name: &str) -> String {
        path(&self.path, name)
    }
}

fn path(base: &str, name: &str) -> String {
    let dot = if base.is_empty() || name.is_empty() { "" } else { "." };
    format!("{base}{dot}{name}")
}
