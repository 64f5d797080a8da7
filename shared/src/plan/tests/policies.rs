//! Plans of every policy, of several applications, and what the controllers are told.

use super::{SMALL, all_serve, example, good, rules, shop, with};
use crate::names::{ApplicationName, Region};
use crate::plan::{Actuator, Fleet, Policy, Role};

#[test]
fn under_weighted_and_latency_every_region_serves() {
    for (word, policy) in [("weighted", Policy::Weighted), ("latency", Policy::Latency)] {
        let shop = shop(&all_serve(word));
        assert_eq!((shop.policy, shop.minimum_capacity), (policy, 100));
        assert_eq!(shop.ramp, [5, 25, 50, 100]);
        assert_eq!(shop.actuators, [Actuator::Records]);
        for region in &shop.regions {
            assert_eq!((region.role, region.weight, region.capacity), (Role::Active, 100, 100));
            assert_eq!(region.set, region.name.as_str());
        }
        assert_eq!(shop.preferred().name, Region::new("us-east-1"));
    }
}

#[test]
fn where_all_serve_users_are_followed_the_way_of_the_first_region_with_a_probe() {
    let alarm = r#"{ alarm = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-us-east-1-errors" }"#;
    let first = r#"{ probe = "https://shop-us-east-1.example.com/health", contains = "OK", timeout = "2s" }"#;
    let checked = |text: String| {
        let check = "health_check = \"5b9a1f0e-3c64-4d0b-9f27-8a1e6c2d7b43\"\nsignals = [{ alarm";
        text.replacen("signals = [{ alarm", check, 1)
    };
    let text = all_serve("latency").replace(first, alarm).replace("shop-us-west-2.example.com/health", "b/x");
    let text = checked(text);
    assert_eq!(shop(&text).reach.target.to_string(), "https://shop.example.com:443/x");
    let alarms = text.replace(r#"{ probe = "https://b/x" }"#, alarm);
    assert_eq!(rules(&alarms), ["missing-reach", "one-vantage"]);
    assert_eq!(rules(&checked(SMALL.replace(first, alarm))), ["missing-reach"]);
}

#[test]
fn several_applications_each_have_their_own_way() {
    let plan = good(&example("several.toml"));
    let of = |name: &str| plan.application(&ApplicationName::new(name)).expect("it is there");
    assert_eq!(
        [of("pay").policy, of("web").policy, of("images").policy],
        [Policy::Failover, Policy::Weighted, Policy::Latency]
    );
    assert!(of("pay").two_person && of("pay").accept_degraded && !of("web").two_person);
    assert_eq!(of("pay").drill.as_ref().expect("a drill").lose, Region::new("us-east-1"));
    assert_eq!(of("pay").maintenance.len(), 2);
    assert_eq!(of("pay").regions[1].readiness.len(), 1);
    assert_eq!(of("pay").zone, of("web").zone);
    assert_eq!(of("images").zone.role, None);
    let sets: Vec<_> = of("web").regions.iter().map(|region| (region.set.as_str(), region.weight)).collect();
    assert_eq!(sets, [("www-virginia", 200), ("www-oregon", 100)]);
    assert_eq!((of("web").minimum_capacity, of("web").ramp.as_slice()), (80, [10, 50, 100].as_slice()));
    assert!(plan.controllers.contains(&Region::new("ca-central-1")), "a witness");
    assert_eq!(plan.control_targets.len(), 3);
    assert_eq!((plan.fleet.pace, plan.fleet.stop_regions), (3, 2));
    assert_eq!(good(SMALL).fleet, Fleet::default());
}

#[test]
fn numbers_have_bounds() {
    for line in ["pace = 0", "pace = 11", "stop_regions = 1", "stop_regions = -1"] {
        assert_eq!(rules(&format!("[fleet]\n{line}\n{SMALL}")), ["out-of-range"], "{line}");
    }
    let weighted = all_serve("weighted");
    for line in ["minimum_capacity = 0", "minimum_capacity = 1001", "ramp = [0, 100]", "ramp = [50, 101]"] {
        assert_eq!(rules(&with(&weighted, line)), ["out-of-range"], "{line}");
    }
    for line in ["weight = 0", "weight = 256", "capacity = 0", "capacity = 1001"] {
        let text = weighted.replace("region = \"us-west-2\"", &format!("region = \"us-west-2\"\n{line}"));
        assert_eq!(rules(&text), ["out-of-range"], "{line}");
    }
}

#[test]
fn a_key_of_another_policy_is_refused_wherever_it_stands() {
    let weighted = all_serve("weighted");
    let latency = all_serve("latency");
    let sets = "sets = { primary = \"\", secondary = \"\" }";
    for (text, line) in [
        (SMALL, "ramp = [50, 100]"),
        (SMALL, "minimum_capacity = 50"),
        (weighted.as_str(), sets),
        (latency.as_str(), sets),
        (latency.as_str(), "ramp = [50, 100]"),
    ] {
        assert_eq!(rules(&with(text, line)), ["needless-policy-key"], "{line}");
    }
    for (text, line) in [(SMALL, "set = \"a\""), (SMALL, "weight = 5"), (latency.as_str(), "weight = 5")] {
        let text = text.replace("region = \"us-west-2\"", &format!("region = \"us-west-2\"\n{line}"));
        assert_eq!(rules(&text), ["needless-policy-key"], "{line}");
    }
    assert_eq!(rules(&SMALL.replace("role = \"standby\"", "")), ["missing-key"]);
}

#[test]
fn a_ramp_rises_to_the_whole_by_a_few_steps() {
    let weighted = all_serve("weighted");
    for ramp in ["[50]", "[50, 50, 100]", "[100, 50]", "[1, 2, 3, 4, 5, 6, 7, 8, 100]"] {
        assert_eq!(rules(&with(&weighted, &format!("ramp = {ramp}"))), ["malformed-ramp"], "{ramp}");
    }
    assert_eq!(shop(&with(&weighted, "ramp = [1, 2, 3, 4, 5, 6, 7, 100]")).ramp.len(), 8);
    assert_eq!(shop(&with(&weighted, "ramp = [100]")).ramp, [100]);
}

#[test]
fn sets_of_regions_have_the_names_of_sets() {
    let set = |name: &str| {
        let line = format!("region = \"us-west-2\"\nset = \"{name}\"");
        all_serve("latency").replace("region = \"us-west-2\"", &line)
    };
    assert_eq!(shop(&set("oregon")).regions[1].set, "oregon");
    assert_eq!(rules(&set("us-east-1")), ["equal-sets"]);
    assert_eq!(rules(&set("")), ["set-length"]);
    assert_eq!(rules(&set(&"x".repeat(129))), ["set-length"]);
}

#[test]
fn control_targets_are_probes_like_others() {
    let targets = |list: &str| format!("[controller]\ncontrol_targets = [{list}]\n{SMALL}");
    for (list, rule) in [
        (r#"{ probe = "tcp://a:443" }, { probe = "tcp://A:443", timeout = "1s" }"#, "duplicate-entry"),
        (r#"{ probe = "http://169.254.169.254/" }"#, "forbidden-probe-address"),
        (r#"{ probe = "http://10.0.0.1/" }"#, "private-probe"),
        (r#"{ probe = "https://shop.example.com/health" }"#, "probe-at-served-name"),
        (r#"{ probe = "https://a/", timeout = "10s" }"#, "timeout-not-below-interval"),
        (r#"{ probe = "tcp://a:443", contains = "OK" }"#, "needless-probe-key"),
        (r#"{ probe = "a" }"#, "malformed-probe"),
        (r#"{ contains = "OK" }"#, "missing-key"),
        (r#"{ probe = "tcp://a:443", alarm = "x" }"#, "unknown-key"),
        ("7", "wrong-type"),
        ("", "empty-list"),
    ] {
        assert_eq!(rules(&targets(list)), [rule], "{list}");
    }
    let text = targets(r#"{ probe = "http://10.0.0.1/", private = true }"#);
    let text = format!("[defaults.timing]\ntimeout = \"4s\"\n{text}");
    assert_eq!(good(&text).control_targets[0].timeout.as_secs(), 4);
}

#[test]
fn what_may_be_lacking_is_not_counted() {
    // The capacity of one region is unknown, and so is what all carry together.
    let unread = with(&all_serve("weighted"), "minimum_capacity = 150")
        .replace("region = \"us-west-2\"", "region = \"us-west-2\"\ncapacity = \"50 %\"");
    assert_eq!(rules(&unread), ["wrong-type"]);
    // Where the policy could not be read, nothing is said of the keys that it has.
    let nearest =
        all_serve("nearest").replace("region = \"us-west-2\"", "region = \"us-west-2\"\nweight = 5");
    assert_eq!(rules(&nearest), ["unknown-word"]);
}

#[test]
fn a_zone_is_the_same_for_every_application() {
    let other = |zone: &str| {
        let section = &SMALL[SMALL.find("[application.shop]").expect("the application")..];
        let section = section.replace("application.shop", "application.till").replace("\"shop.", "\"till.");
        let section = section.replace("192.0.2.1", "192.0.2.2");
        format!("{SMALL}{}", section.replace("name = \"example.com\" }", zone))
    };
    assert_eq!(rules(&other("name = \"example.com\" }")), Vec::<&str>::new());
    assert_eq!(rules(&other("name = \"com\" }")), ["zone-differs"]);
    // What is wrong with a role is said once: not also that it differs.
    assert_eq!(rules(&other("name = \"example.com\", role = \"dns\" }")), ["malformed-role"]);
    assert_eq!(rules(&other("name = \"example.com\", account = \"123456789012\" }")), ["zone-role-missing"]);
}

#[test]
fn where_all_serve_each_region_has_a_controller() {
    let text = |regions: &str| format!("[controller]\nregions = {regions}\n{}", all_serve("weighted"));
    assert_eq!(rules(&text(r#"["us-east-1"]"#)), ["active-without-controller"]);
    assert_eq!(rules(&text(r#"["eu-west-1"]"#)), ["active-without-controller"; 2]);
    assert_eq!(good(&text(r#"["us-west-2", "us-east-1", "eu-west-1"]"#)).controllers.len(), 3);
}
