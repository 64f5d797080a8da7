//! One line, word by word.

use std::time::Duration;

use crate::timeline::Mark;
use crate::world::{Band, is_region, parse_duration};

/// What is left of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a>(&'a str);

/// What is wrong with a line, in words.
pub(super) type Read<T> = Result<T, String>;

impl<'a> Words<'a> {
    pub fn of(line: &'a str) -> Self {
        Self(line.trim())
    }

    /// All that is left.
    pub fn rest(self) -> &'a str {
        self.0
    }

    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next word.
    pub fn word(&mut self, what: &str) -> Read<&'a str> {
        if self.0.is_empty() {
            return Err(format!("{what} is missing at the end of the line"));
        }
        let (word, rest) = self.0.split_once(char::is_whitespace).unwrap_or((self.0, ""));
        self.0 = rest.trim_start();
        Ok(word)
    }

    /// Takes these words, if they come next.
    pub fn take(&mut self, words: &str) -> bool {
        let after = self.0.strip_prefix(words);
        let whole = after.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if let Some(rest) = whole {
            self.0 = rest.trim_start();
        }
        whole.is_some()
    }

    /// Takes these words, which must come next.
    pub fn expect(&mut self, words: &str) -> Read<()> {
        if self.take(words) {
            return Ok(());
        }
        Err(format!("{words:?} is expected before {:?}", self.0))
    }

    /// Nothing more may come.
    pub fn end(self) -> Read<()> {
        if self.is_empty() { Ok(()) } else { Err(format!("{:?} is more than the line can say", self.0)) }
    }

    pub fn time(&mut self) -> Read<Duration> {
        let word = self.word("a time")?;
        parse_duration(word).ok_or_else(|| format!("{word:?} is no time: write 250ms, 5s or 2m"))
    }

    pub fn band(&mut self) -> Read<Band> {
        let word = self.word("two times")?;
        Band::parse(word).ok_or_else(|| format!("{word:?} is no band: write two times like 3s..7s"))
    }

    pub fn count(&mut self) -> Read<u32> {
        let word = self.word("a number")?;
        word.parse().map_err(|_| format!("{word:?} is no number"))
    }

    pub fn mark(&mut self) -> Read<Mark> {
        let word = self.word("a mark")?;
        Mark::parse(word).ok_or_else(|| format!("there is no mark {word:?}; there are {}", list(Mark::ALL)))
    }

    pub fn region(&mut self) -> Read<String> {
        let word = self.word("a region")?;
        let word = word.trim_end_matches(',');
        if is_region(word) { Ok(word.to_owned()) } else { Err(format!("the lab has no region {word:?}")) }
    }
}

pub(super) fn list(marks: &[Mark]) -> String {
    marks.iter().map(|mark| mark.as_str()).collect::<Vec<_>>().join(", ")
}
