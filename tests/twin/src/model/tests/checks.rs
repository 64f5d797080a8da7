use super::*;
use crate::model::health::Health::Unhealthy;
use crate::model::health::{AlarmConfiguration, AlarmIdentifier, HealthCheckUpdate, ResetElement};

const PUBLIC: &str = "203.0.113.10";

fn http() -> HealthCheckInput {
    HealthCheckInput::http(PUBLIC, 8080, "/health")
}

fn of_type(check_type: &str) -> HealthCheckInput {
    HealthCheckInput { check_type: check_type.into(), ip_address: Some(PUBLIC.into()), ..Default::default() }
}

/// The message of a configuration that must be refused.
fn refused(input: &HealthCheckInput) -> String {
    let error = World::new().twin.create_health_check("r", input, Time::ZERO).unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::InvalidInput, 400));
    error.message()
}

fn accepted(input: &HealthCheckInput) {
    World::new().twin.create_health_check("r", input, Time::ZERO).unwrap();
}

#[test]
fn the_service_s_own_words_for_tcp() {
    let tcp = HealthCheckInput::tcp(PUBLIC, 443);
    accepted(&tcp);
    accepted(&HealthCheckInput { measure_latency: Some(true), ..tcp.clone() });
    assert_eq!(
        refused(&HealthCheckInput { resource_path: Some("/health".into()), ..tcp.clone() }),
        "TCP health checks must not have a resource path specificed."
    );
    assert_eq!(
        refused(&HealthCheckInput { fully_qualified_domain_name: Some("a.test".into()), ..tcp.clone() }),
        "TCP health checks that have IP address must not have a fully qualified domain name specified."
    );
    assert!(refused(&HealthCheckInput { port: None, ..tcp.clone() }).contains("Port"));
    assert!(refused(&HealthCheckInput { enable_sni: Some(true), ..tcp.clone() }).contains("EnableSNI"));
    assert!(refused(&HealthCheckInput { search_string: Some("x".into()), ..tcp }).contains("SearchString"));
}

#[test]
fn a_search_string_belongs_to_the_matching_types_only() {
    assert!(
        refused(&HealthCheckInput { search_string: Some("OK".into()), ..of_type("HTTPS") })
            .contains("SearchString")
    );
    assert!(refused(&of_type("HTTP_STR_MATCH")).contains("SearchString is required"));
    assert!(
        refused(&HealthCheckInput { search_string: Some("x".repeat(256)), ..of_type("HTTPS_STR_MATCH") })
            .contains("255")
    );
    accepted(&HealthCheckInput { search_string: Some("OK".into()), ..of_type("HTTPS_STR_MATCH") });
}

#[test]
fn numbers_and_places_of_endpoint_checks() {
    for (input, words) in [
        (HealthCheckInput { request_interval: Some(20), ..http() }, "RequestInterval must be 10 or 30"),
        (HealthCheckInput { failure_threshold: Some(0), ..http() }, "FailureThreshold"),
        (HealthCheckInput { failure_threshold: Some(11), ..http() }, "FailureThreshold"),
        (HealthCheckInput { port: Some(0), ..http() }, "Port"),
        (HealthCheckInput { port: Some(65_536), ..http() }, "Port"),
        (HealthCheckInput { ip_address: None, ..http() }, "Either IPAddress or FullyQualifiedDomainName"),
        (HealthCheckInput { ip_address: Some("nowhere".into()), ..http() }, "IPAddress"),
        (HealthCheckInput { enable_sni: Some(true), ..http() }, "EnableSNI"),
        (
            HealthCheckInput { regions: Some(vec!["us-east-1".into(), "us-west-1".into()]), ..http() },
            "Regions",
        ),
        (HealthCheckInput { regions: Some(vec!["ca-central-1".into()]), ..http() }, "ca-central-1"),
        (HealthCheckInput { alarm: Some(AlarmIdentifier::default()), ..http() }, "AlarmIdentifier"),
        (
            HealthCheckInput { insufficient_data_health_status: Some("Failure".into()), ..http() },
            "InsufficientDataHealthStatus",
        ),
        (HealthCheckInput { health_threshold: Some(1), ..http() }, "HealthThreshold"),
        (of_type("PING"), "PING"),
    ] {
        let message = refused(&input);
        assert!(message.contains(words), "{message}");
    }
    accepted(&HealthCheckInput {
        regions: Some(["us-east-1", "us-west-1", "eu-west-1"].map(String::from).to_vec()),
        ..http()
    });
}

