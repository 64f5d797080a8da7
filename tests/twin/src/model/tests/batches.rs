use super::*;

const SHOP: &str = "shop.example.com";

fn create(record: RecordSetInput) -> ChangeBatch {
    ChangeBatch::new().create(record)
}

#[test]
fn of_two_that_create_the_same_name_the_second_is_refused_in_the_service_s_words() {
    let mut world = World::new();
    let epoch = || txt("e00000001._understudy.shop.example.com", "\"1 run-a\"");
    world.change(create(epoch()).upsert(a(SHOP, 1))).unwrap();
    let error = world.change(create(epoch()).upsert(a(SHOP, 2))).unwrap_err();
    assert_eq!(
        error.message(),
        "[Tried to create resource record set [name='e00000001._understudy.shop.example.com.', type='TXT'] but it already exists]"
    );
    assert_eq!(world.answered(SHOP), 1, "nothing of the refused batch was done");
}

#[test]
fn the_set_identifier_is_part_of_the_identity_and_of_the_message() {
    let mut world = World::new();
    world.create([a(SHOP, 1).weighted("one", 1), a(SHOP, 2).weighted("two", 1)]);
    assert_eq!(
        world.refusal(create(a(SHOP, 1).weighted("one", 1))),
        [
            "Tried to create resource record set [name='shop.example.com.', type='A', set-identifier='one'] but it already exists"
        ]
    );
}

#[test]
fn all_messages_of_a_batch_come_at_once() {
    let mut world = World::new();
    let batch =
        create(a("elsewhere.test", 1)).delete(a("none.example.com", 1)).create(txt("t.example.com", "bare"));
    let messages = world.refusal(batch);
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert!(messages[0].contains("InvalidTXTRDATA"));
    assert_eq!(messages[1], "RRSet with DNS name elsewhere.test. is not permitted in zone example.com.");
    assert_eq!(
        messages[2],
        "Tried to delete resource record set [name='none.example.com.', type='A'] but it was not found"
    );
}

#[test]
fn a_delete_needs_every_field_as_it_is() {
    let mut world = World::new();
    let check = world.switch("s");
    let whole = a(SHOP, 1).failover("one", PRIMARY).checked_by(&check);
    world.create([whole.clone()]);
    let mismatch = |world: &mut World, record| world.refusal(ChangeBatch::new().delete(record));
    for wrong in [
        RecordSetInput { ttl: Some(61), ..whole.clone() },
        RecordSetInput { values: vec!["192.0.2.9".into()], ..whole.clone() },
        a(SHOP, 1).failover("one", SECONDARY).checked_by(&check),
        a(SHOP, 1).weighted("one", 1).checked_by(&check),
        RecordSetInput { health_check: Some("other".into()), ..whole.clone() },
    ] {
        let messages = mismatch(&mut world, wrong);
        assert!(
            messages[0].ends_with("but the values provided do not match the current values"),
            "{messages:?}"
        );
    }
    // A missing check is refused for another reason as well: a primary needs one.
    let messages = mismatch(&mut world, RecordSetInput { health_check: None, ..whole.clone() });
    assert!(messages.iter().any(|message| message.contains("do not match")));
    world.change(ChangeBatch::new().delete(whole)).unwrap();
}

#[test]
fn the_order_of_values_does_not_matter_to_a_delete() {
    let mut world = World::new();
    world.create([RecordSetInput::simple(SHOP, "A", 60, &["192.0.2.1", "192.0.2.2"])]);
    world
        .change(ChangeBatch::new().delete(RecordSetInput::simple(SHOP, "A", 60, &["192.0.2.2", "192.0.2.1"])))
        .unwrap();
}

