//! `understudy check`, run as a person and as a pipeline run it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Command, Output};

use understudy::plan::RULES;

fn understudy(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_understudy"));
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command.output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn fixture(rule: &str) -> String {
    format!("tests/suite/fixtures/plans/{rule}.toml")
}

#[test]
fn the_exit_code_tells_how_bad_it_is() {
    for (file, code) in [
        ("examples/failover.toml", 0),
        ("examples/weighted.toml", 0),
        (fixture("long-ttl").as_str(), 1),
        (fixture("missing-key").as_str(), 2),
        ("no/such/file.toml", 2),
    ] {
        let output = understudy(&["check", file]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{file}: {}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
    }
}

#[test]
fn a_fault_is_told_as_a_compiler_would() {
    let told = text(&understudy(&["check", &fixture("check-interval")]).stdout);
    insta::assert_snapshot!(told);
    assert!(!told.contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_with_a_remedy() {
    let output = understudy(&["check", "no/such/file.toml"]);
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.contains("no/such/file.toml") && said.contains("understudy check <file>"), "{said}");
}

#[test]
fn a_good_plan_is_told_with_its_longest_way() {
    insta::assert_snapshot!(text(&understudy(&["check", "examples/several.toml"]).stdout));
}

#[test]
fn json_tells_the_same_as_text() {
    let output = understudy(&["check", "--json", &fixture("check-interval")]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&told["errors"], &told["warnings"], &told["plan"]),
        (&1.into(), &0.into(), &serde_json::Value::Null)
    );
    assert_eq!(told["faults"][0]["rule"], "check-interval");
    let good = understudy(&["check", "--json", "examples/failover.toml"]);
    let told: serde_json::Value = serde_json::from_slice(&good.stdout).expect("JSON");
    assert_eq!(told["plan"].as_str().map(str::len), Some(12));
}

#[test]
fn every_rule_is_listed_on_a_line_and_can_be_explained() {
    let listed = text(&understudy(&["check", "--list-rules"]).stdout);
    assert_eq!(listed.lines().count(), RULES.len());
    for (rule, line) in RULES.iter().zip(listed.lines()) {
        assert!(line.starts_with(rule.id) && line.contains(&rule.severity.to_string()), "{line}");
    }
    let explained = understudy(&["check", "--explain", "private-check"]);
    assert!(text(&explained.stdout).contains("public internet"));
    let unknown = understudy(&["check", "--explain", "no-such-rule"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("--list-rules"));
}

#[test]
fn the_page_of_rules_is_current() {
    let printed = text(&understudy(&["check", "--list-rules", "--markdown"]).stdout);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md");
    let committed = std::fs::read_to_string(page).expect("the page is there");
    assert_eq!(committed, printed, "understudy check --list-rules --markdown > docs/rules.md");
    for rule in RULES {
        assert!(printed.contains(&format!("`{}`", rule.id)), "{}", rule.id);
    }
}
