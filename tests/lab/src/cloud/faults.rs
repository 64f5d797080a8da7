//! What goes wrong with calls, on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

/// How a lost region's services behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// No answer ever: the caller's own timeout ends the call.
    Hang,
    /// The connection breaks.
    Reset,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer ever; nothing is done.
    Hang,
    /// The connection is closed; nothing is done.
    Reset,
    /// Status 503; nothing is done.
    Unavailable,
    /// Done, and answered so much later.
    Slow(Duration),
    /// Done, but answered with status 500: the caller cannot know.
    AfterEffect,
}

/// A call, as far as trouble can choose among calls.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The service that is asked.
    pub service: &'a str,
    /// The region that is asked.
    pub region: &'a str,
    /// The region of who asks; none for a stranger.
    pub from: Option<&'a str>,
}

/// A service's trouble, in one region or in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disorder {
    /// The service.
    pub service: String,
    /// The only region that has it; all where absent.
    pub region: Option<String>,
    /// What befalls its calls.
    pub trouble: Trouble,
}

#[derive(Clone, Debug)]
struct Ordered {
    disorder: Disorder,
    until: Option<Timestamp>,
    calls: Option<u32>,
}

/// All faults that are ordered.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    lost: BTreeMap<String, Lost>,
    services: Vec<Ordered>,
    /// Pairs of regions: the tables of the second cannot be reached from the first.
    cut: BTreeSet<(String, String)>,
    isolated: BTreeSet<String>,
}

impl Faults {
    /// A region's services are gone. Route 53 is none of them: its API has no region of its own here.
    pub fn lose(&mut self, region: &str, how: Lost) {
        self.lost.insert(region.to_owned(), how);
    }

    /// They are back.
    pub fn heal(&mut self, region: &str) {
        self.lost.remove(region);
    }

    /// The tables of one region cannot be reached from another one.
    pub fn cut(&mut self, from: &str, to: &str) {
        self.cut.insert((from.to_owned(), to.to_owned()));
    }

    /// They can again, and the reverse.
    pub fn join(&mut self, one: &str, other: &str) {
        let is_it = |from: &str, to: &str| (from, to) == (one, other) || (to, from) == (one, other);
        self.cut.retain(|(from, to)| !is_it(from, to));
    }

    /// Nothing outside a region answers who is in it.
    pub fn isolate(&mut self, region: &str) {
        self.isolated.insert(region.to_owned());
    }

    /// Everything does again.
    pub fn connect(&mut self, region: &str) {
        self.isolated.remove(region);
    }

    /// Orders trouble with a service, until some time or for so many calls.
    pub fn order(&mut self, disorder: Disorder, until: Option<Timestamp>, calls: Option<u32>) {
        self.services.push(Ordered { disorder, until, calls });
    }

    /// Ends all trouble with a service, in one region or in all.
    pub fn end(&mut self, service: &str, region: Option<&str>) {
        self.services.retain(|ordered| {
            let elsewhere = region.is_some_and(|region| ordered.disorder.region.as_deref() != Some(region));
            ordered.disorder.service != service || elsewhere
        });
    }

    /// What befalls a call that comes now.
    pub fn befall(&mut self, call: Target<'_>, now: Timestamp) -> Option<Trouble> {
        if call.service != "route53"
            && let Some(lost) = self.lost.get(call.region)
        {
            return Some(match lost {
                Lost::Hang => Trouble::Hang,
                Lost::Reset => Trouble::Reset,
            });
        }
        if self.is_cut(call) {
            return Some(Trouble::Hang);
        }
        let holds = |ordered: &&mut Ordered| {
            ordered.disorder.service == call.service
                && ordered.disorder.region.as_ref().is_none_or(|region| region == call.region)
                && ordered.until.is_none_or(|until| now < until)
                && ordered.calls.is_none_or(|left| left > 0)
        };
        let ordered = self.services.iter_mut().find(holds)?;
        if let Some(left) = &mut ordered.calls {
            *left -= 1;
        }
        Some(ordered.disorder.trouble)
    }

    fn is_cut(&self, call: Target<'_>) -> bool {
        let Some(from) = call.from else { return false };
        let outside = call.service == "route53" || call.region != from;
        let pair = (from.to_owned(), call.region.to_owned());
        (outside && self.isolated.contains(from)) || (call.service == "dynamodb" && self.cut.contains(&pair))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn call<'a>(service: &'a str, region: &'a str, from: &'a str) -> Target<'a> {
        Target { service, region, from: Some(from) }
    }

    fn trouble(service: &str, region: Option<&str>, trouble: Trouble) -> Disorder {
        Disorder { service: service.to_owned(), region: region.map(str::to_owned), trouble }
    }

    #[test]
    fn a_lost_region_takes_its_services_with_it_and_nothing_else() {
        let mut faults = Faults::default();
        let befall = |faults: &mut Faults, service, region| {
            faults.befall(Target { service, region, from: None }, at(0))
        };
        faults.lose("us-east-1", Lost::Hang);
        assert_eq!(befall(&mut faults, "sns", "us-east-1"), Some(Trouble::Hang));
        assert_eq!(befall(&mut faults, "sns", "us-west-2"), None);
        assert_eq!(befall(&mut faults, "route53", "us-east-1"), None);
        faults.heal("us-east-1");
        assert_eq!(befall(&mut faults, "sns", "us-east-1"), None);
    }

    #[test]
    fn a_service_s_trouble_ends_by_time_or_by_count_and_may_be_of_one_region() {
        let mut faults = Faults::default();
        faults.order(trouble("route53", None, Trouble::Unavailable), Some(at(20)), None);
        faults.order(trouble("sns", Some("us-west-2"), Trouble::AfterEffect), None, Some(1));
        let mut befall = |service, region, second| faults.befall(call(service, region, region), at(second));
        assert_eq!(befall("route53", "us-east-1", 19), Some(Trouble::Unavailable));
        assert_eq!(befall("route53", "us-east-1", 20), None);
        assert_eq!(befall("sns", "us-east-1", 0), None);
        assert_eq!(befall("sns", "us-west-2", 0), Some(Trouble::AfterEffect));
        assert_eq!(befall("sns", "us-west-2", 0), None);
    }

    #[test]
    fn a_cut_is_between_tables_and_an_isolated_region_reaches_itself_only() {
        let mut faults = Faults::default();
        faults.cut("us-west-2", "us-east-1");
        assert_eq!(faults.befall(call("dynamodb", "us-east-1", "us-west-2"), at(0)), Some(Trouble::Hang));
        assert_eq!(faults.befall(call("dynamodb", "us-west-2", "us-east-1"), at(0)), None);
        assert_eq!(faults.befall(call("dynamodb", "us-east-1", "us-east-1"), at(0)), None);
        assert_eq!(faults.befall(call("sns", "us-east-1", "us-west-2"), at(0)), None);
        faults.join("us-west-2", "us-east-1");
        assert_eq!(faults.befall(call("dynamodb", "us-east-1", "us-west-2"), at(0)), None);
        faults.isolate("us-west-2");
        assert_eq!(faults.befall(call("route53", "us-east-1", "us-west-2"), at(0)), Some(Trouble::Hang));
        assert_eq!(faults.befall(call("sns", "us-east-1", "us-west-2"), at(0)), Some(Trouble::Hang));
        assert_eq!(faults.befall(call("sns", "us-west-2", "us-west-2"), at(0)), None);
        faults.connect("us-west-2");
        assert_eq!(faults.befall(call("route53", "us-east-1", "us-west-2"), at(0)), None);
    }
}