#[test]
fn private_addresses_are_refused_unless_the_model_allows_them() {
    for ip in
        ["10.0.1.100", "127.0.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "224.0.0.1", "::1", "fd00::1"]
    {
        assert!(refused(&HealthCheckInput::tcp(ip, 80)).contains("IPAddress"), "{ip}");
    }
    World::with(Config::default().allow_private(true)).check(&HealthCheckInput::tcp("127.0.0.1", 80));
}

#[test]
fn the_fields_of_checks_without_an_endpoint() {
    let metric = HealthCheckInput::metric("us-west-2", "errors", "LastKnownStatus");
    for (input, field) in [
        (
            HealthCheckInput { insufficient_data_health_status: Some("Failure".into()), ..metric.clone() },
            "Failure",
        ),
        (
            HealthCheckInput { insufficient_data_health_status: None, ..metric.clone() },
            "InsufficientDataHealthStatus",
        ),
        (HealthCheckInput { alarm: None, ..metric.clone() }, "AlarmIdentifier"),
        (HealthCheckInput { port: Some(80), ..metric.clone() }, "Port"),
        (
            HealthCheckInput { request_interval: Some(30), ..HealthCheckInput::recovery_control("arn") },
            "RequestInterval",
        ),
        (
            HealthCheckInput { routing_control_arn: None, ..HealthCheckInput::recovery_control("arn") },
            "RoutingControlArn",
        ),
        (
            HealthCheckInput {
                insufficient_data_health_status: Some("Healthy".into()),
                ..HealthCheckInput::calculated(1, [""; 0])
            },
            "InsufficientDataHealthStatus",
        ),
        (
            HealthCheckInput { health_threshold: None, ..HealthCheckInput::calculated(1, [""; 0]) },
            "HealthThreshold is required",
        ),
        (HealthCheckInput::calculated(257, [""; 0]), "HealthThreshold"),
        (HealthCheckInput::calculated(1, ["nobody"]), "nobody"),
    ] {
        let message = refused(&input);
        assert!(message.contains(field), "{message}");
    }
    accepted(&metric);
    accepted(&HealthCheckInput::calculated(0, [""; 0]));
}

#[test]
fn a_calculated_check_has_at_most_255_children_and_none_of_them_calculated() {
    let mut world = World::with(Config::default().max_health_checks(1000));
    let child = world.switch("s");
    let parent = world.check(&HealthCheckInput::calculated(1, [&child]));
    let nested = world.twin.create_health_check("n", &HealthCheckInput::calculated(1, [&parent]), Time::ZERO);
    assert!(nested.unwrap_err().message().contains("cannot be a child"));
    let children: Vec<_> = (0..256).map(|at| world.switch(&format!("s{at}"))).collect();
    world.check(&HealthCheckInput::calculated(1, &children[..255]));
    let error = world
        .twin
        .create_health_check("m", &HealthCheckInput::calculated(1, &children), Time::ZERO)
        .unwrap_err();
    assert!(error.message().contains("255"));
}

#[test]
fn a_caller_reference_makes_a_create_repeatable_and_is_spent_for_ever() {
    let mut world = World::new();
    let first = world.twin.create_health_check("ref", &http(), Time::ZERO).unwrap();
    let again = world.twin.create_health_check("ref", &http(), Time::ZERO).unwrap();
    assert_eq!(first.id, again.id);
    let other = HealthCheckInput { port: Some(81), ..http() };
    let taken =
        |world: &mut World, input| world.twin.create_health_check("ref", input, Time::ZERO).unwrap_err();
    assert_eq!(
        (taken(&mut world, &other).code, taken(&mut world, &other).status),
        (ErrorCode::HealthCheckAlreadyExists, 409)
    );
    world.twin.delete_health_check(&first.id).unwrap();
    assert_eq!(taken(&mut world, &http()).code, ErrorCode::HealthCheckAlreadyExists);
    assert_eq!(world.twin.delete_health_check(&first.id).unwrap_err().code, ErrorCode::NoSuchHealthCheck);
    assert_eq!(
        world.twin.create_health_check("", &http(), Time::ZERO).unwrap_err().code,
        ErrorCode::InvalidInput
    );
    assert_eq!(
        world.twin.create_health_check(&"r".repeat(65), &http(), Time::ZERO).unwrap_err().code,
        ErrorCode::InvalidInput
    );
}

#[test]
fn an_account_has_so_many_checks() {
    let mut world = World::with(Config::default().max_health_checks(1));
    world.check(&http());
    let error = world.twin.create_health_check("two", &http(), Time::ZERO).unwrap_err();
    assert_eq!(error.code, ErrorCode::TooManyHealthChecks);
}

#[test]
fn updates_count_versions_and_refuse_stale_ones() {
    let mut world = World::new();
    let id = world.check(&http());
    let update = HealthCheckUpdate { version: Some(1), port: Some(81), ..Default::default() };
    assert_eq!(world.twin.update_health_check(&id, &update, Time::ZERO).unwrap().version, 2);
    let stale = world.twin.update_health_check(&id, &update, Time::ZERO).unwrap_err();
    assert_eq!((stale.code, stale.status), (ErrorCode::HealthCheckVersionMismatch, 409));
    let reset = HealthCheckUpdate { reset_elements: vec![ResetElement::ResourcePath], ..Default::default() };
    let after =
        HealthCheckInput::from(world.twin.update_health_check(&id, &reset, Time::ZERO).unwrap().config());
    assert_eq!((after.port, after.resource_path), (Some(81), None));
    let bad = HealthCheckUpdate { failure_threshold: Some(99), ..Default::default() };
    assert_eq!(
        world.twin.update_health_check(&id, &bad, Time::ZERO).unwrap_err().code,
        ErrorCode::InvalidInput
    );
    let named = world.check(&HealthCheckInput {
        ip_address: None,
        fully_qualified_domain_name: Some("a.test".into()),
        ..http()
    });
    let with_ip = HealthCheckUpdate { ip_address: Some(PUBLIC.into()), ..Default::default() };
    assert!(
        world
            .twin
            .update_health_check(&named, &with_ip, Time::ZERO)
            .unwrap_err()
            .message()
            .contains("cannot be added")
    );
}

#[test]
fn children_of_a_calculated_check_can_be_reset() {
    let mut world = World::new();
    let child = world.switch("s");
    let parent = world.check(&HealthCheckInput::calculated(1, [&child]));
    let reset =
        HealthCheckUpdate { reset_elements: vec![ResetElement::ChildHealthChecks], ..Default::default() };
    let after = world.twin.update_health_check(&parent, &reset, Time::ZERO).unwrap();
    assert_eq!(HealthCheckInput::from(after.config()).child_health_checks, None);
    assert_eq!(world.health(&parent), Unhealthy, "one of none is asked for");
}

#[test]
fn an_alarm_s_settings_are_copied_when_a_check_is_made_and_updated_and_never_between() {
    let mut world = World::new();
    let alarm = || AlarmIdentifier { region: "us-west-2".into(), name: "db".into() };
    let settings = |threshold| AlarmConfiguration { threshold, ..AlarmConfiguration::default() };
    world.twin.put_alarm(alarm(), settings(1.0));
    let id = world.check(&HealthCheckInput::metric("us-west-2", "db", "Healthy"));
    let copied = |world: &World| world.twin.get_health_check(&id).unwrap().alarm.unwrap().threshold.to_bits();
    world.twin.put_alarm(alarm(), settings(2.0));
    assert_eq!(copied(&world), 1.0_f64.to_bits());
    let update = HealthCheckUpdate { alarm: Some(alarm()), ..Default::default() };
    world.twin.update_health_check(&id, &update, Time::ZERO).unwrap();
    assert_eq!(copied(&world), 2.0_f64.to_bits());
}
