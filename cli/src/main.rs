//! `understudy`: what an operator asks on a terminal, and a pipeline in its steps.

mod args;
mod check;
mod paint;
mod rules;

use std::process::ExitCode;

use clap::Parser;

use self::args::{Args, Command};

fn main() -> ExitCode {
    match Args::parse().command {
        Command::Check(check) => check::run(&check),
    }
}
