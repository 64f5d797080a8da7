//! The binaries' sizes, and where they come from: beside a bare function with one client, and one that links
//! the same SDK crates and makes one call of each.

use std::path::Path;

use object::{Object, ObjectSection};

use crate::{FUNCTIONS, Figure, Setup, Target, Trouble, Unit};

/// How much larger than the baseline a function may be.
const TIMES_THE_BASELINE: f64 = 1.6;

/// Megabytes that a function should not exceed.
const MEGABYTES: f64 = 16.0;

/// How many sections are named.
const NAMED: usize = 4;

/// Measures them.
///
/// # Errors
/// A binary is missing, or none.
pub fn measure(setup: &Setup) -> Result<Vec<Figure>, Trouble> {
    let bare = size(&setup.baselines.join("baseline-start"))?;
    let file = setup.baselines.join("baseline-sdks");
    let sdks = size(&file)?;
    let mut figures = vec![
        Figure::new("a bare function with one client", Unit::Megabytes, bare),
        Figure::new("one with the same SDK crates", Unit::Megabytes, sdks).note(sections(&file)?),
    ];
    for function in FUNCTIONS {
        let file = setup.binaries.join(function).join("bootstrap");
        let ours = size(&file)?;
        figures.extend([
            Figure::new(function, Unit::Megabytes, ours)
                .target(Target::at_most(MEGABYTES).printed())
                .note(sections(&file)?),
            Figure::new(
                format!("{function}: times the one with the same SDK crates"),
                Unit::Times,
                ours / sdks,
            )
            .target(Target::at_most(TIMES_THE_BASELINE)),
        ]);
    }
    Ok(figures)
}

fn read(file: &Path) -> Result<Vec<u8>, Trouble> {
    if !file.is_file() {
        return Err(Trouble::Missing(file.to_owned()));
    }
    std::fs::read(file).map_err(Trouble::system(format!("cannot read {}", file.display())))
}

/// In millions of bytes.
fn size(file: &Path) -> Result<f64, Trouble> {
    Ok(read(file)?.len() as f64 / 1e6)
}

/// The largest sections, in words.
fn sections(file: &Path) -> Result<String, Trouble> {
    let bytes = read(file)?;
    let none = |error| Trouble::Unexpected(format!("{}: {error}", file.display()));
    let binary = object::File::parse(&*bytes).map_err(none)?;
    let on_disk = |section: &object::Section<'_, '_>| section.file_range().map_or(0, |(_, size)| size);
    let mut largest: Vec<(u64, String)> =
        binary.sections().map(|it| (on_disk(&it), it.name().unwrap_or("?").to_owned())).collect();
    largest.sort_by(|one, other| other.cmp(one));
    let words = |(size, name): &(u64, String)| format!("{name} {:.1} MB", *size as f64 / 1e6);
    Ok(largest.iter().take(NAMED).map(words).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_sections_are_named_and_a_missing_binary_is_told() {
        let this = std::env::current_exe().unwrap();
        assert_eq!(sections(&this).unwrap().split(", ").filter(|it| it.ends_with(" MB")).count(), NAMED);
        assert!(size(&this).unwrap() > 0.1);
        assert!(size(Path::new("/nowhere")).unwrap_err().to_string().contains("make bench"));
        assert!(sections(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml").as_path()).is_err());
    }
}
