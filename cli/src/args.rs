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
    /// Show what provisioning would change in Route 53. Exit code: 0 nothing, 1 something, 2 it cannot be told
    Plan(Plan),
    /// Bring Route 53 to the plan. Exit code: 0 it is there, 1 something is left, 2 nothing was done
    Provision(Provision),
}

/// Comparing a plan with what stands.
#[derive(Debug, clap::Args)]
pub struct Plan {
    /// The plan file
    #[arg(default_value = "failover.toml")]
    pub file: PathBuf,
    /// Take over the records that people made for this application
    #[arg(long, value_name = "APPLICATION")]
    pub adopt: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Bringing Route 53 to a plan.
#[derive(Debug, clap::Args)]
pub struct Provision {
    /// What is to be compared
    #[command(flatten)]
    pub plan: Plan,
    /// Apply exactly the difference of this digest, which `understudy plan` shows
    #[arg(long, required_unless_present = "create_only")]
    pub digest: Option<String>,
    /// Apply whatever only makes what does not exist
    #[arg(long, conflicts_with = "digest")]
    pub create_only: bool,
    /// Change at most this much of a zone, in percent of its record sets
    #[arg(long, value_name = "PERCENT", default_value_t = understudy::provision::SHARE,
          value_parser = clap::value_parser!(u8).range(1..=100))]
    pub share: u8,
    /// Stop after this many minutes; what is left is done the next time
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub minutes: u16,
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
    /// Print them as a page of documentation
    #[arg(long, requires = "list_rules", conflicts_with = "json")]
    pub markdown: bool,
    /// Explain one rule, instead of checking
    #[arg(long, value_name = "RULE")]
    pub explain: Option<String>,
}
