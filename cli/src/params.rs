//! `understudy params`: the parameters of the stacks, computed from the plan.

use std::collections::BTreeMap;
use std::process::ExitCode;

use understudy::names::Region;
use understudy::plan::Plan;
use understudy::provision::{Stacks, parameters};

use crate::{args, file};

/// Of each region's stack, by name.
type All = BTreeMap<String, BTreeMap<&'static str, String>>;

pub fn run(asked: &args::Params) -> ExitCode {
    match all(asked) {
        Ok(all) => {
            print!("{}", told(asked, &all));
            ExitCode::SUCCESS
        }
        Err(why) => crate::provision::trouble(&why),
    }
}

fn all(asked: &args::Params) -> Result<All, String> {
    let plan = file::plan(&asked.file)?;
    let regions = regions(asked, &plan)?;
    let stacks = Stacks { account: &asked.account, name: &asked.stack };
    Ok(regions.into_iter().map(|region| (region.to_string(), parameters(&plan, stacks, &region))).collect())
}

fn regions(asked: &args::Params, plan: &Plan) -> Result<Vec<Region>, String> {
    let Some(name) = &asked.region else { return Ok(plan.controllers.clone()) };
    let region = Region::new(name);
    if plan.controllers.contains(&region) {
        return Ok(vec![region]);
    }
    let known: Vec<&str> = plan.controllers.iter().map(Region::as_str).collect();
    Err(format!("no controller runs in {name}: they run in {}", known.join(", ")))
}

/// One `Key=Value` a line, as the shell and SAM take it; each region under its name where several are told.
fn told(asked: &args::Params, all: &All) -> String {
    if asked.json {
        // Cannot fail: every key of every map is a text.
        return format!("{}\n", serde_json::to_string_pretty(all).unwrap_or_default());
    }
    let lines = |of: &BTreeMap<&str, String>| -> String {
        of.iter().map(|(key, value)| format!("{key}={value}\n")).collect()
    };
    match &asked.region {
        Some(_) => all.values().map(lines).collect(),
        None => all.iter().map(|(region, of)| format!("# {region}\n{}", lines(of))).collect(),
    }
}
