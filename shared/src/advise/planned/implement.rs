//! A pattern set up with Understudy: the steps, and a plan file that is ready.

use std::net::IpAddr;

use serde::Serialize;

use super::compare::{ACTIVE, PASSIVE, writes_everywhere};
use super::recovery::Recovery;
use super::span::Span;
use super::toml::quoted;
use crate::advise::cost::{monthly_cost, running_cost};
use crate::advise::figure::Figure;
use crate::advise::input::{Members, SECONDS, WEIGHT};
use crate::dns::TargetKind;
use crate::names::DnsName;
use crate::plan::Plan;

/// How a pattern is set up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Implementation {
    /// Which pattern.
    pub pattern: &'static str,
    /// In the order in which they are taken.
    pub implementation_steps: Vec<Step>,
    /// The plan file, which `understudy check` takes.
    pub failover_toml: String,
    /// How long users are not served when a region is lost, in seconds, without what is unknown.
    pub estimated_rto: Span,
    /// The phases that make it longer by nobody knows how much.
    pub unknown: Vec<&'static str>,
    /// What it costs, in dollars a month, without the application's own regions.
    pub monthly: Figure,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub step: &'static str,
    /// What is done.
    pub action: String,
    /// The command, where there is one.
    pub command: Option<String>,
}

/// What a request tells of an application.
struct Wanted<'j> {
    domain: &'j str,
    database: Option<&'j str>,
    zone: Option<&'j str>,
    health: &'j str,
    rto: Option<f64>,
    rpo: Option<f64>,
    regions: Vec<Region>,
}

struct Region {
    name: String,
    role: Option<&'static str>,
    weight: Option<f64>,
    endpoint: String,
}

const PATH: &str = "/health";

/// All regions serve.
pub(super) fn active_active(input: &mut Members<'_, '_>) -> Option<Implementation> {
    if !input.has("regions") {
        input.fault("regions", "it is missing", "an object with a member for each region");
    }
    let regions = input.each("regions", |region| {
        let read = (region.number("weight", &WEIGHT), region.needed_text("endpoint").to_owned());
        region.text("health_check_id");
        read
    });
    let regions =
        regions.into_iter().map(|(name, (weight, endpoint))| Region { name, role: None, weight, endpoint });
    let regions: Vec<Region> = regions.collect();
    implement(ACTIVE, input, regions)
}

/// One region serves, the other waits.
pub(super) fn active_passive(input: &mut Members<'_, '_>) -> Option<Implementation> {
    let primary = side(input, "primary_region", "primary");
    let secondary = side(input, "secondary_region", "standby");
    implement(PASSIVE, input, primary.into_iter().chain(secondary).collect())
}

fn side(input: &mut Members<'_, '_>, name: &'static str, role: &'static str) -> Option<Region> {
    let mut region = input.needed_object(name)?;
    let name = region.needed_text("name").to_owned();
    let endpoint = region.needed_text("endpoint").to_owned();
    region.text("health_check_id");
    region.finish();
    Some(Region { name, role: Some(role), weight: None, endpoint })
}

