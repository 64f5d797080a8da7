//! The ids of the health checks that stand, for whoever builds on them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::live::Live;
use super::name::{CheckName, digits};
use crate::names::HealthCheckId;
use crate::plan::Plan;

/// The ids of the checks that a plan wants and that exist, by application, region and what they tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckIds(BTreeMap<CheckName, HealthCheckId>);

impl CheckIds {
    /// Found by their caller references.
    pub fn of(plan: &Plan, live: &Live) -> Self {
        Self(super::difference::ids(plan, live))
    }

    /// Each, in order of its name.
    pub fn iter(&self) -> impl Iterator<Item = (&CheckName, &HealthCheckId)> {
        self.0.iter()
    }

    /// As lines of an `.env` file: `UNDERSTUDY_CHECK_SHOP_US_EAST_1_ENDPOINT=…`. Of two names that would be
    /// written alike the second has a part of its digest at its end.
    pub fn env(&self) -> String {
        let mut lines = BTreeMap::new();
        for (name, id) in &self.0 {
            let mut variable = variable(name);
            if lines.contains_key(&variable) {
                variable = format!("{variable}_{}", digits(&name.to_string(), 8).to_ascii_uppercase());
            }
            lines.insert(variable, id);
        }
        lines.into_iter().map(|(variable, id)| format!("{variable}={id}\n")).collect()
    }
}

/// Letters, digits and `_`: what every shell takes.
fn variable(name: &CheckName) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name = format!("{}_{}_{}", name.application, name.region, name.role);
    format!("UNDERSTUDY_CHECK_{}", name.chars().map(plain).collect::<String>())
}

impl Serialize for CheckIds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut nested: BTreeMap<_, BTreeMap<_, BTreeMap<_, _>>> = BTreeMap::new();
        for (name, id) in &self.0 {
            let regions = nested.entry(&name.application).or_default();
            regions.entry(&name.region).or_default().insert(name.role.to_string(), id);
        }
        nested.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::CheckRole;
    use super::*;

    fn ids(names: &[(&str, &str)]) -> CheckIds {
        let named = |(application, id): &(&str, &str)| {
            let (application, region) = ((*application).into(), "us-east-1".into());
            (CheckName { application, region, role: CheckRole::Endpoint }, HealthCheckId::from(*id))
        };
        CheckIds(names.iter().map(named).collect())
    }

    #[test]
    fn ids_are_told_by_application_region_and_role() {
        let ids = ids(&[("shop", "a"), ("wiki", "b")]);
        let told = serde_json::to_string(&ids).unwrap();
        assert_eq!(told, r#"{"shop":{"us-east-1":{"endpoint":"a"}},"wiki":{"us-east-1":{"endpoint":"b"}}}"#);
        assert_eq!(
            ids.env(),
            "UNDERSTUDY_CHECK_SHOP_US_EAST_1_ENDPOINT=a\nUNDERSTUDY_CHECK_WIKI_US_EAST_1_ENDPOINT=b\n"
        );
    }

    #[test]
    fn names_that_would_be_written_alike_are_told_apart() {
        let text = ids(&[("shop-a", "1"), ("shop_a", "2"), ("größe", "3")]).env();
        let names: std::collections::BTreeSet<&str> =
            text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        assert_eq!(names.len(), 3, "{text}");
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        assert!(names.iter().all(|name| name.chars().all(plain)), "{text}");
    }
}
