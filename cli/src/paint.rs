//! Colour, where a person looks.

use std::fmt;
use std::io::IsTerminal;

/// How a text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// What must be mended.
    Red,
    /// What should be looked at.
    Yellow,
    /// Where.
    Blue,
    /// All is well.
    Green,
}

/// Whether texts are coloured: on a terminal, unless `NO_COLOR` is set (no-color.org).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(bool);

impl Paint {
    /// For standard output.
    #[allow(clippy::disallowed_methods, reason = "NO_COLOR is the user's word to every program")]
    pub fn of_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(std::io::stdout().is_terminal() && !unwanted)
    }

    /// A text in a colour.
    pub fn paint(self, colour: Colour, text: impl fmt::Display) -> String {
        let code = match colour {
            Colour::Red => "31",
            Colour::Yellow => "33",
            Colour::Blue => "34",
            Colour::Green => "32",
        };
        if self.0 { format!("\u{1b}[1;{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}
