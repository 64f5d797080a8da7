//! What an override says: that nobody is to be answered from a region, and by whose run.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::names::{ApplicationName, Epoch, Region, RunId};
use crate::plan::Actuator;

/// An override of one application: "away from this region". A health check of that region reads it, in the
/// region of who takes over, so that Route 53's data plane alone moves the traffic.
///
/// It stands until the records say the same. The object that says it is public: it holds no account ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// The application.
    pub application: ApplicationName,
    /// Who is left.
    pub from: Region,
    /// Who takes over: the override is said there.
    pub to: Region,
    /// The epoch that the same change of records will claim.
    pub epoch: Epoch,
    /// The run that said it.
    pub run: RunId,
    /// When it was decided.
    pub at: Timestamp,
    /// It is not said later than this. Once said it stands, until it is taken back.
    pub until: Timestamp,
    /// By what it is said.
    #[serde(default = "by_override")]
    pub by: Actuator,
}

/// What was said before there were others.
fn by_override() -> Actuator {
    Actuator::Override
}

/// What stands there is not what we write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an override: {0:?}")]
pub struct NotAnOverride(pub String);

impl Away {
    /// The key of the object that says it: one for each application and region that is left.
    pub fn key(&self) -> String {
        key(&self.application, &self.from)
    }

    /// The object's content.
    pub fn text(&self) -> String {
        // Cannot fail: it is texts and numbers only.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads an object's content.
    ///
    /// # Errors
    /// When it is not ours.
    pub fn parse(text: &str) -> Result<Self, NotAnOverride> {
        serde_json::from_str(text).map_err(|_| NotAnOverride(text.chars().take(255).collect()))
    }
}

/// The key of the object that says that a region of an application is out.
pub fn key(application: &ApplicationName, from: &Region) -> String {
    format!("away/{application}/{from}")
}

/// The metric that says an override, where one does: 1 is "away", 0 is not.
pub const METRIC: &str = "Away";

/// Its dimensions: the application, and the region that is left.
pub const METRIC_DIMENSIONS: [&str; 2] = ["Application", "From"];

/// An override that a run left behind when it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    /// What was said, or may have been.
    pub away: Away,
    /// When it was seen to be gone; it is looked for a little longer, since what was sent may arrive late.
    pub gone: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_override_says_reads_back() {
        let away = Away {
            application: "shop".into(),
            from: "us-east-1".into(),
            to: "us-west-2".into(),
            epoch: Epoch(7),
            run: "r-1".into(),
            at: "2026-11-22T21:45:01Z".parse().unwrap(),
            until: "2026-11-22T21:47:01Z".parse().unwrap(),
            by: Actuator::Override,
        };
        assert_eq!(Away::parse(&away.text()), Ok(away.clone()));
        assert_eq!(away.key(), "away/shop/us-east-1");
        let older = away.text().replace(r#","by":"override""#, "");
        assert_ne!(older, away.text());
        assert_eq!(Away::parse(&older), Ok(away.clone()), "an object of an earlier version");
        assert!(Away::parse("initiate-failover").is_err());
    }
}
