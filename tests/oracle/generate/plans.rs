//! Plans, as the text that people would write.

use std::fmt::Write as _;

use proptest::prelude::*;
use understudy::plan::Plan;

use super::{MOST_REGIONS, percent};

/// The regions that a plan may name, in its order.
pub const REGIONS: [&str; MOST_REGIONS] =
    ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2", "sa-east-1"];
/// A region that serves no application.
pub const WITNESS: &str = "ca-central-1";

/// What a region puts into its record sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordDraw {
    Alias,
    DualAlias,
    Address,
    TwoAddresses,
    DualAddress,
    Name,
}

/// A maintenance window, seen from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowDraw {
    None,
    Open,
    Over,
    EndsNow,
    BeginsNow,
    WeeklyOpen,
    WeeklyOver,
    WeeklySinceYesterday,
}

/// Times and counts of a plan.
#[derive(Clone, Debug)]
pub struct TimingDraw {
    pub fall: u32,
    pub rise: u32,
    pub dwell: u64,
    pub freshness: u64,
    pub quorum: u32,
    pub cooldown: u64,
    pub unacknowledged: u64,
    pub flap_limit: u32,
    pub soak: u64,
    pub rank_wait: u64,
    pub stage: u64,
    pub validity: u64,
}

/// All that a plan says.
#[derive(Clone, Debug)]
pub struct PlanDraw {
    pub policy: &'static str,
    pub regions: usize,
    pub primary: usize,
    pub record: RecordDraw,
    pub checked: [bool; MOST_REGIONS],
    pub own_alarm: [bool; MOST_REGIONS],
    pub mode: &'static str,
    pub restore: &'static str,
    pub two_person: bool,
    pub accept_degraded: bool,
    pub data: bool,
    pub minimum: u32,
    pub capacities: [u32; MOST_REGIONS],
    pub weights: [u8; MOST_REGIONS],
    pub ramp: &'static str,
    pub window: WindowDraw,
    pub timing: TimingDraw,
    pub witness: bool,
    pub control: bool,
    pub stop: (u32, u64),
    pub second: bool,
}

impl PlanDraw {
    /// The plan.
    pub fn plan(&self) -> Plan {
        let text = self.text();
        match Plan::parse(&text, "failover.toml") {
            Ok((plan, _)) => plan,
            Err(faults) => panic!("a generated plan is refused: {faults}\n{text}"),
        }
    }

