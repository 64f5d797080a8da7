//! Spans in which a guard held a move, from the ledger's entries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use understudy::report::LedgerEntry;

use super::rounded;
use crate::clock;
use crate::world::Noted;

/// One guard's hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HoldSpan {
    /// The guard.
    pub guard: String,
    /// Seconds from the fault.
    pub begin: f64,
    /// Seconds from the fault; null while it stands.
    pub end: Option<f64>,
}

/// The spans of each guard for each application in each region, in order of their begin.
pub fn holds(ledger: &[Noted], zero: Timestamp) -> Vec<HoldSpan> {
    let mut standing: BTreeMap<(Place, String), Timestamp> = BTreeMap::new();
    let mut spans = Vec::new();
    let since = |at| rounded(clock::seconds(zero, at));
    for Noted { region, application, entry } in ledger {
        let place: Place = (region.clone(), application.clone());
        let guards = match entry.kind.as_str() {
            "hold-began" | "hold-changed" => guards(entry),
            "hold-ended" => Vec::new(),
            _ => continue,
        };
        let over = standing.iter().filter(|((of, guard), _)| *of == place && !guards.contains(guard));
        let over: Vec<_> = over.map(|(key, begin)| (key.clone(), *begin)).collect();
        for (key, begin) in over {
            standing.remove(&key);
            spans.push(HoldSpan { guard: key.1, begin: since(begin), end: Some(since(entry.at)) });
        }
        for guard in guards {
            standing.entry((place.clone(), guard)).or_insert(entry.at);
        }
    }
    let open =
        standing.into_iter().map(|((_, guard), begin)| HoldSpan { guard, begin: since(begin), end: None });
    spans.extend(open);
    spans.sort_by(|one, other| one.begin.total_cmp(&other.begin));
    spans
}

/// A region and an application.
type Place = (String, String);

/// The guards stand in the entry's id: `hold-began#quorum+dwell`.
fn guards(entry: &LedgerEntry) -> Vec<String> {
    let named = entry.id.split_once('#').map_or("", |(_, guards)| guards);
    named.split('+').filter(|guard| !guard.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: i64, kind: &str, guards: &str) -> Noted {
        let at = Timestamp::from_second(1_000 + second).unwrap();
        let (region, application) = ("us-west-2".to_owned(), "shop".to_owned());
        Noted { region, application, entry: LedgerEntry::new(at, kind, guards, "words", &()) }
    }

    #[test]
    fn each_guard_has_a_span_of_its_own() {
        let ledger = [
            entry(1, "hold-began", "quorum+dwell"),
            entry(2, "event", "x"),
            entry(3, "hold-changed", "dwell"),
            entry(5, "hold-ended", "dwell"),
            entry(9, "hold-began", "paused"),
        ];
        let span = |guard: &str, begin, end| HoldSpan { guard: guard.to_owned(), begin, end };
        assert_eq!(
            holds(&ledger, Timestamp::from_second(1_000).unwrap()),
            [span("dwell", 1.0, Some(5.0)), span("quorum", 1.0, Some(3.0)), span("paused", 9.0, None)]
                .into_iter()
                .collect::<Vec<_>>()
                .tap_sorted()
        );
    }

    trait Sorted {
        fn tap_sorted(self) -> Self;
    }

    impl Sorted for Vec<HoldSpan> {
        fn tap_sorted(mut self) -> Self {
            self.sort_by(|one, other| (one.begin, one.end).partial_cmp(&(other.begin, other.end)).unwrap());
            self
        }
    }
}
