//! Edits of a text, whatever its grammar.

use bolero::TypeGenerator;

use crate::Odd;

/// One edit. Places are counted in tokens (runs of letters and digits, and each other character by itself), modulo
/// how many there are: so that most edits leave the rest of the text what it was.
#[derive(Clone, Debug, TypeGenerator)]
pub enum Edit {
    /// A token becomes something odd.
    Replace(u16, Odd),
    /// Something odd comes between.
    Insert(u16, Odd),
    /// Some tokens go.
    Drop(u16, u8),
    /// Some tokens stand elsewhere as well.
    Copy(u16, u8, u16),
    /// Some tokens are said again and again.
    Repeat(u16, u8, u8),
    /// All ends here.
    Cut(u16),
    /// A byte becomes another, wherever it stands.
    Byte(u16, u8),
}

impl Edit {
    /// The text after this edit.
    pub fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let tokens = Tokens::of(bytes);
        let whole = bytes.to_vec();
        match self {
            Self::Replace(at, odd) => {
                let token = tokens.some(*at, 1);
                [&bytes[..token.start], odd.text().as_bytes(), &bytes[token.end..]].concat()
            }
            Self::Insert(at, odd) => {
                let at = tokens.start(*at);
                [&bytes[..at], odd.text().as_bytes(), &bytes[at..]].concat()
            }
            Self::Drop(at, count) => {
                let gone = tokens.some(*at, *count);
                [&bytes[..gone.start], &bytes[gone.end..]].concat()
            }
            Self::Copy(from, count, to) => {
                let (some, to) = (tokens.some(*from, *count), tokens.start(*to));
                [&bytes[..to], &bytes[some], &bytes[to..]].concat()
            }
            Self::Repeat(at, count, times) => {
                let some = tokens.some(*at, *count);
                let again = bytes[some.clone()].repeat(usize::from(*times) % 32);
                [&bytes[..some.end], again.as_slice(), &bytes[some.end..]].concat()
            }
            Self::Cut(at) => bytes[..tokens.start(*at)].to_vec(),
            Self::Byte(_, _) if bytes.is_empty() => whole,
            Self::Byte(at, byte) => {
                let mut changed = whole;
                changed[usize::from(*at) % bytes.len()] = *byte;
                changed
            }
        }
    }
}

/// Where each token begins; the end of the text is the last one's end.
struct Tokens(Vec<usize>);

impl Tokens {
    fn of(bytes: &[u8]) -> Self {
        let is_word = |index: usize| bytes[index].is_ascii_alphanumeric();
        let begins = |index: &usize| *index == 0 || !is_word(*index) || !is_word(*index - 1);
        let mut starts: Vec<usize> = (0..bytes.len()).filter(begins).collect();
        starts.push(bytes.len());
        Self(starts)
    }

    /// A token's number, of those that there are (the end of the text is none).
    fn number(&self, at: u16) -> usize {
        usize::from(at) % (self.0.len() - 1).max(1)
    }

    fn start(&self, at: u16) -> usize {
        self.0[self.number(at)]
    }

    /// So many tokens from one on, as far as there are any.
    fn some(&self, at: u16, count: u8) -> std::ops::Range<usize> {
        let first = self.number(at);
        let end = (first + usize::from(count)).min(self.0.len() - 1);
        self.0[first]..self.0[end.max(first)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(edit: Edit, text: &str) -> String {
        String::from_utf8(edit.apply(text.as_bytes())).unwrap()
    }

    #[test]
    fn an_edit_leaves_other_tokens_alone() {
        let text = "key = [12]";
        assert_eq!(after(Edit::Replace(5, Odd::Number(-7)), text), "key = [-7]");
        assert_eq!(after(Edit::Insert(1, Odd::Known(2)), text), "key\0 = [12]");
        assert_eq!(after(Edit::Drop(1, 2), text), "key [12]");
        assert_eq!(after(Edit::Copy(0, 1, 5), text), "key = [key12]");
        assert_eq!(after(Edit::Repeat(5, 1, 2), text), "key = [121212]");
        assert_eq!(after(Edit::Cut(4), text), "key = ");
        assert_eq!(after(Edit::Byte(4, b':'), text), "key : [12]");
        assert_eq!(after(Edit::Replace(7, Odd::Number(1)), text), "1 = [12]", "places are counted around");
    }

    #[test]
    fn nothing_can_be_edited_too() {
        for edit in [
            Edit::Replace(3, Odd::Known(0)),
            Edit::Drop(9, 9),
            Edit::Copy(1, 2, 3),
            Edit::Repeat(1, 2, 3),
            Edit::Cut(7),
            Edit::Byte(1, 1),
        ] {
            assert_eq!(edit.apply(b""), b"");
        }
    }
}
