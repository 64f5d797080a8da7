//! `summary.json`: the figures for machines.

use std::path::Path;

use serde::Serialize;

use crate::machine::Machine;
use crate::show::Section;
use crate::{Figure, Trouble, clock};

/// A run's figures, and where they come from.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// When it was made.
    pub date: String,
    /// On what.
    pub machine: Machine,
    /// Whether every target was met whose missing fails the run.
    pub met: bool,
    /// Every figure.
    pub figures: Vec<Entry>,
}

/// One figure with its verdict.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The heading under which it stands.
    pub section: &'static str,
    /// The figure.
    #[serde(flatten)]
    pub figure: Figure,
    /// Whether its target is met; null where there is none, or nothing was measured.
    pub met: Option<bool>,
}

impl Summary {
    /// Of these figures.
    pub fn of(machine: Machine, sections: &[Section]) -> Self {
        let entry = |section: &'static str, figure: &Figure| Entry {
            section,
            met: figure.is_met(),
            figure: figure.clone(),
        };
        let of_section = |(section, figures): &Section| -> Vec<Entry> {
            figures.iter().map(|figure| entry(section, figure)).collect()
        };
        let met = !sections.iter().flat_map(|(_, figures)| figures).any(Figure::fails);
        Self { date: clock::today(), machine, met, figures: sections.iter().flat_map(of_section).collect() }
    }

    /// As text.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Writes it into a folder.
    ///
    /// # Errors
    /// The system refuses.
    pub fn write(&self, folder: &Path) -> Result<(), Trouble> {
        let file = folder.join("summary.json");
        let cannot = format!("cannot write {}", file.display());
        std::fs::write(file, self.json() + "\n").map_err(Trouble::system(cannot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Target, Unit};

    #[test]
    fn every_figure_has_unit_target_and_verdict() {
        let figure = Figure::median("x", Unit::Milliseconds, &[1.0, 2.0, 3.0]).target(Target::at_most(2.0));
        let summary = Summary::of(Machine::this(), &[("speed", vec![figure, Figure::failed("y", "broke")])]);
        let json: serde_json::Value = serde_json::from_str(&summary.json()).unwrap();
        assert_eq!(json["met"], false);
        let first = &json["figures"][0];
        assert_eq!(
            (first["section"].as_str(), first["unit"].as_str()),
            (Some("speed"), Some("milliseconds"))
        );
        assert_eq!((first["measured"].as_f64(), first["spread"]["p90"].as_f64()), (Some(2.0), Some(3.0)));
        assert_eq!((first["target"]["at_most"].as_f64(), first["met"].as_bool()), (Some(2.0), Some(true)));
        assert_eq!(
            (json["figures"][1]["failed"].as_str(), json["figures"][1]["met"].as_bool()),
            (Some("broke"), Some(false))
        );
    }
}
