//! The plan file of a lab: written as an operator would, read by the product's own parser.

use std::fmt::Write as _;
use std::net::SocketAddr;

use understudy::plan::{Plan, Severity};

use super::Settings;
use super::alarms::AlarmName;
use super::duration::show;
use super::layout::{Layout, Service, direct};
use super::names::{GROUPS, PRIMARY, ZONE, ZONE_ACCOUNT, ZONE_ROLE, routing_control, topic};
use super::settings::By;
use super::zone::Seeded;
use crate::LabError;
use crate::cloud::{BUCKET, ENDPOINTS};

/// What a plan is written from.
pub(super) struct Blueprint<'a> {
    pub settings: &'a Settings,
    pub layout: &'a Layout,
    pub seeded: &'a Seeded,
    /// Where the applications answer.
    pub port: u16,
    /// Where the cloud answers.
    pub cloud: SocketAddr,
}

/// The plan's text, and what the product makes of it.
///
/// # Errors
/// The product's parser finds an error in it.
pub(super) fn write(blueprint: &Blueprint<'_>) -> Result<(String, Plan), LabError> {
    let text = blueprint.text();
    match Plan::parse(&text, "failover.toml") {
        Ok((plan, _warnings)) => Ok((text, plan)),
        Err(faults) => {
            let errors = faults.faults.iter().filter(|fault| fault.severity == Severity::Error);
            let why = errors.map(ToString::to_string).collect::<Vec<_>>().join("\n");
            Err(LabError::Refused { what: "the plan", why })
        }
    }
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let each: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    format!("[{}]", each.join(", "))
}

