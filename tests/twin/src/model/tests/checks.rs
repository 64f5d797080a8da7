use super::*;
use crate::model::health::Health::{Healthy, Unhealthy};
use crate::model::health::{
    AlarmIdentifier, HealthCheckUpdate, MetricState, ProbeOutcome, ProbeProtocol, ResetElement,
};

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
fn thresholds_of_calculated_checks() {
    let mut world = World::new();
    let children: Vec<_> = ["a", "b", "c"].into_iter().map(|name| world.switch(name)).collect();
    let parents: Vec<_> =
        (0..=4).map(|threshold| world.check(&HealthCheckInput::calculated(threshold, &children))).collect();
    let seen =
        |world: &World| parents.iter().map(|id| u8::from(world.health(id).is_healthy())).collect::<Vec<_>>();
    assert_eq!(seen(&world), [1, 1, 1, 1, 0]);
    world.turn("a", Unhealthy);
    assert_eq!(seen(&world), [1, 1, 1, 0, 0]);
    world.turn("b", Unhealthy);
    world.turn("c", Unhealthy);
    assert_eq!(seen(&world), [1, 0, 0, 0, 0]);
}

#[test]
fn disabled_is_healthy_and_disabled_inverted_is_not_for_parents_too() {
    let mut world = World::new();
    let child = world.switch("s");
    let parent = world.check(&HealthCheckInput::calculated(1, [&child]));
    world.turn("s", Unhealthy);
    assert_eq!((world.health(&child), world.health(&parent)), (Unhealthy, Unhealthy));
    let set = |world: &mut World, inverted, disabled| {
        let update =
            HealthCheckUpdate { inverted: Some(inverted), disabled: Some(disabled), ..Default::default() };
        world.twin.update_health_check(&child, &update, Time::ZERO).unwrap();
        (world.health(&child), world.health(&parent))
    };
    assert_eq!(set(&mut world, false, true), (Healthy, Healthy));
    assert_eq!(set(&mut world, true, true), (Unhealthy, Unhealthy));
    assert_eq!(set(&mut world, true, false), (Healthy, Healthy));
}

#[test]
fn metric_checks_and_what_missing_data_mean() {
    let mut world = World::with(Config::default().last_known_for(Time::from_secs(100)));
    let ids: Vec<_> = ["Healthy", "Unhealthy", "LastKnownStatus"]
        .into_iter()
        .map(|word| world.check(&HealthCheckInput::metric("us-west-2", "errors", word)))
        .collect();
    let seen =
        |world: &World| ids.iter().map(|id| u8::from(world.health(id).is_healthy())).collect::<Vec<_>>();
    assert_eq!(seen(&world), [1, 0, 1], "there were never data");
    let at = |world: &mut World, seconds, state| {
        world.now = Time::from_secs(seconds);
        world.twin.set_metric_state("us-west-2", "errors", state, world.now);
    };
    at(&mut world, 10, MetricState::Breach);
    assert_eq!(seen(&world), [0, 0, 0]);
    at(&mut world, 20, MetricState::Insufficient);
    assert_eq!(seen(&world), [1, 0, 0]);
    world.now = Time::from_secs(121);
    assert_eq!(seen(&world), [1, 0, 1], "the last status is forgotten after a while");
    at(&mut world, 130, MetricState::Ok);
    assert_eq!(seen(&world), [1, 1, 1]);
    world.twin.set_metric_state("us-east-1", "errors", MetricState::Breach, world.now);
    assert_eq!(seen(&world), [1, 1, 1], "another region's alarm of the same name");
}

#[test]
fn a_new_check_is_healthy_and_a_new_inverted_one_is_not_until_there_are_data() {
    let mut world = World::with(Config::default().checkers(1));
    let plain = world.check(&http());
    let inverted = world.check(&HealthCheckInput { inverted: Some(true), ..http() });
    assert_eq!((world.health(&plain), world.health(&inverted)), (Healthy, Unhealthy));
    for turn in 1..=3 {
        world.now = Time::from_secs(40 * turn);
        for probe in world.twin.probes_due(world.now) {
            world.twin.probe_finished(&probe.check, probe.checker, ProbeOutcome::refused(), world.now);
        }
    }
    assert_eq!((world.health(&plain), world.health(&inverted)), (Unhealthy, Healthy));
}

