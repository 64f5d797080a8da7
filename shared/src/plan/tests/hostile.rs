//! Texts that nobody wrote in good faith: refused, never a panic.

use super::{SMALL, broken, example, parse};
use crate::plan::{Plan, Severity};

fn refused_or_whole(bytes: &[u8]) {
    match Plan::read_bytes(bytes, "failover.toml") {
        Ok((plan, warnings)) => {
            assert!(!plan.applications.is_empty());
            assert!(warnings.iter().all(|fault| fault.severity == Severity::Warning));
        }
        Err(faults) => {
            assert!(faults.count(Severity::Error) > 0, "refused without an error");
            assert!(!faults.to_string().is_empty());
        }
    }
}

#[test]
fn the_example_cut_at_any_byte_is_read_or_refused() {
    let text = example("failover.toml");
    for end in 0..text.len() {
        refused_or_whole(&text.as_bytes()[..end]);
    }
}

/// A small plan, and one that has about every key.
fn plans() -> [String; 2] {
    [SMALL.to_owned(), example("several.toml")]
}

#[test]
fn a_plan_with_any_line_missing_or_doubled_is_read_or_refused() {
    for plan in plans() {
        let lines: Vec<&str> = plan.lines().collect();
        for index in 0..lines.len() {
            let mut without = lines.clone();
            without.remove(index);
            refused_or_whole(without.join("\n").as_bytes());
            let mut doubled = lines.clone();
            doubled.insert(index, lines[index]);
            refused_or_whole(doubled.join("\n").as_bytes());
        }
    }
}

#[test]
fn a_value_of_any_type_at_any_key_is_read_or_refused() {
    let values = ["1", "-1", "1.5", "true", "\"\"", "\"x\"", "[]", "[[]]", "{}", "[{}]", "1979-05-27", "nan"];
    for plan in plans() {
        for line in plan.lines().filter(|line| line.contains(" = ")) {
            let (key, _) = line.split_once(" = ").expect("a key");
            for value in values {
                refused_or_whole(plan.replace(line, &format!("{key} = {value}")).as_bytes());
            }
        }
    }
}

#[test]
fn any_byte_in_place_of_another_is_read_or_refused() {
    let bytes = SMALL.as_bytes();
    for index in 0..bytes.len() {
        for other in [0, b'"', b'[', b'}', b'\n', 0x1b, 0xff] {
            let mut changed = bytes.to_vec();
            changed[index] = other;
            refused_or_whole(&changed);
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    const DEEP: usize = 100_000;
    for text in [
        format!("a = {}", "[".repeat(DEEP)),
        format!("a = {}", "{a=".repeat(DEEP)),
        format!("{}a = 1", "a.".repeat(DEEP)),
        format!("[{}a]", "a.".repeat(DEEP)),
        format!("a = {{{}a = 1}}", "a.".repeat(DEEP)),
    ] {
        assert_eq!(broken(&text), [("syntax", 1)]);
    }
}

#[test]
fn more_faults_than_anybody_reads_are_counted() {
    let keys: String = (0..5_000).map(|index| format!("k{index} = 1\n")).collect();
    let faults = parse(&keys).unwrap_err();
    assert_eq!(faults.faults.len(), 1_000);
    // One more for the application that is missing.
    assert_eq!(faults.omitted, 4_001);
    assert!(
        faults.to_string().ends_with("failover.toml: 1000 errors, 0 warnings, and 4001 that are not shown")
    );
}

#[test]
fn no_text_of_a_plan_makes_a_fault_endless() {
    let long = "x".repeat(100_000);
    let text = SMALL.replace("ops =", &format!("{long} =")).replace("rto =", &format!("{long} = 1\nrto ="));
    assert!(parse(&text).unwrap_err().to_string().len() < 10_000);
}

#[test]
fn control_characters_of_a_plan_do_not_reach_a_terminal() {
    let text = SMALL.replace("\"5m\"", "\"\\u001b[31m5m\\u0000\"").replace("ops =", "\"\\u001b[2J\" =");
    let shown = parse(&text).unwrap_err().to_string();
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown}");
    assert!(parse("a = \"\0\"").is_err());
}
