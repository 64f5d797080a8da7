//! What a world is like: regions, applications, policy, plan. Drawn from the seed.

use std::time::Duration;

use suite::world::{By, EAST, EU, Estate, ServedChecks, WEST};
use twin::model::{Config, Propagation};

use crate::dice::Dice;

/// A region with a controller that serves nothing.
pub const WITNESS: &str = "ap-southeast-2";

/// What CloudWatch watches in the first region, from the second.
pub const ALARM: &str = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:shop-us-east-1-errors";

/// How long what was known of a metric last holds: shorter than here troubles may last.
const LAST_KNOWN: Duration = Duration::from_secs(240);

/// A world, before anything happens to it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The regions that serve, in the order in which they take over.
    pub regions: Vec<&'static str>,
    /// Whether there is a controller more that serves nothing.
    pub witness: bool,
    /// The applications.
    pub applications: Vec<String>,
    /// Their routing policy.
    pub policy: &'static str,
    /// Whether Route 53 itself moves traffic.
    pub native: &'static str,
    /// Lines of every application's section of the plan.
    pub lines: String,
    /// How far each controller's clock is off at first, in seconds, by its place.
    pub skews: Vec<i64>,
    /// How many of a thousand calls go wrong.
    pub flaky: u64,
    /// How many of a thousand processes die or are paused.
    pub mortal: u64,
    /// Whether old epochs stand in the zone, some of them too young to be swept.
    pub old_epochs: bool,
    /// By what overrides are said that come before records.
    pub overrides: Option<By>,
}

impl Setting {
    /// A world of this seed.
    pub fn drawn(dice: &Dice) -> Self {
        let three = dice.in_thousand(500);
        let regions = if three { vec![EAST, WEST, EU] } else { vec![EAST, WEST] };
        let witness = !three && dice.in_thousand(350);
        let count = dice.pick(&[1, 1, 1, 1, 2, 2, 3, 5]);
        let names = ["shop", "blog", "pay", "mail", "wiki"];
        let controllers = regions.len() + usize::from(witness);
        let skewed = dice.in_thousand(300);
        let skew = |_| if skewed { i64::try_from(dice.below(481)).unwrap_or(0) - 240 } else { 0 };
        let policy = dice.pick(&["failover", "failover", "weighted", "latency"]);
        let native = dice.pick(&["backstop", "off"]);
        let mut lines = lines(dice, native);
        let skews = (0..controllers).map(skew).collect();
        let (flaky, mortal) = (dice.pick(&[2, 5, 10, 20]), dice.pick(&[0, 20, 60, 150]));
        let old_epochs = dice.in_thousand(60);
        // The checks of several applications would be the same ones here, and an override is for one.
        let kind = dice.aside().pick(&[By::Object, By::Object, By::Metric, By::Control]);
        let overrides = (count == 1 && dice.in_thousand(700)).then_some(kind);
        lines.push_str(match overrides {
            Some(By::Control) => "\nactuators = [\"arc\", \"records\"]",
            Some(By::Object | By::Metric) => "\nactuators = [\"override\", \"records\"]",
            None => "",
        });
        Self {
            lines,
            overrides,
            skews,
            flaky,
            mortal,
            old_epochs,
            applications: names.iter().take(count).map(|name| (*name).to_owned()).collect(),
            regions,
            witness,
            policy,
            native,
        }
    }

    /// Every region with a controller.
    pub fn controllers(&self) -> Vec<&'static str> {
        let witness = self.witness.then_some(WITNESS);
        self.regions.iter().copied().chain(witness).collect()
    }

    /// The same as stories tell it.
    pub fn estate(&self, seed: u64) -> Estate {
        let propagation = Propagation::between(Duration::from_secs(1), Duration::from_secs(8));
        let served_checks = match (self.native, self.overrides) {
            ("off", None) => ServedChecks::AlwaysHealthy,
            ("off", Some(by)) => ServedChecks::OverrideAlone(by),
            (_, None) => ServedChecks::Endpoint,
            (_, Some(by)) => ServedChecks::Overridable(by),
        };
        let controlled = self.overrides == Some(By::Control);
        Estate {
            policy: self.policy,
            regions: self.regions.clone(),
            witnesses: self.witness.then_some(WITNESS).into_iter().collect(),
            applications: self.applications.clone(),
            top: self.overrides.map(said_by).unwrap_or_default(),
            region_lines: if controlled { routing_control } else { |_| String::new() },
            lines: self.lines.clone(),
            served_checks,
            first_signals: format!(r#", {{ alarm = "{ALARM}" }}"#),
            route53: Config::default()
                .seed(seed)
                .propagation(propagation)
                .checkers(4)
                .last_known_for(LAST_KNOWN),
        }
    }

    /// The world in one line.
    pub fn in_words(&self) -> String {
        format!(
            "{} under {} with native = {}, in {}",
            self.applications.join(", "),
            self.policy,
            self.native,
            self.controllers().join(", ")
        )
    }
}

/// How the plan says it. Their time leaves some to the records, within the shortest validity.
fn said_by(kind: By) -> String {
    match kind {
        By::Object => "[override]\nbucket = \"understudy-override\"\nwithin = \"20s\"".to_owned(),
        By::Metric => "[override]\nmetric = \"Understudy/Overrides\"\nwithin = \"20s\"".to_owned(),
        By::Control => {
            let regions = ["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"];
            let endpoint = |region| format!("{region} = \"https://cluster.{region}.example.com/v1\"\n");
            format!("[arc]\nwithin = \"20s\"\n[arc.endpoints]\n{}", regions.map(endpoint).concat())
        }
    }
}

fn routing_control(region: &str) -> String {
    let panel = "arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd";
    format!("routing_control = \"{panel}/routingcontrol/{}\"", region.replace('-', ""))
}

fn lines(dice: &Dice, native: &str) -> String {
    let mode = if dice.in_thousand(100) { "approve" } else { "auto" };
    let restore = dice.pick(&["ask", "auto", "auto"]);
    let degraded = dice.in_thousand(100);
    let two_person = dice.in_thousand(100);
    let dwell = dice.pick(&["20s", "20s", "40s", "90s"]);
    let rank_wait = dice.pick(&["30s", "30s", "5s", "0s"]);
    let validity = dice.pick(&["2m", "45s"]);
    let flap_limit = dice.pick(&[3, 3, 2]);
    let timing = format!(
        "dwell = \"{dwell}\", rank_wait = \"{rank_wait}\", validity = \"{validity}\", flap_limit = {flap_limit}, \
         soak = \"90s\", cooldown = \"2m\", cooldown_unacknowledged = \"4m\", stage = \"60s\", approval = \"5m\""
    );
    format!(
        "mode = \"{mode}\"\nnative = \"{native}\"\nrestore = \"{restore}\"\naccept_degraded = {degraded}\n\
         two_person = {two_person}\ntiming = {{ {timing} }}"
    )
}
