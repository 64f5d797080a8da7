//! An answer as tables: scalars beside their names, lists of like things as rows.

use understudy::advise::{Answer, Json};

use super::in_order;
use crate::paint::{Colour, Paint};

/// Texts that are longer stand below their row.
const WIDEST: usize = 34;
/// Lines are broken before this.
const LINE: usize = 110;

/// One row of a table: names of columns, and what stands in them.
type Row<'j> = Vec<(&'j str, &'j Json)>;

/// All of an answer.
pub fn answer(answer: &Answer, paint: Paint) -> String {
    let word = |json: Json| if let Json::Text(text) = json { text } else { String::new() };
    let head = format!("{} (basis: {})", word(in_order(&answer.analysis)), word(in_order(&answer.basis)));
    let notes: String = answer.notes.iter().map(|note| broken(note, "  - ", "    ")).collect();
    let notes =
        if notes.is_empty() { notes } else { format!("\n{}\n{notes}", paint.paint(Colour::Blue, "Notes")) };
    format!("{}\n{}{notes}", paint.paint(Colour::Blue, head), any(&in_order(&answer.result), "  ", paint))
}

fn any(json: &Json, indent: &str, paint: Paint) -> String {
    match json {
        Json::Object(members) => object(members, indent, paint),
        Json::List(items) => list(items, indent, paint),
        scalar => format!("{indent}{}\n", coloured(&shown(scalar), paint)),
    }
}

/// What is plain beside its name; what holds more, below.
fn object(members: &[(String, Json)], indent: &str, paint: Paint) -> String {
    let told = members.iter().filter(|(_, json)| !is_empty(json));
    let (plain, nested): (Vec<_>, Vec<_>) = told.partition(|(_, json)| is_plain(json));
    let width = plain.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let beside = plain.iter().map(|(name, json)| {
        let name = format!("{indent}{:width$}  ", titled(name));
        match json {
            Json::Text(text) if text.contains('\n') => {
                format!("{}\n{}", name.trim_end(), block(text, indent))
            }
            Json::Text(text) if text.len() > WIDEST => broken(text, &name, &" ".repeat(name.len())),
            scalar => format!("{name}{}\n", coloured(&shown(scalar), paint)),
        }
    });
    let below = nested.iter().map(|(name, json)| {
        format!("{indent}{}\n{}", titled(name), any(json, &format!("{indent}  "), paint))
    });
    beside.chain(below).collect()
}

/// A multi-line text, such as a file: each line as it is.
fn block(text: &str, indent: &str) -> String {
    text.lines().map(|line| format!("{indent}  {line}").trim_end().to_owned() + "\n").collect()
}

fn list(items: &[Json], indent: &str, paint: Paint) -> String {
    let rows: Option<Vec<Row<'_>>> = items.iter().map(row).collect();
    if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
        return table(&rows, indent, paint);
    }
    let each = items.iter().map(|item| match item {
        Json::Text(text) => broken(text, &format!("{indent}- "), &format!("{indent}  ")),
        other => any(other, indent, paint),
    });
    let gap = if items.iter().any(|item| matches!(item, Json::Object(_))) { "\n" } else { "" };
    each.collect::<Vec<_>>().join(gap)
}

/// The cells of a row: an object of scalars, with objects of scalars within it spread out.
fn row(item: &Json) -> Option<Row<'_>> {
    let Json::Object(members) = item else { return None };
    let mut cells = Row::new();
    for (name, json) in members {
        match json {
            Json::Object(inner) if inner.iter().all(|(_, json)| is_plain(json)) => {
                cells.extend(inner.iter().map(|(name, json)| (name.as_str(), json)));
            }
            plain if is_plain(plain) => cells.push((name, plain)),
            _ => return None,
        }
    }
    Some(cells)
}

/// A column of a table.
struct Column<'j> {
    name: &'j str,
    place: usize,
    width: usize,
    is_number: bool,
}

/// Columns are those of the fullest row; what does not fit stands below its row.
fn table(rows: &[Row<'_>], indent: &str, paint: Paint) -> String {
    let fullest = rows.iter().max_by_key(|row| row.len()).map(Vec::as_slice).unwrap_or_default();
    let (short, long) = fitting(
        fullest.iter().enumerate().map(|(place, (name, _))| column(rows, name, place)).collect(),
        indent.len(),
    );
    let line = |cell: &dyn Fn(&Column<'_>) -> String| {
        let cells = short.iter().map(|column| {
            let (text, width) = (cell(column), column.width);
            if column.is_number { format!("{text:>width$}") } else { format!("{text:width$}") }
        });
        format!("{indent}{}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned() + "\n"
    };
    let further = format!("{indent}    ");
    let mut text = line(&|column| titled(column.name));
    for row in rows {
        text.push_str(&coloured(&line(&|column| cell(row, column.name)), paint));
        text.extend(long.iter().map(|column| broken(&cell(row, column.name), &further, &further)));
    }
    text
}

/// The widest columns give way, the first of them first, until the others fit into a line.
fn fitting(mut short: Vec<Column<'_>>, indent: usize) -> (Vec<Column<'_>>, Vec<Column<'_>>) {
    let mut long = Vec::new();
    while indent + short.iter().map(|column| column.width + 2).sum::<usize>() > LINE {
        let widest = short.iter().map(|column| column.width).max();
        let Some(place) = short.iter().position(|column| Some(column.width) == widest) else { break };
        long.push(short.remove(place));
    }
    long.sort_by_key(|column| column.place);
    (short, long)
}

fn column<'j>(rows: &[Row<'_>], name: &'j str, place: usize) -> Column<'j> {
    let cells = rows.iter().map(|row| cell(row, name).chars().count());
    let is_number =
        rows.iter().flatten().any(|(other, json)| *other == name && matches!(json, Json::Number(_)));
    Column { name, place, width: cells.chain([name.len()]).max().unwrap_or_default(), is_number }
}

fn cell(row: &Row<'_>, name: &str) -> String {
    row.iter().find(|(other, _)| *other == name).map_or_else(|| "–".to_owned(), |(_, json)| shown(json))
}

fn is_plain(json: &Json) -> bool {
    !matches!(json, Json::Object(_) | Json::List(_))
}

fn is_empty(json: &Json) -> bool {
    match json {
        Json::Object(members) => members.is_empty(),
        Json::List(items) => items.is_empty(),
        Json::Text(text) => text.is_empty(),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn titled(name: &str) -> String {
    name.replace('_', " ")
}

fn shown(json: &Json) -> String {
    match json {
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::Number(number) => rounded(*number),
        Json::Text(text) => text.clone(),
        // Nothing is known, or there is none: what is judged says which.
        Json::Null | Json::List(_) | Json::Object(_) => "–".to_owned(),
    }
}

/// To the hundredth, without needless digits.
fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What is missed is red.
fn coloured(text: &str, paint: Paint) -> String {
    let bad = ["missed", "RTO_VIOLATION", "RPO_VIOLATION"];
    bad.iter().fold(text.to_owned(), |text, word| text.replace(word, &paint.paint(Colour::Red, word)))
}

/// Words in lines that are not too long.
fn broken(text: &str, first: &str, further: &str) -> String {
    let mut lines = vec![first.to_owned()];
    let mut is_begun = false;
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let length = lines[last].chars().count() + 1 + word.chars().count();
        if is_begun && length > LINE {
            lines.push(format!("{further}{word}"));
        } else {
            let gap = if is_begun { " " } else { "" };
            lines[last].push_str(gap);
            lines[last].push_str(word);
        }
        is_begun = true;
    }
    lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}
