//! One broken plan per rule, each with its good twin in the same file.
//!
//! `#! here` marks the line at which the fault is expected (else the first), `not in the twin` a line that
//! the good twin lacks, and `#+ …` a line that only the good twin has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{broken, parse};
use crate::plan::{Plan, RULES, Severity};

/// Rules about bytes that no text file shows.
const MADE_HERE: [&str; 2] = ["not-utf8", "too-large"];

fn fixtures() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/suite/fixtures/plans");
    let mut fixtures = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.expect("readable").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        fixtures.insert(name, std::fs::read_to_string(&path).expect("readable"));
    }
    fixtures
}

/// The line at which the fault is expected.
fn marked(text: &str) -> usize {
    let here = |line: &str| line.split_once("#! ").is_some_and(|(_, mark)| mark.starts_with("here"));
    text.lines().position(here).map_or(1, |index| index + 1)
}

fn twin(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.ends_with("not in the twin"));
    kept.map(|line| line.strip_prefix("#+ ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_rule_has_a_fixture_and_every_fixture_a_rule() {
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    let fixtures = fixtures();
    let named: BTreeSet<&str> = fixtures.keys().map(String::as_str).chain(MADE_HERE).collect();
    assert_eq!(rules.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "rules without a fixture");
    assert_eq!(named.difference(&rules).collect::<Vec<_>>(), Vec::<&&str>::new(), "fixtures without a rule");
    assert_eq!(rules.len(), RULES.len(), "two rules have one name");
}

#[test]
fn each_fixture_breaks_its_rule_and_no_other_at_the_marked_line() {
    for (rule, text) in fixtures() {
        let found = broken(&text);
        assert_eq!(found.first(), Some(&(rule.as_str(), marked(&text))), "{rule}: {found:?}");
        assert!(found.iter().all(|(other, _)| *other == rule), "{rule}: {found:?}");
    }
}

#[test]
fn an_error_refuses_the_plan_and_a_warning_does_not() {
    let fixtures = fixtures();
    for rule in RULES.iter().filter(|rule| !MADE_HERE.contains(&rule.id)) {
        assert_eq!(parse(&fixtures[rule.id]).is_err(), rule.severity == Severity::Error, "{}", rule.id);
    }
}

#[test]
fn the_good_twin_of_each_fixture_has_no_fault() {
    for (rule, text) in fixtures() {
        assert_eq!(broken(&twin(&text)), [], "{rule}");
    }
}

#[test]
fn every_fault_says_what_is_wrong_and_how_to_mend_it() {
    for (rule, text) in fixtures() {
        let faults = parse(&text).map_or_else(|faults| faults.faults, |(_, warnings)| warnings);
        for fault in faults {
            assert!(!fault.message.is_empty() && !fault.remedy.is_empty(), "{rule}");
            assert!(fault.excerpt.caret <= fault.excerpt.text.chars().count(), "{rule}");
        }
    }
    assert!(RULES.iter().all(|rule| rule.because.trim().ends_with(['.', ')'])), "a reason is a sentence");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let faults = Plan::read_bytes(b"[topics]\nops = \"caf\xe9\"\n", "failover.toml").unwrap_err().faults;
    assert_eq!((faults[0].rule, faults[0].line, faults[0].column), ("not-utf8", 2, 11));
    let utf16: Vec<u8> = "[topics]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], utf16.as_slice()].concat();
    assert_eq!(Plan::read_bytes(&marked, "failover.toml").unwrap_err().faults[0].rule, "not-utf8");
}

#[test]
fn a_file_that_is_too_large_is_refused_unread() {
    let text = "#".repeat(2 << 20);
    for refused in [Plan::read_bytes(text.as_bytes(), "failover.toml"), parse(&text)] {
        let faults = refused.unwrap_err().faults;
        assert_eq!(faults.iter().map(|fault| fault.rule).collect::<Vec<_>>(), ["too-large"]);
    }
}
