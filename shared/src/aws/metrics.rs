//! Metrics: lines on standard output in CloudWatch's embedded metric format, which Lambda's log
//! group turns into metrics (CloudWatch User Guide, "Specification: Embedded metric format").

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::ports::{Measure, Unit};

const NAMESPACE: &str = "Understudy";

/// Writes one line, with one write: lines of the log do not come in between.
///
/// A line that cannot be written is lost: there is nobody to tell.
pub(super) fn write(
    out: &mut impl Write,
    at: Timestamp,
    dimensions: &[(&'static str, &str)],
    measures: &[Measure],
) {
    if let Some(mut line) = line(at, dimensions, measures) {
        line.push('\n');
        let _ = out.write_all(line.as_bytes());
        let _ = out.flush();
    }
}

/// The line; none where nothing is measured.
fn line(at: Timestamp, dimensions: &[(&'static str, &str)], measures: &[Measure]) -> Option<String> {
    // JSON has no word for what is not a number, and CloudWatch takes none.
    let measures: Vec<&Measure> = measures.iter().filter(|measure| measure.value.is_finite()).collect();
    if measures.is_empty() {
        return None;
    }
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let told: Vec<Value> =
        measures.iter().map(|measure| json!({ "Name": measure.name, "Unit": unit(measure.unit) })).collect();
    let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [names], "Metrics": told });
    let about = json!({ "Timestamp": at.as_millisecond(), "CloudWatchMetrics": [directive] });
    let members = [("_aws", about)].into_iter();
    let members = members.chain(dimensions.iter().map(|(name, value)| (*name, Value::from(*value))));
    let members = members.chain(measures.iter().map(|measure| (measure.name, Value::from(measure.value))));
    let members: Map<String, Value> = members.map(|(name, value)| (name.to_owned(), value)).collect();
    Some(Value::Object(members).to_string())
}

/// The unit's name (API reference, `MetricDatum.Unit`).
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "Count",
        Unit::Seconds => "Seconds",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Keeps each write by itself.
    #[derive(Default)]
    struct Writes(Vec<String>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.push(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(dimensions: &[(&'static str, &str)], measures: &[Measure]) -> Vec<String> {
        let mut writes = Writes::default();
        write(&mut writes, "2026-11-22T21:45:01.5Z".parse().unwrap(), dimensions, measures);
        writes.0
    }

    #[test]
    fn one_call_is_one_line_in_one_write() {
        let dimensions = [("Controller", "us-west-2"), ("Application", "the \"shop\"\n")];
        let measures =
            [Measure::count("Moves", 1.0), Measure::seconds("RunAge", Duration::from_millis(1_500))];
        let writes = written(&dimensions, &measures);
        let [line] = writes.as_slice() else { panic!("{writes:?}") };
        assert_eq!(line.find('\n'), Some(line.len() - 1));
        let told: Value = serde_json::from_str(line).unwrap();
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_383_901_500_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Understudy",
                    "Dimensions": [["Controller", "Application"]],
                    "Metrics": [
                        { "Name": "Moves", "Unit": "Count" },
                        { "Name": "RunAge", "Unit": "Seconds" },
                    ],
                }],
            },
            "Controller": "us-west-2",
            "Application": "the \"shop\"\n",
            "Moves": 1.0,
            "RunAge": 1.5,
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn without_dimensions_there_is_one_empty_set_of_them() {
        let told: Value =
            serde_json::from_str(&written(&[], &[Measure::count("Heartbeat", 1.0)])[0]).unwrap();
        assert_eq!(told["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([[]]));
    }

    #[test]
    fn what_is_not_a_number_is_left_out_and_nothing_is_no_line() {
        assert_eq!(written(&[], &[]), Vec::<String>::new());
        assert_eq!(written(&[], &[Measure::count("Heartbeat", f64::NAN)]), Vec::<String>::new());
        let both = written(&[], &[Measure::count("A", f64::INFINITY), Measure::count("B", 0.0)]);
        assert!(!both[0].contains("\"A\"") && both[0].contains("\"B\":0.0"), "{both:?}");
    }
}
