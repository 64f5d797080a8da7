//! The members of a document, read one by one; what is wrong is noted and all of it told together.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::answer::Fault;
use super::commands::Command;
use crate::decide::GUARDS_BY_NAME;
use crate::event::{kind, tidy};
use crate::in_order::InOrder;
use crate::names::{EffectDigest, Region, RunId};
use crate::plan::{Application, Plan, closest};

/// Characters of an author, and of a reason.
const AUTHOR: usize = 100;
const REASON: usize = 500;

/// Characters of an id or a digest; ours are shorter.
const ID: usize = 80;

/// Characters of a person's own words that a fault repeats.
pub(super) const ECHO: usize = 60;

/// Unknown members that are told: what has more is no slip, and an answer of 6 MB does not leave a
/// function (Lambda quotas).
const STRANGERS: usize = 20;

/// A document being read.
pub(super) struct Members<'p, 'd> {
    plan: &'p Plan,
    command: &'static Command,
    members: &'d Map<String, Value>,
    base: &'static str,
    faults: Vec<Fault>,
}

/// Who says something, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    /// As claimed.
    pub author: String,
    /// Empty where none was given and none is needed.
    pub reason: String,
}

impl<'p, 'd> Members<'p, 'd> {
    /// Begins with what the command does not know.
    pub fn new(
        plan: &'p Plan,
        command: &'static Command,
        members: &'d Map<String, Value>,
        base: &'static str,
    ) -> Self {
        let mut this = Self { plan, command, members, base, faults: Vec::new() };
        let known: Vec<&str> =
            ["command"].into_iter().chain(command.members.iter().map(|member| member.name)).collect();
        for name in members.keys().filter(|name| !known.contains(&name.as_str())).take(STRANGERS) {
            let meant = meant(name, &known);
            let problem = format!("{} has no such member{meant}", command.name);
            this.fault(&tidy(name, ECHO), problem, known.join(", "));
        }
        this
    }

    /// All that is wrong.
    pub fn faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Notes what is wrong with a member.
    pub fn fault(&mut self, name: &str, problem: impl Into<String>, allowed: impl Into<String>) {
        self.faults.push(Fault::new(format!("{}{name}", self.base), problem, allowed));
    }

    /// Notes what is wrong with a member of which the command says what it may be.
    pub fn odd(&mut self, name: &str, problem: impl Into<String>) {
        let allowed = self.command.member(name).map_or("", |member| member.allowed);
        self.fault(name, problem, allowed);
    }

