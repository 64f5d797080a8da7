//! Times that come again: maintenance windows and drills.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};

use super::value;
use crate::plan::draft::{DrillDraft, WindowDraft};
use crate::plan::fault::seen;
use crate::plan::reader::{Entry, Table, each_once};
use crate::plan::report::Report;
use crate::plan::rule::{MALFORMED_INSTANT, MALFORMED_TIME_OF_DAY, WINDOW_KIND};
use crate::plan::types::DrillKind;
use crate::plan::window::{Weekly, Window};

const DAYS: &[(&str, Weekday)] = &[
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
const KINDS: &[(&str, DrillKind)] = &[("dry", DrillKind::Dry)];

/// When nothing is moved without a person.
pub(super) fn maintenance(list: Option<Entry<'_>>, report: &mut Report<'_>) -> Vec<WindowDraft> {
    let mut drafts = Vec::new();
    for item in list.and_then(|entry| entry.items(report)).unwrap_or_default() {
        let window = window(&item, report);
        drafts.push(WindowDraft { path: item.path, window });
    }
    drafts
}

fn window(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Window> {
    let mut table = entry.table(report)?;
    let once = table.has_any(&["from", "until"]);
    if once == table.has_any(&["days", "at", "lasts"]) {
        let message = format!("a window comes once or every week, this one has {}", table.keys());
        let remedy = "write { from = \"..\", until = \"..\", reason = \"..\" }, or { days = [..], at = \"..\", lasts = \"..\", reason = \"..\" }";
        report.raise(WINDOW_KIND, &entry.path, message, remedy);
        return None;
    }
    let window = if once {
        let from = table.require("from", report).and_then(|entry| instant(&entry, report));
        let until = table.require("until", report).and_then(|entry| instant(&entry, report));
        let reason = reason(&mut table, report);
        once_window(from, until, reason)
    } else {
        let begins = weekly(&mut table, report);
        let lasts = table.require("lasts", report).and_then(|entry| entry.duration(report));
        let reason = reason(&mut table, report);
        weekly_window(begins, lasts, reason)
    };
    table.finish(report);
    window
}

fn once_window(from: Option<Timestamp>, until: Option<Timestamp>, reason: Option<String>) -> Option<Window> {
    Some(Window::Once { from: from?, until: until?, reason: reason? })
}

fn weekly_window(begins: Option<Weekly>, lasts: Option<Duration>, reason: Option<String>) -> Option<Window> {
    Some(Window::Weekly { begins: begins?, lasts: lasts?, reason: reason? })
}

fn reason(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<String> {
    table.require("reason", report).and_then(|entry| entry.words(report)).map(str::to_owned)
}

/// The loss of a region, rehearsed.
pub(super) fn drill(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<DrillDraft> {
    let mut table = entry.table(report)?;
    let drill = DrillDraft {
        kind: table.take("kind").and_then(|entry| entry.word(KINDS, report)).unwrap_or(DrillKind::Dry),
        lose: table.take("lose").and_then(|entry| value::region(&entry, report)),
        when: weekly(&mut table, report),
    };
    table.finish(report);
    Some(drill)
}

fn weekly(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<Weekly> {
    let days = table.require("days", report).and_then(|entry| days(&entry, report));
    let at = table.require("at", report).and_then(|entry| time_of_day(&entry, report));
    Some(Weekly { days: days?, at: at? })
}

/// The days from Monday on: their order in the file means nothing, so that it must not change the digest.
fn days(list: &Entry<'_>, report: &mut Report<'_>) -> Option<Vec<Weekday>> {
    let mut words = Vec::new();
    let items = list.items(report)?;
    let count = items.len();
    for item in items {
        if item.word(DAYS, report).is_some() {
            words.extend(item.text(report).map(|word| (item.path.clone(), word)));
        }
    }
    let whole = words.len() == count;
    let words = each_once(words, report);
    let named = DAYS.iter().filter(|(word, _)| words.contains(word)).map(|(_, day)| *day);
    whole.then(|| named.collect())
}

fn time_of_day(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Time> {
    let text = entry.text(report)?;
    let time = time(text);
    if time.is_none() {
        let message = format!("{} is not a time of day", seen(text));
        report.raise(
            MALFORMED_TIME_OF_DAY,
            &entry.path,
            message,
            "write hours and minutes in UTC: \"02:30\"",
        );
    }
    time
}

fn time(text: &str) -> Option<Time> {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    let (hour, minute) = text.split_once(':').filter(|(hour, minute)| digits(hour) && digits(minute))?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn instant(entry: &Entry<'_>, report: &mut Report<'_>) -> Option<Timestamp> {
    let text = entry.date(report)?;
    // A zone in brackets would be read over: only the offset counts.
    let instant = text.parse().ok().filter(|_| !text.contains('['));
    if instant.is_none() {
        let message = format!("{} is not an instant", seen(&text));
        let remedy = "write a date and a time with its offset: \"2026-12-01T02:00:00Z\"";
        report.raise(MALFORMED_INSTANT, &entry.path, message, remedy);
    }
    instant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_hours_and_minutes() {
        assert_eq!(time("02:30"), Some(jiff::civil::time(2, 30, 0, 0)));
        assert_eq!(time("23:59"), Some(jiff::civil::time(23, 59, 0, 0)));
        for bad in ["", "2:30", "24:00", "12:60", "12", "12:30:00", "-1:30", "+2:30", "12:3 ", "１2:30"] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }
}
