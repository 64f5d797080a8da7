//! Single record sets: words, values, units.

use super::*;

#[test]
fn types_and_sides_are_written_as_route53_writes_them() {
    let kinds = [RecordType::A, RecordType::Aaaa, RecordType::Cname, RecordType::Txt];
    assert_eq!(kinds.map(RecordType::as_str), ["A", "AAAA", "CNAME", "TXT"]);
    assert_eq!(kinds.map(|kind| RecordType::from_name(kind.as_str())), kinds.map(Some));
    assert_eq!([RecordType::from_name("MX"), RecordType::from_name("a")], [None, None]);
    assert_eq!([Side::Primary, Side::Secondary].map(Side::as_str), ["PRIMARY", "SECONDARY"]);
}

#[test]
fn every_routing_but_the_simple_one_has_an_identifier_and_only_a_weighted_one_a_weight() {
    let set = || "east".to_owned();
    let routings = [
        Routing::Simple,
        Routing::Failover { set: set(), side: Side::Primary },
        Routing::Weighted { set: set(), weight: 7 },
        Routing::Latency { set: set(), region: EAST.into() },
        Routing::Other { set: set() },
    ];
    let east = Some("east");
    assert_eq!(routings.each_ref().map(Routing::set), [None, east, east, east, east]);
    assert_eq!(routings.each_ref().map(Routing::weight), [None, None, Some(7), None, None]);
}

#[test]
fn answers_are_compared_without_their_ttl_order_case_and_trailing_dot() {
    let one = values(&["West.example.net.", "east.example.net"]);
    let same =
        Content::Values { ttl: 5, values: vec!["east.example.net.".into(), "west.example.net".into()] };
    assert!(one.answers_like(&same) && same.answers_like(&one));
    assert!(!one.answers_like(&values(&["east.example.net"])));
    assert!(!one.answers_like(&values(&["east.example.net", "north.example.net"])));
}

#[test]
fn an_address_is_the_same_however_it_is_spelled() {
    let planned = values(&["2001:db8::1"]);
    assert!(planned.answers_like(&values(&["2001:0DB8:0:0:0:0:0:1"])));
    assert!(!planned.answers_like(&values(&["2001:db8::10"])));
}

#[test]
fn an_alias_is_its_target_with_or_without_the_consoles_prefix() {
    let one = alias("shop-1.us-east-1.elb.amazonaws.com");
    assert!(one.answers_like(&alias("dualstack.shop-1.us-east-1.elb.amazonaws.com.")));
    assert!(!one.answers_like(&alias("shop-2.us-east-1.elb.amazonaws.com")));
    assert!(!one.answers_like(&values(&["shop-1.us-east-1.elb.amazonaws.com"])));
    assert!(!values(&["shop-1.us-east-1.elb.amazonaws.com"]).answers_like(&one));
}

#[test]
fn a_live_ttl_stays_where_both_have_one() {
    let live = |content| record_set(SERVED, RecordType::A, Routing::Simple, content);
    let moved = values(&["203.0.113.2"]);
    let ttl = |content: &Content| match content {
        Content::Values { ttl, values } => (*ttl, values.concat()),
        Content::Alias { .. } => panic!("an alias"),
    };
    let short = live(Content::Values { ttl: 5, values: vec!["203.0.113.1".into()] });
    assert_eq!(ttl(&moved.with_ttl_of(Some(&short))), (5, "203.0.113.2".into()));
    assert_eq!(ttl(&moved.with_ttl_of(Some(&live(alias("a.example.net"))))), (60, "203.0.113.2".into()));
    assert_eq!(ttl(&moved.with_ttl_of(None)), (60, "203.0.113.2".into()));
    assert_eq!(alias("a.example.net").with_ttl_of(Some(&short)), alias("a.example.net"));
}

#[test]
fn a_unit_has_a_content_for_each_type_of_its_record() {
    let kinds = |record: &str| -> Vec<RecordType> {
        let application = application(
            "failover",
            &format!("record = {record}"),
            &format!(
                "record = {}",
                record.replace("lb-1", "lb-2").replace(".113.1", ".113.2").replace("::1", "::2")
            ),
        );
        units(&application, None)[&Region::from(EAST)].contents.keys().copied().collect()
    };
    let elb = |more: &str| {
        format!("{{ alias = \"lb-1.us-east-1.elb.amazonaws.com\", zone = \"Z35SXDOTRQ7X7K\"{more} }}")
    };
    assert_eq!(kinds("{ a = [\"203.0.113.1\"] }"), [RecordType::A]);
    assert_eq!(kinds("{ aaaa = [\"2001:db8::1\"] }"), [RecordType::Aaaa]);
    assert_eq!(
        kinds("{ a = [\"203.0.113.1\"], aaaa = [\"2001:db8::1\"] }"),
        [RecordType::A, RecordType::Aaaa]
    );
    assert_eq!(kinds("{ cname = \"lb-1.example.net\" }"), [RecordType::Cname]);
    assert_eq!(kinds(&elb("")), [RecordType::A]);
    assert_eq!(kinds(&elb(", ipv6 = true")), [RecordType::A, RecordType::Aaaa]);
}

#[test]
fn a_plain_unit_is_complete_with_a_check_and_an_alias_without() {
    let unit = |contents: Vec<(RecordType, Content)>, check: Option<&str>| ServingUnit {
        region: EAST.into(),
        contents: contents.into_iter().collect(),
        health_check: check.map(HealthCheckId::from),
    };
    let address = || (RecordType::A, values(&["203.0.113.1"]));
    let balancer = |kind| (kind, alias("lb-1.example.net"));
    assert!(!unit(vec![address()], None).is_complete());
    assert!(unit(vec![address()], Some("c-1")).is_complete());
    assert!(unit(vec![balancer(RecordType::A)], None).is_complete());
    assert!(!unit(vec![address(), balancer(RecordType::Aaaa)], None).is_complete());
}

#[test]
fn the_checkers_are_asked_below_the_served_name() {
    assert_eq!(up_name(&SERVED.into(), &EAST.into()).as_str(), "up-us-east-1._understudy.shop.example.com");
}
