//! Domain names, normalised as Route 53 normalises them.

use std::fmt;
use std::sync::Arc;

/// A fully qualified domain name: lower case, with the trailing dot, and with every byte other than
/// `a-z 0-9 - _` written as a three-digit octal escape (`*` is `\052`), as the API returns it (Route 53
/// developer guide, "DNS domain name format").
///
/// Names order as `ListResourceRecordSets` orders them: by the labels from right to left, `com.example.www.`
/// (Route 53 API reference, `ListResourceRecordSets`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(Arc<Forms>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Forms {
    // First, so that the derived order is the service's order.
    reversed: String,
    text: String,
}

/// Why a text is not a domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing, or two dots in a row.
    #[error("Domain label is empty")]
    EmptyLabel,
    /// More than 63 bytes between two dots (RFC 1035).
    #[error("Domain label is too long")]
    LabelTooLong,
    /// More than 255 bytes in all (RFC 1035).
    #[error("Domain name is too long")]
    TooLong,
    /// A backslash that no three octal digits follow, or a space.
    #[error("Domain name contains an invalid character or escape")]
    BadCharacter,
}

/// `*`, escaped.
const WILDCARD: &str = "\\052";

impl DnsName {
    /// Reads a name with or without its trailing dot.
    ///
    /// # Errors
    /// The first [`NameFault`] from the left.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        if let Some(plain) = Self::plain(text) {
            return Ok(plain);
        }
        let labels = labels(text)?;
        if labels.iter().map(|label| label.len() + 1).sum::<usize>() + 1 > 255 {
            return Err(NameFault::TooLong);
        }
        let written: Vec<String> = labels.iter().map(|label| escape(label)).collect();
        let text = written.iter().fold(String::new(), |text, label| text + label + ".");
        let reversed = written.iter().rev().fold(String::new(), |text, label| text + label + ".");
        Ok(Self::of(text, reversed))
    }

    /// A name that is normalised already but for its trailing dot: almost every one, and quickly.
    fn plain(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_plain);
        if text.len() > 253 || !text.split('.').all(is_label) {
            return None;
        }
        let mut reversed = String::with_capacity(text.len() + 1);
        for label in text.rsplit('.') {
            reversed.push_str(label);
            reversed.push('.');
        }
        Some(Self::of([text, "."].concat(), reversed))
    }

    fn of(text: String, reversed: String) -> Self {
        Self(Arc::new(Forms { reversed, text }))
    }

    /// The normalised text, with the trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The labels from left to right, escaped.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.text.split_terminator('.')
    }

    /// Whether this name is `zone` or lies below it.
    pub fn is_within(&self, zone: &Self) -> bool {
        // `reversed` ends each label with a dot, so a prefix always ends on a label's border.
        self.0.reversed.starts_with(&zone.0.reversed)
    }

    /// The name without its leftmost label; nothing above a top-level name.
    pub fn parent(&self) -> Option<Self> {
        let (label, rest) = self.0.text.split_once('.')?;
        let above = self.0.reversed.len() - label.len() - 1;
        (!rest.is_empty()).then(|| Self::of(rest.to_owned(), self.0.reversed[..above].to_owned()))
    }

    /// The wildcard directly below this name; none where it would be too long.
    pub(super) fn wildcard(&self) -> Option<Self> {
        let Forms { reversed, text } = &*self.0;
        (text.len() + "*.".len() < 255)
            .then(|| Self::of([WILDCARD, ".", text].concat(), [reversed, WILDCARD, "."].concat()))
    }

    /// `www.example.com.` as `com.example.www.`
    pub fn reversed(&self) -> &str {
        &self.0.reversed
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.text)
    }
}

impl fmt::Debug for DnsName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.text, out)
    }
}

fn labels(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let mut labels = vec![Vec::new()];
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'.' => labels.push(Vec::new()),
            b'\\' => {
                let value =
                    octal([bytes.next(), bytes.next(), bytes.next()]).ok_or(NameFault::BadCharacter)?;
                push(&mut labels, value);
            }
            b' ' | 0..=31 | 127 => return Err(NameFault::BadCharacter),
            _ => push(&mut labels, byte),
        }
    }
    if labels.iter().any(Vec::is_empty) {
        return Err(NameFault::EmptyLabel);
    }
    if labels.iter().any(|label| label.len() > 63) {
        return Err(NameFault::LabelTooLong);
    }
    Ok(labels)
}

fn push(labels: &mut [Vec<u8>], byte: u8) {
    if let Some(last) = labels.last_mut() {
        last.push(byte.to_ascii_lowercase());
    }
}

fn octal(digits: [Option<u8>; 3]) -> Option<u8> {
    let mut value: u16 = 0;
    for digit in digits {
        let digit = digit.filter(|digit| (b'0'..=b'7').contains(digit))?;
        value = value * 8 + u16::from(digit - b'0');
    }
    u8::try_from(value).ok()
}

fn escape(label: &[u8]) -> String {
    label.iter().fold(String::new(), |text, &byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => text + char::from(byte).encode_utf8(&mut [0; 4]),
        other => text + &format!("\\{other:03o}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        for (given, kept) in [
            ("WWW.Example.com", "www.example.com."),
            ("*.example.com.", "\\052.example.com."),
            ("\\052.example.com", "\\052.example.com."),
            ("_dmarc.example.com", "_dmarc.example.com."),
            ("a/b.example.com", "a\\057b.example.com."),
            ("\\141.example.com", "a.example.com."),
        ] {
            assert_eq!(DnsName::parse(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(64) + ".com";
        let endless = "a.".repeat(130);
        for (given, fault) in [
            ("", NameFault::EmptyLabel),
            (".", NameFault::EmptyLabel),
            ("a..com", NameFault::EmptyLabel),
            ("a\\9.com", NameFault::BadCharacter),
            ("a b.com", NameFault::BadCharacter),
            (long.as_str(), NameFault::LabelTooLong),
            (endless.as_str(), NameFault::TooLong),
        ] {
            assert_eq!(DnsName::parse(given), Err(fault), "{given}");
        }
    }

    #[test]
    fn order_and_descent_follow_the_labels_from_the_right() {
        let parse = |text| DnsName::parse(text).unwrap();
        assert!(parse("example.com") < parse("a.example.com"));
        assert!(parse("z.a.example.com") < parse("b.example.com"));
        assert!(parse("a.example.com").is_within(&parse("example.com")));
        assert!(!parse("badexample.com").is_within(&parse("example.com")));
        assert_eq!(parse("a.b.com").parent(), Some(parse("b.com")));
        assert_eq!(parse("com").parent(), None);
    }
}