impl Blueprint<'_> {
    fn text(&self) -> String {
        let Self { settings, layout, port, .. } = self;
        let mut text = format!("[controller]\nregions = {}\n", quoted(layout.regions()));
        let targets: Vec<String> = layout
            .control_targets()
            .iter()
            .map(|(name, _)| format!("  {{ probe = \"http://{name}:{port}/health\", private = true }},\n"))
            .collect();
        if !targets.is_empty() {
            let _ = writeln!(text, "control_targets = [\n{}]", targets.concat());
        }
        text += &self.overrides();
        let Settings { pace, stop_regions, .. } = settings;
        let _ = write!(text, "\n[fleet]\npace = {pace}\nstop_regions = {stop_regions}\n\n[topics]\n");
        for group in GROUPS {
            let topics: Vec<String> = layout.regions().map(|region| topic(group, region)).collect();
            let _ = writeln!(text, "{group} = {}", quoted(topics.iter().map(String::as_str)));
        }
        layout.services.iter().for_each(|service| text += &self.application(service));
        text
    }

    /// How "away" is said.
    fn overrides(&self) -> String {
        match self.settings.overrides {
            None => String::new(),
            Some(By::Object) => format!("\n[override]\nbucket = \"{BUCKET}\"\nwithin = \"10s\"\n"),
            Some(By::Metric) => "\n[override]\nmetric = \"Lab\"\nwithin = \"10s\"\n".to_owned(),
            Some(By::Arc) => {
                let endpoint = |region: &str| format!("{region} = \"http://{}/v1\"\n", self.cloud);
                let endpoints = ENDPOINTS.map(endpoint).concat();
                format!("\n[arc]\nwithin = \"10s\"\n[arc.endpoints]\n{endpoints}")
            }
        }
    }

    fn application(&self, service: &Service) -> String {
        let Settings { mode, native, restore, rto, ttl, two_person, accept_degraded, .. } = self.settings;
        let (name, served, priority) = (&service.name, service.served(), service.priority);
        let mut text = format!(
            r#"
[application.{name}]
name = "{served}"
zone = {}
policy = "{}"
mode = "{mode}"
native = "{native}"
restore = "{restore}"
priority = {priority}
rto = "{}"
ttl = "{}"
two_person = {two_person}
accept_degraded = {accept_degraded}
notify = {{ critical = ["ops-team", "management"], info = ["ops-team"] }}
reach = {{ probe = "http://{served}:{}/health", contains = "OK", private = true }}
"#,
            self.zone(),
            service.policy,
            show(*rto),
            show(*ttl),
            self.port,
        );
        match self.settings.overrides {
            Some(By::Object | By::Metric) => text += "actuators = [\"override\", \"records\"]\n",
            Some(By::Arc) => text += "actuators = [\"arc\", \"records\"]\n",
            None => {}
        }
        if !service.is_failover() {
            let _ = writeln!(text, "minimum_capacity = {}", self.settings.minimum_capacity);
        }
        if service.policy == "weighted" {
            let _ = writeln!(text, "ramp = {:?}", self.settings.ramp);
        }
        text += &self.timing(service);
        for lose in &self.settings.drill {
            text += &format!(
                "\n[application.{name}.drill]\nlose = \"{lose}\"\ndays = [\"tue\"]\nat = \"10:00\"\n"
            );
        }
        for place in self.layout.places.iter().filter(|place| place.ip.is_some()) {
            text += &self.region(service, &place.name);
        }
        text
    }

    fn zone(&self) -> String {
        let id = &self.seeded.zone;
        if self.settings.zone_role {
            return format!(
                "{{ id = \"{id}\", name = \"{ZONE}\", account = \"{ZONE_ACCOUNT}\", role = \"{ZONE_ROLE}\" }}"
            );
        }
        format!("{{ id = \"{id}\", name = \"{ZONE}\" }}")
    }

    fn timing(&self, service: &Service) -> String {
        let settings = self.settings;
        let counts = [
            ("fall", settings.fall),
            ("rise", settings.rise),
            ("quorum", settings.quorum),
            ("flap_limit", settings.flap_limit),
        ];
        let times = [
            ("interval", settings.interval),
            ("timeout", settings.timeout),
            ("dwell", settings.dwell),
            ("freshness", settings.freshness),
            ("cooldown", settings.cooldown),
            ("cooldown_unacknowledged", settings.cooldown_unacknowledged),
            ("soak", settings.soak),
            ("stale_event", settings.stale_event),
            ("validity", settings.validity),
            ("rank_wait", settings.rank_wait),
            ("approval", settings.approval),
            ("stage", settings.stage),
        ];
        let mut text = format!("\n[application.{}.timing]\n", service.name);
        counts.iter().for_each(|(key, count)| text += &format!("{key} = {count}\n"));
        times.iter().for_each(|(key, time)| text += &format!("{key} = \"{}\"\n", show(*time)));
        text
    }

    fn region(&self, service: &Service, region: &str) -> String {
        let Self { settings, layout, seeded, port, .. } = self;
        let Some(place) = layout.place(region) else { return String::new() };
        let Some(ip) = place.ip else { return String::new() };
        let check = seeded.checks.get(&(service.name.clone(), region.to_owned()));
        let own = match service.policy.as_str() {
            "failover" if region == PRIMARY => "role = \"primary\"\n".to_owned(),
            "failover" => "role = \"standby\"\n".to_owned(),
            "weighted" => format!("weight = {}\ncapacity = {}\n", place.weight, settings.capacity),
            _ => format!("capacity = {}\n", settings.capacity),
        };
        let readiness = if settings.readiness {
            format!("readiness = [\"{}\"]\n", AlarmName::ready(region).arn(layout))
        } else {
            String::new()
        };
        let control = match settings.overrides {
            Some(By::Arc) => format!("routing_control = \"{}\"\n", routing_control(&service.name, region)),
            _ => String::new(),
        };
        format!(
            r#"
[[application.{}.region]]
region = "{region}"
{own}{readiness}{control}health_check = "{}"
record = {{ a = ["{ip}"] }}
signals = [
  {{ probe = "http://{}:{port}/health", contains = "OK", private = true }},
  {{ alarm = "{}" }},
]
"#,
            service.name,
            check.map(String::as_str).unwrap_or_default(),
            direct(region),
            AlarmName::about(region).arn(layout),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(set: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        set.iter().for_each(|(key, value)| settings.set(key, value).unwrap());
        settings
    }

    fn written(set: &[(&str, &str)]) -> Result<Plan, LabError> {
        let settings = settings(set);
        let layout = Layout::of(&settings);
        let cloud = ([127, 0, 0, 1], 9).into();
        let (_, seeded) = crate::world::zone::seed(&settings, &layout, (8080, cloud), 1)?;
        write(&Blueprint { settings: &settings, layout: &layout, seeded: &seeded, port: 8080, cloud })
            .map(|(_, plan)| plan)
    }

    #[test]
    fn the_product_accepts_every_plan_of_a_lab() {
        let three = ("regions", "us-east-1 us-west-2 eu-west-1");
        for set in [
            vec![("native", "off")],
            vec![("mode", "advise")],
            vec![("quorum", "1")],
            vec![("restore", "ask")],
            vec![three, ("witness", "ca-central-1"), ("control_targets", "on"), ("readiness", "on")],
            vec![three, ("policy", "weighted"), ("weights", "60 40 20"), ("zone_role", "on")],
            vec![three, ("policy", "latency"), ("drill", "us-east-1")],
            vec![("beside", "pay latency 5, info weighted 200"), ("two_person", "on")],
            vec![("overrides", "object"), ("native", "off")],
            vec![("overrides", "metric")],
            vec![("overrides", "arc")],
        ] {
            let plan = written(&set).unwrap_or_else(|error| panic!("{set:?}: {error}"));
            assert!(!plan.applications.is_empty());
        }
    }

    #[test]
    fn what_the_product_refuses_stops_the_lab() {
        let refused = written(&[("mode", "sometimes")]).unwrap_err();
        assert!(refused.to_string().contains("sometimes"));
    }
}
