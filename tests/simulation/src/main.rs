//! `sim`: seeds by the thousand, one seed as a story, and the tester's own test.

#![allow(clippy::disallowed_methods, reason = "a tool for people: it measures its own time")]

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
