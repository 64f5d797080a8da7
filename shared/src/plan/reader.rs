//! A cursor over the TOML tree: takes values by type, and turns every surprise into a fault.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::duration;
use super::fault::seen;
use super::near::closest;
use super::path::Path;
use super::report::Report;
use super::rule::{
    BARE_NUMBER, DUPLICATE_ENTRY, EMPTY_LIST, EMPTY_TEXT, MALFORMED_DURATION, MISSING_KEY, OUT_OF_RANGE,
    UNKNOWN_KEY, UNKNOWN_WORD, WRONG_TYPE,
};

/// A table of which keys are taken one by one; what is left at the end nobody knows.
pub(super) struct Table<'t> {
    table: &'t DeTable<'t>,
    pub(super) path: Path,
    known: Vec<&'static str>,
}

impl<'t> Table<'t> {
    pub(super) fn root(table: &'t DeTable<'t>) -> Self {
        Self { table, path: Path::default(), known: Vec::new() }
    }

    /// Whether the file has any of these keys here.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.table.get(*key).is_some())
    }

    /// The value of a key that may be absent.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry<'t>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        Some(Entry { value: value.get_ref(), path: self.path.key(key) })
    }

    /// The value of a key that must be there.
    pub(super) fn require(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<Entry<'t>> {
        let entry = self.take(key);
        if entry.is_none() {
            let message = format!("the key {key} is missing");
            report.raise(MISSING_KEY, &self.path.key(key), message, format!("add {key} = … here"));
        }
        entry
    }

    /// Every key with its value, for tables whose keys are names.
    pub(super) fn entries(&self) -> Vec<(&'t str, Entry<'t>)> {
        let entry = |key: &str, value| Entry { value, path: self.path.key(key) };
        self.table
            .iter()
            .map(|(key, value)| (&**key.get_ref(), entry(key.get_ref(), value.get_ref())))
            .collect()
    }

    /// The keys that the file has here, for messages.
    pub(super) fn keys(&self) -> String {
        let keys: Vec<&str> = self.table.keys().map(|key| &**key.get_ref()).collect();
        if keys.is_empty() { "no key".to_owned() } else { keys.join(", ") }
    }

    /// Reports the keys that nobody took.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for key in self.table.keys().map(|key| &**key.get_ref()) {
            if self.known.contains(&key) {
                continue;
            }
            let remedy = match closest(key, &self.known) {
                Some(known) => format!("did you mean {known}?"),
                None => format!("remove it; the keys here are {}", self.known.join(", ")),
            };
            let message = format!("{} is not a key that is known here", seen(key));
            report.raise(UNKNOWN_KEY, &self.path.key(key), message, remedy);
        }
    }
}

/// A value with its place.
#[derive(Clone)]
pub(super) struct Entry<'t> {
    value: &'t DeValue<'t>,
    pub(super) path: Path,
}

impl<'t> Entry<'t> {
    pub(super) fn table(&self, report: &mut Report<'_>) -> Option<Table<'t>> {
        match self.value {
            DeValue::Table(table) => Some(Table { table, path: self.path.clone(), known: Vec::new() }),
            _ => self.mistyped("a table", "write { … }, or a section of its own", report),
        }
    }

    /// The items of a list.
    pub(super) fn list(&self, report: &mut Report<'_>) -> Option<Vec<Self>> {
        let DeValue::Array(array) = self.value else {
            return self.mistyped("a list", "write [ … ]", report);
        };
        let item = |(index, value): (usize, &'t toml::Spanned<DeValue<'t>>)| Self {
            value: value.get_ref(),
            path: self.path.index(index),
        };
        Some(array.iter().enumerate().map(item).collect())
    }

    /// The items of a list that must hold one at least.
    pub(super) fn items(&self, report: &mut Report<'_>) -> Option<Vec<Self>> {
        let items = self.list(report)?;
        if items.is_empty() {
            report.raise(
                EMPTY_LIST,
                &self.path,
                "the list is empty",
                "give it an entry, or leave the key out",
            );
            return None;
        }
        Some(items)
    }

    pub(super) fn text(&self, report: &mut Report<'_>) -> Option<&'t str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => self.mistyped("a text", "write it between double quotes", report),
        }
    }

