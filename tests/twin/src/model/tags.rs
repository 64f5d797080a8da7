//! Tags of hosted zones and health checks: at most ten of each resource.

use std::collections::BTreeMap;

use super::error::ApiError;

/// Tags a resource may have (Route 53 API reference, `ChangeTagsForResource`).
const MAX_TAGS: usize = 10;

/// What can have tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// `healthcheck`
    HealthCheck,
    /// `hostedzone`
    HostedZone,
}

impl ResourceKind {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HealthCheck => "healthcheck",
            Self::HostedZone => "hostedzone",
        }
    }

    /// The kind of this text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::HealthCheck, Self::HostedZone].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A key and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// 1 to 128 characters.
    pub key: String,
    /// 0 to 256 characters.
    pub value: String,
}

/// All tags.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags(BTreeMap<(ResourceKind, String), BTreeMap<String, String>>);

impl Tags {
    pub fn change(
        &mut self,
        kind: ResourceKind,
        id: &str,
        add: &[Tag],
        remove: &[String],
    ) -> Result<(), ApiError> {
        if add.is_empty() && remove.is_empty() {
            return Err(ApiError::invalid_input(
                "Invalid request: neither AddTags nor RemoveTagKeys is given",
            ));
        }
        if add.len() > MAX_TAGS || remove.len() > MAX_TAGS {
            return Err(ApiError::invalid_input(format!(
                "Invalid request: at most {MAX_TAGS} tags can be changed at once"
            )));
        }
        if let Some(bad) = add.iter().find(|tag| {
            tag.key.is_empty() || tag.key.chars().count() > 128 || tag.value.chars().count() > 256
        }) {
            return Err(ApiError::invalid_input(format!(
                "Invalid request: the tag '{}' is too short or too long",
                bad.key
            )));
        }
        let mut tags = self.of(kind, id);
        tags.retain(|key, _| !remove.contains(key));
        tags.extend(add.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        if tags.len() > MAX_TAGS {
            return Err(ApiError::invalid_input(format!(
                "Invalid request: a resource can have at most {MAX_TAGS} tags"
            )));
        }
        self.0.insert((kind, id.to_owned()), tags);
        Ok(())
    }

    pub fn list(&self, kind: ResourceKind, id: &str) -> Vec<Tag> {
        self.of(kind, id).into_iter().map(|(key, value)| Tag { key, value }).collect()
    }

    pub fn forget(&mut self, kind: ResourceKind, id: &str) {
        self.0.remove(&(kind, id.to_owned()));
    }

    fn of(&self, kind: ResourceKind, id: &str) -> BTreeMap<String, String> {
        self.0.get(&(kind, id.to_owned())).cloned().unwrap_or_default()
    }
}
