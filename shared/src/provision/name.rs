//! What a health check of ours is for, and how it is found again.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::dns::HealthCheck;
use crate::names::{ApplicationName, Region};

/// What a health check is for: its name as long as it has no id, and for people always.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckName {
    /// The application.
    pub application: ApplicationName,
    /// The region of which it tells.
    pub region: Region,
    /// What it tells of it.
    pub role: CheckRole,
}

/// What a check tells of its region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckRole {
    /// Whether its application answers. The `up` pair carries it, too.
    Endpoint,
    /// Whether its data are well.
    Data,
    /// Whether Route 53 may answer it: calculated from the others.
    Serving,
    /// Whether its backup answers.
    Backup,
    /// Whether the controller of that other region does not say that it is to be left.
    Override(Region),
    /// Whether its ARC routing control is On.
    Control,
}

/// As it stands in names and tags.
impl fmt::Display for CheckRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint => f.write_str("endpoint"),
            Self::Data => f.write_str("data"),
            Self::Serving => f.write_str("serving"),
            Self::Backup => f.write_str("backup"),
            Self::Control => f.write_str("control"),
            Self::Override(taker) => write!(f, "override-by-{taker}"),
        }
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.application, self.region, self.role)
    }
}

impl Serialize for CheckName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What every caller reference of ours begins with.
const OURS: &str = "understudy-";
/// So many digits tell deployments apart, and so many the checks of one: 64 characters in all
/// (Route 53 API, `CallerReference`).
const DEPLOYMENT_DIGITS: usize = 8;
const CHECK_DIGITS: usize = 32;

/// A caller reference without its generation: it names one check for good, whoever computes it.
///
/// It covers what the check is for and what of it can never be changed: a check that would have to change
/// in that is another one. A reference can be used once only, even when its check was deleted
/// (Route 53 API, `HealthCheckAlreadyExists`): hence generations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Reference(String);

impl Reference {
    /// Of a check of a deployment.
    pub fn of<Child>(deployment: &str, name: &CheckName, check: &HealthCheck<Child>) -> Self {
        let told = format!("{name}\n{}", check.for_good());
        Self(format!("{}{}-", prefix(deployment), digits(&told, CHECK_DIGITS)))
    }

    /// The reference of a generation, as Route 53 takes it.
    pub fn generation(&self, generation: u32) -> String {
        format!("{}{generation}", self.0)
    }

    /// All of it but the generation.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A live reference without its generation, and the generation; none where it cannot be one of ours.
pub(super) fn generation_of(live: &str) -> Option<(&str, u32)> {
    let (head, tail) = live.split_at(live.rfind('-')? + 1);
    Some((head, tail.parse().ok()?))
}

/// Whether a live check was made by a deployment, whatever it is for.
pub fn is_ours(deployment: &str, reference: &str) -> bool {
    reference.starts_with(&prefix(deployment))
}

/// What the references of a deployment begin with.
pub(super) fn prefix(deployment: &str) -> String {
    format!("{OURS}{}-", digits(deployment, DEPLOYMENT_DIGITS))
}

/// The first hexadecimal digits of a text's SHA-256.
pub(super) fn digits(text: &str, count: usize) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let halves = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(count);
    halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}
