use super::*;

fn write(sort: &str, body: &str, expect: Expect) -> Write {
    Write { key: Key::new("app#shop", sort), body: body.to_owned(), expect, expires: None }
}

fn reason(code: &str, standing: Option<&Write>) -> CancellationReason {
    CancellationReason::builder().code(code).set_item(standing.map(item)).build()
}

const FAILED: &str = "ConditionalCheckFailed";

#[test]
fn a_row_is_read_as_it_was_written() {
    let mut write = write("run#1", "{}", Expect::Version(6));
    write.expires = Some(jiff::Timestamp::from_second(1_800_000_000).unwrap());
    let item = item(&write);
    assert_eq!(item["expires"], AttributeValue::N("1800000000".to_owned()));
    assert_eq!(row(&item), Some(Row { key: write.key, version: 7, body: "{}".to_owned() }));
}

#[test]
fn a_conflict_with_our_own_earlier_attempt_is_a_success() {
    let ours = write("run#1", "{\"by\":\"w1\"}", Expect::Version(6));
    assert!(is_ours(&ours, Some(&item(&ours))));
    assert!(!is_ours(&ours, None));
    let other_body = write("run#1", "{\"by\":\"w2\"}", Expect::Version(6));
    assert!(!is_ours(&ours, Some(&item(&other_body))));
    let later = write("run#1", "{\"by\":\"w1\"}", Expect::Version(7));
    assert!(!is_ours(&ours, Some(&item(&later))));
}

#[test]
fn a_transaction_is_ours_only_as_a_whole() {
    let writes = [write("a", "1", Expect::Absent), write("b", "2", Expect::Version(3))];
    let [a, b] = &writes;
    let of = |reasons: &[CancellationReason]| verdict(&writes, reasons);
    assert_eq!(of(&[reason(FAILED, Some(a)), reason(FAILED, Some(b))]), Some(Commit::Done));
    assert_eq!(of(&[reason(FAILED, Some(a)), reason("None", None)]), Some(Commit::Conflict));
    assert_eq!(of(&[reason(FAILED, Some(a)), reason(FAILED, Some(a))]), Some(Commit::Conflict));
    assert_eq!(of(&[reason(FAILED, Some(a)), reason(FAILED, None)]), Some(Commit::Conflict));
}

#[test]
fn an_unconditional_row_in_a_transaction_testifies_for_nobody() {
    let writes = [write("a", "1", Expect::Absent), write("b", "2", Expect::Anything)];
    let reasons = [reason(FAILED, Some(&writes[0])), reason("None", None)];
    assert_eq!(verdict(&writes, &reasons), Some(Commit::Done));
}

#[test]
fn a_transaction_that_met_another_or_was_throttled_is_neither_done_nor_lost() {
    let writes = [write("a", "1", Expect::Absent), write("b", "2", Expect::Absent)];
    for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "ValidationError"]
    {
        assert_eq!(verdict(&writes, &[reason("None", None), reason(code, None)]), None, "{code}");
        assert_eq!(verdict(&writes, &[reason(FAILED, None), reason(code, None)]), None, "{code}");
    }
    assert_eq!(verdict(&writes, &[]), None);
}

#[test]
fn the_token_tells_contents_apart() {
    let of = |body, expect| token(&[write("a", body, expect), write("b", "2", Expect::Absent)]);
    assert_eq!(of("1", Expect::Version(1)), of("1", Expect::Version(1)));
    assert_ne!(of("1", Expect::Version(1)), of("1", Expect::Version(2)));
    assert_ne!(of("1", Expect::Version(1)), of("2", Expect::Version(1)));
    assert_eq!(of("1", Expect::Absent).unwrap().len(), 32);
    assert_eq!(token(&[write("a", "1", Expect::Anything), write("b", "2", Expect::Anything)]), None);
}
