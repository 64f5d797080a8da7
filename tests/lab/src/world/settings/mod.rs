//! What a scenario can set. Times are those of production, compressed.

mod kind;

use std::collections::BTreeMap;
use std::time::Duration;

pub use kind::{Band, Beside, By};
use kind::{Between, Count, Manner, Means, Neighbours, Numbers, Regions, Setting, Switch, Time, Word};

use crate::cloud::Lost;

macro_rules! settings {
    ($($(#[$doc:meta])* $key:ident: $type:ty, $kind:ident = $default:expr;)*) => {
        /// The settings of a lab.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Settings {
            $($(#[$doc])* pub $key: $type,)*
        }

        impl Settings {
            /// Every key with its value as text.
            pub fn shown(&self) -> BTreeMap<&'static str, String> {
                BTreeMap::from([$((stringify!($key), <$kind>::show(&self.$key)),)*])
            }

            /// Sets one key.
            ///
            /// # Errors
            /// In words: there is no such key, or it cannot have that value.
            pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
                match key {
                    $(stringify!($key) => self.$key = <$kind>::parse(value)
                        .ok_or_else(|| format!("{value:?} is no value of {key}: write {}", <$kind>::FORM))?,)*
                    _ => return Err(format!("there is no setting {key:?}; there are {}", Self::KEYS.join(", "))),
                }
                Ok(())
            }

            /// All keys.
            pub const KEYS: &[&str] = &[$(stringify!($key)),*];
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }
    };
}

settings! {
    /// Of the plan: between two samples.
    interval: Duration, Time = Duration::from_secs(1);
    /// Of the plan: for one probe.
    timeout: Duration, Time = Duration::from_millis(500);
    /// Of the plan: bad samples until a signal is bad.
    fall: u8, Count = 3;
    /// Of the plan: good samples until a signal is good.
    rise: u8, Count = 3;
    /// Of the plan: from the first bad sample until it may count.
    dwell: Duration, Time = Duration::from_secs(3);
    /// Of the plan: the age at which a sample says nothing more.
    freshness: Duration, Time = Duration::from_secs(6);
    /// Of the plan: kinds of vantage that must agree.
    quorum: u8, Count = 2;
    /// Of the plan: between two moves.
    cooldown: Duration, Time = Duration::from_secs(8);
    /// Of the plan: the same while nobody has acknowledged the last one.
    cooldown_unacknowledged: Duration, Time = Duration::from_secs(8);
    /// Of the plan: moves in 24 hours.
    flap_limit: u8, Count = 6;
    /// Of the plan: healthy for so long before traffic returns.
    soak: Duration, Time = Duration::from_secs(10);
    /// Of the plan: an older alarm event is only recorded.
    stale_event: Duration, Time = Duration::from_secs(300);
    /// Of the plan: a decision is not sent later than this after its observations.
    validity: Duration, Time = Duration::from_secs(120);
    /// Of the plan: the time to live of the served name.
    ttl: Duration, Time = Duration::from_secs(2);
    /// Of the plan: the longest outage that the business accepts.
    rto: Duration, Time = Duration::from_secs(60);
    /// Of the plan: what overrides come before records, with their checks in Route 53.
    overrides: Option<By>, Means = None;
    /// Of the plan: `auto`, `approve` or `advise`.
    mode: String, Word = "auto".to_owned();
    /// Of the plan: `backstop` or `off`.
    native: String, Word = "backstop".to_owned();
    /// Of the plan: `ask` or `auto`.
    restore: String, Word = "auto".to_owned();
    /// Of the plan: how long each taker gives those before it.
    rank_wait: Duration, Time = Duration::from_secs(5);
    /// Of the plan: how long a question to people stands, and an order of theirs.
    approval: Duration, Time = Duration::from_secs(120);
    /// Of the plan: how long a stage of a ramp must have been healthy before the next.
    stage: Duration, Time = Duration::from_secs(3);
    /// Of the plan: `failover`, `weighted` or `latency`.
    policy: String, Word = "failover".to_owned();
    /// Of the plan: each region's weight under `weighted`; 100 where absent.
    weights: Vec<u8>, Numbers = Vec::new();
    /// Of the plan: what each region can carry alone, in percent of the whole load.
    capacity: u8, Count = 100;
    /// Of the plan: what those that serve must carry together, in percent.
    minimum_capacity: u8, Count = 100;
    /// Of the plan: the stages of a weighted restore, in percent.
    ramp: Vec<u8>, Numbers = vec![25, 50, 100];
    /// Of the plan: whether an order needs the approval of another person.
    two_person: bool, Switch = false;
    /// Of the plan: whether a region that is only degraded may take over.
    accept_degraded: bool, Switch = false;
    /// Of the plan: requests to Route 53 a second.
    pace: u8, Count = 5;
    /// Of the plan: so many regions that look unhealthy stop all moves.
    stop_regions: u8, Count = 3;
    /// Of the plan: whether there are control targets.
    control_targets: bool, Switch = false;
    /// Of the plan: whether each region has an alarm that can say that it is not ready to take over.
    readiness: bool, Switch = false;
    /// Of the plan: whether the zone belongs to another account, and a role must be assumed to change it.
    zone_role: bool, Switch = false;
    /// Of the plan: the region whose loss is rehearsed, if any.
    drill: Vec<String>, Regions = Vec::new();
    /// The regions that serve, in the order in which they take over.
    regions: Vec<String>, Regions = vec!["us-east-1".to_owned(), "us-west-2".to_owned()];
    /// Regions that have a controller and serve nobody.
    witness: Vec<String>, Regions = Vec::new();
    /// How many applications there are, all of one policy.
    applications: u8, Count = 1;
    /// Applications besides, each with its policy and priority: `pay latency 5, info weighted 200`.
    beside: Vec<Beside>, Neighbours = Vec::new();
    /// Near which regions there is a user of each application.
    users: Vec<String>, Regions = vec!["us-east-1".to_owned()];
    /// Between two scheduled wakes (a minute in production).
    tick: Duration, Time = Duration::from_secs(5);
    /// How long a change takes to a name server.
    propagation: Band, Between = Band { from: Duration::from_secs(1), to: Duration::from_secs(1) };
    /// Between two requests of one of Route 53's checkers.
    checker_interval: Duration, Time = Duration::from_secs(1);
    /// Results that change a checker's mind.
    checker_threshold: u8, Count = 2;
    /// How many checkers there are.
    checkers: u8, Count = 8;
    /// How long a region must be bad or good until its alarm says so.
    alarm_after: Duration, Time = Duration::from_secs(4);
    /// How long a function may take.
    lambda_timeout: Duration, Time = Duration::from_secs(120);
    /// Until Lambda tries a failed event again (a minute in production).
    retry_after: Duration, Time = Duration::from_secs(4);
    /// How the services of a lost region behave.
    lost_services: Lost, Manner = Lost::Hang;
    /// Whether our functions run at all.
    functions: bool, Switch = true;
}

impl Settings {
    /// Whether Route 53 itself may answer another region.
    pub fn is_native(&self) -> bool {
        self.native == "backstop"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_readable_and_shown_as_they_are_read() {
        let settings = Settings::default();
        let mut again = Settings::default();
        for (key, value) in settings.shown() {
            again.set(key, &value).unwrap();
        }
        assert_eq!(again, settings);
        assert_eq!(settings.shown().len(), Settings::KEYS.len());
    }

    #[test]
    fn what_cannot_be_set_is_said_with_what_can() {
        let mut settings = Settings::default();
        assert!(settings.set("fall", "0").unwrap_err().contains("1 to 255"));
        assert!(settings.set("dwel", "3s").unwrap_err().contains("dwell"));
        assert!(settings.set("propagation", "3s..1s").is_err());
        settings.set("functions", "off").unwrap();
        assert!(!settings.functions);
    }
}
