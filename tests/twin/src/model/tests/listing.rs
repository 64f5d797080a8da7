use super::*;
use crate::model::records::ListStart;

#[test]
fn record_sets_come_in_the_order_of_reversed_names_then_types_then_identifiers() {
    let mut world = World::new();
    world.create([
        a("b.example.com", 1),
        txt("a.example.com", "\"x\""),
        a("a.example.com", 1).weighted("two", 1),
        a("a.example.com", 2).weighted("one", 1),
        a("z.a.example.com", 1),
        a("*.example.com", 1),
    ]);
    let page = world.twin.list_resource_record_sets(&world.zone, &ListStart::default(), None).unwrap();
    let listed: Vec<String> = page
        .records
        .iter()
        .map(|set| format!("{} {} {}", set.name, set.rtype, set.policy.set_identifier().unwrap_or("-")))
        .collect();
    assert_eq!(
        listed,
        [
            "example.com. NS -",
            "example.com. SOA -",
            "\\052.example.com. A -",
            "a.example.com. A one",
            "a.example.com. A two",
            "a.example.com. TXT -",
            "z.a.example.com. A -",
            "b.example.com. A -",
        ]
    );
}

#[test]
fn pages_join_without_gap_or_overlap() {
    let mut world = World::new();
    world.create((0..20).map(|at| a("w.example.com", at).weighted(&format!("id-{at:02}"), 1)));
    let mut start = ListStart::default();
    let mut all = Vec::new();
    loop {
        let page = world.twin.list_resource_record_sets(&world.zone, &start, Some(3)).unwrap();
        assert!(page.records.len() <= 3);
        all.extend(page.records.iter().map(|set| set.key()));
        let Some(next) = page.next else { break };
        start = ListStart {
            name: Some(next.name.to_string()),
            rtype: Some(next.rtype.to_string()),
            identifier: next.set_identifier,
        };
    }
    assert_eq!(all.len(), 22);
    assert!(all.is_sorted());
}

#[test]
fn a_page_has_at_most_three_hundred_and_a_start_that_makes_sense() {
    let mut world = World::new();
    world.create((0..310).map(|at| a(&format!("n{at}.example.com"), 1)));
    let list = |start: ListStart, max| world.twin.list_resource_record_sets(&world.zone, &start, max);
    assert_eq!(list(ListStart::default(), Some(1000)).unwrap().records.len(), 300);
    assert_eq!(list(ListStart::default(), Some(0)).unwrap_err().code, ErrorCode::InvalidInput);
    let typed = ListStart { rtype: Some("A".into()), ..ListStart::default() };
    assert_eq!(list(typed, None).unwrap_err().code, ErrorCode::InvalidInput);
    let unnamed = ListStart {
        name: Some("n1.example.com".into()),
        identifier: Some("x".into()),
        ..ListStart::default()
    };
    assert_eq!(list(unnamed, None).unwrap_err().code, ErrorCode::InvalidInput);
}

#[test]
fn zones_are_created_once_for_a_reference_listed_and_found_by_name() {
    let mut world = World::new();
    let again = world.twin.create_hosted_zone(&NewZone::public("example.com"), Time::ZERO).unwrap_err();
    assert_eq!((again.code, again.status), (ErrorCode::HostedZoneAlreadyExists, 409));
    let bad = world.twin.create_hosted_zone(&NewZone::public("a..b"), Time::ZERO).unwrap_err();
    assert_eq!(bad.code, ErrorCode::InvalidDomainName);
    for name in ["a.test", "b.test"] {
        world.twin.create_hosted_zone(&NewZone::public(name), Time::ZERO).unwrap();
    }
    let by_name =
        Request::ListHostedZonesByName { dns_name: Some("a.test".into()), zone: None, max_items: Some(1) };
    let Ok(Response::ZonesByName { page, .. }) = world.twin.call(by_name, Time::ZERO) else {
        panic!("no zones")
    };
    assert_eq!(page.items[0].name.as_str(), "a.test.");
    assert!(page.next.unwrap().starts_with("b.test."));
    let listed = Request::ListHostedZones { marker: None, max_items: Some(2) };
    let Ok(Response::Zones(first)) = world.twin.call(listed, Time::ZERO) else { panic!("no zones") };
    let rest = Request::ListHostedZones { marker: first.next, max_items: None };
    let Ok(Response::Zones(rest)) = world.twin.call(rest, Time::ZERO) else { panic!("no zones") };
    assert_eq!((first.items.len(), rest.items.len()), (2, 1));
}

#[test]
fn a_zone_with_records_cannot_be_deleted() {
    let mut world = World::new();
    world.create([a("a.example.com", 1)]);
    let zone = world.zone.clone();
    assert_eq!(
        world.twin.delete_hosted_zone(&zone, Time::ZERO).unwrap_err().code,
        ErrorCode::HostedZoneNotEmpty
    );
    world.change(ChangeBatch::new().delete(a("a.example.com", 1))).unwrap();
    world.twin.delete_hosted_zone(&zone, Time::ZERO).unwrap();
    assert_eq!(world.twin.get_hosted_zone(&zone).unwrap_err().code, ErrorCode::NoSuchHostedZone);
}

#[test]
fn tags_belong_to_what_exists_and_are_at_most_ten() {
    let mut world = World::new();
    let check = world.switch("s").to_string();
    let change = |id: &str, count: usize, remove: &[&str]| Request::ChangeTagsForResource {
        kind: ResourceKind::HealthCheck,
        id: id.into(),
        add: (0..count).map(|at| Tag { key: format!("k{at}"), value: "v".into() }).collect(),
        remove: remove.iter().map(|key| (*key).to_owned()).collect(),
    };
    let mut code = |request| world.twin.call(request, Time::ZERO).map_err(|error| error.code).err();
    assert_eq!(code(change("nobody", 1, &[])), Some(ErrorCode::NoSuchHealthCheck));
    assert_eq!(code(change(&check, 11, &[])), Some(ErrorCode::InvalidInput));
    assert_eq!(code(change(&check, 0, &[])), Some(ErrorCode::InvalidInput));
    assert_eq!(code(change(&check, 10, &[])), None);
    assert_eq!(code(change(&check, 0, &["k0", "k1"])), None);
    let Ok(Response::Tags { tags, .. }) = world
        .twin
        .call(Request::ListTagsForResource { kind: ResourceKind::HealthCheck, id: check }, Time::ZERO)
    else {
        panic!("no tags")
    };
    assert_eq!(tags.len(), 8);
}
