//! What it takes beside what we want it to take: printed, never a reason to fail.

use std::collections::BTreeMap;

use crate::report::Report;
use crate::show::{Tone, painted, say};

/// A stripped release binary.
const BINARY_BYTES: u64 = 16_000_000;

/// The most memory that a process may have.
const MEMORY_BYTES: u64 = 30_000_000;

/// Calls from the samples that complete the verdict to the accepted change, for two regions.
const CALLS: usize = 8;

/// Milliseconds from those samples to the accepted change.
const MILLISECONDS: f64 = 150.0;

/// Prints them.
pub fn show(report: &Report) {
    say(format!("\n{}", painted(Tone::Strong, "What it takes")));
    bytes("binary", &report.binaries, BINARY_BYTES);
    bytes("peak memory", &report.peak_memory_bytes, MEMORY_BYTES);
    if let Some(time) = report.verdict_to_change_ms {
        let calls = report.verdict_to_change_calls.len();
        let within = word(calls <= CALLS && time <= MILLISECONDS);
        say(format!(
            "  to the change {time:.0} ms and {calls} AWS calls from the samples that completed the verdict; \
             {within} the target of {MILLISECONDS:.0} ms and {CALLS}"
        ));
    }
}

fn bytes(what: &str, bytes: &BTreeMap<String, u64>, target: u64) {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let each: Vec<String> =
        bytes.iter().map(|(function, bytes)| format!("{function} {}", megabytes(*bytes))).collect();
    let within = word(bytes.values().all(|bytes| *bytes <= target));
    say(format!("  {what:<13} {}; {within} the target of {}", each.join(", "), megabytes(target)));
}

fn word(within: bool) -> String {
    if within { painted(Tone::Good, "within") } else { painted(Tone::Bad, "OVER") }
}
