//! Estates drawn at random: several applications, each with its policy, its kinds of targets, backups, shadow.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use proptest::prelude::*;
use suite::world::{Cloud, EAST, EU, WEST};
use twin::model::health::Health;
use twin::model::records::{ChangeBatch, RecordSetInput};
use understudy::plan::Plan;

/// What a region answers by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Addresses.
    Plain,
    /// An alias of an Application Load Balancer.
    Balancer,
    /// Of a Network Load Balancer.
    Network,
    /// Of a regional API.
    Api,
    /// Of an accelerator.
    Accelerator,
    /// Of a record in the zone.
    Record,
    /// A CNAME: then all regions have one.
    Name,
}

/// One region.
#[derive(Clone, Debug)]
pub struct RegionDraw {
    /// What it answers by.
    pub kind: Kind,
    /// Whether its data are checked.
    pub data: bool,
    /// Whether it has a backup, where it can have one.
    pub backup: bool,
    /// Its weight.
    pub weight: u8,
}

/// One application.
#[derive(Clone, Debug)]
pub struct ApplicationDraw {
    pub policy: &'static str,
    pub native: &'static str,
    pub ipv6: bool,
    pub shadow: bool,
    /// All answer by names.
    pub names: bool,
    pub ttl: u8,
    /// Ways to move traffic that come before records.
    pub overrides: &'static [&'static str],
    /// Whether overrides are said by a metric; the first application's word counts for the plan.
    pub metric: bool,
    pub regions: Vec<RegionDraw>,
}

/// Who is told: a topic of nobody's stack, and the stacks' own.
const TOPICS: [&str; 4] = [
    "arn:aws:sns:eu-west-1:123456789012:ops",
    "arn:aws:sns:eu-west-1:123456789012:understudy-ops-team",
    "arn:aws:sns:us-east-1:123456789012:understudy-ops-team",
    "arn:aws:sns:us-west-2:123456789012:understudy-ops-team",
];

/// What is seen by an alarm, too, where a region's data are checked.
pub const ALARM: &str = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:errors";

impl RegionDraw {
    /// Addresses, and no more.
    pub fn plain() -> Self {
        Self { kind: Kind::Plain, data: false, backup: false, weight: 1 }
    }
}

impl ApplicationDraw {
    /// Nothing moves it but runs, by records.
    pub fn plain(regions: Vec<RegionDraw>) -> Self {
        Self {
            policy: "failover",
            native: "off",
            ipv6: false,
            shadow: false,
            names: false,
            ttl: 30,
            overrides: &[],
            metric: false,
            regions,
        }
    }
}

pub const REGIONS: [&str; 3] = [EAST, WEST, EU];

fn region() -> impl Strategy<Value = RegionDraw> {
    let kinds = [Kind::Plain, Kind::Balancer, Kind::Network, Kind::Api, Kind::Accelerator, Kind::Record];
    let kind = prop::sample::select(kinds.to_vec());
    (kind, any::<bool>(), any::<bool>(), 1..=255_u8).prop_map(|(kind, data, backup, weight)| RegionDraw {
        kind,
        data,
        backup,
        weight,
    })
}

/// Any application.
pub fn application() -> impl Strategy<Value = ApplicationDraw> {
    let policy = prop::sample::select(vec!["failover", "weighted", "latency"]);
    let native = prop::sample::select(vec!["backstop", "off"]);
    let flags = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.15), any::<bool>());
    let overrides: Vec<&'static [&'static str]> = vec![&[], &["override"], &["arc"], &["override", "arc"]];
    let native = (native, prop::sample::select(overrides));
    (policy, native, flags, 1..=60_u8, prop::collection::vec(region(), 2..=3)).prop_map(
        |(policy, (native, overrides), (ipv6, shadow, names, metric), ttl, regions)| ApplicationDraw {
            policy,
            native,
            ipv6,
            shadow,
            names,
            ttl,
            overrides,
            metric,
            regions,
        },
    )
}

/// What an application is called.
pub fn name(index: usize) -> String {
    format!("app{index}")
}

/// Where it is served.
pub fn served(index: usize) -> String {
    format!("{}.example.com", name(index))
}

fn v4(index: usize, region: usize, host: usize) -> String {
    format!("198.51.{index}.{}", region * 10 + host)
}

fn v6(index: usize, region: usize, host: usize) -> String {
    format!("2001:db8:{index}::{}", region * 10 + host)
}

impl ApplicationDraw {
    fn kind(&self, region: &RegionDraw) -> Kind {
        // What answers for one name only has no place beside the served one.
        let is_elsewhere = self.shadow || self.has_backup(region);
        match region.kind {
            _ if self.names => Kind::Name,
            Kind::Api if is_elsewhere => Kind::Balancer,
            kind => kind,
        }
    }

