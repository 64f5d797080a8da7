//! Where the time of an outage went, and how much of it the settings account for.

use std::time::Duration;

use jiff::Timestamp;
use understudy::run::Run;

use crate::clock;
use crate::report::{Gathered, told_run};
use crate::show::{Tone, painted, say};
use crate::timeline::Mark;
use crate::world::{Settings, World, show_duration};

/// What we may take beyond what the settings make us wait for.
const OWN: f64 = 2.0;

/// One stretch of an outage.
#[derive(Clone, Debug, PartialEq)]
struct Phase {
    name: &'static str,
    /// Seconds.
    took: f64,
    /// What the settings allow for it, in seconds.
    allowed: f64,
    /// Which settings those are.
    because: String,
}

impl Phase {
    /// What it took beyond what the settings allow.
    fn own(&self) -> f64 {
        (self.took - self.allowed).max(0.0)
    }
}

/// Prints the phases against the settings, and the whole against the target.
pub(super) fn table(world: &World, gathered: &Gathered) {
    let Some(run) = told_run(&gathered.story) else {
        say("\nNo run was made.");
        return;
    };
    let settings = &world.settings;
    let served = world.timeline.first(Mark::Served);
    let phases = phases(run, gathered.zero, served, settings);
    say(format!("\n{}", painted(Tone::Strong, "Where the time went")));
    say(format!("  {:<44} {:>7}  {:>9}  {:>6}", "phase", "took", "settings", "own"));
    for phase in &phases {
        let because = if phase.because.is_empty() { String::new() } else { format!("  ({})", phase.because) };
        say(format!(
            "  {:<44} {:>5.1} s  {:>7.1} s  {:>4.1} s{because}",
            phase.name,
            phase.took,
            phase.allowed,
            phase.own()
        ));
    }
    let sum = |part: fn(&Phase) -> f64| phases.iter().map(part).sum::<f64>();
    let (took, allowed, own) = (sum(|it| it.took), sum(|it| it.allowed), sum(Phase::own));
    say(format!("  {:<44} {took:>5.1} s  {allowed:>7.1} s  {own:>4.1} s", "sum"));
    let rto = settings.rto.as_secs_f64();
    let met = if took <= rto { painted(Tone::Good, "met") } else { painted(Tone::Bad, "MISSED") };
    say(format!("The target (rto) is {}: {met}.", show_duration(settings.rto)));
    let within = if own <= OWN { painted(Tone::Good, "within") } else { painted(Tone::Bad, "OVER") };
    say(format!(
        "The settings account for up to {allowed:.1} s; {own:.1} s are our own, {within} the {OWN:.0} s that we allow ourselves."
    ));
}

fn phases(run: &Run, fault: Timestamp, served: Option<Timestamp>, settings: &Settings) -> Vec<Phase> {
    let marks = &run.marks;
    let Settings { tick, interval, dwell, ttl, propagation, .. } = settings;
    let none = Duration::ZERO;
    let stretches = [
        ("until a wake looked", Some(fault), marks.impact, *tick, format!("tick {}", show_duration(*tick))),
        (
            "detect: until it was beyond doubt",
            marks.impact,
            marks.detected,
            *dwell + *interval,
            format!("dwell {} and one interval {}", show_duration(*dwell), show_duration(*interval)),
        ),
        ("decide", marks.detected, marks.decided, none, String::new()),
        ("execute: until Route 53 accepted", marks.decided, marks.submitted, none, String::new()),
        (
            "converge: until every name server answered",
            marks.submitted,
            marks.answer_changed,
            propagation.to,
            format!("propagation {}", show_duration(propagation.to)),
        ),
        (
            "until users followed",
            marks.answer_changed,
            served,
            *ttl,
            format!("time to live {}", show_duration(*ttl)),
        ),
    ];
    let phase =
        |(name, from, to, allowed, because): (_, Option<Timestamp>, Option<Timestamp>, Duration, String)| {
            let took = clock::seconds(from?, to?).max(0.0);
            Some(Phase { name, took, allowed: allowed.as_secs_f64(), because })
        };
    stretches.into_iter().filter_map(phase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_our_own_is_what_the_settings_do_not_allow() {
        let phase = |took, allowed| Phase { name: "x", took, allowed, because: String::new() };
        assert!((phase(4.5, 4.0).own() - 0.5).abs() < 1e-9);
        assert!(phase(3.0, 4.0).own().abs() < 1e-9);
    }
}
