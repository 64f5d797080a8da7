//! What happened, in operator's words, line by line.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::time::Duration;

/// The lines of one run; none are kept where nobody wants them.
#[derive(Debug, Default)]
pub struct Trace {
    wanted: bool,
    text: RefCell<String>,
}

impl Trace {
    /// A trace that keeps its lines, or does not.
    pub fn new(wanted: bool) -> Self {
        Self { wanted, text: RefCell::default() }
    }

    /// A line: when, who, what.
    pub fn say(&self, at: Duration, who: &str, what: impl FnOnce() -> String) {
        if self.wanted {
            let _ = writeln!(self.text.borrow_mut(), "{} {who:<14} {}", stamp(at), what());
        }
    }

    /// All lines so far.
    pub fn text(&self) -> String {
        self.text.borrow().clone()
    }
}

/// A time since the start: `02:13.040`.
pub fn stamp(at: Duration) -> String {
    format!("{:02}:{:02}.{:03}", at.as_secs() / 60, at.as_secs() % 60, at.subsec_millis())
}
