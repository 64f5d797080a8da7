use super::*;
use crate::model::health::Health::{Healthy, Unhealthy};

const SHOP: &str = "shop.example.com";

fn seeded(seed: u64) -> AnswerContext {
    AnswerContext::seeded(seed)
}

#[test]
fn failover_answers_by_the_documented_table() {
    for (primary, secondary, answer) in
        [(Healthy, Healthy, 1), (Healthy, Unhealthy, 1), (Unhealthy, Healthy, 2), (Unhealthy, Unhealthy, 1)]
    {
        let mut world = World::new();
        let (one, two) = (world.switch("one"), world.switch("two"));
        world.create([
            a(SHOP, 1).failover("p", PRIMARY).checked_by(one),
            a(SHOP, 2).failover("s", SECONDARY).checked_by(two),
        ]);
        world.turn("one", primary);
        world.turn("two", secondary);
        assert_eq!(world.answered(SHOP), answer, "{primary:?} {secondary:?}");
    }
}

#[test]
fn a_secondary_without_a_check_is_always_fit_and_a_primary_alone_always_answers() {
    let mut world = World::new();
    let check = world.switch("one");
    world.create([a(SHOP, 1).failover("p", PRIMARY).checked_by(check)]);
    world.turn("one", Unhealthy);
    assert_eq!(world.answered(SHOP), 1);
    world.create([a(SHOP, 2).failover("s", SECONDARY)]);
    assert_eq!(world.answered(SHOP), 2);
}

fn shares(world: &World, name: &str) -> [u32; 4] {
    let mut shares = [0; 4];
    for seed in 0..1000 {
        shares[usize::from(last_number(&world.ask(name, RecordType::A, &seeded(seed))))] += 1;
    }
    shares
}

#[test]
fn weights_share_the_answers_and_zero_gets_none() {
    let mut world = World::new();
    world.create([
        a(SHOP, 1).weighted("one", 30),
        a(SHOP, 2).weighted("two", 10),
        a(SHOP, 3).weighted("none", 0),
    ]);
    let [_, one, two, none] = shares(&world, SHOP);
    assert!((700..800).contains(&one) && (200..300).contains(&two), "{one} {two}");
    assert_eq!(none, 0);
}

#[test]
fn zero_weights_count_only_when_every_other_set_is_unhealthy() {
    let mut world = World::new();
    let (one, two) = (world.switch("one"), world.switch("two"));
    world.create([
        a(SHOP, 1).weighted("one", 1).checked_by(one),
        a(SHOP, 2).weighted("two", 1).checked_by(two),
        a(SHOP, 3).weighted("backup", 0),
    ]);
    world.turn("one", Unhealthy);
    assert_eq!(shares(&world, SHOP), [0, 0, 1000, 0], "the backup is not the first one's own");
    world.turn("two", Unhealthy);
    assert_eq!(shares(&world, SHOP), [0, 0, 0, 1000]);
}

#[test]
fn all_zero_is_an_even_chance_and_all_unhealthy_counts_as_all_healthy() {
    let mut world = World::new();
    world.create([a(SHOP, 1).weighted("one", 0), a(SHOP, 2).weighted("two", 0)]);
    let [_, one, two, _] = shares(&world, SHOP);
    assert!(one > 400 && two > 400);
    let (three, four) = (world.switch("three"), world.switch("four"));
    world.create([
        a("b.example.com", 1).weighted("one", 1).checked_by(three),
        a("b.example.com", 2).weighted("two", 3).checked_by(four),
    ]);
    world.turn("three", Unhealthy);
    world.turn("four", Unhealthy);
    let [_, one, two, _] = shares(&world, "b.example.com");
    assert!((200..300).contains(&one) && (700..800).contains(&two), "{one} {two}");
}

#[test]
fn latency_answers_the_nearest_healthy_region() {
    let mut world = World::new();
    let check = world.switch("eu");
    world.create([
        a(SHOP, 1).latency("us", "us-east-1"),
        a(SHOP, 2).latency("eu", "eu-west-1").checked_by(check),
        a(SHOP, 3).latency("ap", "ap-northeast-1"),
    ]);
    let near =
        |world: &World, region| last_number(&world.ask(SHOP, RecordType::A, &AnswerContext::near(region)));
    assert_eq!(
        [near(&world, "us-east-2"), near(&world, "eu-central-1"), near(&world, "ap-northeast-3")],
        [1, 2, 3]
    );
    world.turn("eu", Unhealthy);
    assert_eq!(near(&world, "eu-central-1"), 1);
}

