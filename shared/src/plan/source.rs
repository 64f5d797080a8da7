//! The text of a plan file, and where in it a byte stands.

use super::fault::Excerpt;

/// Widest excerpt: a terminal of 110 columns holds it with its gutter.
const EXCERPT_WIDTH: usize = 100;
/// Characters shown before the caret when a line is too long.
const EXCERPT_LEAD: usize = 40;

/// The text, with the beginning of each line.
pub(super) struct Source<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

/// A line and a column in characters, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Where the byte at `offset` stands; past the end, where the text ends.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        // The line ends before the first of the two characters that end it.
        let ended = before.strip_suffix('\r').filter(|_| self.text.as_bytes().get(offset) == Some(&b'\n'));
        Position { line, column: visible(ended.unwrap_or(before)).count() + 1 }
    }

    /// The line, or the part of it around the column.
    pub(super) fn excerpt(&self, at: Position) -> Excerpt {
        let mut line = visible(self.line(at.line));
        let before = at.column.saturating_sub(1);
        let skipped = if before < EXCERPT_WIDTH { 0 } else { before - EXCERPT_LEAD };
        let mut shown: String = line.clone().skip(skipped).take(EXCERPT_WIDTH).map(plain).collect();
        if line.nth(skipped + EXCERPT_WIDTH).is_some() {
            shown.push('…');
        }
        if skipped == 0 {
            return Excerpt { text: shown, caret: before };
        }
        Excerpt { text: format!("…{shown}"), caret: before - skipped + 1 }
    }

    fn line(&self, line: usize) -> &'t str {
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied();
        let rest = start.and_then(|start| self.text.get(start..)).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }
}

/// The characters of a line, without the byte order mark that some editors put first.
fn visible(line: &str) -> impl Iterator<Item = char> + Clone + '_ {
    line.trim_start_matches('\u{feff}').chars()
}

/// A character that is one column wide and does nothing to a terminal.
fn plain(character: char) -> char {
    match character {
        '\t' => ' ',
        control if control.is_control() => '·',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters() {
        let source = Source::new("a = 1\nname = \"münchen\" # x\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        let offset = "a = 1\nname = \"münchen\" ".len();
        assert_eq!(source.position(offset), Position { line: 2, column: 18 });
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        assert_eq!(Source::new("ab").position(99), Position { line: 1, column: 3 });
        assert_eq!(Source::new("").position(0), Position { line: 1, column: 1 });
        assert_eq!(Source::new("a\n").position(2), Position { line: 2, column: 1 });
    }

    #[test]
    fn a_place_at_the_end_of_a_line_is_shown_behind_its_last_character() {
        for text in ["ab\ncd", "ab\r\ncd"] {
            let source = Source::new(text);
            let end = source.position(text.find('\n').unwrap());
            assert_eq!(end, Position { line: 1, column: 3 });
            assert_eq!(source.excerpt(end), Excerpt { text: "ab".to_owned(), caret: 2 });
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(Source::new("\u{feff}a = 1").position(3), Position { line: 1, column: 1 });
    }

    #[test]
    fn a_long_line_is_shown_around_the_fault() {
        let text = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let source = Source::new(&text);
        let excerpt = source.excerpt(source.position(500));
        assert_eq!(excerpt.text.chars().nth(excerpt.caret), Some('X'));
        assert_eq!(excerpt.text.chars().count(), EXCERPT_WIDTH + 2);
    }

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        let source = Source::new("a\t=\u{1b}[31m\r\nb");
        assert_eq!(source.excerpt(Position { line: 1, column: 1 }).text, "a =·[31m");
    }
}
