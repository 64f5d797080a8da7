//! Plans that are right, and what is made of them.

use std::time::Duration;

use super::{SMALL, broken, example, examples, good, parse, shop};
use crate::names::{DnsName, Region};
use crate::plan::{Mode, Native, RecordValue, Restore, Role, Target, Timing};

#[test]
fn every_example_has_no_fault() {
    let names: Vec<String> = examples().into_keys().collect();
    let expected = [
        "comprehensive.toml",
        "failover.toml",
        "latency.toml",
        "several.toml",
        "tertiary.toml",
        "weighted.toml",
    ];
    assert_eq!(names, expected);
    for (name, text) in examples() {
        assert_eq!(broken(&text), [], "{name}");
    }
}

#[test]
fn the_example_says_what_it_means() {
    let plan = good(&example("failover.toml"));
    assert_eq!(plan.applications.len(), 1);
    let shop = &plan.applications[0];
    assert_eq!(shop.preferred().name, Region::new("us-east-1"));
    assert_eq!(shop.timing, Timing { dwell: Duration::from_secs(30), ..Timing::default() });
    assert!(matches!(&shop.regions[1].record, RecordValue::Alias { ipv6: true, .. }));
}

#[test]
fn every_example_repeats_the_defaults_truly() {
    for (name, text) in examples() {
        let digest = good(&text).digest;
        for line in text.lines().filter(|line| line.contains("# default") && !line.starts_with('#')) {
            assert_eq!(good(&text.replace(line, "")).digest, digest, "{name}: {line}");
        }
    }
    let text = example("failover.toml");
    let repeated = text.find("[defaults.timing]").expect("the section");
    let section = &text[repeated..text.find("[application.shop]").expect("the application")];
    assert_eq!(good(&text).digest, good(&text.replace(section, "")).digest);
}

#[test]
fn what_a_plan_leaves_out_has_a_default() {
    let shop = shop(SMALL);
    assert_eq!((shop.mode, shop.native, shop.restore), (Mode::Auto, Native::Backstop, Restore::Ask));
    assert_eq!((shop.priority, shop.ttl, shop.rpo), (100, Duration::from_secs(60), None));
    assert_eq!((shop.sets.primary.as_str(), shop.sets.secondary.as_str()), ("primary", "secondary"));
    assert_eq!(shop.timing, Timing::default());
    assert_eq!(shop.served, DnsName::new("shop.example.com"));
    assert_eq!(
        shop.regions.iter().map(|region| region.role).collect::<Vec<_>>(),
        [Role::Primary, Role::Standby]
    );
    assert_eq!(good(SMALL).controllers, [Region::new("us-east-1"), Region::new("us-west-2")]);
}

#[test]
fn users_are_followed_the_way_the_primary_is_probed() {
    let reach = shop(SMALL).reach;
    assert_eq!(reach.target.to_string(), "https://shop.example.com:443/health");
    assert_eq!((reach.contains.as_deref(), reach.timeout), (Some("OK"), Duration::from_secs(2)));

    let tcp = SMALL.replace(
        "{ probe = \"https://shop-us-east-1.example.com/health\", contains = \"OK\", timeout = \"2s\" }",
        "{ probe = \"tcp://192.0.2.1:443\" }, { alarm = \"arn:aws:cloudwatch:us-west-2:123456789012:alarm:a\" }",
    );
    let served = Target::Tcp { host: "shop.example.com".to_owned(), port: 443 };
    assert_eq!(shop(&tcp).reach.target, served);
}

#[test]
fn data_turns_native_moves_off_unless_the_plan_says_otherwise() {
    let data = format!("{SMALL}\n[application.shop.data]\nkind = \"aurora\"\n")
        .replace("rto =", "rpo = \"1m\"\nrto =");
    assert_eq!(shop(&data).native, Native::Off);
    assert_eq!(shop(&data).data.expect("data").kind, "aurora");
    assert_eq!(shop(&data.replace("rto =", "native = \"backstop\"\nrto =")).native, Native::Backstop);
}

#[test]
fn an_application_overrides_the_defaults_key_by_key() {
    let text = format!("[defaults.timing]\nfall = 5\nrise = 4\n{SMALL}[application.shop.timing]\nrise = 2\n");
    let timing = shop(&text).timing;
    assert_eq!((timing.fall, timing.rise, timing.quorum), (5, 2, 2));
}