#[test]
fn multivalue_answers_up_to_eight_healthy_ones() {
    let mut world = World::new();
    let checks: Vec<_> = (0..10).map(|at| world.switch(&format!("m{at}"))).collect();
    world.create(
        checks
            .iter()
            .zip(1_u8..)
            .map(|(check, at)| a(SHOP, at).multivalue(&format!("m{at}")).checked_by(check)),
    );
    assert_eq!(world.ask(SHOP, RecordType::A, &seeded(1)).answers.len(), 8);
    for at in 0..7 {
        world.turn(&format!("m{at}"), Unhealthy);
    }
    let mut left: Vec<_> = world.ask(SHOP, RecordType::A, &seeded(1)).addresses();
    left.sort();
    assert_eq!(left, ["192.0.2.8", "192.0.2.9", "192.0.2.10"].map(|ip| ip.parse::<IpAddr>().unwrap()));
    for at in 7..10 {
        world.turn(&format!("m{at}"), Unhealthy);
    }
    assert_eq!(world.ask(SHOP, RecordType::A, &seeded(1)).answers.len(), 8);
}

#[test]
fn an_alias_answers_the_target_s_addresses_in_its_own_name_with_sixty_seconds() {
    let mut world = World::new();
    let name = "a.us-east-1.elb.amazonaws.com";
    let zone = world.balancer(name, "us-east-1", &["192.0.2.1", "192.0.2.2", "2001:db8::1"]).to_string();
    world.create([RecordSetInput::alias(SHOP, "A", &zone, name, true)]);
    let answer = world.ask(SHOP, RecordType::A, &seeded(3));
    assert!(answer.authoritative);
    assert_eq!(answer.answers.len(), 2);
    assert!(
        answer.answers.iter().all(|record| record.name.as_str() == "shop.example.com." && record.ttl == 60)
    );
    let direct = world.ask(name, RecordType::Aaaa, &seeded(3));
    assert_eq!(direct.addresses(), ["2001:db8::1".parse::<IpAddr>().unwrap()]);
}

