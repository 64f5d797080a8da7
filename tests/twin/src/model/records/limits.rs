//! How large a batch may be (Route 53 developer guide, "Quotas", maximum sizes of a
//! `ChangeResourceRecordSets` request). An `UPSERT` counts twice.

use super::batch::{Action, ChangeBatch};
use crate::model::error::ApiError;

/// `ResourceRecord` elements; an alias counts as one.
const MAX_RECORDS: usize = 1_000;
/// Characters in all `Value` elements, escapes included.
const MAX_CHARACTERS: usize = 32_000;

pub(super) fn check(batch: &ChangeBatch) -> Result<(), ApiError> {
    let mut records = 0;
    let mut characters = 0;
    for change in &batch.changes {
        let times = if change.action == Action::Upsert { 2 } else { 1 };
        let values = &change.record.values;
        records += times * values.len().max(1);
        characters += times * values.iter().map(|value| value.chars().count()).sum::<usize>();
    }
    let mut faults = Vec::new();
    if records > MAX_RECORDS {
        faults.push(format!("Number of records limit of {MAX_RECORDS} exceeded."));
    }
    if characters > MAX_CHARACTERS {
        faults.push(format!("Number of characters limit of {MAX_CHARACTERS} exceeded."));
    }
    if faults.is_empty() { Ok(()) } else { Err(ApiError::invalid_batch(faults)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::records::RecordSetInput;

    fn record(number: usize, value: &str) -> RecordSetInput {
        RecordSetInput::simple(&format!("n{number}.example.com"), "TXT", 60, &[value])
    }

    #[test]
    fn an_upsert_counts_twice() {
        let upserts =
            |count| (0..count).fold(ChangeBatch::new(), |batch, at| batch.upsert(record(at, "\"x\"")));
        let creates =
            |count| (0..count).fold(ChangeBatch::new(), |batch, at| batch.create(record(at, "\"x\"")));
        assert!(check(&creates(1000)).is_ok());
        assert!(check(&creates(1001)).is_err());
        assert!(check(&upserts(500)).is_ok());
        assert!(check(&upserts(501)).is_err());
    }

    #[test]
    fn characters_are_counted_over_the_whole_batch() {
        let value = format!("\"{}\"", "x".repeat(198));
        let batch = |count, action: fn(ChangeBatch, RecordSetInput) -> ChangeBatch| {
            (0..count).fold(ChangeBatch::new(), |batch, at| action(batch, record(at, &value)))
        };
        assert!(check(&batch(160, ChangeBatch::create)).is_ok());
        assert!(check(&batch(161, ChangeBatch::create)).is_err());
        assert!(check(&batch(81, ChangeBatch::upsert)).is_err());
    }
}
