//! What stands where something else was expected.

use bolero::TypeGenerator;
use serde_json::{Value, json};

/// Texts that readers have stumbled over: numbers at the end of their types, times at the end of time, names of
/// nothing, what ends or disguises a line, what opens and never closes.
const TEXTS: [&str; 56] = [
    "",
    " ",
    "\0",
    "\n",
    "\r\n",
    "\t",
    "\u{1b}[31m",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "ß",
    "🦀",
    "\"",
    "'",
    "\\",
    "\\ud800",
    "\\u0000",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "&",
    "=",
    ",",
    ":",
    ".",
    "..",
    "*",
    "-",
    "_",
    "/",
    "%00",
    "null",
    "true",
    "0",
    "-0",
    "-1",
    "255",
    "256",
    "65536",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e400",
    "NaN",
    "0x10",
    "-009999-01-02T01:59:59Z",
    "9999-12-30T22:00:00.999999999Z",
    "1970-01-01T00:00:00Z",
    "99999999999d",
    "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x",
    "us-east-1",
];

/// Numbers at which types end.
const NUMBERS: [i64; 12] =
    [0, 1, -1, 99, 100, 255, 256, 65_536, 4_294_967_295, 4_294_967_296, i64::MAX, i64::MIN];

/// Something odd.
#[derive(Clone, Debug, TypeGenerator)]
pub enum Odd {
    /// One that is known to hurt.
    Known(u8),
    /// Any.
    Text(String),
    /// Any, as a number.
    Number(i64),
    /// A short one, very often.
    Often(u8, u16),
    /// Openings without an end.
    Deep(u8, u16),
}

impl Odd {
    /// As text.
    pub fn text(&self) -> String {
        match self {
            Self::Known(index) => (*pick(&TEXTS, *index)).to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Often(index, times) => pick(&TEXTS, *index).repeat(usize::from(*times) % 4_096),
            Self::Deep(index, depth) => {
                pick(&["[", "{", "{\"a\":", "<a>", "a.", "[["], *index).repeat(usize::from(*depth) % 4_096)
            }
        }
    }

    /// As a JSON value.
    pub fn value(&self) -> Value {
        match self {
            Self::Known(index) => {
                pick(&[json!(null), json!(true), json!([]), json!({}), json!(0.5)], *index).clone()
            }
            Self::Number(number) => json!(number),
            Self::Often(index, times) if *index % 2 == 0 => json!(vec![0; usize::from(*times) % 4_096]),
            Self::Often(index, _) => json!(*pick(&NUMBERS, *index / 2)),
            Self::Deep(_, depth) => (0..*depth % 100).fold(json!(null), |inner, _| json!([inner])),
            Self::Text(_) => json!(self.text()),
        }
    }
}

fn pick<T>(all: &[T], index: u8) -> &T {
    &all[usize::from(index) % all.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_odd_has_both_forms_and_an_end() {
        for index in 0..=255 {
            for odd in [Odd::Known(index), Odd::Often(index, u16::MAX), Odd::Deep(index, u16::MAX)] {
                assert!(odd.text().len() < 300_000, "{odd:?}");
                assert!(odd.value().to_string().len() < 300_000, "{odd:?}");
            }
        }
    }
}
