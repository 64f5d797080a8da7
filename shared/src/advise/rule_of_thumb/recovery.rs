//! RTO: how long until users are served again.

use serde::Serialize;

use crate::advise::figure::Figure;
use crate::advise::input::{INTERVAL, Members, SECONDS, TIMES};

/// The parts of a recovery, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recovery {
    /// Until the failure is known.
    pub detection_time: Figure,
    /// Until it is decided to move.
    pub decision_time: Figure,
    /// Until users can be served elsewhere.
    pub failover_execution_time: Figure,
    /// Until that is verified.
    pub recovery_verification_time: Figure,
    /// All of it.
    pub total_rto: Figure,
}

/// How traffic moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    Dns,
    Application,
    Infrastructure,
}

const STRATEGIES: [(&str, Strategy); 3] = [
    ("dns_failover", Strategy::Dns),
    ("application_failover", Strategy::Application),
    ("infrastructure_failover", Strategy::Infrastructure),
];

const AUTOMATED: f64 = 30.0;
const MANUAL: f64 = 300.0;
const PROPAGATION: f64 = 60.0;
const REDIRECT: f64 = 30.0;
const VERIFICATION: f64 = 60.0;

/// All of it, for a failover by DNS that nobody must decide on.
pub(in crate::advise) fn total_by_dns(interval: f64, threshold: f64, ttl: f64) -> f64 {
    interval * threshold + AUTOMATED + ttl + PROPAGATION + VERIFICATION
}

/// Reads a failover's settings and adds its parts up.
pub(in crate::advise) fn recovery(input: &mut Members<'_, '_>) -> Recovery {
    let interval = input.number("health_check_interval", &INTERVAL).unwrap_or(30.0);
    let threshold = input.number("failure_threshold", &TIMES).unwrap_or(3.0);
    let automated = input.flag("automated_failover").unwrap_or(true);
    let strategy = input.word("strategy", &STRATEGIES).unwrap_or(Strategy::Dns);
    let ttl = input.number("dns_ttl", &SECONDS).unwrap_or(60.0);
    let startup = input.number("infrastructure_startup_time", &SECONDS).unwrap_or(300.0);
    let detection = interval * threshold;
    // Each answer may have a text to wait for.
    misleads(input, (detection, detection + 8.0 * threshold), ttl, strategy);
    let decision = if automated { AUTOMATED } else { MANUAL };
    let execution = match strategy {
        Strategy::Dns => ttl + PROPAGATION,
        Strategy::Application => REDIRECT,
        Strategy::Infrastructure => startup,
    };
    Recovery {
        detection_time: detection.into(),
        decision_time: decision.into(),
        failover_execution_time: execution.into(),
        recovery_verification_time: VERIFICATION.into(),
        total_rto: (detection + decision + execution + VERIFICATION).into(),
    }
}

/// Where these figures differ from what AWS does, and by how much.
fn misleads(input: &mut Members<'_, '_>, (told, longest): (f64, f64), ttl: f64, strategy: Strategy) {
    input.note(format!(
        "detection_time leaves out what each failing check waits for: up to 6 s for a connection and a status (8 s \
         with a text in the body), so that {told} s can be {longest} s (Route 53 Developer Guide, \"How Amazon Route 53 \
         determines whether a health check is healthy\")"
    ));
    input.note(format!(
        "decision_time is a round number: measured, Understudy decides in milliseconds, once its guards are \
         satisfied; what takes time are samples, dwell and quorum, which basis plan counts. {AUTOMATED} s or \
         {MANUAL} s are nobody's measurement"
    ));
    if strategy == Strategy::Dns {
        input.note(format!(
            "failover_execution_time adds {PROPAGATION} s of propagation. A failover by health checks alone changes no \
             record and propagates nothing: {PROPAGATION} s too much. One that changes records has it, generally \
             within 60 s (Route 53 API Reference, ChangeResourceRecordSets)"
        ));
        input.note(format!(
            "a TTL of {ttl} s is when most clients have asked again, not all: 8.7 % of measured resolvers keep answers \
             longer than they may. The alias of a load balancer has a TTL of 60 s, whatever is configured"
        ));
    }
    input.note(
        "users are served before recovery_verification_time begins; and promoting a database, often the longest part, \
         is in none of these figures",
    );
}