    fn has_backup(&self, region: &RegionDraw) -> bool {
        let can_be = self.policy != "failover" && self.native == "backstop" && self.overrides.is_empty();
        region.backup && can_be && !self.names
    }

    fn target(&self, index: usize, place: usize) -> String {
        let region = REGIONS[place];
        match self.kind(&self.regions[place]) {
            Kind::Balancer => format!("{}-1.{region}.elb.amazonaws.com", name(index)),
            Kind::Network => format!("{}-1.elb.{region}.amazonaws.com", name(index)),
            Kind::Api => format!("d-{index}.execute-api.{region}.amazonaws.com"),
            Kind::Accelerator if self.ipv6 => format!("a{index}{place}.dualstack.awsglobalaccelerator.com"),
            Kind::Accelerator => format!("a{index}{place}.awsglobalaccelerator.com"),
            Kind::Record => format!("own-{region}.{}.example.com", name(index)),
            Kind::Name | Kind::Plain => format!("{region}.{}.example.net", name(index)),
        }
    }

    fn record(&self, index: usize, place: usize) -> String {
        match self.kind(&self.regions[place]) {
            Kind::Plain => self.addresses(index, place, 1),
            Kind::Name => format!("{{ cname = \"{}\" }}", self.target(index, place)),
            _ => format!("{{ alias = \"{}\", ipv6 = {} }}", self.target(index, place), self.ipv6),
        }
    }

    fn addresses(&self, index: usize, place: usize, host: usize) -> String {
        let both = format!(", aaaa = [\"{}\"]", v6(index, place, host));
        format!("{{ a = [\"{}\"]{} }}", v4(index, place, host), if self.ipv6 { both } else { String::new() })
    }

    fn text(&self, index: usize, zone: &str, ttl: u8) -> String {
        let mut text = format!(
            "[application.{name}]\nname = \"{served}\"\nzone = {{ id = \"{zone}\", name = \"example.com\" }}\n\
             policy = \"{}\"\nnative = \"{}\"\nshadow = {}\nttl = \"{ttl}s\"\nrto = \"30m\"\nprovision = true\n\
             notify = {{ critical = [\"ops\"], info = [\"ops\"] }}\nactuators = {:?}\n",
            self.policy,
            self.native,
            self.shadow,
            [self.overrides, &["records"]].concat(),
            name = name(index),
            served = served(index),
        );
        for (place, drawn) in self.regions.iter().enumerate() {
            let region = REGIONS[place];
            let role = if place == 0 { "primary" } else { "standby" };
            let _ = writeln!(text, "[[application.{}.region]]\nregion = \"{region}\"", name(index));
            match self.policy {
                "failover" => drop(writeln!(text, "role = \"{role}\"")),
                "weighted" => drop(writeln!(text, "weight = {}", drawn.weight)),
                _ => {}
            }
            let _ = writeln!(text, "record = {}", self.record(index, place));
            let alarm = match drawn.data {
                true => format!(", {{ alarm = {ALARM:?} }}"),
                false => String::new(),
            };
            let _ =
                writeln!(text, "signals = [{{ probe = \"http://{}/health\" }}{alarm}]", host(index, region));
            if self.overrides.contains(&"arc") {
                let _ = writeln!(text, "routing_control = \"{}\"", control(index, place));
            }
            if drawn.data {
                let _ = writeln!(
                    text,
                    "data_check = {{ alarm = \"arn:aws:cloudwatch:{region}:123456789012:alarm:{}\", missing = \"healthy\" }}",
                    data_alarm(index)
                );
            }
            if self.has_backup(drawn) {
                let _ = writeln!(
                    text,
                    "backup = {{ record = {}, check = {{ endpoint = \"tcp://{}:443\" }} }}",
                    self.addresses(index, place, 2),
                    v4(index, place, 2)
                );
            }
        }
        text
    }

