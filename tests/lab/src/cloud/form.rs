//! Bodies of the Query protocol: `application/x-www-form-urlencoded`.

use std::collections::BTreeMap;

use winterbaume_core::protocol::parse_query_string;

/// All fields.
pub(super) fn fields(body: &[u8]) -> BTreeMap<String, String> {
    parse_query_string(&String::from_utf8_lossy(body)).into_iter().collect()
}

/// One field.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    parse_query_string(&String::from_utf8_lossy(body)).remove(name)
}

/// Fields as a body.
pub(super) fn body(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let written = body(&[("Action", "Publish"), ("Message", "{\"a\": \"b & c = ü + 1\"}")]);
        let read = fields(written.as_bytes());
        assert_eq!(read["Message"], "{\"a\": \"b & c = ü + 1\"}");
        assert_eq!(field(written.as_bytes(), "Action").as_deref(), Some("Publish"));
        assert_eq!(field(written.as_bytes(), "Version"), None);
    }
}
