//! Permissions for any plan, and policies for a plan with very many names.

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use suite::world::normalised;
use understudy::dns::EpochRecord;
use understudy::dns::RecordType::{self, A, Aaaa, Cname};
use understudy::names::DnsName;

use super::calls::{Deployment, batch, call, change, document, sweep, zone};
use super::stack::{ACCOUNT, Stack};

const LOOKERS: &[&str] = &["alarm", "drill", "operate", "provision", "tick"];
const WATCHERS: &[&str] = &["alarm", "drill", "operate", "tick"];
const CHANGERS: &[&str] = &["alarm", "provision", "tick"];
const MOVERS: &[&str] = &["alarm", "tick"];
const NOBODY: &[&str] = &[];
const REGIONS: [&str; 4] = ["ap-south-1", "eu-west-1", "sa-east-1", "us-east-1"];
const LABELS: [&str; 7] = ["", "*.", "shop.", "e.", "now.", "shop-2.", "deep.shop."];

/// A managed policy's limit, white space not counted (IAM User Guide, "IAM and AWS STS quotas").
const POLICY_LIMIT: usize = 6_144;

/// Some labels under each of some apexes, some regions, and whether there are roles.
fn deployments() -> impl Strategy<Value = Deployment> {
    let apexes = subsequence(vec!["example.com", "example.net", "example.org"], 1..=3);
    let labels = subsequence(LABELS.to_vec(), 1..=LABELS.len());
    let roles = prop::bool::ANY;
    (apexes, labels, subsequence(REGIONS.to_vec(), 0..=4), roles).prop_map(
        |(apexes, labels, regions, roles)| {
            let each = |service: &str, rest: &str| {
                regions.iter().map(|region| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}")).collect()
            };
            let names =
                apexes.iter().flat_map(|apex| labels.iter().map(move |label| format!("{label}{apex}")));
            Deployment {
                zones: apexes.iter().map(|apex| zone_of(apex)).collect(),
                served: names.map(DnsName::from).collect(),
                peers: each("dynamodb", "table/understudy-state"),
                ticks: each("lambda", "function:understudy-tick"),
                topics: each("sns", "understudy-ops-team"),
                roles: roles
                    .then(|| "arn:aws:iam::999999999999:role/understudy".to_owned())
                    .into_iter()
                    .collect(),
            }
        },
    )
}

fn zone_of(apex: &str) -> String {
    format!("Z0{}", apex.replace('.', "").to_ascii_uppercase())
}

/// The zone of a served name of [`deployments`].
fn home(served: &DnsName) -> String {
    let labels: Vec<&str> = served.as_str().rsplit('.').take(2).collect();
    zone_of(&format!("{}.{}", labels[1], labels[0]))
}

fn kinds() -> impl Strategy<Value = Vec<RecordType>> {
    prop_oneof![Just(vec![A]), Just(vec![Aaaa]), Just(vec![A, Aaaa]), Just(vec![Cname])]
}

proptest! {
    #[test]
    fn for_any_plan_its_own_calls_are_allowed_and_near_ones_are_not(
        deployment in deployments(), kinds in kinds(), epoch in 1u64..200_000_000, pick in any::<Index>(),
        prefix in "[a-z0-9_]{1,8}\\.?", suffix in "\\.[a-z]{2,6}",
    ) {
        let permissions = deployment.permissions();
        let served = pick.get(&deployment.served);
        let ours = batch(served, epoch, &kinds);
        let zone_id = home(served);
        prop_assert_eq!(permissions.allowed_to(&change(&zone_id, &ours)), CHANGERS);
        prop_assert_eq!(permissions.allowed_to(&change("Z0FOREIGN", &ours)), NOBODY);
        let swept = permissions.allowed_to(&change(&zone_id, &[sweep(served, epoch)]));
        prop_assert_eq!(swept, ["tick"]);
        let listed = permissions.allowed_to(&call("route53:ListResourceRecordSets", zone(&zone_id)));
        prop_assert_eq!(listed, LOOKERS);
        for change_of_ours in &ours {
            let deleted = change(&zone_id, &[("DELETE", change_of_ours.1.clone(), change_of_ours.2)]);
            let is_epoch = change_of_ours.0 == "CREATE";
            prop_assert_eq!(permissions.allowed_to(&deleted), if is_epoch { &["tick"] } else { NOBODY });
            for near in [format!("{prefix}{}", change_of_ours.1), format!("{}{suffix}", change_of_ours.1)] {
                let near = DnsName::new(&near);
                // By chance another served name, or what an epoch's pattern covers.
                let epoch = |of: &DnsName| near.as_str().starts_with('e') && near.is_within(&of.child("_understudy"));
                let known = |of: &DnsName| near == *of || near == EpochRecord::now_name(of) || epoch(of);
                if deployment.served.iter().any(known) {
                    continue;
                }
                let mut mixed = ours.clone();
                mixed.push(("UPSERT", near.clone(), "TXT"));
                // Provisioning may make whatever stands below `_understudy` of a served name.
                let below = |of: &DnsName| near.is_within(&of.child("_understudy")) && near != of.child("_understudy");
                let expected = if deployment.served.iter().any(below) { &["provision"] } else { NOBODY };
                prop_assert_eq!(permissions.allowed_to(&change(&zone_id, &mixed)), expected, "{}", &near);
                let alone = change(&zone_id, &[("DELETE", near.clone(), "TXT")]);
                prop_assert_eq!(permissions.allowed_to(&alone), NOBODY, "{}", &near);
            }
        }
    }

    #[test]
    fn for_any_plan_peers_topics_and_roles_are_those_of_the_plan(
        deployment in deployments(), region in prop::sample::select(REGIONS.to_vec()),
    ) {
        let permissions = deployment.permissions();
        let is_peer = deployment.peers.iter().any(|peer| peer.contains(region));
        let expect = |functions: &'static [&'static str]| if is_peer { functions } else { NOBODY };
        let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
        for (action, resource, functions) in [
            ("dynamodb:Query", arn("dynamodb", "table/understudy-state"), WATCHERS),
            ("dynamodb:PutItem", arn("dynamodb", "table/understudy-state"), &["alarm", "operate", "tick"]),
            ("sns:Publish", arn("sns", "understudy-ops-team"), &["advise", "alarm", "tick"]),
            ("lambda:InvokeFunction", arn("lambda", "function:understudy-tick"), &["operate"]),
        ] {
            prop_assert_eq!(permissions.allowed_to(&call(action, resource)), expect(functions));
        }
        let assumed = permissions.allowed_to(&call("sts:AssumeRole", "arn:aws:iam::999999999999:role/understudy"));
        prop_assert_eq!(assumed, if deployment.roles.is_empty() { NOBODY } else { MOVERS });
    }
}

