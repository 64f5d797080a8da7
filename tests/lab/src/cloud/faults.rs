//! What goes wrong with calls, on demand.

use std::collections::BTreeMap;
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

/// A service's trouble, in all regions.
#[derive(Clone, Debug)]
struct Ordered {
    service: String,
    trouble: Trouble,
    until: Option<Timestamp>,
    calls: Option<u32>,
}

/// All faults that are ordered.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    lost: BTreeMap<String, Lost>,
    services: Vec<Ordered>,
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

    /// Orders trouble with a service in every region, until some time or for so many calls.
    pub fn order(&mut self, service: &str, trouble: Trouble, until: Option<Timestamp>, calls: Option<u32>) {
        self.services.push(Ordered { service: service.to_owned(), trouble, until, calls });
    }

    /// Ends all trouble with a service.
    pub fn end(&mut self, service: &str) {
        self.services.retain(|ordered| ordered.service != service);
    }

    /// What befalls a call that comes now.
    pub fn befall(&mut self, service: &str, region: &str, now: Timestamp) -> Option<Trouble> {
        if service != "route53"
            && let Some(lost) = self.lost.get(region)
        {
            return Some(match lost {
                Lost::Hang => Trouble::Hang,
                Lost::Reset => Trouble::Reset,
            });
        }
        let holds = |ordered: &&mut Ordered| {
            ordered.service == service
                && ordered.until.is_none_or(|until| now < until)
                && ordered.calls.is_none_or(|left| left > 0)
        };
        let ordered = self.services.iter_mut().find(holds)?;
        if let Some(left) = &mut ordered.calls {
            *left -= 1;
        }
        Some(ordered.trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    #[test]
    fn a_lost_region_takes_its_services_with_it_and_nothing_else() {
        let mut faults = Faults::default();
        faults.lose("us-east-1", Lost::Hang);
        assert_eq!(faults.befall("sns", "us-east-1", at(0)), Some(Trouble::Hang));
        assert_eq!(faults.befall("sns", "us-west-2", at(0)), None);
        assert_eq!(faults.befall("route53", "us-east-1", at(0)), None);
        faults.heal("us-east-1");
        assert_eq!(faults.befall("sns", "us-east-1", at(1)), None);
    }

    #[test]
    fn a_service_s_trouble_ends_by_time_or_by_count() {
        let mut faults = Faults::default();
        faults.order("route53", Trouble::Unavailable, Some(at(20)), None);
        faults.order("sns", Trouble::AfterEffect, None, Some(1));
        assert_eq!(faults.befall("route53", "us-east-1", at(19)), Some(Trouble::Unavailable));
        assert_eq!(faults.befall("route53", "us-east-1", at(20)), None);
        assert_eq!(faults.befall("sns", "us-west-2", at(0)), Some(Trouble::AfterEffect));
        assert_eq!(faults.befall("sns", "us-west-2", at(0)), None);
    }
}
