//! Measures what the design promises, and says beside each figure what it is to be.
//!
//! - [`start`]: from the spawn of a function's process to its first request for work.
//! - [`lab`]: the way from verdict to change, and memory, of the real binaries in the lab.
//! - [`size`]: the binaries beside a baseline that links the same SDK crates.
//! - [`decisions`] and [`instructions`]: the pure decision, by the clock and by instructions.
//! - [`fleet`]: a thousand applications under Route 53's quotas, on virtual time.
//! - [`provisioning`]: two hundred applications provisioned, the difference, its memory and Route 53's quotas.
//! - [`simulation`]: how many seeds a second it takes.
//!
//! All that is compared is measured in one run, one after the other in turn: noise hits all alike.

#![cfg(feature = "harness")]

pub mod cli;
mod clock;
pub mod decisions;
mod figure;
pub mod fleet;
pub mod instructions;
pub mod lab;
mod machine;
mod process;
mod progress;
pub mod provisioning;
mod show;
pub mod simulation;
pub mod size;
pub mod start;
mod statistics;
mod summary;
mod trouble;

pub use figure::{Figure, Reading, Target, Unit};
pub use trouble::Trouble;

/// Where everything is that is measured, and how often.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The folder that holds `<function>/bootstrap` for each function.
    pub binaries: std::path::PathBuf,
    /// The folder that holds the baselines.
    pub baselines: std::path::PathBuf,
    /// The lab's binary.
    pub lab: std::path::PathBuf,
    /// The repository's folder.
    pub repository: std::path::PathBuf,
    /// Where logs and the summary are written.
    pub out: std::path::PathBuf,
    /// How often each process is started.
    pub runs: u16,
    /// How often each lab is run.
    pub labs: u16,
}

/// The functions, as their binaries are named.
pub const FUNCTIONS: [&str; 4] = ["alarm", "tick", "operate", "drill"];
