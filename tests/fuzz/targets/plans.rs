//! The plan file: read as a whole, or refused with faults that a person can find in the text.

use fuzz::{Grammar, Input, Limit, Recorded};
use understudy::plan::{Fault, Faults, Plan, PlanView, Severity};

/// A tree of TOML takes many times its text, and the places of all faults are kept: `{},` among signals is three.
const LIMIT: Limit = Limit { times: 512, base: 64 * 1024 };

/// A fault is told in two lines of 500 characters and an excerpt of 100, all of which may be four bytes wide.
const FAULT_BYTES: usize = 6_000;

#[test]
fn plan_files() {
    let recorded = Recorded::in_folders(Grammar::Toml, &["tests/suite/fixtures/plans", "examples"]);
    bolero::check!().with_type::<Input>().for_each(|input| {
        let bytes = recorded.bytes(input);
        match LIMIT.hold(bytes.len(), || Plan::read_bytes(&bytes, "failover.toml")) {
            Ok((plan, warnings)) => {
                assert!(warnings.iter().all(|fault| fault.severity == Severity::Warning), "{warnings:?}");
                warnings.iter().for_each(|fault| assert_findable(fault, &bytes));
                assert_whole(&plan, &bytes);
            }
            Err(faults) => assert_told(&faults, &bytes),
        }
    });
}

#[test]
fn a_long_key_with_many_values_is_kept_once() {
    let text = format!("[topics]\n{} = [{}]", "k".repeat(10_000), "0,".repeat(5_000));
    assert!(LIMIT.hold(text.len(), || Plan::parse(&text, "failover.toml")).is_err());
}

/// What every plan has, and that only its meaning makes its digest.
fn assert_whole(plan: &Plan, bytes: &[u8]) {
    assert!(!plan.applications.is_empty() && !plan.controllers.is_empty());
    let commented = [bytes, b"\n# a comment\n"].concat();
    let (again, _) = Plan::read_bytes(&commented, "other.toml").expect("a comment breaks nothing");
    assert_eq!(&again, plan);
    assert_eq!(PlanView::of(&again), PlanView::of(plan));
}

fn assert_told(faults: &Faults, bytes: &[u8]) {
    assert!(faults.count(Severity::Error) > 0, "refused without an error");
    faults.faults.iter().for_each(|fault| assert_findable(fault, bytes));
    let told = faults.to_string();
    assert!(told.len() <= (faults.faults.len() + 1) * FAULT_BYTES, "{} bytes for {faults:?}", told.len());
    assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
}

/// The place is one of the text: a line that it has, and a column of that line or right behind it.
fn assert_findable(fault: &Fault, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let line = text.split('\n').nth(fault.line - 1).unwrap_or_else(|| panic!("no such line: {fault:?}"));
    assert!((1..=line.chars().count() + 1).contains(&fault.column), "no such column: {fault:?}");
    assert!(fault.excerpt.caret <= fault.excerpt.text.chars().count(), "{fault:?}");
    assert!(!fault.message.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
}