#[test]
fn a_large_balancer_answers_a_changing_eight_unless_rotation_is_off() {
    let many: Vec<String> = (1..=12).map(|at| format!("192.0.2.{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut firsts = Vec::new();
    for rotate in [true, false] {
        let mut world = World::with(Config::default().rotate(rotate));
        world.balancer("a.us-east-1.elb.amazonaws.com", "us-east-1", &many);
        let answer = |seed| world.ask("a.us-east-1.elb.amazonaws.com", RecordType::A, &seeded(seed));
        assert_eq!(answer(0).answers.len(), 8);
        firsts.push(
            (0..50).map(|seed| last_number(&answer(seed))).collect::<std::collections::BTreeSet<_>>().len(),
        );
    }
    assert!(firsts[0] > 8, "{firsts:?}");
    assert_eq!(firsts[1], 1);
}

#[test]
fn a_failover_alias_takes_the_balancer_s_health_and_its_own_check_s() {
    let mut world = World::new();
    let (east, west) = ("a.us-east-1.elb.amazonaws.com", "b.us-west-2.elb.amazonaws.com");
    let east_zone = world.balancer(east, "us-east-1", &["192.0.2.1"]).to_string();
    let west_zone = world.balancer(west, "us-west-2", &["192.0.2.2"]).to_string();
    let check = world.switch("override");
    world.create([
        RecordSetInput::alias(SHOP, "A", &east_zone, east, true).failover("p", PRIMARY).checked_by(check),
        RecordSetInput::alias(SHOP, "A", &west_zone, west, true).failover("s", SECONDARY),
    ]);
    assert_eq!(world.answered(SHOP), 1);
    assert!(world.twin.set_load_balancer_health(east, Unhealthy));
    assert_eq!(world.answered(SHOP), 2);
    world.twin.set_load_balancer_health(east, Healthy);
    world.turn("override", Unhealthy);
    assert_eq!(world.answered(SHOP), 2);
    world.twin.set_load_balancer_health(west, Unhealthy);
    assert_eq!(world.answered(SHOP), 1, "none is healthy, so all are");
}

#[test]
fn a_tree_of_weighted_aliases_over_failover_pairs_leaves_a_region_only_when_both_are_down() {
    let mut world = World::new();
    let zone = world.zone.to_string();
    let (one, two) = (world.switch("one"), world.switch("two"));
    world.create([
        a("east.example.com", 1).failover("p", PRIMARY).checked_by(one),
        a("east.example.com", 2).failover("s", SECONDARY).checked_by(two),
        a("west.example.com", 3),
    ]);
    let branch = |target: &str| RecordSetInput::alias(SHOP, "A", &zone, target, true);
    world.create([
        branch("east.example.com").weighted("east", 1),
        branch("west.example.com").weighted("west", 0),
    ]);
    assert_eq!(world.answered(SHOP), 1);
    world.turn("one", Unhealthy);
    assert_eq!(world.answered(SHOP), 2);
    world.turn("two", Unhealthy);
    assert_eq!(world.answered(SHOP), 3);
}

#[test]
fn what_is_not_there_is_told_apart_from_what_has_no_such_type() {
    let mut world = World::new();
    world.create([a("www.deep.example.com", 1), txt("\\052.wild.example.com", "\"w\"")]);
    let ask = |name, rtype| {
        let answer = world.ask(name, rtype, &seeded(0));
        let soa = answer.authority.first().map(|record| (record.rtype, record.ttl));
        (answer.rcode, answer.answers.len(), soa)
    };
    let soa = Some((RecordType::Soa, 900));
    assert_eq!(ask("www.deep.example.com", RecordType::A), (Rcode::NoError, 1, None));
    assert_eq!(ask("www.deep.example.com", RecordType::Txt), (Rcode::NoError, 0, soa));
    assert_eq!(
        ask("deep.example.com", RecordType::A),
        (Rcode::NoError, 0, soa),
        "an empty non-terminal exists"
    );
    assert_eq!(ask("other.example.com", RecordType::A), (Rcode::NxDomain, 0, soa));
    assert_eq!(ask("x.wild.example.com", RecordType::Txt), (Rcode::NoError, 1, None));
    assert_eq!(ask("x.wild.example.com", RecordType::A), (Rcode::NoError, 0, soa));
    assert_eq!(ask("example.net", RecordType::A), (Rcode::Refused, 0, None));
    assert_eq!(
        world.twin.answer(0, "www.deep.example.com", None, Time::ZERO, &seeded(0)).rcode,
        Rcode::NoError
    );
}

#[test]
fn cnames_are_followed_within_the_zone_and_foreign_cuts_are_referred() {
    let mut world = World::new();
    world.create([
        RecordSetInput::simple("c.example.com", "CNAME", 60, &["d.example.com"]),
        RecordSetInput::simple("d.example.com", "CNAME", 60, &["shop.example.com"]),
        a(SHOP, 5),
        RecordSetInput::simple("loop.example.com", "CNAME", 60, &["loop.example.com"]),
        RecordSetInput::simple("sub.example.com", "NS", 60, &["ns.example.net"]),
    ]);
    let answer = world.ask("c.example.com", RecordType::A, &seeded(0));
    assert_eq!(
        answer.answers.iter().map(|record| record.rtype.as_str()).collect::<Vec<_>>(),
        ["CNAME", "CNAME", "A"]
    );
    assert_eq!(world.ask("c.example.com", RecordType::Cname, &seeded(0)).answers.len(), 1);
    assert!(world.ask("loop.example.com", RecordType::A, &seeded(0)).answers.len() < 20);
    let cut = world.ask("www.sub.example.com", RecordType::A, &seeded(0));
    assert!(!cut.authoritative && cut.answers.is_empty());
    assert_eq!(cut.authority[0].rtype, RecordType::Ns);
}

#[test]
fn private_zones_are_not_answered_and_the_closest_public_one_is() {
    let mut world = World::new();
    let private = NewZone { private: true, ..NewZone::public("in.example.com") };
    world.twin.create_hosted_zone(&private, Time::ZERO).unwrap();
    assert_eq!(world.ask("in.example.com", RecordType::Soa, &seeded(0)).rcode, Rcode::NxDomain);
    let inner = world.twin.create_hosted_zone(&NewZone::public("deep.example.com"), Time::ZERO).unwrap().0.id;
    world
        .twin
        .change_resource_record_sets(
            &inner,
            &ChangeBatch::new().create(a("x.deep.example.com", 4)),
            Time::ZERO,
        )
        .unwrap();
    assert_eq!(world.answered("x.deep.example.com"), 4);
}
