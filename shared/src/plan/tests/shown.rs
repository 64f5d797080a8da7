//! How faults look to a person.

use super::{SMALL, broken, parse};

#[test]
fn a_fault_is_shown_at_its_place_with_its_remedy() {
    let text =
        SMALL.replace("shop-us-west-2.example.com", "shop.example.com").replace("rto = \"5m\"", "rto = 300");
    insta::assert_snapshot!(parse(&text).unwrap_err(), @r#"
    failover.toml:8:7: error[bare-number]: 300 has no unit; remedy: write "300s" if seconds are meant, or another unit: ms, m, h
       8 | rto = 300
         |       ^ application.shop.rto

    failover.toml:21:22: error[probe-at-served-name]: the probe asks shop.example.com, the served name itself; remedy: ask a name that always leads to this region, such as the load balancer's
      21 | signals = [{ probe = "https://shop.example.com/health" }]
         |                      ^ application.shop.region[1].signals[0].probe

    failover.toml: 2 errors, 0 warnings
    "#);
}

#[test]
fn a_fault_in_a_long_line_is_shown_around_its_place() {
    let list: Vec<String> = (0..100).map(|index| format!("\"192.0.2.{index}\"")).collect();
    let text = SMALL.replace("\"198.51.100.1\"", &format!("{}, \"x\"", list.join(", ")));
    insta::assert_snapshot!(parse(&text).unwrap_err(), @r#"
    failover.toml:20:1407: error[malformed-address]: "x" is not an IPv4 address; remedy: IPv4 addresses stand in a, IPv6 addresses in aaaa, names in cname or alias
      20 | …92.0.2.97", "192.0.2.98", "192.0.2.99", "x"] }
         |                                          ^ application.shop.region[1].record.a[100]

    failover.toml: 1 error, 0 warnings
    "#);
}

#[test]
fn all_faults_of_all_applications_are_shown_at_once() {
    let text = r#"
colour = "red"
[controller]
regions = ["us-east-1", "mars"]
[topics]
ops = ["arn:aws:sns:us-west-2:123456789012:ops", 7]
[defaults.timing]
fall = "three"
validity = "1h"
[application.shop]
name = "shop.example.org"
zone = { id = "z1", name = "example.com" }
policy = "nearest"
notify = { critical = ["pos"] }
[[application.shop.region]]
region = "us-east-1"
role = "primry"
record = { a = ["192.0.2.300"] }
[application.pay]
name = "pay.example.com"
zone = { id = "Z0123456789ABCDEFGHIJ", name = "example.com" }
rto = "1 min"
notify = { critical = ["ops"] }
timing = { quorum = 0, dwell = "90", freshness = "1s" }
[[application.pay.region]]
region = "us-east-1"
role = "primary"
record = { cname = "pay.example.com" }
signals = [{ probe = "http://[fd00:ec2::254]/", private = true }, { alarm = "pay-errors" }]
[[application.pay.region]]
region = "us-east-1"
role = "standby"
record = { alias = "a.example.com" }
signals = [{ probe = "ftp://a" }]
"#;
    let shown: Vec<String> = broken(text).iter().map(|(rule, line)| format!("{line} {rule}")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    2 unknown-key
    4 malformed-region
    6 wrong-type
    8 wrong-type
    9 validity-too-long
    10 missing-key
    11 served-name-outside-zone
    12 malformed-zone-id
    13 unknown-word
    14 unknown-topic
    15 no-signal
    15 too-few-regions
    17 unknown-word
    18 malformed-address
    22 malformed-duration
    24 quorum-range
    24 malformed-duration
    24 freshness-below-interval
    28 record-at-itself
    29 forbidden-probe-address
    29 malformed-alarm
    31 duplicate-region
    33 record-types-differ
    34 malformed-probe
    "#);
}

#[test]
fn a_syntax_error_is_shown_at_its_place() {
    insta::assert_snapshot!(parse("[application.shop]\nname = \"shop\nrto = 1\n").unwrap_err(), @r#"
    failover.toml:2:13: error[syntax]: invalid basic string, expected `"`; remedy: mend it as TOML asks (toml.io)
       2 | name = "shop
         |             ^

    failover.toml: 1 error, 0 warnings
    "#);
}

#[test]
fn a_fault_of_the_whole_file_has_a_place_too() {
    insta::assert_snapshot!(parse("").unwrap_err(), @r#"
    failover.toml:1:1: error[empty-file]: the plan is empty; remedy: ship the plan, or write one from the example
       1 |
         | ^

    failover.toml: 1 error, 0 warnings
    "#);
}
