//! `understudy advise`: RTO and RPO, business impact, patterns, optimisation, costs.

mod table;

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Map, Value, json};
use understudy::advise::{ANALYSES, Answer, Json, answer};
use understudy::plan::Plan;

use crate::args::Advise;
use crate::file;
use crate::paint::Paint;

/// What is told of a plan where nobody asks for anything else.
const OF_A_PLAN: [&str; 4] = ["rto", "rpo", "optimize", "cost"];

/// More is no request.
const LONGEST: u64 = 1024 * 1024;

pub fn run(asked: &Advise) -> ExitCode {
    match answers(asked) {
        Ok(answers) => {
            print!("{}", told(asked, &answers));
            if answers.iter().all(is_well) { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(why) => crate::provision::trouble(&why),
    }
}

fn answers(asked: &Advise) -> Result<Vec<Answer>, String> {
    match (asked.what == Path::new("-"), &asked.plan) {
        (true, _) if asked.analysis.is_some() || asked.application.is_some() => {
            Err("a request on standard input tells its analysis and its application itself".to_owned())
        }
        (true, named) => {
            let plan = match named {
                Some(named) => Some(file::plan(named)?),
                None => beside()?,
            };
            one(&request()?, plan.as_ref()).map(|answer| vec![answer])
        }
        (false, Some(_)) => {
            Err("--plan goes with a request on standard input: name the plan file itself".to_owned())
        }
        (false, None) => of_a_plan(asked),
    }
}

/// The plan in this folder, if there is one.
fn beside() -> Result<Option<Plan>, String> {
    let file = Path::new("failover.toml");
    if file.exists() { file::plan(file).map(Some) } else { Ok(None) }
}

fn of_a_plan(asked: &Advise) -> Result<Vec<Answer>, String> {
    let plan = file::plan(&asked.what)?;
    let analyses = match &asked.analysis {
        Some(name) => vec![name.as_str()],
        None => OF_A_PLAN.to_vec(),
    };
    let mut input: Map<String, Value> = match &asked.input {
        Some(text) => {
            serde_json::from_str(text).map_err(|error| format!("--input is no JSON object: {error}"))?
        }
        None => Map::new(),
    };
    input.extend(asked.application.iter().map(|name| ("application".to_owned(), json!(name))));
    let of = |analysis| one(&json!({ "analysis": analysis, "input": input }).to_string(), Some(&plan));
    analyses.into_iter().map(of).collect()
}

fn one(request: &str, plan: Option<&Plan>) -> Result<Answer, String> {
    answer(request, plan).map_err(|refused| {
        let names: Vec<&str> = ANALYSES.iter().map(|(name, _)| *name).collect();
        format!(
            "{refused}\na request is {{\"analysis\": …, \"basis\": \"plan\" or \"rule-of-thumb\", \"input\": {{…}}}} of one of \
             the analyses {}",
            names.join(", ")
        )
    })
}

fn request() -> Result<String, String> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    read.map_err(|error| format!("the request cannot be read from standard input: {error}"))?;
    if text.len() as u64 == LONGEST { Err("the request is longer than 1 MiB".to_owned()) } else { Ok(text) }
}

/// Nothing in it is missed, and nothing unknown that is judged.
fn is_well(answer: &Answer) -> bool {
    fn walk(name: &str, json: &Json) -> bool {
        match json {
            Json::Text(text) => {
                let is_judgement = matches!(name, "judged" | "rto" | "rpo");
                !is_judgement || !matches!(text.as_str(), "missed" | "unknown")
            }
            Json::List(items) => items.iter().all(|item| walk(name, item)),
            Json::Object(members) => members.iter().all(|(name, json)| walk(name, json)),
            Json::Null | Json::Bool(_) | Json::Number(_) => true,
        }
    }
    walk("", &in_order(&answer.result))
}

/// As JSON whose members stand in the order of the answer.
fn in_order(value: &impl Serialize) -> Json {
    // Cannot fail: every key of every map is a text, and what was written can be read.
    let text = serde_json::to_string(value).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Json::Null)
}

fn told(asked: &Advise, answers: &[Answer]) -> String {
    if asked.json {
        let text = match answers {
            [one] => serde_json::to_string_pretty(one),
            all => serde_json::to_string_pretty(all),
        };
        // Cannot fail: every key of every map is a text.
        return format!("{}\n", text.unwrap_or_default());
    }
    let paint = Paint::of_stdout();
    answers.iter().map(|answer| table::answer(answer, paint)).collect::<Vec<_>>().join("\n")
}