/// What the template says that the lists of names may weigh together.
const NAMES_LIMIT: usize = 2_700;

/// Four zones, three peers with two topics each, two roles, and as many served names as may be given.
fn heavy() -> Deployment {
    let arn =
        |service: &str, region: &str, rest: &str| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
    let peers =
        |service: &str, rest: &str| REGIONS[..3].iter().map(|region| arn(service, region, rest)).collect();
    let topics: [Vec<String>; 2] =
        ["understudy-ops-team", "understudy-management"].map(|topic| peers("sns", topic));
    let mut deployment = Deployment {
        zones: (0..4).map(|number| format!("Z0123456789ABCDEFGHI{number}")).collect(),
        served: Vec::new(),
        peers: peers("dynamodb", "table/understudy-state"),
        ticks: peers("lambda", "function:understudy-tick"),
        topics: topics.concat(),
        roles: vec!["arn:aws:iam::999999999999:role/understudy-zones".into(); 2],
    };
    for number in 0.. {
        let mut more = deployment.clone();
        more.served.push(DnsName::new(&format!("app{number}.example.com")));
        let parameters = more.parameters();
        let names = parameters.iter().filter(|(name, _)| name.ends_with("Names"));
        if names.map(|(_, text)| text.len()).sum::<usize>() > NAMES_LIMIT {
            break;
        }
        deployment = more;
    }
    deployment
}

#[test]
fn policies_with_as_many_names_as_the_template_says_fit_into_a_managed_policy() {
    let stack = Stack::of(heavy().parameters());
    for function in stack.resources("AWS::Serverless::Function") {
        // `Display` of a JSON value writes no white space.
        let length = document(&stack, function).to_string().len();
        assert!(length <= POLICY_LIMIT, "{function}: {length} characters");
    }
}

#[test]
fn names_folded_to_one_suffix_for_each_zone_still_cover_every_batch() {
    let plan = Deployment { zones: vec!["Z0SHOP".into()], ..Deployment::example() };
    let folded = [
        ("ServedNames", "example.com,*.example.com"),
        ("EpochNames", "*._understudy.*example.com"),
        ("SweepNames", "e*._understudy.*example.com"),
    ];
    let given = plan.parameters().into_iter().map(|(name, text)| {
        let text =
            folded.iter().find(|(folded, _)| *folded == name).map_or(text, |(_, text)| (*text).to_owned());
        (name, text)
    });
    let permissions = super::calls::Permissions::of(&Stack::of(given));
    for served in ["shop.example.com", "*.example.com", "example.com", "a.b.example.com"].map(DnsName::new) {
        assert_eq!(
            permissions.allowed_to(&change("Z0SHOP", &batch(&served, 7, &[A, Aaaa]))),
            CHANGERS,
            "{served}"
        );
        assert_eq!(permissions.allowed_to(&change("Z0SHOP", &[sweep(&served, 7)])), ["tick"], "{served}");
        let served_deleted = change("Z0SHOP", &[("DELETE", served.clone(), "A")]);
        assert_eq!(permissions.allowed_to(&served_deleted), NOBODY, "{served}");
    }
    let foreign = batch(&DnsName::new("shop.example.net"), 7, &[A]);
    assert_eq!(permissions.allowed_to(&change("Z0SHOP", &foreign)), NOBODY);
}

#[test]
fn names_are_normalised_as_in_condition_keys() {
    for (name, expected) in [
        ("Shop.Example.com.", "shop.example.com"),
        ("*.example.com", r"\052.example.com"),
        ("now._understudy.*.example.com", r"now._understudy.\052.example.com"),
        ("a b.example.com", r"a\040b.example.com"),
    ] {
        assert_eq!(normalised(name), expected);
    }
}
