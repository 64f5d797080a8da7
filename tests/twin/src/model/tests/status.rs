use super::*;
use crate::model::health::Health::{Healthy, Unhealthy};
use crate::model::health::{HealthCheckUpdate, MetricState, ProbeOutcome, ProbeProtocol};

const PUBLIC: &str = "203.0.113.10";

fn http() -> HealthCheckInput {
    HealthCheckInput::http(PUBLIC, 8080, "/health")
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
