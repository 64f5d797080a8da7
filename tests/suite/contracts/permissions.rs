//! What each function may do: exactly the calls that its adapters make.

use suite::world::Asked;
use understudy::dns::RecordType::{A, Aaaa, Cname};
use understudy::names::DnsName;

use super::calls::{Change, Deployment, Permissions, batch, call, change, document, own, short, sweep, zone};
use super::stack::Stack;

/// All but the one that computes from the plan alone.
const LOOKERS: &[&str] = &["alarm", "drill", "operate", "provision", "tick"];
const WATCHERS: &[&str] = &["alarm", "drill", "operate", "tick"];
const CHANGERS: &[&str] = &["alarm", "provision", "tick"];
const PROVISION: &[&str] = &["provision"];
const WRITERS: &[&str] = &["alarm", "operate", "tick"];
const MOVERS: &[&str] = &["alarm", "tick"];
const TELLERS: &[&str] = &["advise", "alarm", "tick"];
const OPERATE: &[&str] = &["operate"];
const TICK: &[&str] = &["tick"];
const NOBODY: &[&str] = &[];

type Row = (&'static str, Asked, &'static [&'static str]);

fn check(permissions: &Permissions, rows: impl IntoIterator<Item = Row>) {
    for (what, request, expected) in rows {
        assert_eq!(permissions.allowed_to(&request), expected, "{what}: {request:?}");
    }
}

fn name(text: &str) -> DnsName {
    DnsName::new(text)
}

/// The change of one record set together with the batch of `shop.example.com`.
fn mixed(other: Change) -> Asked {
    let mut changes = batch(&name("shop.example.com"), 42, &[A]);
    changes.push(other);
    change("Z0SHOP", &changes)
}

#[test]
fn state_is_read_and_written_by_those_who_need_it() {
    let peer = "arn:aws:dynamodb:eu-west-1:123456789012:table/understudy-state";
    let rows = [
        ("own rows", call("dynamodb:Query", own("dynamodb", "table/~-state")), LOOKERS),
        (
            "own writes and transactions of puts",
            call("dynamodb:PutItem", own("dynamodb", "table/~-state")),
            LOOKERS,
        ),
        ("a peer's rows", call("dynamodb:Query", peer), WATCHERS),
        ("a peer's writes", call("dynamodb:PutItem", peer), WRITERS),
        ("own rows are never deleted", call("dynamodb:DeleteItem", own("dynamodb", "table/~-state")), NOBODY),
        ("the table stays", call("dynamodb:DeleteTable", own("dynamodb", "table/~-state")), NOBODY),
        ("another table", call("dynamodb:Query", own("dynamodb", "table/orders")), NOBODY),
        ("another table's rows", call("dynamodb:PutItem", own("dynamodb", "table/~-state2")), NOBODY),
        ("a region that is no peer", call("dynamodb:Query", peer.replace("eu-west-1", "sa-east-1")), NOBODY),
    ];
    check(&Deployment::example().permissions(), rows);
}

#[test]
fn what_is_observed_is_allowed_to_all_and_what_is_verified_to_movers() {
    let rows = [
        ("alarms of any region", call("cloudwatch:DescribeAlarms", "*"), LOOKERS),
        ("metrics go into logs", call("cloudwatch:PutMetricData", "*"), NOBODY),
        ("records", call("route53:ListResourceRecordSets", zone("Z0SHOP")), LOOKERS),
        ("records of the other zone", call("route53:ListResourceRecordSets", zone("Z0OTHER")), LOOKERS),
        ("records of a foreign zone", call("route53:ListResourceRecordSets", zone("Z0SHOPPING")), NOBODY),
        ("name servers", call("route53:GetHostedZone", zone("Z0OTHER")), LOOKERS),
        ("name servers of a foreign zone", call("route53:GetHostedZone", zone("Z0")), NOBODY),
        ("a change's state", call("route53:GetChange", "arn:aws:route53:::change/C123"), CHANGERS),
        ("a zone stays", call("route53:DeleteHostedZone", zone("Z0SHOP")), NOBODY),
    ];
    check(&Deployment::example().permissions(), rows);
}

#[test]
fn topics_roles_and_functions_are_named_one_by_one() {
    let tick = "arn:aws:lambda:us-east-1:123456789012:function:understudy-tick";
    let rows = [
        ("own topic", call("sns:Publish", own("sns", "~-ops-team")), TELLERS),
        ("own other topic", call("sns:Publish", own("sns", "~-management")), TELLERS),
        (
            "a topic elsewhere",
            call("sns:Publish", "arn:aws:sns:us-east-1:123456789012:understudy-ops-team"),
            TELLERS,
        ),
        ("another topic", call("sns:Publish", own("sns", "payroll")), NOBODY),
        ("a phone", call("sns:Publish", "*"), NOBODY),
        ("a zone's role", call("sts:AssumeRole", "arn:aws:iam::999999999999:role/dns/understudy"), MOVERS),
        ("another role", call("sts:AssumeRole", "arn:aws:iam::999999999999:role/admin"), NOBODY),
        ("own tick", call("lambda:InvokeFunction", own("lambda", "function:~-tick")), OPERATE),
        ("a peer's tick", call("lambda:InvokeFunction", tick), OPERATE),
        ("own alarm function", call("lambda:InvokeFunction", own("lambda", "function:~-alarm")), NOBODY),
        ("another function", call("lambda:InvokeFunction", own("lambda", "function:payroll")), NOBODY),
    ];
    check(&Deployment::example().permissions(), rows);
}

#[test]
fn the_batches_of_all_served_names_are_allowed_to_those_who_change_records() {
    let permissions = Deployment::example().permissions();
    for (zone, served) in
        [("Z0SHOP", "shop.example.com"), ("Z0SHOP", "*.example.com"), ("Z0OTHER", "example.net")]
    {
        for kinds in [&[A][..], &[Aaaa], &[A, Aaaa], &[Cname], &[]] {
            for epoch in [1, 42, 123_456_789] {
                let request = change(zone, &batch(&name(served), epoch, kinds));
                check(&permissions, [("a batch", request, CHANGERS)]);
            }
        }
    }
}

#[test]
fn only_old_epochs_are_deleted_and_only_by_the_tick() {
    let shop = name("shop.example.com");
    let rows = [
        ("an old epoch", change("Z0SHOP", &[sweep(&shop, 7)]), TICK),
        ("a page of them", change("Z0SHOP", &[sweep(&shop, 7), sweep(&name("*.example.com"), 8)]), TICK),
        ("a sweep never rides on a move", mixed(sweep(&shop, 7)), NOBODY),
        (
            "the newest epoch",
            change("Z0SHOP", &[("DELETE", name("now._understudy.shop.example.com"), "TXT")]),
            NOBODY,
        ),
        ("a served name", change("Z0SHOP", &[("DELETE", shop.clone(), "A")]), NOBODY),
        ("a served name's text", change("Z0SHOP", &[("DELETE", shop.clone(), "TXT")]), NOBODY),
        ("a served name's wildcard", change("Z0SHOP", &[("DELETE", name("*.example.com"), "CNAME")]), NOBODY),
        ("an epoch of another type", change("Z0SHOP", &[("DELETE", sweep(&shop, 7).1, "A")]), NOBODY),
        ("a foreign epoch", change("Z0SHOP", &[sweep(&name("other.example.com"), 7)]), NOBODY),
        ("a foreign zone's epoch", change("Z0FOREIGN", &[sweep(&shop, 7)]), NOBODY),
        ("an epoch and a served name", change("Z0SHOP", &[sweep(&shop, 7), ("DELETE", shop, "TXT")]), NOBODY),
    ];
    check(&Deployment::example().permissions(), rows);
}

#[test]
fn no_function_writes_a_name_that_is_not_its_own() {
    let permissions = Deployment::example().permissions();
    for foreign in [
        "x.shop.example.com",
        "shop.example.com.evil.com",
        "e1._understudy.other.example.com",
        "now._understudy.example.com",
        "_understudy.shop.example.com",
        "up-us-east-1._understudy.other.example.com",
        "xunderstudy.shop.example.com",
        "www.example.com",
        "example.com",
        "xshop.example.com",
        "www.example.net",
    ] {
        for kind in ["A", "AAAA", "CNAME", "TXT"] {
            let alone = change("Z0SHOP", &[("UPSERT", name(foreign), kind)]);
            let rows =
                [("alone", alone, NOBODY), ("with ours", mixed(("UPSERT", name(foreign), kind)), NOBODY)];
            check(&permissions, rows);
        }
    }
}

#[test]
fn a_batch_with_one_foreign_part_is_refused_as_a_whole() {
    let permissions = Deployment::example().permissions();
    let shop = || name("shop.example.com");
    for kind in ["NS", "SOA", "MX", "CAA", "DS", "a"] {
        check(
            &permissions,
            [
                ("another type", change("Z0SHOP", &[("UPSERT", shop(), kind)]), NOBODY),
                ("another type among ours", mixed(("UPSERT", shop(), kind)), NOBODY),
            ],
        );
    }
    let batch = batch(&shop(), 42, &[A]);
    check(
        &permissions,
        [
            ("a foreign zone", change("Z0FOREIGN", &batch), NOBODY),
            ("a delete among ours", mixed(("DELETE", shop(), "A")), NOBODY),
            ("keys that are absent", change("Z0SHOP", &[]), NOBODY),
        ],
    );
    for whole in [change("Z0SHOP", &batch), change("Z0SHOP", &[sweep(&shop(), 7)])] {
        for key in ["Actions", "NormalizedRecordNames", "RecordTypes"] {
            let mut request = whole.clone();
            assert!(request.context.remove(&format!("route53:ChangeResourceRecordSets{key}")).is_some());
            check(&permissions, [("a key that is absent", request, NOBODY)]);
        }
    }
}

#[test]
fn what_a_deployer_leaves_empty_is_granted_to_nobody() {
    let least =
        Deployment { peers: vec![], ticks: vec![], topics: vec![], roles: vec![], ..Deployment::example() };
    let parameters = least.parameters().into_iter().filter(|(_, text)| !text.is_empty());
    let stack = Stack::of(parameters);
    let permissions = Permissions::of(&stack);
    for function in stack.resources("AWS::Serverless::Function") {
        assert!(!document(&stack, function).to_string().contains("\"\""), "{}", short(function));
    }
    let table = "arn:aws:dynamodb:us-east-1:123456789012:table/understudy-state";
    check(
        &permissions,
        [
            ("no peer", call("dynamodb:Query", table), NOBODY),
            ("no role", call("sts:AssumeRole", "arn:aws:iam::999999999999:role/dns/understudy"), NOBODY),
            ("own topic", call("sns:Publish", own("sns", "~-ops-team")), TELLERS),
            ("own tick", call("lambda:InvokeFunction", own("lambda", "function:~-tick")), OPERATE),
            ("a batch", change("Z0SHOP", &batch(&name("shop.example.com"), 1, &[A])), CHANGERS),
        ],
    );
}

fn own_alarm(name: &str) -> String {
    format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}")
}

const CHECK: &str = "arn:aws:route53:::healthcheck/11111111-2222-3333-4444-555555555555";

/// What the ground for moves is made of.
fn ground() -> Vec<Change> {
    let below = |label: &str| name(&format!("{label}._understudy.shop.example.com"));
    let beside = ["owner", "up-us-east-1", "up-ap-south-1", "unit-us-west-2"];
    beside
        .iter()
        .map(|label| ("UPSERT", below(label), "TXT"))
        .chain([("CREATE", name("shop.example.com"), "AAAA")])
        .collect()
}

#[test]
fn checks_and_the_ground_for_moves_are_made_by_the_function_that_provisions() {
    let every = "arn:aws:route53:::healthcheck/*";
    let rows = [
        ("all checks", call("route53:ListHealthChecks", "*"), PROVISION),
        ("their tags", call("route53:ListTagsForResources", CHECK), PROVISION),
        ("a zone's tags", call("route53:ListTagsForResources", zone("Z0SHOP")), NOBODY),
        ("what checkers say", call("route53:GetHealthCheckStatus", CHECK), PROVISION),
        ("what metrics say", call("cloudwatch:GetMetricData", "*"), PROVISION),
        ("a new check", call("route53:CreateHealthCheck", "*"), PROVISION),
        (
            "an alarm of an override, anywhere",
            call("cloudwatch:PutMetricAlarm", own_alarm("understudy-shop-away")),
            PROVISION,
        ),
        ("another alarm", call("cloudwatch:PutMetricAlarm", own_alarm("payroll")), NOBODY),
        ("a check's settings", call("route53:UpdateHealthCheck", CHECK), PROVISION),
        ("a check's new tags", call("route53:ChangeTagsForResource", CHECK), PROVISION),
        ("a zone's new tags", call("route53:ChangeTagsForResource", zone("Z0SHOP")), NOBODY),
        ("a check stays", call("route53:DeleteHealthCheck", every), NOBODY),
        ("the ground for moves", change("Z0SHOP", &ground()), PROVISION),
        ("nothing of it is deleted", change("Z0SHOP", &[("DELETE", ground()[0].1.clone(), "TXT")]), NOBODY),
        ("not in a foreign zone", change("Z0FOREIGN", &ground()), NOBODY),
    ];
    check(&Deployment::example().permissions(), rows);
}

#[test]
fn a_stack_that_only_verifies_cannot_change_anything_in_route_53() {
    for mode in ["verify", "off"] {
        let given = Deployment::example().parameters().into_iter();
        let given = given
            .map(|(name, text)| if name == "Provision" { (name, mode.to_owned()) } else { (name, text) });
        let rows = [
            ("all checks", call("route53:ListHealthChecks", "*"), PROVISION),
            ("records", call("route53:ListResourceRecordSets", zone("Z0SHOP")), LOOKERS),
            ("a new check", call("route53:CreateHealthCheck", "*"), NOBODY),
            ("an alarm", call("cloudwatch:PutMetricAlarm", own_alarm("understudy-shop-away")), NOBODY),
            ("a check's settings", call("route53:UpdateHealthCheck", CHECK), NOBODY),
            ("the ground for moves", change("Z0SHOP", &ground()), NOBODY),
            ("a batch", change("Z0SHOP", &batch(&name("shop.example.com"), 1, &[A])), MOVERS),
        ];
        check(&Permissions::of(&Stack::of(given)), rows);
    }
}
