//! Name servers, asked directly: Route 53's data plane, which needs no API.

mod exchange;
mod system;
mod wire;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{join, join_all};
use hickory_proto::op::Message;
use hickory_proto::rr::RecordType as Kind;
use tokio::time::Instant;

use self::wire::Question;
use super::clock::SystemRandom;
use crate::dns::RecordType;
use crate::names::DnsName;
use crate::ports::{DnsAnswer, DnsValue, NameServers, PortError, Random};

const ASK: &str = "DNS question";
const SERVERS: &str = "DNS name servers";
const RESOLVE: &str = "DNS resolution";

/// How long the addresses of a zone's name servers are believed. They change once in years; a
/// failed look-up falls back to the last ones.
const LIFETIME: Duration = Duration::from_secs(300);

/// How long they are believed when not all of them could be found.
const LIFETIME_IN_PART: Duration = Duration::from_secs(30);

/// For finding the name servers, or an address by the system's resolver.
const DEADLINE: Duration = Duration::from_secs(4);

/// Asks name servers.
#[derive(Debug)]
pub struct DnsClient {
    /// Asked for everything, where not empty.
    fixed: Vec<SocketAddr>,
    /// The system's resolvers.
    system: Vec<SocketAddr>,
    known: Mutex<BTreeMap<DnsName, Known>>,
}

/// The name servers of a zone as they were last found.
#[derive(Clone, Debug)]
struct Known {
    servers: Vec<SocketAddr>,
    until: Instant,
}

impl DnsClient {
    /// Asks `fixed` where it is not empty; else the system's resolvers, and the name servers that
    /// they know.
    pub fn new(fixed: Vec<SocketAddr>) -> Self {
        let system = if fixed.is_empty() { system::resolvers() } else { Vec::new() };
        Self { fixed, system, known: Mutex::default() }
    }

    fn known(&self, zone: &DnsName) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(zone).cloned()
    }

    fn remember(&self, zone: &DnsName, known: Known) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(zone.clone(), known);
    }

    /// The addresses of all name servers of a zone, by the system's resolvers. Where some cannot
    /// be found, the last whole list is better than a part.
    async fn find(&self, zone: &DnsName) -> Result<Known, String> {
        let message = first_answer(&self.system, zone, Kind::NS).await?;
        let names = wire::name_servers(&message, zone);
        let found = join_all(names.iter().map(|name| addresses(&self.system, name, RecordType::A))).await;
        let missing = found.iter().filter(|result| result.is_err()).count();
        let servers: Vec<SocketAddr> =
            found.into_iter().flatten().flatten().map(|ip| (ip, 53).into()).collect();
        if servers.is_empty() {
            return Err("no name server with an address was found".to_owned());
        }
        if missing > 0 && self.known(zone).is_some() {
            return Err(format!("{missing} of {} name servers have no address", names.len()));
        }
        let lifetime = if missing == 0 { LIFETIME } else { LIFETIME_IN_PART };
        Ok(Known { servers, until: Instant::now() + lifetime })
    }
}

impl NameServers for DnsClient {
    async fn name_servers(&self, zone: &DnsName) -> Result<Vec<SocketAddr>, PortError> {
        if !self.fixed.is_empty() {
            return Ok(self.fixed.clone());
        }
        let known = self.known(zone);
        if let Some(known) = known.as_ref().filter(|known| Instant::now() < known.until) {
            return Ok(known.servers.clone());
        }
        let found = match tokio::time::timeout(DEADLINE, self.find(zone)).await {
            Ok(found) => found,
            Err(_) => Err(format!("no answer within {} s", DEADLINE.as_secs())),
        };
        match (found, known) {
            (Ok(found), _) => {
                self.remember(zone, found.clone());
                Ok(found.servers)
            }
            (Err(error), Some(known)) => {
                tracing::warn!(%zone, %error, "the name servers found last are asked");
                Ok(known.servers)
            }
            (Err(error), None) => Err(PortError::new(SERVERS, format!("{zone}: {error}"))),
        }
    }

    async fn ask(
        &self,
        server: SocketAddr,
        name: &DnsName,
        kind: RecordType,
    ) -> Result<DnsAnswer, PortError> {
        let question = Question::new(id(), name, wire::wire_kind(kind), false);
        let message = exchange::ask(server, &question).await;
        message
            .and_then(|message| wire::answer(&message, name, kind, true))
            .map_err(|error| PortError::new(ASK, format!("{name} {}: {error}", kind.as_str())))
    }

    async fn resolve(&self, name: &DnsName) -> Result<Vec<IpAddr>, PortError> {
        if let Ok(address) = name.as_str().parse() {
            return Ok(vec![address]);
        }
        let resolution = async {
            if self.fixed.is_empty() { by_system(name).await } else { by_servers(&self.fixed, name).await }
        };
        let resolved = match tokio::time::timeout(DEADLINE, resolution).await {
            Ok(resolved) => resolved,
            Err(_) => Err(format!("no answer within {} s", DEADLINE.as_secs())),
        };
        resolved.map_err(|error| PortError::new(RESOLVE, format!("{name}: {error}")))
    }
}

/// As every other program here resolves: the system's own resolver with its files.
async fn by_system(name: &DnsName) -> Result<Vec<IpAddr>, String> {
    let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|error| error.to_string())?;
    let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    addresses.dedup();
    Ok(addresses)
}

/// Both families at once. One family may fail: the other's addresses are as good.
async fn by_servers(servers: &[SocketAddr], name: &DnsName) -> Result<Vec<IpAddr>, String> {
    let (v4, v6) =
        join(addresses(servers, name, RecordType::A), addresses(servers, name, RecordType::Aaaa)).await;
    match (v4, v6) {
        (Err(error), Err(_)) => Err(error),
        (v4, v6) => {
            let found: Vec<IpAddr> = [v4, v6].into_iter().flatten().flatten().collect();
            if found.is_empty() { Err("it has no address".to_owned()) } else { Ok(found) }
        }
    }
}

async fn addresses(servers: &[SocketAddr], name: &DnsName, kind: RecordType) -> Result<Vec<IpAddr>, String> {
    let message = first_answer(servers, name, wire::wire_kind(kind)).await?;
    let values = match wire::answer(&message, name, kind, false)? {
        DnsAnswer::Values(values) => values,
        DnsAnswer::Nothing => Vec::new(),
    };
    let address = |value| match value {
        DnsValue::Address(address) => Some(address),
        DnsValue::Name(_) | DnsValue::Text(_) => None,
    };
    Ok(values.into_iter().filter_map(address).collect())
}

/// The answer of the first of several resolvers that gives one.
async fn first_answer(servers: &[SocketAddr], name: &DnsName, kind: Kind) -> Result<Message, String> {
    let mut last = "no resolver is known here".to_owned();
    for server in servers {
        let message = exchange::ask(*server, &Question::new(id(), name, kind, true)).await;
        match message.and_then(|message| wire::checked(&message, false).map(|()| message)) {
            Ok(message) => return Ok(message),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn id() -> u16 {
    u16::try_from(SystemRandom.bits() & 0xffff).unwrap_or_default()
}

#[cfg(test)]
mod tests;