    /// The plan file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.controllers(&mut text);
        self.application(&mut text);
        for index in 0..self.regions {
            self.region(&mut text, index);
        }
        if self.second {
            self.second_application(&mut text);
        }
        text
    }

    fn controllers(&self, text: &mut String) {
        let mut names: Vec<&str> = REGIONS[..self.regions].to_vec();
        if self.witness {
            names.push(WITNESS);
        }
        writeln!(text, "[controller]\nregions = {names:?}").unwrap();
        if self.control {
            text.push_str("control_targets = [{ probe = \"https://a.example.net/\" }, ");
            text.push_str("{ probe = \"https://b.example.net/\" }]\n");
        }
        let (regions, seconds) = self.stop;
        writeln!(text, "[fleet]\nstop_regions = {regions}\nstop_within = \"{seconds}s\"").unwrap();
        text.push_str("[topics]\nops = [\"arn:aws:sns:us-west-2:123456789012:ops\"]\n");
    }

    fn application(&self, text: &mut String) {
        let timing = &self.timing;
        text.push_str("[application.shop]\nname = \"shop.example.com\"\n");
        text.push_str("zone = { id = \"Z0123456789ABCDEFGHIJ\", name = \"example.com\" }\n");
        text.push_str("rto = \"24h\"\nrpo = \"1m\"\nnotify = { critical = [\"ops\"] }\n");
        let Self { policy, mode, restore, two_person, accept_degraded, .. } = self;
        writeln!(text, "policy = \"{policy}\"\nmode = \"{mode}\"\nrestore = \"{restore}\"").unwrap();
        writeln!(text, "two_person = {two_person}\naccept_degraded = {accept_degraded}").unwrap();
        text.push_str("native = \"backstop\"\n");
        if self.window != WindowDraw::None {
            writeln!(text, "maintenance = [{}]", self.window.text()).unwrap();
        }
        if *policy != "failover" {
            writeln!(text, "minimum_capacity = {}", self.minimum).unwrap();
        }
        if *policy == "weighted" {
            writeln!(text, "ramp = {}", self.ramp).unwrap();
        }
        if self.data {
            text.push_str("[application.shop.data]\nkind = \"aurora\"\n");
        }
        let TimingDraw { fall, rise, quorum, flap_limit, .. } = timing;
        writeln!(text, "[application.shop.timing]\nfall = {fall}\nrise = {rise}").unwrap();
        writeln!(text, "quorum = {quorum}\nflap_limit = {flap_limit}").unwrap();
        for (key, seconds) in [
            ("dwell", timing.dwell),
            ("freshness", timing.freshness),
            ("cooldown", timing.cooldown),
            ("cooldown_unacknowledged", timing.cooldown + timing.unacknowledged),
            ("soak", timing.soak),
            ("rank_wait", timing.rank_wait),
            ("stage", timing.stage),
            ("validity", timing.validity),
        ] {
            writeln!(text, "{key} = \"{seconds}s\"").unwrap();
        }
    }

    fn region(&self, text: &mut String, index: usize) {
        let name = REGIONS[index];
        let elsewhere = REGIONS[(index + 1) % self.regions];
        writeln!(text, "[[application.shop.region]]\nregion = \"{name}\"").unwrap();
        if self.policy == "failover" {
            let role = if index == self.primary % self.regions { "primary" } else { "standby" };
            writeln!(text, "role = \"{role}\"").unwrap();
        } else {
            writeln!(text, "capacity = {}\nset = \"set-{index}\"", self.capacities[index]).unwrap();
        }
        if self.policy == "weighted" {
            writeln!(text, "weight = {}", self.weights[index]).unwrap();
        }
        if self.checked[index] {
            writeln!(text, "health_check = \"5b9a1f0e-3c64-4d0b-9f27-8a1e6c2d7b4{index}\"").unwrap();
        }
        let ready = format!("arn:aws:cloudwatch:{name}:123456789012:alarm:{name}-small");
        writeln!(text, "readiness = [\"{ready}\"]").unwrap();
        writeln!(text, "record = {}", self.record.text(index)).unwrap();
        let host = if self.own_alarm[index] { name } else { elsewhere };
        let alarm = format!("arn:aws:cloudwatch:{host}:123456789012:alarm:{name}-errors");
        let probe = format!("https://shop-{name}.example.com/health");
        writeln!(text, "signals = [{{ probe = \"{probe}\" }}, {{ alarm = \"{alarm}\" }}]").unwrap();
    }

    /// Another application in the same regions: what its probes see is evidence about controllers.
    fn second_application(&self, text: &mut String) {
        text.push_str("[application.other]\nname = \"other.example.com\"\n");
        text.push_str("zone = { id = \"Z0123456789ABCDEFGHIJ\", name = \"example.com\" }\n");
        text.push_str("rto = \"24h\"\npolicy = \"latency\"\nnotify = { critical = [\"ops\"] }\n");
        for (index, name) in REGIONS[..self.regions].iter().enumerate() {
            writeln!(text, "[[application.other.region]]\nregion = \"{name}\"").unwrap();
            writeln!(text, "record = {{ a = [\"203.0.113.{}\"] }}", index + 100).unwrap();
            writeln!(text, "signals = [{{ probe = \"https://other-{name}.example.com/\" }}]").unwrap();
        }
    }
}

impl RecordDraw {
    fn text(self, index: usize) -> String {
        let alias = format!("alias = \"lb-{index}.example.net\", zone = \"Z35SXDOTRQ7X{index}\"");
        let four = format!("\"192.0.2.{}\"", index + 1);
        let more = format!("\"198.51.100.{}\"", index + 1);
        let six = format!("\"2001:db8:1::{}\"", index + 1);
        match self {
            Self::Alias => format!("{{ {alias} }}"),
            Self::DualAlias => format!("{{ {alias}, ipv6 = true }}"),
            Self::Address => format!("{{ a = [{four}] }}"),
            Self::TwoAddresses => format!("{{ a = [{four}, {more}] }}"),
            Self::DualAddress => format!("{{ a = [{four}], aaaa = [{six}] }}"),
            Self::Name => format!("{{ cname = \"shop-{index}.example.net\" }}"),
        }
    }
}

/// The windows are written for [`super::world::NOON`], a Tuesday.
impl WindowDraw {
    fn text(self) -> String {
        let once = |from: &str, until: &str| {
            format!(
                "{{ from = \"2026-11-24T{from}Z\", until = \"2026-11-24T{until}Z\", reason = \"patches\" }}"
            )
        };
        let weekly = |day: &str, at: &str, lasts: &str| {
            format!("{{ days = [\"{day}\"], at = \"{at}\", lasts = \"{lasts}\", reason = \"patches\" }}")
        };
        match self {
            Self::None => String::new(),
            Self::Open => once("11:00:00", "13:00:00"),
            Self::Over => once("10:00:00", "11:00:00"),
            Self::EndsNow => once("11:00:00", "12:00:00"),
            Self::BeginsNow => once("12:00:00", "13:00:00"),
            Self::WeeklyOpen => weekly("tue", "10:00", "4h"),
            Self::WeeklyOver => weekly("tue", "10:00", "2h"),
            Self::WeeklySinceYesterday => weekly("mon", "20:00", "17h"),
        }
    }
}

