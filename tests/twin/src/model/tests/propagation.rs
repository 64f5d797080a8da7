use super::*;

fn world() -> World {
    World::with(
        Config::default()
            .name_servers(4)
            .propagation(Propagation::between(Time::from_secs(2), Time::from_secs(20))),
    )
}

fn seen(world: &World, server: usize, name: &str) -> bool {
    !world.twin.answer(server, name, RecordType::A, world.now, &AnswerContext::default()).answers.is_empty()
}

#[test]
fn a_change_is_pending_until_the_last_name_server_has_it() {
    let mut world = world();
    let change = world.change(ChangeBatch::new().create(a("a.example.com", 1))).unwrap();
    assert_eq!(change.status, ChangeStatus::Pending);
    let mut arrived = [None; 4];
    let mut in_sync = None;
    for second in 0..30 {
        world.now = Time::from_secs(second);
        for (server, at) in arrived.iter_mut().enumerate() {
            if at.is_none() && seen(&world, server, "a.example.com") {
                *at = Some(second);
            }
        }
        if in_sync.is_none()
            && world.twin.get_change(&change.id, world.now).unwrap().status == ChangeStatus::InSync
        {
            in_sync = Some(second);
        }
    }
    let last = arrived.iter().max().unwrap();
    assert_eq!(in_sync, *last);
    assert!(arrived.iter().flatten().all(|at| (2..=20).contains(at)), "{arrived:?}");
    assert!(
        arrived.iter().collect::<std::collections::BTreeSet<_>>().len() > 1,
        "servers differ: {arrived:?}"
    );
}

#[test]
fn a_batch_appears_as_a_whole_and_never_before_an_older_one() {
    let mut world = world();
    for batch in 0..10_u64 {
        world.now = Time::from_millis(500 * batch);
        let names = [format!("x{batch}.example.com"), format!("y{batch}.example.com")];
        world.create(names.iter().map(|name| a(name, 1)));
    }
    for tick in 0..300 {
        world.now = Time::from_millis(100 * tick);
        for server in 0..4 {
            let there: Vec<bool> =
                (0..10).map(|batch| seen(&world, server, &format!("x{batch}.example.com"))).collect();
            let pairs: Vec<bool> =
                (0..10).map(|batch| seen(&world, server, &format!("y{batch}.example.com"))).collect();
            assert_eq!(there, pairs);
            assert!(there.is_sorted_by(|earlier, later| earlier >= later), "{there:?}");
        }
    }
}

#[test]
fn the_listing_shows_what_is_pending() {
    let mut world = world();
    world.create([a("a.example.com", 1)]);
    let page = world.twin.list_resource_record_sets(&world.zone, &Default::default(), None).unwrap();
    assert!(page.records.iter().any(|set| set.name.as_str() == "a.example.com."));
    assert!(!seen(&world, 0, "a.example.com"));
}

#[test]
fn pending_does_not_block_but_processing_does() {
    let mut world = world();
    world.create([a("a.example.com", 1)]).create([a("b.example.com", 1)]);
    let mut world = World::with(Config::default().processing_time(Time::from_secs(3)));
    world.create([a("a.example.com", 1)]);
    let error = world.change(ChangeBatch::new().create(a("b.example.com", 1))).unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::PriorRequestNotComplete, 400));
    world.now = Time::from_secs(3);
    world.create([a("b.example.com", 1)]);
}

#[test]
fn an_unknown_change_is_not_found() {
    let error = world().twin.get_change(&"C123".into(), Time::ZERO).unwrap_err();
    assert_eq!((error.code, error.status), (ErrorCode::NoSuchChange, 404));
}

#[test]
fn the_same_calls_give_the_same_results_and_queries_change_nothing() {
    let run = |asks: u64| {
        let mut world = world();
        let mut trace = Vec::new();
        for batch in 0..5_u8 {
            world.now = Time::from_secs(u64::from(batch));
            let change = world.change(ChangeBatch::new().upsert(a("a.example.com", batch))).unwrap();
            for seed in 0..asks {
                world.ask("a.example.com", RecordType::A, &AnswerContext::seeded(seed));
            }
            trace.push(change.id);
        }
        world.now = Time::from_secs(9);
        let answers: Vec<_> = (0..4)
            .map(|server| {
                world.twin.answer(
                    server,
                    "a.example.com",
                    RecordType::A,
                    world.now,
                    &AnswerContext::default(),
                )
            })
            .collect();
        (trace, answers)
    };
    assert_eq!(run(0), run(7));
}