#[test]
fn one_record_set_is_changed_once_in_a_batch_except_deleted_then_written() {
    let mut world = World::new();
    world.create([a(SHOP, 1)]);
    let invalid =
        "The request contains an invalid set of changes for a resource record set 'A shop.example.com.'";
    let delete = || ChangeBatch::new().delete(a(SHOP, 1));
    assert!(world.refusal(delete().delete(a(SHOP, 1))).contains(&invalid.to_owned()));
    assert!(
        world.refusal(ChangeBatch::new().upsert(a(SHOP, 2)).upsert(a(SHOP, 3))).contains(&invalid.to_owned())
    );
    assert!(world.refusal(delete().create(a(SHOP, 2)).upsert(a(SHOP, 3))).contains(&invalid.to_owned()));
    world.change(delete().create(a(SHOP, 2))).unwrap();
    assert_eq!(world.answered(SHOP), 2);
}

#[test]
fn policies_cannot_be_mixed_at_one_name_and_type() {
    for (there, added, words) in [
        (
            a(SHOP, 1),
            a(SHOP, 2).weighted("w", 1),
            "SetIdentifier w cannot be created as a non-weighted set exists with the same name and type.",
        ),
        (
            a(SHOP, 1).weighted("w", 1),
            a(SHOP, 2),
            "type A cannot be created as other RRSets exist with the same name and type.",
        ),
        (
            a(SHOP, 1).weighted("w", 1),
            a(SHOP, 2).latency("l", "us-east-1"),
            "cannot be created as a non-latency set exists",
        ),
        (
            a(SHOP, 1).latency("l", "us-east-1"),
            a(SHOP, 2).multivalue("m"),
            "cannot be created because a non multivalue answer rrset exists with the same name and type.",
        ),
        (
            a(SHOP, 1).multivalue("m"),
            a(SHOP, 2).failover("f", SECONDARY),
            "cannot be created as a non-failover set exists",
        ),
    ] {
        let mut world = World::new();
        let messages = world.create([there]).refusal(create(added));
        assert!(messages[0].ends_with(words) || messages[0].contains(words), "{messages:?}");
    }
}

#[test]
fn another_policy_needs_all_sets_deleted_in_the_same_batch() {
    let mut world = World::new();
    let (east, west) = (a(SHOP, 1).latency("e", "us-east-1"), a(SHOP, 2).latency("w", "us-west-2"));
    world.create([east.clone(), west.clone()]);
    assert!(!world.refusal(ChangeBatch::new().upsert(a(SHOP, 1).weighted("e", 1))).is_empty());
    let batch = ChangeBatch::new().delete(east).delete(west);
    world.change(batch.create(a(SHOP, 1).weighted("e", 1)).create(a(SHOP, 2).weighted("w", 1))).unwrap();
}

#[test]
fn whether_an_upsert_may_swap_roles_is_unknown_so_it_may_not() {
    let mut world = World::new();
    let check = world.switch("s");
    world.create([
        a(SHOP, 1).failover("one", PRIMARY).checked_by(&check),
        a(SHOP, 2).failover("two", SECONDARY),
    ]);
    let swap = ChangeBatch::new()
        .upsert(a(SHOP, 1).failover("one", SECONDARY))
        .upsert(a(SHOP, 2).failover("two", PRIMARY).checked_by(&check));
    assert!(world.refusal(swap).iter().all(|message| message.contains("the twin is strict")));
}

#[test]
fn there_is_one_primary_and_one_secondary() {
    let mut world = World::new();
    let check = world.switch("s");
    world.create([
        a(SHOP, 1).failover("one", PRIMARY).checked_by(&check),
        a(SHOP, 2).failover("two", SECONDARY),
    ]);
    let second = world.refusal(create(a(SHOP, 3).failover("three", PRIMARY).checked_by(&check)));
    assert!(second[0].contains("a PRIMARY RRSet with the same name and type already exists"), "{second:?}");
    assert!(world.refusal(create(a(SHOP, 3).failover("three", SECONDARY)))[0].contains("a SECONDARY RRSet"));
}

#[test]
fn a_primary_with_values_needs_a_health_check() {
    let mut world = World::new();
    assert_eq!(
        world.refusal(create(a(SHOP, 1).failover("one", PRIMARY))),
        ["A non-alias primary ResourceRecordSet must have an associated health check. No changes made."]
    );
    world.create([a(SHOP, 2).failover("two", SECONDARY)]);
}