    /// Puts what its regions lead to into the world.
    fn stands(&self, index: usize, cloud: &Cloud) {
        for (place, region) in REGIONS.iter().copied().enumerate().take(self.regions.len()) {
            let target = self.target(index, place);
            let addresses: [IpAddr; 2] =
                [v4(index, place, 1), v6(index, place, 1)].map(|address| address.parse().expect("one"));
            let twin = &mut cloud.state.borrow_mut().twin;
            match self.kind(&self.regions[place]) {
                Kind::Plain | Kind::Name => {}
                Kind::Record => {
                    let of = |kind, address: &str| RecordSetInput::simple(&target, kind, 60, &[address]);
                    let batch = ChangeBatch::new()
                        .create(of("A", &v4(index, place, 1)))
                        .create(of("AAAA", &v6(index, place, 1)));
                    // One after another, since a zone takes its time over each.
                    let at = Duration::from_secs(u64::try_from(index * 3 + place).expect("small"));
                    twin.change_resource_record_sets(&cloud.zone, &batch, at).expect("taken");
                }
                kind => {
                    let zone = zone(kind, region).into();
                    let added = match kind {
                        Kind::Api => twin.add_named_target(&target, zone, addresses, &served(index)),
                        _ => twin.add_load_balancer(&target, zone, addresses, Health::Healthy),
                    };
                    added.expect("a name");
                }
            }
        }
    }
}

/// What the alarm of an application's data is called, in each region.
pub fn data_alarm(index: usize) -> String {
    format!("db{index}")
}

/// Where a region is asked whether it is well.
pub fn host(index: usize, region: &str) -> String {
    format!("{region}.{}.example.net", name(index))
}

/// The routing control of a region.
pub fn control(index: usize, place: usize) -> String {
    let panel = "arn:aws:route53-recovery-control::123456789012:controlpanel/drawn";
    format!("{panel}/routingcontrol/{index}x{place}")
}

/// How overrides are said.
fn sections(metric: bool) -> String {
    let regions = ["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"];
    let endpoint = |region| format!("{region} = \"https://cluster.{region}.example.net/v1\"\n");
    let by = if metric { "metric = \"Drawn\"" } else { "bucket = \"drawn\"" };
    let endpoints = regions.map(endpoint).concat();
    format!("[override]\n{by}\nwithin = \"20s\"\n[arc]\nwithin = \"20s\"\n[arc.endpoints]\n{endpoints}")
}

/// The zone that holds a kind's targets (AWS General Reference, endpoints of each service).
fn zone(kind: Kind, region: &str) -> &'static str {
    match (kind, region) {
        (Kind::Balancer, EAST) => "Z35SXDOTRQ7X7K",
        (Kind::Balancer, WEST) => "Z1H1FL5HABSF5",
        (Kind::Balancer, _) => "Z32O12XQLNTSW2",
        (Kind::Network, EAST) => "Z26RNL4JYFTOTI",
        (Kind::Network, WEST) => "Z18D5FSROUN65G",
        (Kind::Network, _) => "Z2IFOLAFXWLO4F",
        (Kind::Api, EAST) => "Z1UJRXOUMOOFQ8",
        (Kind::Api, WEST) => "Z2OJLYMUO9EFXC",
        (Kind::Api, _) => "ZLY8HYME6SFDD",
        _ => "Z2BJ6XQ5FK7U4H",
    }
}

/// The plan of some applications; each TTL is `longer` than it was drawn.
pub fn plan(cloud: &Cloud, drawn: &[ApplicationDraw], longer: u8) -> Plan {
    parsed(&text(cloud.zone.as_str(), drawn, longer))
}

/// The same as a file.
pub fn text(zone: &str, drawn: &[ApplicationDraw], longer: u8) -> String {
    let of = |(index, one): (usize, &ApplicationDraw)| one.text(index, zone, one.ttl + longer);
    let applications: String = drawn.iter().enumerate().map(of).collect();
    let overrides = sections(drawn.first().is_some_and(|one| one.metric));
    format!(
        "{overrides}[topics]\nops = [{}]\n{applications}",
        TOPICS.map(|arn| format!("{arn:?}")).join(", ")
    )
}

/// The plan that a file holds.
pub fn parsed(text: &str) -> Plan {
    Plan::parse(text, "drawn").map(|(plan, _)| plan).unwrap_or_else(|faults| panic!("{faults}\n{text}"))
}

/// Puts what all of them lead to into a world.
pub fn stand(cloud: &Cloud, drawn: &[ApplicationDraw]) {
    for (index, one) in drawn.iter().enumerate() {
        one.stands(index, cloud);
        for place in 0..one.regions.len() {
            // People turn a routing control On before anything hangs on it.
            let twin = &mut cloud.state.borrow_mut().twin;
            twin.set_routing_control(&control(index, place), true, Duration::ZERO);
        }
    }
    // Nothing stands in the buckets of overrides.
    let bucket = |region| format!("drawn-{region}.s3.{region}.amazonaws.com");
    cloud.state.borrow_mut().refusing.extend(REGIONS.map(bucket));
    // What was written by hand is everywhere before anything else begins.
    let pause = cloud.time.sleep(Duration::from_secs(60));
    cloud.run(pause);
}
