//! What a scenario can set. Times are those of production, compressed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::duration;
use crate::cloud::Lost;

/// A time between two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The shortest.
    pub from: Duration,
    /// The longest.
    pub to: Duration,
}

impl Band {
    /// Reads `3s..7s`, or one time for both.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let band = Self { from: duration::parse(from)?, to: duration::parse(to)? };
        (band.from <= band.to).then_some(band)
    }

    /// Writes it as it is read.
    pub fn show(&self) -> String {
        if self.from == self.to {
            return duration::show(self.from);
        }
        format!("{}..{}", duration::show(self.from), duration::show(self.to))
    }
}

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

trait Setting {
    type Value;
    const FORM: &str;
    fn parse(text: &str) -> Option<Self::Value>;
    fn show(value: &Self::Value) -> String;
}

struct Time;

impl Setting for Time {
    type Value = Duration;
    const FORM: &str = "a time like 250ms, 5s or 2m";
    fn parse(text: &str) -> Option<Duration> {
        duration::parse(text)
    }
    fn show(value: &Duration) -> String {
        duration::show(*value)
    }
}

struct Between;

impl Setting for Between {
    type Value = Band;
    const FORM: &str = "a time like 1s, or two like 1s..2s";
    fn parse(text: &str) -> Option<Band> {
        Band::parse(text)
    }
    fn show(value: &Band) -> String {
        value.show()
    }
}

struct Count;

impl Setting for Count {
    type Value = u8;
    const FORM: &str = "a number from 1 to 255";
    fn parse(text: &str) -> Option<u8> {
        text.parse().ok().filter(|count| *count > 0)
    }
    fn show(value: &u8) -> String {
        value.to_string()
    }
}

/// A word that the plan takes; the product's own parser judges it.
struct Word;

impl Setting for Word {
    type Value = String;
    const FORM: &str = "one word in lower case";
    fn parse(text: &str) -> Option<String> {
        let sound = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        sound.then(|| text.to_owned())
    }
    fn show(value: &String) -> String {
        value.clone()
    }
}

struct Switch;

impl Setting for Switch {
    type Value = bool;
    const FORM: &str = "on or off";
    fn parse(text: &str) -> Option<bool> {
        ["off", "on"].iter().position(|word| *word == text).map(|place| place == 1)
    }
    fn show(value: &bool) -> String {
        if *value { "on" } else { "off" }.to_owned()
    }
}

struct Manner;

impl Setting for Manner {
    type Value = Lost;
    const FORM: &str = "hang or reset";
    fn parse(text: &str) -> Option<Lost> {
        [("hang", Lost::Hang), ("reset", Lost::Reset)]
            .into_iter()
            .find(|(word, _)| *word == text)
            .map(|(_, how)| how)
    }
    fn show(value: &Lost) -> String {
        if *value == Lost::Hang { "hang" } else { "reset" }.to_owned()
    }
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
    /// Of the plan: `auto`, `approve` or `advise`.
    mode: String, Word = "auto".to_owned();
    /// Of the plan: `backstop` or `off`.
    native: String, Word = "backstop".to_owned();
    /// Of the plan: `ask` or `auto`.
    restore: String, Word = "auto".to_owned();
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
