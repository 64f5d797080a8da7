//! What is wrong with a plan, said so that a person can mend it.

use std::fmt;

use serde::Serialize;

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The plan works, but probably not as its author thinks.
    Warning,
    /// The plan is refused.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The file as the caller named it.
    pub file: String,
    /// Whether the plan is refused for it.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The place in the plan, such as `application.shop.region[0].signals[1]`; empty for the whole file.
    pub path: String,
    /// The stable name of the rule that is broken.
    pub rule: &'static str,
    /// What is wrong, with the value seen.
    pub message: String,
    /// How to mend it.
    pub remedy: String,
    /// The source line, or the part of it around the column.
    pub excerpt: Excerpt,
}

/// A source line, or the part of a long one that matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The characters, each one column wide: controls are shown as `·`.
    pub text: String,
    /// How many characters stand before the faulty one.
    pub caret: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, severity, line, column, path, rule, message, remedy, excerpt } = self;
        writeln!(f, "{file}:{line}:{column}: {severity}[{rule}]: {message}; remedy: {remedy}")?;
        let gutter = line.to_string().len().max(4);
        writeln!(f, "{}", format!("{line:>gutter$} | {}", excerpt.text).trim_end())?;
        write!(f, "{:gutter$} | {:caret$}^", "", "", caret = excerpt.caret)?;
        if path.is_empty() { Ok(()) } else { write!(f, " {path}") }
    }
}

/// Every fault of one plan file, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// The file as the caller named it.
    pub file: String,
    /// All of them: errors and warnings.
    pub faults: Vec<Fault>,
    /// How many more there were than anybody would read.
    pub omitted: usize,
}

impl Faults {
    /// How many faults have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.faults.iter().filter(|fault| fault.severity == severity).count()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}\n")?;
        }
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        write!(f, "{}: {}, {}", self.file, counted(errors, "error"), counted(warnings, "warning"))?;
        if self.omitted > 0 {
            write!(f, ", and {} that are not shown", self.omitted)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A number with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A foreign text, quoted, escaped and short enough for a message.
///
/// Escaped, because a plan may come from anywhere and a message goes to terminals and logs.
pub(super) fn seen(text: &str) -> String {
    const MOST: usize = 80;
    let mut characters = text.chars();
    let head: String = characters.by_ref().take(MOST).collect();
    let rest = if characters.next().is_some() { "…" } else { "" };
    format!("{head:?}{rest}")
}
