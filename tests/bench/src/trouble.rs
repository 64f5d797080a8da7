//! What keeps a measurement from being made.

use std::path::PathBuf;

/// What keeps a measurement from being made.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file that `make bench` builds is not there.
    #[error("{} is missing: `make bench` builds it", .0.display())]
    Missing(PathBuf),
    /// The system refused something.
    #[error("{what}")]
    System {
        /// What was tried.
        what: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A program said something else than it should have, or nothing.
    #[error("{0}")]
    Unexpected(String),
}

impl Trouble {
    /// An error of the system on the way to something.
    pub fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::System { what, source }
    }

    /// With all its causes, said once.
    pub fn chain(&self) -> String {
        let first: Option<&dyn std::error::Error> = std::error::Error::source(self);
        let causes = std::iter::successors(first, |error| error.source());
        causes.fold(self.to_string(), |text, cause| format!("{text}: {cause}"))
    }
}
