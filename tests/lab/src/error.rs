//! What keeps the lab itself from working. What it finds out about the product is no error but a report.

use std::io;
use std::path::PathBuf;

/// The lab cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The system refused something.
    #[error("{what}")]
    System {
        /// What was tried.
        what: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The functions' binaries are not there.
    #[error("there is no binary {0}; build the functions first: make build")]
    NoBinary(PathBuf),
    /// The lab made something that its own parts do not accept.
    #[error("{what} was not accepted: {why}")]
    Refused {
        /// What.
        what: &'static str,
        /// Why not.
        why: String,
    },
    /// The world did not come to rest after its start.
    #[error("{what} did not come about within {seconds} s of the start")]
    NotReady {
        /// What was waited for.
        what: &'static str,
        /// How long.
        seconds: u64,
    },
    /// There is no such scenario.
    #[error("there is no scenario {name:?}; there are {}, or give a file", .known.join(", "))]
    NoScenario {
        /// The name that was given.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Several faults of a scenario file, each with its line.
    #[error("{0}")]
    Scenario(crate::scenario::Faults),
}

impl LabError {
    /// Names what was tried when the system refused it.
    pub fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::System { what, source }
    }

    /// The error with its causes, in one line.
    pub fn chain(&self) -> String {
        let sources = std::iter::successors(std::error::Error::source(self), |error| error.source());
        sources.fold(self.to_string(), |text, source| format!("{text}: {source}"))
    }
}
