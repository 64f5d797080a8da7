//! JSON from anybody: read as a tree, if that fits into a function's memory.

use serde::de::DeserializeOwned;

/// The largest payload that is looked at: what Lambda takes for an asynchronous invocation (1 MB;
/// Lambda API reference, `Invoke`), which is how all our sources deliver.
const MAX_BYTES: usize = 1024 * 1024;

/// The most values of a payload. A tree holds up to 650 bytes for each (an object with one member), up
/// to four times while an event is read: together less than half of a function's memory. An alarm has
/// a hundred.
const MAX_VALUES: usize = 50_000;

/// Reads a payload, or tells why not. Depth is bounded by the parser, which refuses more than 128
/// levels.
pub(crate) fn parse<T: DeserializeOwned>(payload: &str) -> Result<T, String> {
    if payload.len() > MAX_BYTES {
        return Err(format!("{} bytes, more than the {MAX_BYTES} that are read", payload.len()));
    }
    let values = most_values(payload);
    if values > MAX_VALUES {
        return Err(format!("up to {values} values, more than the {MAX_VALUES} that are read"));
    }
    serde_json::from_str(payload).map_err(|error| format!("not JSON that can be read: {error}"))
}

/// How many values a text can have: each but the first follows one of these.
fn most_values(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b'[' | b',' | b':')).count() + 1
}
