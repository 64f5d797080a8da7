//! What was probably meant.

/// The known word that was probably meant: at most a third of it is wrong.
pub(crate) fn closest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    /// Longer words are no slips, and comparing them takes time.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let near = |known: &&'k str| {
        let distance = distance(word, known);
        (distance <= known.len().div_ceil(3)).then_some((distance, *known))
    };
    known.iter().filter_map(near).min().map(|(_, known)| known)
}

/// Levenshtein's distance; a swap of neighbours counts two.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&right) {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = *cell;
            *cell = replaced.min(diagonal + 1).min(before + 1);
            before = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ttl", "ttl", 0),
            ("tll", "ttl", 1),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn a_slip_finds_its_word_and_nonsense_none() {
        let known = ["name", "notify", "native", "timing"];
        assert_eq!(closest("nmae", &known), Some("name"));
        assert_eq!(closest("nam", &known), Some("name"));
        assert_eq!(closest("notfy", &known), Some("notify"));
        assert_eq!(closest("weather", &known), None);
        assert_eq!(closest(&"n".repeat(10_000), &known), None);
    }
}
