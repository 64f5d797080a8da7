//! The kinds of values that settings have: how each is read, and shown as it is read.

use std::time::Duration;

use super::super::duration;
use crate::cloud::Lost;

/// A time between two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The shortest.
    pub from: Duration,
    /// The longest.
    pub to: Duration,
}

impl Band {
    /// Reads `3s..7s`, or one time for both.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let band = Self { from: duration::parse(from)?, to: duration::parse(to)? };
        (band.from <= band.to).then_some(band)
    }

    /// Writes it as it is read.
    pub fn show(&self) -> String {
        if self.from == self.to {
            return duration::show(self.from);
        }
        format!("{}..{}", duration::show(self.from), duration::show(self.to))
    }
}

/// A kind of value.
pub(super) trait Setting {
    type Value;
    const FORM: &str;
    fn parse(text: &str) -> Option<Self::Value>;
    fn show(value: &Self::Value) -> String;
}

pub(super) struct Time;

impl Setting for Time {
    type Value = Duration;
    const FORM: &str = "a time like 250ms, 5s or 2m";
    fn parse(text: &str) -> Option<Duration> {
        duration::parse(text)
    }
    fn show(value: &Duration) -> String {
        duration::show(*value)
    }
}

pub(super) struct Between;

impl Setting for Between {
    type Value = Band;
    const FORM: &str = "a time like 1s, or two like 1s..2s";
    fn parse(text: &str) -> Option<Band> {
        Band::parse(text)
    }
    fn show(value: &Band) -> String {
        value.show()
    }
}

pub(super) struct Count;

impl Setting for Count {
    type Value = u8;
    const FORM: &str = "a number from 1 to 255";
    fn parse(text: &str) -> Option<u8> {
        text.parse().ok().filter(|count| *count > 0)
    }
    fn show(value: &u8) -> String {
        value.to_string()
    }
}

/// A word that the plan takes; the product's own parser judges it.
pub(super) struct Word;

impl Setting for Word {
    type Value = String;
    const FORM: &str = "one word in lower case";
    fn parse(text: &str) -> Option<String> {
        let sound = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        sound.then(|| text.to_owned())
    }
    fn show(value: &String) -> String {
        value.clone()
    }
}

pub(super) struct Switch;

impl Setting for Switch {
    type Value = bool;
    const FORM: &str = "on or off";
    fn parse(text: &str) -> Option<bool> {
        ["off", "on"].iter().position(|word| *word == text).map(|place| place == 1)
    }
    fn show(value: &bool) -> String {
        if *value { "on" } else { "off" }.to_owned()
    }
}

/// By what an override is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By an object.
    Object,
    /// By a metric.
    Metric,
    /// By an ARC routing control.
    Arc,
}

pub(super) struct Means;

const MEANS: [(&str, Option<By>); 4] =
    [("off", None), ("object", Some(By::Object)), ("metric", Some(By::Metric)), ("arc", Some(By::Arc))];

impl Setting for Means {
    type Value = Option<By>;
    const FORM: &str = "off, object, metric or arc";
    fn parse(text: &str) -> Option<Option<By>> {
        MEANS.into_iter().find(|(word, _)| *word == text).map(|(_, by)| by)
    }
    fn show(value: &Option<By>) -> String {
        let known = MEANS.into_iter().find(|(_, by)| by == value);
        known.map_or("off", |(word, _)| word).to_owned()
    }
}

pub(super) struct Manner;

impl Setting for Manner {
    type Value = Lost;
    const FORM: &str = "hang or reset";
    fn parse(text: &str) -> Option<Lost> {
        [("hang", Lost::Hang), ("reset", Lost::Reset)]
            .into_iter()
            .find(|(word, _)| *word == text)
            .map(|(_, how)| how)
    }
    fn show(value: &Lost) -> String {
        if *value == Lost::Hang { "hang" } else { "reset" }.to_owned()
    }
}

/// Names of regions with blanks between; `none` where there are none.
pub(super) struct Regions;

impl Setting for Regions {
    type Value = Vec<String>;
    const FORM: &str = "regions like us-east-1 eu-west-1, or none";
    fn parse(text: &str) -> Option<Vec<String>> {
        let words = text.split_whitespace().filter(|word| *word != "none");
        let is_region = |word: &&str| super::super::names::is_region(word);
        (!text.is_empty() && words.clone().all(|word| is_region(&word)))
            .then(|| words.map(str::to_owned).collect())
    }
    fn show(value: &Vec<String>) -> String {
        if value.is_empty() { "none".to_owned() } else { value.join(" ") }
    }
}

/// Numbers with blanks between; `none` where there are none.
pub(super) struct Numbers;

impl Setting for Numbers {
    type Value = Vec<u8>;
    const FORM: &str = "numbers from 0 to 255 like 60 40, or none";
    fn parse(text: &str) -> Option<Vec<u8>> {
        let words = text.split_whitespace().filter(|word| *word != "none");
        if text.is_empty() { None } else { words.map(|word| word.parse().ok()).collect() }
    }
    fn show(value: &Vec<u8>) -> String {
        let words: Vec<String> = value.iter().map(u8::to_string).collect();
        if words.is_empty() { "none".to_owned() } else { words.join(" ") }
    }
}

/// An application beside the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its name.
    pub name: String,
    /// Its policy.
    pub policy: String,
    /// Its priority.
    pub priority: u32,
}

/// Applications beside the first one.
pub(super) struct Neighbours;

impl Setting for Neighbours {
    type Value = Vec<Beside>;
    const FORM: &str = "applications like `pay latency 5, info weighted 200`, or none";
    fn parse(text: &str) -> Option<Vec<Beside>> {
        if text == "none" {
            return Some(Vec::new());
        }
        let one = |part: &str| {
            let [name, policy, priority] = part.split_whitespace().collect::<Vec<_>>()[..] else {
                return None;
            };
            let (name, policy) = (Word::parse(name)?, Word::parse(policy)?);
            Some(Beside { name, policy, priority: priority.parse().ok()? })
        };
        text.split(',').map(one).collect()
    }
    fn show(value: &Vec<Beside>) -> String {
        let one = |it: &Beside| format!("{} {} {}", it.name, it.policy, it.priority);
        let all: Vec<String> = value.iter().map(one).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }
}
