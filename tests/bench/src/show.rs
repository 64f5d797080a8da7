//! The table that people read.

use std::io::IsTerminal;

use crate::{Figure, Reading};

/// Figures under their heading.
pub type Section = (&'static str, Vec<Figure>);

/// The columns' names.
const HEADINGS: [&str; 4] = ["what", "measured", "target", ""];

/// One line of the table.
struct Line {
    cells: [String; 3],
    word: Word,
    note: Option<String>,
}

/// What stands in the last column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Nothing,
    Met,
    Missed,
    MissedSoftly,
    NotMeasured,
}

/// The table; coloured on a terminal only.
pub fn table(sections: &[Section]) -> String {
    let lines: Vec<(&str, Vec<Line>)> =
        sections.iter().map(|(heading, figures)| (*heading, figures.iter().map(line).collect())).collect();
    let all = || lines.iter().flat_map(|(_, lines)| lines);
    let width = |column: usize| {
        let cells = all().map(|line| line.cells[column].chars().count());
        cells.max().unwrap_or_default().max(HEADINGS[column].len())
    };
    let widths = [width(0), width(1), width(2)];
    let coloured = std::io::stdout().is_terminal();
    let mut text = row(&HEADINGS.map(str::to_owned), widths);
    for (heading, lines) in &lines {
        text.push_str(&format!("{}\n", painted(heading, "1", coloured)));
        for line in lines {
            text.push_str(&told(line, widths, coloured));
        }
    }
    text
}

fn told(line: &Line, widths: [usize; 3], coloured: bool) -> String {
    let [what, measured, target] = line.cells.clone();
    let (word, colour) = match line.word {
        Word::Nothing => ("", "0"),
        Word::Met => ("met", "32"),
        Word::Missed => ("MISSED", "31"),
        Word::MissedSoftly => ("missed", "33"),
        Word::NotMeasured => ("not measured", "33"),
    };
    let mut text = row(&[what, measured, target, painted(word, colour, coloured)], widths);
    if let Some(note) = &line.note {
        text.push_str(&format!("    {}\n", painted(note, "2", coloured)));
    }
    text
}

fn row([what, measured, target, word]: &[String; 4], widths: [usize; 3]) -> String {
    let [first, second, third] = widths;
    let line = format!("  {what:<first$}  {measured:>second$}  {target:<third$}  {word}");
    format!("{}\n", line.trim_end())
}

fn painted(text: &str, colour: &str, coloured: bool) -> String {
    if coloured && !text.is_empty() { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn line(figure: &Figure) -> Line {
    let target = figure.target.map(|target| target.show(figure.unit)).unwrap_or_default();
    let (measured, why) = match &figure.reading {
        Reading::Measured { measured, spread: None } => (figure.unit.show(*measured), None),
        Reading::Measured { measured, spread: Some(spread) } => {
            let spread =
                format!("10 to 90 %: {} to {}", figure.unit.show(spread.p10), figure.unit.show(spread.p90));
            (figure.unit.show(*measured), Some(format!("{spread} ({} runs)", spread_runs(figure))))
        }
        Reading::NotMeasured { not_measured } => (String::new(), Some(not_measured.clone())),
        Reading::Failed { failed } => (String::new(), Some(failed.clone())),
    };
    let word = match (figure.is_met(), figure.fails()) {
        (Some(true), _) => Word::Met,
        (Some(false), true) => Word::Missed,
        (Some(false), false) => Word::MissedSoftly,
        (None, _) if matches!(figure.reading, Reading::NotMeasured { .. }) => Word::NotMeasured,
        (None, _) => Word::Nothing,
    };
    let notes: Vec<String> = why.into_iter().chain(figure.note.clone()).collect();
    Line {
        cells: [figure.what.clone(), measured, target],
        word,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}

fn spread_runs(figure: &Figure) -> usize {
    match &figure.reading {
        Reading::Measured { spread: Some(spread), .. } => spread.runs,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Target, Unit};

    #[test]
    fn each_figure_stands_beside_its_target_and_nothing_is_coloured_where_it_is_piped() {
        let figures = vec![
            Figure::new("start of tick", Unit::Times, 1.25).target(Target::at_most(2.0)),
            Figure::new("start of alarm", Unit::Times, 2.5).target(Target::at_most(2.0)),
            Figure::not_measured("against Python", Unit::Times, "no Python").target(Target::at_least(10.0)),
        ];
        let table = table(&[("cold start", figures)]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[1], "cold start");
        assert_eq!(lines[2], "  start of tick     1.25 x  at most 2.00 x   met");
        assert!(lines[3].ends_with("MISSED"));
        assert!(lines[4].ends_with("not measured"));
        assert_eq!(lines[5].trim(), "no Python");
    }
}