#[test]
fn an_unknown_health_check_is_refused() {
    let error =
        World::new().change(create(a(SHOP, 1).failover("one", SECONDARY).checked_by("nobody"))).unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::NoSuchHealthCheck, 404));
}

#[test]
fn weighted_siblings_share_one_ttl_and_have_one_value() {
    let mut world = World::new();
    world.create([a(SHOP, 1).weighted("one", 1)]);
    let other_ttl = RecordSetInput { ttl: Some(30), ..a(SHOP, 2).weighted("two", 1) };
    assert_eq!(
        world.refusal(create(other_ttl)),
        [
            "RRSet with DNS name shop.example.com., type A, SetIdentifier two cannot be created as weighted sets must contain the same TTL."
        ]
    );
    let two = RecordSetInput::simple(SHOP, "A", 60, &["192.0.2.1", "192.0.2.2"]);
    assert!(world.refusal(create(two.clone().weighted("two", 1)))[0].contains("only one value"));
    assert!(
        world.refusal(create(
            RecordSetInput { name: "l.example.com".into(), ..two }.latency("x", "us-east-1")
        ))[0]
            .contains("only one value")
    );
}

#[test]
fn a_region_has_one_latency_record() {
    let mut world = World::new();
    world.create([a(SHOP, 1).latency("one", "eu-west-1")]);
    assert_eq!(
        world.refusal(create(a(SHOP, 2).latency("two", "eu-west-1"))),
        [
            "RRSet with DNS name shop.example.com., type A, SetIdentifier two, and Region Name=eu-west-1 cannot be created because a latency RRSet with the same name, type and region already exists."
        ]
    );
}

#[test]
fn a_cname_is_alone_and_never_at_the_apex() {
    let mut world = World::new();
    let cname = |name: &str| RecordSetInput::simple(name, "CNAME", 60, &["a.example.net"]);
    assert!(world.refusal(create(cname("example.com")))[0].contains(
        "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."
    ));
    world.create([a(SHOP, 1), cname("c.example.com")]);
    assert!(
        world.refusal(create(cname(SHOP)))[0].contains("conflicts with other records with the same DNS name")
    );
    assert!(world.refusal(create(a("c.example.com", 1)))[0].contains("a conflicting RRSet of type CNAME"));
    let two = RecordSetInput::simple("d.example.com", "CNAME", 60, &["a.test", "b.test"]);
    assert!(world.refusal(create(two))[0].contains("only one value"));
}

#[test]
fn an_alias_names_the_right_zone_and_a_target_that_exists() {
    let mut world = World::new();
    let name = "shop-1.us-west-2.elb.amazonaws.com";
    let zone = world.balancer(name, "us-west-2", &["192.0.2.1"]).to_string();
    let wrong = world.refusal(create(RecordSetInput::alias(SHOP, "A", "Z1D633PJN98FT9", name, true)));
    let title = "Tried to create an alias that targets shop-1.us-west-2.elb.amazonaws.com., type A in zone Z1D633PJN98FT9";
    assert_eq!(
        wrong,
        [
            format!("{title}, but the alias target name does not lie within the target zone"),
            format!("{title}, but that target was not found"),
        ]
    );
    let missing = RecordSetInput::alias(SHOP, "A", &zone, "none.us-west-2.elb.amazonaws.com", true);
    assert!(world.refusal(create(missing))[0].ends_with("but that target was not found"));
    assert!(!world.refusal(create(RecordSetInput::alias(SHOP, "TXT", &zone, name, true))).is_empty());
    world.create([RecordSetInput::alias(SHOP, "A", &zone, name, true)]);
    assert_eq!(world.answered(SHOP), 1);
}

#[test]
fn an_alias_of_a_record_needs_one_of_its_type_in_the_same_zone() {
    let mut world = World::new();
    let zone = world.zone.to_string();
    let alias = |target: &str| RecordSetInput::alias(SHOP, "A", &zone, target, true);
    assert!(!world.refusal(create(alias("origin.example.com"))).is_empty());
    assert!(!world.refusal(create(alias(SHOP))).is_empty(), "not of itself");
    assert!(
        !world
            .refusal(create(txt("origin.example.com", "\"x\"")).create(alias("origin.example.com")))
            .is_empty()
    );
    world.change(create(alias("origin.example.com")).create(a("origin.example.com", 7))).unwrap();
    assert_eq!(world.answered(SHOP), 7);
}

