//! Whom the served name answers, by the authoritative name servers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use futures_util::future::join_all;

use super::Depth;
use crate::decide::Answered;
use crate::dns::{Content, RecordType, ServingUnit};
use crate::in_order::InOrder;
use crate::names::{DnsName, Region};
use crate::plan::Application;
use crate::ports::{DnsAnswer, DnsValue, NameServers, PortError};

/// A load balancer answers some of its addresses at a time: asked again, others.
const ALIAS_ATTEMPTS: u32 = 3;

/// Whom the served name answers: by the first server that answers, or by all of them.
pub async fn answered<W: NameServers>(
    world: &W,
    application: &Application,
    servers: &[SocketAddr],
    depth: Depth,
) -> Answered {
    let mut heard = Vec::new();
    let mut failures = vec!["no name server is known".to_owned()];
    let asked = if depth == Depth::Close { servers.len().max(1) } else { 1 };
    for servers in servers.chunks(asked) {
        for answer in join_all(servers.iter().map(|server| answered_by(world, application, *server))).await {
            match answer {
                Ok(region) => heard.push(region),
                Err(error) => failures.push(error.to_string()),
            }
        }
        if !heard.is_empty() {
            break;
        }
    }
    together(heard, failures.pop().unwrap_or_default())
}

fn together(heard: Vec<Result<Region, String>>, failure: String) -> Answered {
    if heard.is_empty() {
        return Answered::Unknown { why: failure };
    }
    match heard.into_iter().collect::<Result<BTreeSet<Region>, String>>() {
        Ok(regions) => Answered::Regions(regions),
        Err(why) => Answered::Unknown { why },
    }
}

/// The region that one server answers, or why none can be told from its answer.
///
/// # Errors
/// When the server does not answer.
pub async fn answered_by<W: NameServers>(
    world: &W,
    application: &Application,
    server: SocketAddr,
) -> Result<Result<Region, String>, PortError> {
    let units: Vec<ServingUnit> =
        application.regions.iter().map(|region| ServingUnit::of(application, region, None)).collect();
    let kinds: BTreeSet<RecordType> = units.iter().flat_map(|unit| unit.contents.keys().copied()).in_order();
    let mut found = BTreeSet::new();
    for kind in kinds {
        match answered_kind(world, application, server, &units, kind).await? {
            Ok(region) => found.insert(region),
            Err(why) => return Ok(Err(why)),
        };
    }
    Ok(match found.len() {
        1 => found.pop_first().ok_or_else(String::new),
        _ => Err(format!("{} answers different regions by type: {found:?}", application.served)),
    })
}

async fn answered_kind<W: NameServers>(
    world: &W,
    application: &Application,
    server: SocketAddr,
    units: &[ServingUnit],
    kind: RecordType,
) -> Result<Result<Region, String>, PortError> {
    let mut seen = String::new();
    for _ in 0..ALIAS_ATTEMPTS {
        let values = match world.ask(server, &application.served, kind).await? {
            DnsAnswer::Values(values) => values,
            DnsAnswer::Nothing => {
                return Ok(Err(format!("{} {} has no answer", application.served, kind.as_str())));
            }
        };
        let matched = matching(world, application, server, units, kind, &values).await;
        if let [region] = matched.as_slice() {
            return Ok(Ok(region.clone()));
        }
        seen = format!(
            "{} {} answers {}, which is {}",
            application.served,
            kind.as_str(),
            list(&values),
            regions(&matched)
        );
        if !units.iter().any(is_alias) {
            break;
        }
    }
    Ok(Err(seen))
}

fn is_alias(unit: &ServingUnit) -> bool {
    unit.contents.values().any(|content| matches!(content, Content::Alias { .. }))
}

async fn matching<W: NameServers>(
    world: &W,
    application: &Application,
    server: SocketAddr,
    units: &[ServingUnit],
    kind: RecordType,
    values: &[DnsValue],
) -> Vec<Region> {
    let known = join_all(units.iter().map(|unit| values_of(world, application, server, unit, kind))).await;
    let known: BTreeMap<&Region, BTreeSet<DnsValue>> =
        units.iter().map(|unit| &unit.region).zip(known).in_order();
    let shares = |of: &BTreeSet<DnsValue>| values.iter().any(|value| of.contains(value));
    known.into_iter().filter(|(_, of)| shares(of)).map(|(region, _)| region.clone()).collect()
}

