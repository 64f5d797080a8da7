//! Bodies of the Query protocol: `application/x-www-form-urlencoded`.

use std::collections::BTreeMap;

/// All fields. (The emulation's own reader takes each byte for a character.)
pub(super) fn fields(body: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// One field.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    fields(body).remove(name)
}

pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, escape.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
