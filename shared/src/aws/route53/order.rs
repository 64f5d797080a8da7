//! The order of Route 53's listings, and where in it the names of one application lie.
//!
//! "ListResourceRecordSets sorts results first by DNS name with the labels reversed ...
//! `com.example.www.` Note the trailing dot, which can change the sort order when the record name
//! contains characters that appear before `.` (decimal 46) in the ASCII table" (API reference).
//! So `shop-x.example.com` stands before `shop.example.com`, and below a name the first are
//! digits, then `\052` and `_`, then letters.

use std::borrow::Cow;

use crate::names::DnsName;

/// The names of one application: the served name, and all below `_understudy.<served>`.
#[derive(Debug)]
pub(super) struct Subtree {
    root: DnsName,
    served_key: String,
    root_key: String,
}

/// Where a name lies in the order of a listing that began at the served name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The served name itself.
    Served,
    /// Before the subtree, and not ours.
    Before,
    /// `_understudy.<served>` or below it.
    Understudy,
    /// After all that is ours.
    Past,
}

impl Place {
    /// Whether a name there belongs to the application.
    pub(super) fn is_ours(self) -> bool {
        matches!(self, Self::Served | Self::Understudy)
    }
}

impl Subtree {
    pub(super) fn of(served: &DnsName) -> Self {
        let root = served.child("_understudy");
        Self { served_key: key(served.as_str()), root_key: key(root.as_str()), root }
    }

    /// `_understudy.<served>`.
    pub(super) fn root(&self) -> &DnsName {
        &self.root
    }

    /// Whether the served name is this one, or stands after it.
    pub(super) fn begins_at_or_after(&self, name: &str) -> bool {
        self.served_key >= key(name) && self.served_key >= key(&unescape(name))
    }

    /// Whether the served name stands after this one.
    pub(super) fn begins_after(&self, name: &str) -> bool {
        self.served_key > key(name) && self.served_key > key(&unescape(name))
    }

    /// Where a name lies, as Route 53 writes it. That escaped characters are sorted as they are
    /// written is documented for hosted zones only: a name counts as past only if it is so both
    /// ways, which can cost a page but never lose a record.
    pub(super) fn place(&self, name: &str) -> Place {
        let written = key(name);
        let meant = key(&unescape(name));
        if meant == self.served_key {
            Place::Served
        } else if meant.starts_with(&self.root_key) {
            Place::Understudy
        } else if written < self.root_key || meant < self.root_key {
            Place::Before
        } else {
            Place::Past
        }
    }
}

/// What Route 53 sorts by: `com.example.shop.` for `shop.example.com`.
fn key(name: &str) -> String {
    let folded = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    folded.rsplit('.').fold(String::new(), |key, label| key + label + ".")
}

/// A name without escapes. Route 53 returns "any characters other than a to z, 0 to 9, - (hyphen),
/// or _ (underscore)" as a backslash and three octal digits (Developer Guide, "DNS domain name
/// format").
pub(super) fn unescape(name: &str) -> Cow<'_, str> {
    if !name.contains('\\') {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        match after.get(..3).and_then(|code| u8::from_str_radix(code, 8).ok()) {
            Some(byte) => {
                text.push(char::from(byte));
                rest = &after[3..];
            }
            None => {
                text.push('\\');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_escapes_are_read() {
        assert_eq!(unescape("\\052.example.com."), "*.example.com.");
        assert_eq!(unescape("a\\100b\\041.x."), "a@b!.x.");
        assert_eq!(unescape("plain.example.com."), "plain.example.com.");
        assert_eq!(unescape("\\999.x\\5"), "\\999.x\\5");
        assert_eq!(unescape("\\ü1x"), "\\ü1x");
    }

    #[test]
    fn names_stand_where_route53_puts_them() {
        let subtree = Subtree::of(&DnsName::new("shop.example.com"));
        for (name, place) in [
            ("shop.example.com.", Place::Served),
            ("Shop.Example.com", Place::Served),
            ("-a.shop.example.com.", Place::Before),
            ("0.shop.example.com.", Place::Before),
            ("9.shop.example.com.", Place::Before),
            ("\\052.shop.example.com.", Place::Before),
            ("deep.\\052.shop.example.com.", Place::Before),
            ("_acme-challenge.shop.example.com.", Place::Before),
            ("_understudy-not.shop.example.com.", Place::Before),
            ("_understudy.shop.example.com.", Place::Understudy),
            ("e00000042._understudy.shop.example.com.", Place::Understudy),
            ("now._understudy.shop.example.com.", Place::Understudy),
            ("origin-us-east-1._understudy.shop.example.com.", Place::Understudy),
            ("_understudyz.shop.example.com.", Place::Past),
            ("_x.shop.example.com.", Place::Past),
            ("a.shop.example.com.", Place::Past),
            ("shop0.example.com.", Place::Past),
            ("shops.example.com.", Place::Past),
            ("xn--shop.example.com.", Place::Past),
        ] {
            assert_eq!(subtree.place(name), place, "{name}");
        }
    }

    #[test]
    fn an_escape_that_sorts_either_way_is_not_yet_past() {
        // `{` is after `_`, but `\173` is before it.
        let subtree = Subtree::of(&DnsName::new("shop.example.com"));
        assert_eq!(subtree.place("\\173.shop.example.com."), Place::Before);
    }

    #[test]
    fn a_served_apex_is_no_different() {
        let subtree = Subtree::of(&DnsName::new("example.com"));
        assert_eq!(subtree.place("example.com."), Place::Served);
        assert_eq!(subtree.place("_dmarc.example.com."), Place::Before);
        assert_eq!(subtree.place("now._understudy.example.com."), Place::Understudy);
        assert_eq!(subtree.place("shop.example.com."), Place::Past);
        assert_eq!(subtree.place("now._understudy.shop.example.com."), Place::Past);
    }

    /// The places of names in Route 53's order never go back: what is skipped is never ours.
    #[test]
    fn places_only_advance_in_sorted_order() {
        let subtree = Subtree::of(&DnsName::new("b.x"));
        let labels = ["-", "0", "\\052", "_", "_u", "_understudy", "_understudy-", "_understudy0", "a", "z"];
        let mut names: Vec<String> = labels.iter().map(|label| format!("{label}.b.x.")).collect();
        names.extend(labels.iter().map(|label| format!("{label}._understudy.b.x.")));
        names.push("b.x.".to_owned());
        names.sort_by_key(|name| key(name));
        let rank = |place| match place {
            Place::Served => 0,
            Place::Before => 1,
            Place::Understudy => 2,
            Place::Past => 3,
        };
        let ranks: Vec<u8> = names.iter().map(|name| rank(subtree.place(name))).collect();
        assert!(ranks.is_sorted(), "{names:?} {ranks:?}");
    }
}