    /// A text of at least one character.
    pub(super) fn words(&self, report: &mut Report<'_>) -> Option<&'t str> {
        let text = self.text(report)?;
        if text.trim().is_empty() {
            report.raise(
                EMPTY_TEXT,
                &self.path,
                "the text is empty",
                "write something, or leave the key out",
            );
            return None;
        }
        Some(text)
    }

    pub(super) fn flag(&self, report: &mut Report<'_>) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.mistyped("true or false", "write true or false, without quotes", report),
        }
    }

    pub(super) fn count(&self, report: &mut Report<'_>) -> Option<u32> {
        self.within(0..=u32::MAX, report)
    }

    /// A whole number with bounds of its own.
    pub(super) fn within(&self, bounds: RangeInclusive<u32>, report: &mut Report<'_>) -> Option<u32> {
        let DeValue::Integer(number) = self.value else {
            return self.mistyped("a whole number", "write a number without quotes and point", report);
        };
        let count = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let count = count.filter(|count| bounds.contains(count));
        if count.is_none() {
            let message = format!("{} is out of range here", self.shown());
            let remedy = format!("write a number from {} to {}", bounds.start(), bounds.end());
            report.raise(OUT_OF_RANGE, &self.path, message, remedy);
        }
        count
    }

    /// An instant as the file writes it: a date of TOML's own, or a text.
    pub(super) fn date(&self, report: &mut Report<'_>) -> Option<Cow<'t, str>> {
        match self.value {
            DeValue::Datetime(date) => Some(Cow::Owned(date.to_string())),
            _ => self.text(report).map(Cow::Borrowed),
        }
    }

    pub(super) fn duration(&self, report: &mut Report<'_>) -> Option<Duration> {
        if let DeValue::Integer(_) | DeValue::Float(_) = self.value {
            let message = format!("{} has no unit", self.shown());
            let remedy =
                format!("write \"{}s\" if seconds are meant, or another unit: ms, m, h", self.shown());
            report.raise(BARE_NUMBER, &self.path, message, remedy);
            return None;
        }
        let text = self.text(report)?;
        let duration = duration::parse(text);
        if duration.is_none() {
            let message = format!("{} is not a duration", seen(text));
            let remedy = "write whole numbers with units, largest first, at most a year: \"10s\", \"1h30m\", \"250ms\"";
            report.raise(MALFORMED_DURATION, &self.path, message, remedy);
        }
        duration
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, words: &[(&'static str, T)], report: &mut Report<'_>) -> Option<T> {
        let text = self.text(report)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let remedy = match closest(text, &known) {
                Some(word) => format!("did you mean \"{word}\"?"),
                None => format!("write one of \"{}\"", known.join("\", \"")),
            };
            report.raise(
                UNKNOWN_WORD,
                &self.path,
                format!("{} is not a word known here", seen(text)),
                remedy,
            );
        }
        found
    }

    fn mistyped<T>(&self, wanted: &str, remedy: &str, report: &mut Report<'_>) -> Option<T> {
        let message = format!("this must be {wanted}, not {} {}", article(self.value), self.shown());
        report.raise(WRONG_TYPE, &self.path, message.trim_end(), remedy);
        None
    }

    /// The value as the file writes it, where that is short.
    pub(super) fn shown(&self) -> String {
        match self.value {
            DeValue::String(text) => seen(text),
            DeValue::Integer(number) => clipped(&number.to_string()),
            DeValue::Float(number) => clipped(number.as_str()),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => String::new(),
        }
    }
}

/// Keeps the readable entries of a list, each once.
pub(super) fn each_once<T: Clone + Ord + ToString>(
    entries: impl IntoIterator<Item = (Path, T)>,
    report: &mut Report<'_>,
) -> Vec<T> {
    let mut met = BTreeSet::new();
    let mut kept = Vec::new();
    for (path, value) in entries {
        if met.insert(value.clone()) {
            kept.push(value);
        } else {
            let message = format!("{} stands here twice", seen(&value.to_string()));
            report.raise(DUPLICATE_ENTRY, &path, message, "remove one of them");
        }
    }
    kept
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "the text",
        DeValue::Integer(_) => "the number",
        DeValue::Float(_) => "the fraction",
        DeValue::Boolean(_) => "the flag",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}