/// What a unit answers: its plain values, or the addresses that its alias target has right now.
async fn values_of<W: NameServers>(
    world: &W,
    application: &Application,
    server: SocketAddr,
    unit: &ServingUnit,
    kind: RecordType,
) -> BTreeSet<DnsValue> {
    match unit.contents.get(&kind) {
        None => BTreeSet::new(),
        Some(Content::Values { values, .. }) => values.iter().map(|value| plain(kind, value)).in_order(),
        // A target in our own zone is asked where the served name was asked.
        Some(Content::Alias { target, .. }) if target.is_within(&application.zone.name) => {
            match world.ask(server, target, kind).await {
                Ok(DnsAnswer::Values(values)) => values.into_iter().in_order(),
                Ok(DnsAnswer::Nothing) | Err(_) => BTreeSet::new(),
            }
        }
        Some(Content::Alias { target, .. }) => {
            let addresses = world.resolve(target).await.unwrap_or_default();
            addresses
                .into_iter()
                .filter(|ip| ip.is_ipv6() == (kind == RecordType::Aaaa))
                .map(DnsValue::Address)
                .in_order()
        }
    }
}

fn plain(kind: RecordType, value: &str) -> DnsValue {
    match value.parse::<IpAddr>() {
        Ok(address) => DnsValue::Address(address),
        Err(_) if kind == RecordType::Cname => DnsValue::Name(DnsName::new(value)),
        Err(_) => DnsValue::Text(value.to_owned()),
    }
}