fn implement(
    pattern: &'static str,
    input: &mut Members<'_, '_>,
    regions: Vec<Region>,
) -> Option<Implementation> {
    let wanted = Wanted {
        domain: input.needed_text("domain_name"),
        database: input.text("database_type"),
        zone: input.text("zone_id"),
        health: input.text("health_path").unwrap_or(PATH),
        rto: input.number("rto_requirement", &SECONDS),
        rpo: input.number("rpo_requirement", &SECONDS),
        regions,
    };
    if input.is_faulty() {
        return None;
    }
    let text = plan_file(&wanted);
    let plan = match Plan::parse(&text, "failover.toml") {
        Ok((plan, warnings)) => {
            warnings.iter().for_each(|warning| input.note(format!("the plan file: {}", warning.message)));
            plan
        }
        Err(faults) => {
            for fault in faults.faults.iter().take(MOST) {
                input.fault("", format!("no plan comes of it: {}", fault.message), fault.remedy.clone());
            }
            return None;
        }
    };
    input.note(format!("assumed, for you to correct: {}", assumed(&wanted).join("; ")));
    if wanted.database.is_some_and(|kind| pattern == ACTIVE && !writes_everywhere(kind)) {
        input.note("this database has one region that writes: the others send their writes there, and its loss needs a promotion");
    }
    if wanted.database.is_none() {
        input.note(
            "no database_type is given, so that the plan names no data: a move will not wait for a promotion",
        );
    }
    input.note("health checks are made by provisioning: ids that were given are not needed");
    let application = plan.applications.first()?;
    let cents =
        monthly_cost(&plan).map_or(0, |cost| cost.cents()).saturating_add(running_cost(&plan).cents());
    let recovery = Recovery::of(&plan, application);
    Some(Implementation {
        pattern,
        implementation_steps: steps(&wanted),
        estimated_rto: recovery.total(),
        unknown: recovery.unknown().to_vec(),
        monthly: (f64::from(cents) / 100.0).into(),
        failover_toml: text,
    })
}

/// Faults of a plan that are told.
const MOST: usize = 20;
/// Stands for an id that nobody told.
const ZONE: &str = "Z0123456789ABCDEFGHIJ";
/// Where nobody says how soon, in seconds.
const RTO: f64 = 600.0;
/// Where nobody says how much, in seconds.
const RPO: f64 = 300.0;

/// What the file says and nobody asked for: whoever reads it would take it for a commitment.
fn assumed(wanted: &Wanted<'_>) -> Vec<String> {
    let assumed = [
        wanted.rto.is_none().then(|| format!("rto = \"{RTO}s\" (give rto_requirement)")),
        (wanted.database.is_some() && wanted.rpo.is_none())
            .then(|| format!("rpo = \"{RPO}s\" (give rpo_requirement)")),
        wanted.zone.is_none().then(|| format!("zone.id = \"{ZONE}\" (give zone_id)")),
        Some(format!("zone.name = \"{}\", the domain without its first label", zone_name(wanted.domain))),
    ];
    assumed.into_iter().flatten().collect()
}

/// Whole seconds, and one at least.
fn whole(seconds: f64) -> f64 {
    seconds.ceil().max(1.0)
}

fn plan_file(wanted: &Wanted<'_>) -> String {
    let controllers: Vec<String> = wanted.regions.iter().map(|region| quoted(&region.name)).collect();
    let topics = |region: &Region| {
        format!("  {},\n", quoted(&format!("arn:aws:sns:{}:123456789012:understudy-ops-team", region.name)))
    };
    let topics: String = wanted.regions.iter().map(topics).collect();
    let policy =
        if wanted.regions.iter().any(|region| region.role.is_some()) { "failover" } else { "weighted" };
    let data = wanted.database.map(|kind| {
        format!("data = {{ kind = {} }}\nrpo = \"{}s\"\n", quoted(kind), whole(wanted.rpo.unwrap_or(RPO)))
    });
    // Where data must be promoted, nothing may move but by a run.
    let native = if data.is_some() && policy == "failover" { "native = \"off\"\n" } else { "" };
    let application = label(wanted.domain);
    let provisioner = match wanted.regions.iter().find(|region| region.role != Some("primary")) {
        Some(region) => format!("provision_from = {}\n", quoted(&region.name)),
        None => String::new(),
    };
    let head = format!(
        "[controller]\nregions = [{}]\n{provisioner}\n[topics]\nops-team = [\n{topics}]\n\n[application.{application}]\n\
         name = {}\nzone = {{ id = {}, name = {} }}\npolicy = \"{policy}\"\nprovision = true\n{native}rto = \"{}s\"\n{}\
         notify = {{ critical = [\"ops-team\"], info = [\"ops-team\"] }}\n",
        controllers.join(", "),
        quoted(wanted.domain),
        quoted(wanted.zone.unwrap_or(ZONE)),
        quoted(&zone_name(wanted.domain)),
        whole(wanted.rto.unwrap_or(RTO)),
        data.unwrap_or_default(),
    );
    let regions: String =
        wanted.regions.iter().map(|region| region_file(wanted, &application, region)).collect();
    head + &regions
}

