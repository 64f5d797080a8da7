//! What the command line takes.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Keeps an application on AWS reachable when a region fails.
#[derive(Debug, Parser)]
#[command(name = "understudy", version, propagate_version = true)]
pub struct Args {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a plan before it ships. Exit code: 0 nothing is wrong, 1 there are warnings, 2 the plan is refused
    /// or cannot be read
    Check(Check),
}

/// Checking a plan.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The plan file
    #[arg(default_value = "failover.toml")]
    pub file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print every rule, one a line, instead of checking
    #[arg(long, conflicts_with = "explain")]
    pub list_rules: bool,
    /// Explain one rule, instead of checking
    #[arg(long, value_name = "RULE")]
    pub explain: Option<String>,
}
