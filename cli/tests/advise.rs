//! `understudy advise`, as a person and as a pipeline ask it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use understudy::advise::prices::PRICES;

fn understudy(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_understudy"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_plan_is_told_in_tables() {
    let output = understudy(&["advise"], "");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let told = text(&output.stdout);
    insta::assert_snapshot!(told);
    assert!(!told.contains('\u{1b}'), "no colour in a pipe");
    assert!(told.lines().all(|line| line.chars().count() <= 110), "{told}");
}

#[test]
fn the_exit_code_tells_whether_anything_is_missed_or_unknown() {
    for (arguments, code) in [
        (vec!["advise", "failover.toml"], 0),
        (vec!["advise", "comprehensive.toml", "--application", "shop"], 1),
        (vec!["advise", "comprehensive.toml", "--application", "shpo"], 2),
        (vec!["advise", "--analysis", "magic"], 2),
        (vec!["advise", "--analysis", "impact", "--input", r#"{"business":{"hourly_revenue":10000}}"#], 0),
        (vec!["advise", "--analysis", "impact"], 2),
        (vec!["advise", "--analysis", "impact", "--input", "business"], 2),
        (vec!["advise", "--plan", "failover.toml"], 2),
        (vec!["advise", "-", "--analysis", "rto"], 2),
        (vec!["advise", "no/such/file.toml"], 2),
    ] {
        let output = understudy(&arguments, "");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_request_is_read_from_standard_input() {
    let request = r#"{"analysis":"rto","basis":"rule-of-thumb","input":{"dns_ttl":30}}"#;
    let output = understudy(&["advise", "--json", "-"], request);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&answer["analysis"], &answer["basis"]), (&"rto".into(), &"rule-of-thumb".into()));
    assert_eq!(answer["result"]["total_rto"], 270);
    let members: Vec<&str> = ["analysis", "basis", "result", "notes"].into();
    let told = text(&output.stdout);
    let places: Vec<usize> =
        members.iter().map(|name| told.find(&format!("\"{name}\"")).expect("there")).collect();
    assert!(places.is_sorted(), "{told}");
}

#[test]
fn a_request_about_a_plan_takes_the_one_that_is_there_or_the_one_that_is_named() {
    let rto = |arguments: &[&str]| {
        let output = understudy(arguments, r#"{"analysis":"rto"}"#);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let all = answer["result"].as_array().expect("a list").clone();
        all.iter().map(|one| one["application"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rto(&["advise", "--json", "-"]), ["shop"]);
    assert_eq!(rto(&["advise", "--json", "-", "--plan", "weighted.toml"]), ["web"]);
}

#[test]
fn whatever_is_wrong_with_a_request_is_told_at_once() {
    let request = r#"{"analysis":"rto","basis":"rule-of-thumb","input":{"dns_ttl":-1,"strategy":7}}"#;
    let output = understudy(&["advise", "-"], request);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(
        said.contains("input.dns_ttl: it is -1") && said.contains("input.strategy: it is a number"),
        "{said}"
    );
}

/// The page that people show an auditor names every price that is counted with, and when it was read.
#[test]
fn the_page_of_figures_holds_the_price_table() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/advise.md"))
        .expect("it is there");
    for price in PRICES {
        let per = [1.0, 1e5, 1e6].map(|many| format!("{:.4}", price.dollars * many));
        let shown = page.lines().filter(|line| line.contains(price.read)).any(|line| {
            let numbers = line.split('|').filter_map(|cell| cell.trim().parse::<f64>().ok());
            numbers.map(|number| format!("{number:.4}")).any(|number| per.contains(&number))
        });
        assert!(shown, "{price:?}");
    }
}
