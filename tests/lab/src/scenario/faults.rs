//! Faults of a scenario file: all of them, each with its line.

use std::fmt;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line's number, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub problem: String,
}

/// All faults of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The file's name.
    pub file: String,
    /// By line.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be run:", self.file)?;
        self.faults.iter().try_for_each(|fault| match fault.line {
            0 => write!(f, "\n  {}", fault.problem),
            line => write!(f, "\n  line {line}: {}", fault.problem),
        })
    }
}