fn list(values: &[DnsValue]) -> String {
    let word = |value: &DnsValue| match value {
        DnsValue::Address(address) => address.to_string(),
        DnsValue::Name(name) => name.to_string(),
        DnsValue::Text(text) => format!("{text:?}"),
    };
    values.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn regions(matched: &[Region]) -> String {
    match matched {
        [] => "no region's".to_owned(),
        _ => matched.iter().map(Region::as_str).collect::<Vec<_>>().join(" and "),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::plan::Plan;

    /// Answers by name and type, each said in its turn.
    type Answers = BTreeMap<(String, RecordType), VecDeque<Vec<&'static str>>>;

    /// Name servers and a resolver that say what they are told to; the last answer stays.
    #[derive(Default)]
    struct Dns {
        answers: RefCell<Answers>,
        resolved: BTreeMap<&'static str, Vec<&'static str>>,
    }

    impl Dns {
        fn says(self, name: &str, kind: RecordType, answers: &[&[&'static str]]) -> Self {
            let answers = answers.iter().map(|values| values.to_vec()).collect();
            self.answers.borrow_mut().insert((name.to_owned(), kind), answers);
            self
        }

        fn resolves(mut self, name: &'static str, addresses: &[&'static str]) -> Self {
            self.resolved.insert(name, addresses.to_vec());
            self
        }
    }

    impl NameServers for Dns {
        async fn name_servers(&self, _: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
            Ok(vec![server()])
        }

        async fn ask(&self, _: SocketAddr, name: &DnsName, kind: RecordType) -> Result<DnsAnswer, PortError> {
            let mut answers = self.answers.borrow_mut();
            let Some(queue) = answers.get_mut(&(name.to_string(), kind)) else {
                return Ok(DnsAnswer::Nothing);
            };
            let values = if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() };
            let values = values.ok_or(PortError::new("ask", "timed out"))?;
            Ok(DnsAnswer::Values(values.into_iter().map(|value| plain(kind, value)).collect()))
        }

        async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
            let addresses =
                self.resolved.get(name.as_str()).ok_or(PortError::new("resolve", "no such name"))?;
            Ok(addresses.iter().map(|address| address.parse().unwrap()).collect())
        }
    }

    fn server() -> SocketAddr {
        "192.0.2.53:53".parse().unwrap()
    }

    fn application(east: &str, west: &str) -> Application {
        let region = |name: &str, role: &str, record: &str| {
            format!(
                "[[application.shop.region]]\nregion = \"{name}\"\nrole = \"{role}\"\nrecord = {record}\n\
                 signals = [{{ probe = \"https://{name}.example.net/\" }}]\n"
            )
        };
        let text = format!(
            "[application.shop]\nname = \"shop.example.com\"\nzone = {{ id = \"Z0123456789\", name = \"example.com\" }}\n\
             policy = \"failover\"\nrto = \"10m\"\n{}{}",
            region("us-east-1", "primary", east),
            region("us-west-2", "standby", west)
        );
        let (plan, _) = Plan::parse(&text, "test").unwrap_or_else(|faults| panic!("{faults}"));
        plan.applications.into_iter().next().unwrap()
    }

    fn balanced(ipv6: bool) -> Application {
        application(
            &format!("{{ alias = \"east.elb.amazonaws.com\", zone = \"Z35SXDOTRQ7X7K\", ipv6 = {ipv6} }}"),
            &format!("{{ alias = \"west.elb.amazonaws.com\", zone = \"Z1H1FL5HABSF5\", ipv6 = {ipv6} }}"),
        )
    }

    /// Runs a future that never waits.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn told(dns: &Dns, application: &Application) -> Answered {
        now(answered(dns, application, &[server()], Depth::Close))
    }

    fn only(region: &str) -> Answered {
        Answered::Regions([Region::from(region)].into())
    }

    const SERVED: &str = "shop.example.com";

    #[test]
    fn plain_values_are_compared() {
        let application = application("{ a = [\"198.51.100.1\"] }", "{ a = [\"198.51.100.2\"] }");
        let dns = Dns::default().says(SERVED, RecordType::A, &[&["198.51.100.2"]]);
        assert_eq!(told(&dns, &application), only("us-west-2"));
        let dns = Dns::default().says(SERVED, RecordType::A, &[&["203.0.113.9"]]);
        assert!(matches!(told(&dns, &application), Answered::Unknown { why } if why.contains("no region's")));
    }

    #[test]
    fn names_are_compared() {
        let application = application("{ cname = \"east.example.net\" }", "{ cname = \"west.example.net\" }");
        let dns = Dns::default().says(SERVED, RecordType::Cname, &[&["West.example.net."]]);
        assert_eq!(told(&dns, &application), only("us-west-2"));
    }

    #[test]
    fn an_alias_answer_belongs_to_the_target_that_shares_an_address() {
        let dns = Dns::default()
            .says(SERVED, RecordType::A, &[&["192.0.2.11", "192.0.2.12"]])
            .resolves("east.elb.amazonaws.com", &["192.0.2.1", "192.0.2.2"])
            .resolves("west.elb.amazonaws.com", &["192.0.2.12", "192.0.2.13"]);
        assert_eq!(told(&dns, &balanced(false)), only("us-west-2"));
    }

    #[test]
    fn an_alias_answer_that_matches_nothing_is_asked_for_again() {
        let dns = Dns::default()
            .says(SERVED, RecordType::A, &[&["192.0.2.19"], &["192.0.2.18"], &["192.0.2.1"]])
            .resolves("east.elb.amazonaws.com", &["192.0.2.1"])
            .resolves("west.elb.amazonaws.com", &["192.0.2.12"]);
        assert_eq!(told(&dns, &balanced(false)), only("us-east-1"));
    }

    #[test]
    fn no_match_and_two_matches_are_unknown() {
        let dns = Dns::default()
            .says(SERVED, RecordType::A, &[&["192.0.2.1", "192.0.2.12"]])
            .resolves("east.elb.amazonaws.com", &["192.0.2.1"])
            .resolves("west.elb.amazonaws.com", &["192.0.2.12"]);
        let seen = told(&dns, &balanced(false));
        assert!(
            matches!(&seen, Answered::Unknown { why } if why.contains("us-east-1 and us-west-2")),
            "{seen:?}"
        );
        let unresolved = Dns::default().says(SERVED, RecordType::A, &[&["192.0.2.1"]]);
        assert!(matches!(told(&unresolved, &balanced(false)), Answered::Unknown { .. }));
    }

    #[test]
    fn both_address_families_must_tell_the_same_region() {
        let dns = || {
            Dns::default()
                .says(SERVED, RecordType::A, &[&["192.0.2.1"]])
                .resolves("east.elb.amazonaws.com", &["192.0.2.1", "2001:db8::1"])
                .resolves("west.elb.amazonaws.com", &["192.0.2.12", "2001:db8::2"])
        };
        let same = dns().says(SERVED, RecordType::Aaaa, &[&["2001:db8::1"]]);
        assert_eq!(told(&same, &balanced(true)), only("us-east-1"));
        let torn = dns().says(SERVED, RecordType::Aaaa, &[&["2001:db8::2"]]);
        assert!(matches!(told(&torn, &balanced(true)), Answered::Unknown { why } if why.contains("by type")));
    }

    #[test]
    fn a_target_in_our_own_zone_is_asked_of_the_same_server() {
        let origin = |region: &str| format!("origin-{region}._understudy.shop.example.com");
        let record = |region: &str| format!("{{ alias = \"{}\", zone = \"Z0123456789\" }}", origin(region));
        let application = application(&record("us-east-1"), &record("us-west-2"));
        let dns = Dns::default()
            .says(SERVED, RecordType::A, &[&["192.0.2.12"]])
            .says(&origin("us-east-1"), RecordType::A, &[&["192.0.2.1"]])
            .says(&origin("us-west-2"), RecordType::A, &[&["192.0.2.12"]]);
        assert_eq!(told(&dns, &application), only("us-west-2"));
    }

    #[test]
    fn silence_is_unknown_and_says_why() {
        let dns = Dns::default().says(SERVED, RecordType::A, &[]);
        assert_eq!(told(&dns, &balanced(false)), Answered::Unknown { why: "ask: timed out".into() });
    }
}