#[test]
fn failover_aliases_evaluate_health_and_cloudfront_aliases_do_not() {
    let mut world = World::new();
    let zone = world.balancer("a.us-east-1.elb.amazonaws.com", "us-east-1", &[]).to_string();
    let blind = RecordSetInput::alias(SHOP, "A", &zone, "a.us-east-1.elb.amazonaws.com", false);
    assert!(
        world.refusal(create(blind.clone().failover("x", SECONDARY)))[0]
            .contains("must be true for the failover alias")
    );
    world.create([blind]);
    world.twin.add_load_balancer("d1.cloudfront.net", CLOUDFRONT_ZONE.into(), [], Health::Healthy).unwrap();
    let cloudfront = |evaluate| {
        RecordSetInput::alias("cdn.example.com", "A", CLOUDFRONT_ZONE, "d1.cloudfront.net", evaluate)
    };
    assert!(world.refusal(create(cloudfront(true)))[0].contains("must be false for the CloudFront alias"));
    world.create([cloudfront(false)]);
}

#[test]
fn what_answers_for_one_name_is_the_target_of_no_other() {
    let mut world = World::new();
    let (bucket, zone) = ("s3-website-us-east-1.amazonaws.com", "Z3AQBSTGFYJSTF");
    world.twin.add_named_target(bucket, zone.into(), ["192.0.2.7".parse().unwrap()], SHOP).unwrap();
    let alias = |name: &str| RecordSetInput::alias(name, "A", zone, bucket, false);
    assert!(world.refusal(create(alias("cdn.example.com")))[0].contains("answers for"));
    world.create([alias(SHOP)]);
    assert_eq!(world.answered(SHOP), 7);
}

#[test]
fn the_apex_keeps_its_soa_and_ns() {
    let mut world = World::new();
    let page = world.twin.list_resource_record_sets(&world.zone, &Default::default(), None).unwrap();
    for set in &page.records {
        let messages = world.refusal(ChangeBatch::new().delete(RecordSetInput::from(set)));
        assert!(messages[0].starts_with("A HostedZone must contain"), "{messages:?}");
    }
}

#[test]
fn a_zone_has_a_limit_and_an_unknown_zone_has_nothing() {
    let mut world = World::with(Config::default().max_records(3));
    world.create([a(SHOP, 1)]);
    assert_eq!(world.refusal(create(a("b.example.com", 1))), ["Number of records limit of 3 exceeded."]);
    let error =
        world.twin.change_resource_record_sets(&"Z0".into(), &create(a(SHOP, 1)), Time::ZERO).unwrap_err();
    assert_eq!(
        (error.code, error.message().as_str()),
        (ErrorCode::NoSuchHostedZone, "No hosted zone found with ID: Z0")
    );
    assert_eq!(world.change(ChangeBatch::new()).unwrap_err().code, ErrorCode::InvalidInput);
}

#[test]
fn a_repeated_value_is_named() {
    let twice = RecordSetInput::simple(SHOP, "A", 60, &["192.0.2.1", "192.0.2.2", "192.0.2.2"]);
    assert_eq!(World::new().refusal(create(twice)), ["Duplicate Resource Record: '192.0.2.2'"]);
}

#[test]
fn a_target_that_is_deleted_leaves_an_alias_that_answers_nothing_and_is_unhealthy() {
    let mut world = World::new();
    let zone = world.zone.to_string();
    world.create([
        a("origin.example.com", 1),
        RecordSetInput::alias(SHOP, "A", &zone, "origin.example.com", true).failover("p", PRIMARY),
        a(SHOP, 2).failover("s", SECONDARY),
    ]);
    assert_eq!(world.answered(SHOP), 1);
    world.change(ChangeBatch::new().delete(a("origin.example.com", 1))).unwrap();
    assert_eq!(world.answered(SHOP), 2);
}