#[test]
fn probes_say_what_to_ask() {
    let mut world = World::with(Config::default().checkers(1));
    world.check(&HealthCheckInput {
        fully_qualified_domain_name: Some("shop.example.com".into()),
        resource_path: Some("up".into()),
        ..http()
    });
    world.check(&HealthCheckInput {
        check_type: "HTTPS_STR_MATCH".into(),
        search_string: Some("OK".into()),
        port: None,
        ..http()
    });
    world.check(&HealthCheckInput::tcp(PUBLIC, 5432));
    let probes = world.twin.probes_due(Time::ZERO);
    let find = |protocol| probes.iter().find(|probe| probe.protocol == protocol).unwrap();
    let http = find(ProbeProtocol::Http);
    assert_eq!(
        (http.host_header.as_str(), http.path.as_str(), http.port),
        ("shop.example.com:8080", "/up", 8080)
    );
    let https = find(ProbeProtocol::Https);
    assert_eq!((https.host_header.as_str(), https.port, https.search.as_deref()), (PUBLIC, 443, Some("OK")));
    assert_eq!(find(ProbeProtocol::Tcp).port, 5432);
    assert!(world.twin.probes_due(Time::from_secs(3600)).is_empty(), "none came back yet");
}

#[test]
fn a_disabled_check_asks_nothing() {
    let mut world = World::new();
    world.check(&HealthCheckInput { disabled: Some(true), ..http() });
    assert!(world.twin.probes_due(Time::from_secs(60)).is_empty());
    assert_eq!(world.twin.next_probe_at(), None);
}

#[test]
fn name_servers_see_health_later_where_the_model_says_so() {
    let mut world = World::with(
        Config::default().propagation(Propagation::exactly(Time::ZERO)).health_delay(Time::from_secs(10)),
    );
    let check = world.switch("s");
    world.create([
        a("s.example.com", 1).failover("p", PRIMARY).checked_by(&check),
        a("s.example.com", 2).failover("s", SECONDARY),
    ]);
    world.now = Time::from_secs(100);
    world.turn("s", Unhealthy);
    assert_eq!((world.health(&check), world.answered("s.example.com")), (Unhealthy, 1));
    world.now = Time::from_secs(110);
    assert_eq!(world.answered("s.example.com"), 2);
}

#[test]
fn the_status_of_a_deleted_check_in_use_is_fixed_but_not_foreseeable() {
    let answers: std::collections::BTreeSet<u8> = (0..20)
        .map(|seed| {
            let mut world =
                World::with(Config::default().seed(seed).propagation(Propagation::exactly(Time::ZERO)));
            let check = world.switch("s");
            world.create([
                a("s.example.com", 1).failover("p", PRIMARY).checked_by(&check),
                a("s.example.com", 2).failover("s", SECONDARY),
            ]);
            world.twin.delete_health_check(&check).unwrap();
            assert_eq!(world.twin.health(&check, world.now), None);
            world.answered("s.example.com")
        })
        .collect();
    assert_eq!(answers.len(), 2);
}

#[test]
fn the_checkers_observations_can_be_got_but_not_of_a_calculated_check() {
    let mut world = World::with(Config::default().checkers(3));
    let inverted = world.check(&HealthCheckInput { inverted: Some(true), ..http() });
    let parent = world.check(&HealthCheckInput::calculated(1, [&inverted]));
    for probe in world.twin.probes_due(Time::from_secs(60)) {
        world.twin.probe_finished(&probe.check, probe.checker, ProbeOutcome::success(), Time::from_secs(60));
    }
    let Ok(Response::Status(seen)) =
        world.twin.call(Request::GetHealthCheckStatus { id: inverted }, Time::from_secs(60))
    else {
        panic!("no status")
    };
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|observation| observation.status == "Success: HTTP Status Code 200, OK"));
    let error =
        world.twin.call(Request::GetHealthCheckStatus { id: parent }, Time::from_secs(60)).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
}
