//! `understudy`: what an operator asks on a terminal, and a pipeline in its steps.

mod account;
mod advise;
mod args;
mod check;
mod file;
mod glass;
mod operate;
mod paint;
mod params;
mod plan;
mod provision;
mod rules;
mod status;

use std::process::ExitCode;

use clap::Parser;

use self::args::{Args, Command};

fn main() -> ExitCode {
    match Args::parse().command {
        Command::Advise(advise) => advise::run(&advise),
        Command::Check(check) => check::run(&check),
        Command::Operate(operate) => operate::run(&operate),
        Command::Plan(plan) => plan::run(&plan),
        Command::Status(status) => status::run(&status),
        Command::Params(params) => params::run(&params),
        Command::Provision(provision) => provision::run(&provision),
    }
}
