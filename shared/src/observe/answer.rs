//! Whom the served name answers, by the authoritative name servers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use futures_util::future::join_all;

use super::Depth;
use crate::decide::Answered;
use crate::dns::{Content, RecordType, ServingUnit};
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
    let kinds: BTreeSet<RecordType> = units.iter().flat_map(|unit| unit.contents.keys().copied()).collect();
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
        units.iter().map(|unit| &unit.region).zip(known).collect();
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
        Some(Content::Values { values, .. }) => values.iter().map(|value| plain(kind, value)).collect(),
        // A target in our own zone is asked where the served name was asked.
        Some(Content::Alias { target, .. }) if target.is_within(&application.zone.name) => {
            match world.ask(server, target, kind).await {
                Ok(DnsAnswer::Values(values)) => values.into_iter().collect(),
                Ok(DnsAnswer::Nothing) | Err(_) => BTreeSet::new(),
            }
        }
        Some(Content::Alias { target, .. }) => {
            let addresses = world.resolve(target).await.unwrap_or_default();
            addresses
                .into_iter()
                .filter(|ip| ip.is_ipv6() == (kind == RecordType::Aaaa))
                .map(DnsValue::Address)
                .collect()
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
