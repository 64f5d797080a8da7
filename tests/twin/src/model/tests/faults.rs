use super::*;
use crate::model::records::ListStart;

fn list(world: &World) -> Request {
    Request::ListResourceRecordSets { zone: world.zone.clone(), start: ListStart::default(), max_items: None }
}

fn change(world: &World, last: u8) -> Request {
    Request::ChangeResourceRecordSets {
        zone: world.zone.clone(),
        batch: ChangeBatch::new().upsert(a("a.example.com", last)),
    }
}

#[test]
fn an_api_that_is_down_is_down_for_its_calls_and_its_time() {
    let mut world = World::new();
    world.twin.faults_mut().inject(
        Fault::Unavailable,
        Scope::All,
        Span::Between(Time::from_secs(10), Time::from_secs(20)),
    );
    let mut call = |seconds| {
        world.twin.call(Request::GetChange { id: "C0".into() }, Time::from_secs(seconds)).unwrap_err()
    };
    assert_eq!(call(9).code, ErrorCode::NoSuchChange);
    assert_eq!((call(10).code, call(19).status), (ErrorCode::ServiceUnavailable, 503));
    assert_eq!(call(20).code, ErrorCode::NoSuchChange);
}

#[test]
fn faults_can_be_for_some_operations_and_some_calls() {
    let mut world = World::new();
    world.twin.faults_mut().inject(
        Fault::Throttled,
        Scope::of(Operation::ChangeResourceRecordSets),
        Span::NextCalls(2),
    );
    let request = change(&world, 1);
    world.twin.call(list(&world), Time::ZERO).unwrap();
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(world.twin.call(request.clone(), Time::ZERO).map_err(|error| error.code).err());
    }
    assert_eq!(codes, [Some(ErrorCode::Throttling), Some(ErrorCode::Throttling), None]);
}

#[test]
fn an_unknown_outcome_is_one_that_happened() {
    for (fault, code) in
        [(Fault::AppliedButFailed, ErrorCode::InternalFailure), (Fault::AppliedButLost, ErrorCode::NoAnswer)]
    {
        let mut world = World::new();
        world.twin.faults_mut().inject(fault, Scope::All, Span::NextCalls(1));
        let request = change(&world, 9);
        assert_eq!(world.twin.call(request, Time::ZERO).unwrap_err().code, code);
        assert_eq!(world.answered("a.example.com"), 9);
    }
    let mut world = World::new();
    world.twin.faults_mut().inject(Fault::Hang, Scope::All, Span::From(Time::ZERO));
    let request = change(&world, 9);
    assert!(matches!(world.twin.deliver(request, Time::ZERO).outcome, Outcome::Nothing));
    assert_eq!(world.ask("a.example.com", RecordType::A, &AnswerContext::default()).rcode, Rcode::NxDomain);
}

#[test]
fn delays_add_up_and_clearing_ends_all() {
    let mut world = World::new();
    for seconds in [1, 2] {
        world.twin.faults_mut().inject(
            Fault::Slow(Time::from_secs(seconds)),
            Scope::All,
            Span::From(Time::ZERO),
        );
    }
    let delivery = world.twin.deliver(list(&world), Time::ZERO);
    assert_eq!(delivery.after, Time::from_secs(3));
    assert!(matches!(delivery.outcome, Outcome::Answered(result) if result.is_ok()));
    world.twin.faults_mut().clear();
    assert_eq!(world.twin.deliver(list(&world), Time::ZERO).after, Time::ZERO);
}

#[test]
fn one_name_server_can_be_silent() {
    let mut world = World::new();
    world.twin.faults_mut().silence_name_server(1, Span::From(Time::from_secs(5)));
    let mut ask = |server, seconds| {
        world
            .twin
            .ask(server, "example.com", RecordType::Soa, Time::from_secs(seconds), &AnswerContext::default())
            .is_some()
    };
    assert_eq!([ask(1, 4), ask(1, 5), ask(0, 5)], [true, false, true]);
}

#[test]
fn calls_are_throttled_unless_the_model_says_otherwise() {
    let refused = |throttled| {
        let mut world = World::with(Config::default().throttled(throttled));
        let calls: Vec<_> = (0..60).map(|_| world.twin.call(list(&world), Time::ZERO)).collect();
        calls.into_iter().filter_map(Result::err).collect::<Vec<_>>()
    };
    assert!(refused(false).is_empty());
    let errors = refused(true);
    assert_eq!(errors.len(), 10);
    assert_eq!(
        (errors[0].status, errors[0].code, errors[0].message().as_str()),
        (400, ErrorCode::Throttling, "Rate exceeded")
    );
}