fn region_file(wanted: &Wanted<'_>, application: &str, region: &Region) -> String {
    let role = region.role.map(|role| format!("role = \"{role}\"\n")).unwrap_or_default();
    let weight = region.weight.map(|weight| format!("weight = {weight}\n")).unwrap_or_default();
    let (record, scheme) = record(&region.endpoint);
    let host = if region.endpoint.contains(':') {
        format!("[{}]", region.endpoint)
    } else {
        region.endpoint.clone()
    };
    let probe = quoted(&format!("{scheme}://{host}{}", wanted.health));
    format!(
        "\n[[application.{application}.region]]\nregion = {}\n{role}{weight}record = {record}\nsignals = [{{ probe = {probe} }}]\n",
        quoted(&region.name)
    )
}

/// An address, what AWS gives an alias to, or any other name. A certificate is not to be had for an address.
fn record(endpoint: &str) -> (String, &'static str) {
    match endpoint.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => (format!("{{ a = [{}] }}", quoted(endpoint)), "http"),
        Ok(IpAddr::V6(_)) => (format!("{{ aaaa = [{}] }}", quoted(endpoint)), "http"),
        Err(_) if TargetKind::of(&DnsName::new(endpoint)) != TargetKind::Other => {
            (format!("{{ alias = {} }}", quoted(endpoint)), "https")
        }
        Err(_) => (format!("{{ cname = {} }}", quoted(endpoint)), "https"),
    }
}

/// The first label of the domain, as a key of the plan.
fn label(domain: &str) -> String {
    let first = domain.split('.').next().unwrap_or_default().to_lowercase();
    let kept: String =
        first.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-').collect();
    let kept = kept.trim_matches('-');
    if kept.is_empty() { "application".to_owned() } else { kept.chars().take(40).collect() }
}

/// The domain without its first label, unless too little would be left.
fn zone_name(domain: &str) -> String {
    match domain.trim_end_matches('.').split_once('.') {
        Some((_, rest)) if rest.contains('.') => rest.to_owned(),
        _ => domain.to_owned(),
    }
}

fn steps(wanted: &Wanted<'_>) -> Vec<Step> {
    let step = |step, action: &str, command: Option<&str>| Step {
        step,
        action: action.to_owned(),
        command: command.map(str::to_owned),
    };
    let data = wanted.database.map(|kind| {
        step(
            "data_replication",
            &format!("replicate {kind} into every region, alarm on its lag, and write down who promotes it, and how"),
            None,
        )
    });
    let first = [step(
        "standby",
        "deploy the application in every region, each with the capacity that the plan says, and an endpoint of its own",
        None,
    )];
    let rest = [
        step(
            "plan_file",
            "save the plan, put in your ids, and check it",
            Some("understudy check failover.toml"),
        ),
        step(
            "parameters",
            "compute the parameters of the stacks",
            Some("understudy params failover.toml --account <account>"),
        ),
        step("deploy", "deploy one stack in each region of [controller]", Some("sam build && sam deploy")),
        step("difference", "look at what provisioning would change", Some("understudy plan failover.toml")),
        step("provision", "make health checks and records", Some("understudy provision --digest <digest>")),
        step("alarms", "add alarms to each region's signals, hosted in another region", None),
        step(
            "rehearse",
            "order a dry drill, and read its script",
            Some(
                "aws lambda invoke --function-name understudy-drill --cli-binary-format raw-in-base64-out \
                  --payload '{\"understudy\":\"drill\"}' /dev/stdout",
            ),
        ),
    ];
    first.into_iter().chain(data).chain(rest).collect()
}
