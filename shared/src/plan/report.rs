//! Collects faults while the plan is read, and knows where in the file each place stands.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Faults, Severity};
use super::path::{Path, Step};
use super::rule::{Rule, UNKNOWN_KEY};
use super::source::Source;

/// More faults than this are only counted: nobody reads them, and each costs a look at its line.
const MOST_FAULTS: usize = 1_000;

/// The faults so far.
pub(super) struct Report<'t> {
    file: &'t str,
    source: Source<'t>,
    root: Option<&'t DeTable<'t>>,
    faults: Vec<Fault>,
    omitted: usize,
    /// Places with an error: rules that relate one value to another pass over them.
    broken: BTreeSet<Path>,
    /// What was said, so that a fault in shared defaults is not repeated for every application.
    said: BTreeSet<(&'static str, Path)>,
}

impl<'t> Report<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        let (faults, broken, said) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        Self { file, source: Source::new(text), root: None, faults, omitted: 0, broken, said }
    }

    /// From now on, places are found in this tree.
    pub(super) fn set_root(&mut self, root: &'t DeTable<'t>) {
        self.root = Some(root);
    }

    /// Notes that `rule` is broken at `path`; once per rule and place.
    pub(super) fn raise(
        &mut self,
        rule: &'static Rule,
        path: &Path,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let offset = self.locate(path, rule.id == UNKNOWN_KEY.id);
        if rule.severity == Severity::Error {
            self.broken.insert(path.clone());
        }
        if self.said.insert((rule.id, path.clone())) {
            self.push(rule, (path.to_string(), offset), message.into(), remedy.into());
        }
    }

    /// Notes a fault of the file as a whole, at a byte of it.
    pub(super) fn raise_at(&mut self, rule: &'static Rule, offset: usize, message: &str, remedy: &str) {
        self.push(rule, (String::new(), offset), message.to_owned(), remedy.to_owned());
    }

    // Every text of a plan passes here on its way to terminals and logs.
    fn push(&mut self, rule: &'static Rule, place: (String, usize), message: String, remedy: String) {
        if self.faults.len() >= MOST_FAULTS {
            self.omitted += 1;
            return;
        }
        let (path, offset) = place;
        let at = self.source.position(offset);
        self.faults.push(Fault {
            file: self.file.to_owned(),
            severity: rule.severity,
            line: at.line,
            column: at.column,
            path,
            rule: rule.id,
            message: plain(&message),
            remedy: plain(&remedy),
            excerpt: self.source.excerpt(at),
        });
    }

    /// Whether this very place has an error already.
    pub(super) fn is_broken(&self, path: &Path) -> bool {
        self.broken.contains(path)
    }

    /// Whether the file itself says something at this place.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.walk(path).1
    }

    /// Whether the plan must be refused.
    pub(super) fn refuses(&self) -> bool {
        // What was omitted counts as an error: better refused than half read.
        self.omitted > 0 || self.faults.iter().any(|fault| fault.severity == Severity::Error)
    }

    /// All faults, in the order of the file.
    pub(super) fn finish(mut self) -> Faults {
        self.faults.sort_by(|a, b| (a.line, a.column, a.rule).cmp(&(b.line, b.column, b.rule)));
        Faults { file: self.file.to_owned(), faults: self.faults, omitted: self.omitted }
    }

    /// The first byte of the value at `path` (or of its key), else of the nearest place around it.
    fn locate(&self, path: &Path, by_key: bool) -> usize {
        let (found, whole) = self.walk(path);
        let of_key = found.key.filter(|_| by_key && whole);
        of_key.or(found.value).map_or(0, |span| span.start)
    }

    /// The spans of the last step that exists, and whether that is the whole path.
    fn walk(&self, path: &Path) -> (Spans, bool) {
        let mut spans = Spans::default();
        let mut here = Here::Table(self.root);
        for step in path.steps() {
            let Some((next, value)) = here.enter(step) else { return (spans, false) };
            spans = next;
            here = Here::Value(value);
        }
        (spans, true)
    }
}

/// A text that does nothing to a terminal and is no longer than anybody reads.
fn plain(text: &str) -> String {
    const MOST: usize = 500;
    let visible = |character: char| if character.is_control() { '·' } else { character };
    let mut plain: String = text.chars().take(MOST).map(visible).collect();
    if text.chars().nth(MOST).is_some() {
        plain.push('…');
    }
    plain
}

/// Where a key and its value stand.
#[derive(Default)]
struct Spans {
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
}

/// A place in the tree: the root is a table without a value around it.
enum Here<'t> {
    Table(Option<&'t DeTable<'t>>),
    Value(&'t DeValue<'t>),
}

impl<'t> Here<'t> {
    fn enter(&self, step: &Step) -> Option<(Spans, &'t DeValue<'t>)> {
        match (step, self) {
            (Step::Key(key), Here::Table(table)) => enter_table((*table)?, key),
            (Step::Key(key), Here::Value(DeValue::Table(table))) => enter_table(table, key),
            (Step::Index(index), Here::Value(DeValue::Array(array))) => {
                array.get(*index).map(|item| (Spans { key: None, value: Some(item.span()) }, item.get_ref()))
            }
            _ => None,
        }
    }
}

fn enter_table<'t>(table: &'t DeTable<'t>, key: &str) -> Option<(Spans, &'t DeValue<'t>)> {
    let (key, value): (&Spanned<_>, &Spanned<DeValue<'t>>) = table.get_key_value(key)?;
    Some((Spans { key: Some(key.span()), value: Some(value.span()) }, value.get_ref()))
}