    /// Whether the document has a member.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    fn value(&mut self, name: &'static str) -> Option<&'d Value> {
        let value = self.members.get(name);
        if value.is_none() && self.command.member(name).is_some_and(|member| member.needed) {
            self.odd(name, "it is missing");
        }
        value
    }

    /// A text, as it stands there.
    pub fn text(&mut self, name: &'static str) -> Option<&'d str> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            other => {
                self.odd(name, format!("it is {}", kind(other)));
                None
            }
        }
    }

    /// An application of the plan.
    pub fn application(&mut self) -> Option<&'p Application> {
        let text = self.text("application")?;
        let found = self.plan.application(&text.into());
        if found.is_none() {
            self.unknown_application(text);
        }
        found
    }

    /// An application of the plan, or all of them.
    pub fn applications(&mut self) -> Option<Vec<&'p Application>> {
        match self.members.get("application") {
            Some(Value::String(text)) if text == "*" => Some(self.plan.applications.iter().collect()),
            _ => self.application().map(|application| vec![application]),
        }
    }

    fn unknown_application(&mut self, text: &str) {
        let known: Vec<&str> = self.plan.applications.iter().map(|known| known.name.as_str()).collect();
        let problem = format!("the plan has no application {:?}{}", tidy(text, ECHO), meant(text, &known));
        self.fault("application", problem, known.join(", "));
    }

    /// A region of an application; of none where that is not known.
    pub fn region(&mut self, name: &'static str, application: Option<&Application>) -> Option<Region> {
        let text = self.text(name)?;
        let application = application?;
        let known: Vec<&str> = application.regions.iter().map(|region| region.name.as_str()).collect();
        if !known.contains(&text) {
            let problem =
                format!("{} has no region {:?}{}", application.name, tidy(text, ECHO), meant(text, &known));
            self.fault(name, problem, known.join(", "));
            return None;
        }
        Some(text.into())
    }

    /// Who says it, and why.
    pub fn who(&mut self) -> Option<Who> {
        let author = self.text("author").map(str::trim);
        let reason = self.text("reason").map(str::trim);
        let needs_reason = self.command.member("reason").is_some_and(|member| member.needed);
        if let Some(author) = author {
            let count = author.chars().count();
            if !(1..=AUTHOR).contains(&count) {
                self.odd("author", format!("it has {count} characters, without the blanks around it"));
            } else if tidy(author, AUTHOR) != author {
                self.odd("author", "it has characters that cannot be printed");
            }
        }
        if let Some(reason) = reason {
            let count = reason.chars().count();
            if !(1..=REASON).contains(&count) {
                self.odd("reason", format!("it has {count} characters, without the blanks around it"));
            }
        }
        let reason = match reason {
            Some(reason) => tidy(reason, REASON),
            None if needs_reason => return None,
            None => String::new(),
        };
        Some(Who { author: author?.to_owned(), reason })
    }

    /// The guards that shall not count.
    pub fn force(&mut self) -> BTreeSet<String> {
        let names = match self.value("force") {
            None => return BTreeSet::new(),
            Some(Value::Array(names)) => names,
            Some(other) => {
                self.odd("force", format!("it is {}", kind(other)));
                return BTreeSet::new();
            }
        };
        // More names than there are guards is no list of guards: the first faults say enough.
        let named = names.iter().enumerate().take(GUARDS_BY_NAME.len() + 1);
        named.filter_map(|(index, name)| self.guard(index, name)).in_order()
    }

    fn guard(&mut self, index: usize, name: &Value) -> Option<String> {
        let known = GUARDS_BY_NAME.map(|(known, _)| known);
        let path = format!("force[{index}]");
        let found = name.as_str().and_then(|name| GUARDS_BY_NAME.iter().find(|(known, _)| *known == name));
        match (name, found) {
            (_, Some((name, true))) => return Some((*name).to_owned()),
            (_, Some((name, false))) => {
                self.fault(&path, format!("no order overrides the guard {name}"), guards());
            }
            (Value::String(text), None) => {
                let problem = format!("no guard is called {:?}{}", tidy(text, ECHO), meant(text, &known));
                self.fault(&path, problem, guards());
            }
            (other, None) => self.fault(&path, format!("it is {}", kind(other)), guards()),
        }
        None
    }

    /// A digest of a question.
    pub fn digest(&mut self) -> Option<EffectDigest> {
        self.id("digest").map(EffectDigest::new)
    }

    /// A run's id.
    pub fn run(&mut self) -> Option<RunId> {
        self.id("run").map(RunId::new)
    }

    fn id(&mut self, name: &'static str) -> Option<&'d str> {
        let text = self.text(name)?.trim();
        let fits = (1..=ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            self.odd(name, format!("{:?} is none", tidy(text, ECHO)));
        }
        fits.then_some(text)
    }

    /// A whole number from 1 to `most`.
    pub fn count(&mut self, name: &'static str, most: usize, default: usize) -> usize {
        let Some(value) = self.value(name) else { return default };
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        match number {
            Some(number) if (1..=most).contains(&number) => number,
            Some(number) => {
                self.odd(name, format!("it is {number}"));
                default
            }
            None => {
                let seen = if value.is_number() { value.to_string() } else { kind(value).to_owned() };
                self.odd(name, format!("it is {}", tidy(&seen, ECHO)));
                default
            }
        }
    }
}

/// What was probably meant, where something known is near.
pub(super) fn meant(text: &str, known: &[&str]) -> String {
    closest(text, known).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default()
}

/// Every guard by name, those that no order overrides apart.
fn guards() -> String {
    let named = |overridable: bool| {
        let of = GUARDS_BY_NAME.iter().filter(|(_, may)| *may == overridable);
        of.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    };
    format!("{} (never: {})", named(true), named(false))
}
