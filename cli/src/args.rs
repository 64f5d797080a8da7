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
    /// Compute RTO, RPO, optimisation and costs of a plan, or answer a request: rto, rpo, impact, optimize, compare,
    /// active-active, active-passive, cost. Exit code: 0 nothing is missed or unknown, 1 something is, 2 it cannot be
    /// told
    Advise(Advise),
    /// Check a plan before it ships. Exit code: 0 nothing is wrong, 1 there are warnings, 2 the plan is refused
    /// or cannot be read
    Check(Check),
    /// Show what provisioning would change in Route 53. Exit code: 0 nothing, 1 something, 2 it cannot be told
    Plan(Show),
    /// Tell what Route 53 and the controllers think of every health check. Exit code: 0 all is healthy and agrees,
    /// 1 something is not, 2 it cannot be told
    Status(Status),
    /// Compute the parameters of the stacks from the plan, for `sam deploy --parameter-overrides`
    Params(Params),
    /// Say what an operator says to the controllers: status, history, explain, approve, deny, fail-over, fail-back,
    /// pause, resume, acknowledge, cancel, retry. Exit code: 0 it is so, or on its way; 1 refused, or not done in
    /// time; 2 nothing could be said
    Operate(Box<Operate>),
    /// Bring Route 53 to the plan. Exit code: 0 it is there, 1 something is left, 2 nothing was done
    Provision(Provision),
}

/// Showing what stands against a plan.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// What is to be compared
    #[command(flatten)]
    pub plan: Plan,
    /// Print the ids of the health checks that stand instead, as JSON or as lines of an .env file
    #[arg(long, value_name = "FORMAT", conflicts_with = "json")]
    pub ids: Option<Ids>,
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

/// How ids are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Ids {
    /// By application, region and what the check tells
    Json,
    /// UNDERSTUDY_CHECK_<APPLICATION>_<REGION>_<WHAT>=<id>
    Env,
}

/// Telling how every check stands.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// The plan file
    #[arg(default_value = "failover.toml")]
    pub file: PathBuf,
    /// The state table of a controller, for what that controller thinks
    #[arg(long, value_name = "ARN")]
    pub table: Vec<String>,
    /// Ask each check's checkers, too: one check a second
    #[arg(long)]
    pub observations: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Computing the parameters of the stacks.
#[derive(Debug, clap::Args)]
pub struct Params {
    /// The plan file
    #[arg(default_value = "failover.toml")]
    pub file: PathBuf,
    /// The account of the stacks
    #[arg(long, value_name = "DIGITS", value_parser = account)]
    pub account: String,
    /// The stacks' name, which is the same in every region
    #[arg(long, value_name = "NAME", default_value = "understudy")]
    pub stack: String,
    /// Only of the stack in this region
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| text.to_owned()).ok_or_else(|| "an account is 12 digits".to_owned())
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

/// A person's command.
#[derive(Debug, clap::Args)]
pub struct Operate {
    /// The command, such as fail-over
    pub command: String,
    /// The application that it is about; "*" for all, where the command can mean all
    pub application: Option<String>,
    /// The plan file
    #[arg(long, default_value = "failover.toml")]
    pub file: PathBuf,
    /// The region as whose controller you speak; with --break-glass the region that takes over
    #[arg(long)]
    pub region: Option<String>,
    /// The account of the stacks; without it, that of the plan's topics
    #[arg(long)]
    pub account: Option<String>,
    /// The name of the stacks; without it, the plan's deployment
    #[arg(long)]
    pub stack: Option<String>,
    /// Who takes over, or serves again
    #[arg(long)]
    pub to: Option<String>,
    /// Who is left
    #[arg(long)]
    pub from: Option<String>,
    /// Who you are; without it, the user of this machine
    #[arg(long)]
    pub author: Option<String>,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
    /// Guards that shall not count, with commas between; with --break-glass also "state": no table is needed
    #[arg(long, value_delimiter = ',')]
    pub force: Vec<String>,
    /// The question that is answered
    #[arg(long)]
    pub digest: Option<String>,
    /// The run that is meant
    #[arg(long)]
    pub run: Option<String>,
    /// For how long, such as 90m
    #[arg(long = "for", value_name = "DURATION")]
    pub duration: Option<String>,
    /// Until when
    #[arg(long)]
    pub until: Option<String>,
    /// How many entries of the ledger
    #[arg(long)]
    pub limit: Option<u32>,
    /// Carry the order out here, with your own credentials, under the same lease, journal and epoch: for when no
    /// function answers any more
    #[arg(long)]
    pub break_glass: bool,
    /// With --break-glass: stop after this many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub minutes: u16,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Computing what a plan means.
#[derive(Debug, clap::Args)]
pub struct Advise {
    /// The plan file; or - for a request on standard input:
    /// {"analysis": …, "basis": "plan" or "rule-of-thumb", "input": {…}}
    #[arg(default_value = "failover.toml", value_name = "FILE")]
    pub what: PathBuf,
    /// With a request: the plan file that it is about; without it failover.toml, where that is there
    #[arg(long, value_name = "FILE", conflicts_with_all = ["analysis", "application", "input"])]
    pub plan: Option<PathBuf>,
    /// Of a plan: only this analysis
    #[arg(long, value_name = "ANALYSIS")]
    pub analysis: Option<String>,
    /// Of a plan: only this application
    #[arg(long)]
    pub application: Option<String>,
    /// Of a plan: what the analysis needs besides, such as {"business":{"hourly_revenue":10000}}
    #[arg(long, value_name = "JSON", requires = "analysis")]
    pub input: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
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