/// Plans of any kind.
pub fn plan() -> impl Strategy<Value = PlanDraw> {
    let shape = (
        prop_oneof![4 => Just("failover"), 4 => Just("weighted"), 2 => Just("latency")],
        prop_oneof![3 => Just(2_usize), 4 => Just(3), 1 => Just(4), 1 => Just(5)],
        prop_oneof![4 => Just(0_usize), 1 => 0..MOST_REGIONS],
        record(),
        prop::array::uniform5(percent(85)),
        prop::array::uniform5(percent(25)),
    );
    let people = (
        prop_oneof![12 => Just("auto"), 2 => Just("approve"), 1 => Just("advise")],
        prop_oneof![Just("ask"), Just("auto")],
        percent(30),
        percent(40),
        percent(10),
        window(),
    );
    let load = (
        prop_oneof![Just(50_u32), Just(100), Just(200)],
        prop::array::uniform5(prop_oneof![1 => Just(50_u32), 3 => Just(100), 2 => Just(200)]),
        prop::array::uniform5(
            prop_oneof![4 => Just(100_u8), 2 => Just(20), 2 => Just(255), 1 => Just(33), 1 => Just(1)],
        ),
        prop::sample::select(vec!["[5, 25, 50, 100]", "[50, 100]", "[100]", "[10, 99, 100]"]),
    );
    let house = (percent(20), percent(30), (2_u32..=4, prop_oneof![Just(60_u64), Just(600)]), percent(30));
    (shape, people, load, house, timing()).prop_map(|(shape, people, load, house, timing)| {
        let (policy, regions, primary, record, checked, own_alarm) = shape;
        let (mode, restore, two_person, accept_degraded, data, window) = people;
        let (minimum, capacities, weights, ramp) = load;
        let (witness, control, stop, second) = house;
        // A record set of a policy that gives each region one can hold a single value.
        let record = match record {
            RecordDraw::TwoAddresses if policy != "failover" => RecordDraw::Address,
            record => record,
        };
        let whole: u32 = capacities[..regions].iter().sum();
        let minimum = minimum.min(whole);
        PlanDraw {
            policy,
            regions,
            primary,
            record,
            checked,
            own_alarm,
            mode,
            restore,
            two_person,
            accept_degraded,
            data,
            minimum,
            capacities,
            weights,
            ramp,
            window,
            timing,
            witness,
            control,
            stop,
            second,
        }
    })
}

fn record() -> impl Strategy<Value = RecordDraw> {
    prop::sample::select(vec![
        RecordDraw::Address,
        RecordDraw::Alias,
        RecordDraw::DualAlias,
        RecordDraw::TwoAddresses,
        RecordDraw::DualAddress,
        RecordDraw::Name,
    ])
}

fn window() -> impl Strategy<Value = WindowDraw> {
    prop_oneof![
        30 => Just(WindowDraw::None),
        1 => Just(WindowDraw::Open),
        1 => Just(WindowDraw::Over),
        1 => Just(WindowDraw::EndsNow),
        1 => Just(WindowDraw::BeginsNow),
        1 => Just(WindowDraw::WeeklyOpen),
        1 => Just(WindowDraw::WeeklyOver),
        1 => Just(WindowDraw::WeeklySinceYesterday),
    ]
}

fn timing() -> impl Strategy<Value = TimingDraw> {
    let counts = (1_u32..=3, 1_u32..=3, prop_oneof![4 => Just(2_u32), 1 => Just(1)], 1_u32..=4);
    let waits = (
        prop_oneof![Just(0_u64), Just(20), Just(45)],
        prop_oneof![Just(30_u64), Just(90)],
        prop_oneof![Just(0_u64), Just(60), Just(600)],
        prop_oneof![Just(0_u64), Just(300), Just(3000)],
    );
    let later = (
        prop_oneof![Just(30_u64), Just(120), Just(900)],
        prop_oneof![Just(5_u64), Just(30)],
        prop_oneof![Just(30_u64), Just(300)],
        prop_oneof![Just(30_u64), Just(120), Just(300)],
    );
    (counts, waits, later).prop_map(|(counts, waits, later)| {
        let (fall, rise, quorum, flap_limit) = counts;
        let (dwell, freshness, cooldown, unacknowledged) = waits;
        let (soak, rank_wait, stage, validity) = later;
        TimingDraw {
            fall,
            rise,
            dwell,
            freshness,
            quorum,
            cooldown,
            unacknowledged,
            flap_limit,
            soak,
            rank_wait,
            stage,
            validity,
        }
    })
}