#[test]
fn a_probe_without_a_timeout_has_its_applications() {
    let text = format!("{SMALL}[application.shop.timing]\ntimeout = \"4s\"\n");
    let shop = shop(&text);
    let timeouts = shop.regions.iter().map(|region| match &region.signals[0] {
        crate::plan::Signal::Probe(probe) => probe.timeout.as_secs(),
        crate::plan::Signal::Alarm(_) => 0,
    });
    assert_eq!(timeouts.collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn applications_come_by_priority_then_name() {
    let other = |name: &str, key: &str| {
        let section = &SMALL[SMALL.find("[application.shop]").expect("the application")..];
        section
            .replace("application.shop", &format!("application.{name}"))
            .replace("\"shop.", &format!("\"{name}."))
            .replace("192.0.2.1", if name == "pay" { "192.0.2.2" } else { "192.0.2.3" })
            .replace("rto =", key)
    };
    let text = [SMALL, &other("cart", "rto ="), &other("pay", "priority = 1\nrto =")].concat();
    let plan = good(&text);
    let names: Vec<&str> = plan.applications.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["pay", "cart", "shop"]);
}

#[test]
fn the_digest_names_the_content_and_not_the_form() {
    let digest = good(SMALL).digest;
    assert_eq!(digest.as_str().len(), 12);
    assert!(digest.as_str().bytes().all(|b| b.is_ascii_hexdigit()));
    let moved =
        SMALL.replace("rto = \"5m\"\n", "").replace("notify", "rto = \"300s\"   # five minutes\n\nnotify");
    assert_eq!(good(&moved).digest, digest);
    assert_eq!(good(&SMALL.replace("shop.example.com\"", "SHOP.example.com.\"")).digest, digest);
    assert_eq!(good(&format!("\u{feff}{SMALL}").replace('\n', "\r\n")).digest, digest);
    assert_ne!(good(&SMALL.replace("\"5m\"", "\"6m\"")).digest, digest);
    assert_ne!(good(&SMALL.replace("192.0.2.1", "192.0.2.2")).digest, digest);
}

#[test]
fn the_digest_of_a_plan_is_pinned() {
    // It stands in public records and in peers' tables: when it changes, every peer sees another plan.
    insta::assert_snapshot!(good(SMALL).digest, @"a4f8ad659c60");
}

#[test]
fn rehearsals_on_loopback_addresses_only_warn() {
    let text = SMALL
        .replace("192.0.2.1", "127.0.1.1")
        .replace("198.51.100.1", "127.0.2.1")
        .replace(
            "https://shop-us-west-2.example.com/health\"",
            "http://127.0.2.1:8080/health\", private = true",
        )
        .replace(
            "https://shop-us-east-1.example.com/health\"",
            "http://127.0.1.1:8080/health\", private = true",
        );
    assert!(parse(&text).is_ok());
    assert_eq!(broken(&text), [("private-address", 14), ("private-address", 20)]);
}

#[test]
fn a_default_that_one_application_contradicts_is_reported_there() {
    let text =
        format!("[defaults.timing]\ntimeout = \"3s\"\n{SMALL}[application.shop.timing]\ninterval = \"3s\"\n");
    assert_eq!(broken(&text), [("timeout-not-below-interval", 25)]);
}

#[test]
fn a_default_that_is_wrong_for_all_is_reported_once() {
    let section = &SMALL[SMALL.find("[application.shop]").expect("the application")..];
    let other = section.replace("application.shop", "application.cart").replace("\"shop.", "\"cart.");
    let other = other.replace("192.0.2.1", "192.0.2.2");
    let text = format!("[defaults.timing]\nvalidity = \"1h\"\n{SMALL}{other}");
    assert_eq!(broken(&text), [("validity-too-long", 2)]);
}

#[test]
fn what_could_not_be_read_is_not_missed_a_second_time() {
    let head = &SMALL[..SMALL.find("[[application.shop.region]]").expect("the regions")];
    let inline = "region = [{ region = \"us-east-1\", role = \"primary\", record = { a = [\"192.0.2.1\"] }, \
                  signals = [{ probe = \"https://a.example.com\" }] }, 7]\n";
    assert_eq!(broken(&format!("{head}{inline}")), [("wrong-type", 11)]);
}
