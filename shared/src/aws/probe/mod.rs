//! Probes: questions to an application's endpoints, by HTTP, HTTPS or TCP.
//!
//! The address that was checked is the one that is connected to: nothing resolves the name twice.

mod address;
mod http;
pub(super) mod tls;

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::tls::TlsConfigs;
use super::clock::SystemClock;
use super::dns::DnsClient;
use crate::health::{Health, Reading};
use crate::names::DnsName;
use crate::plan::{Probe, Target};
use crate::ports::{Clock, NameServers, Probes};
use crate::time::span;

/// A reading is read by people: longer words of a library are cut.
const LONGEST: usize = 200;

/// Asks endpoints.
#[derive(Debug)]
pub struct EndpointProbes {
    names: Arc<DnsClient>,
    tls: TlsConfigs,
    runtime_api: Option<SocketAddr>,
    clock: SystemClock,
}

/// Why a probe did not find its target healthy.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Failure {
    /// The target does not work.
    Unhealthy(String),
    /// Nobody can say: it is our side that could not ask.
    Unknown(String),
}

impl EndpointProbes {
    /// Resolves by `names`; never connects to the Runtime API.
    pub fn new(names: Arc<DnsClient>, runtime_api: Option<SocketAddr>) -> Self {
        Self { names, tls: TlsConfigs::default(), runtime_api, clock: SystemClock }
    }

    async fn attempt(&self, probe: &Probe, at: Option<IpAddr>) -> Result<String, Failure> {
        let start = Instant::now();
        let limit = Limit { deadline: start + probe.timeout, time: probe.timeout };
        let addresses = self.addresses(probe, at, &limit).await?;
        let stream = connect(&addresses, &limit).await?;
        let seen = match &probe.target {
            Target::Tcp { .. } => "connected".to_owned(),
            Target::Http { tls, host, port, path } => {
                let host_header = host_header(*tls, host, *port);
                let question =
                    http::Question { host: host_header, path, contains: probe.contains.as_deref() };
                let status = if *tls {
                    let stream = self.handshake(stream, host, probe.verify_tls, &limit).await?;
                    limit.hold("no complete answer within", http::get(stream, &question)).await??
                } else {
                    limit.hold("no complete answer within", http::get(stream, &question)).await??
                };
                http::words(status)
            }
        };
        Ok(format!("{seen} in {} ms", start.elapsed().as_millis()))
    }

    /// Where to connect: IPv4 first, as far as the rules allow.
    async fn addresses(
        &self,
        probe: &Probe,
        at: Option<IpAddr>,
        limit: &Limit,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let mut found = match at {
            Some(ip) => vec![ip],
            None => {
                let name = DnsName::new(probe.target.host());
                let resolved = timeout_at(limit.deadline, self.names.resolve(&name)).await;
                let resolved = resolved.map_err(|_| limit.unknown("no address was found within"))?;
                resolved.map_err(|error| Failure::Unknown(error.to_string()))?
            }
        };
        found.sort_by_key(IpAddr::is_ipv6);
        let mut refused = "the name has no address".to_owned();
        let mut allowed = Vec::new();
        for ip in found {
            let address = SocketAddr::new(ip, probe.target.port());
            match address::check(address, probe.private, self.runtime_api) {
                Ok(()) => allowed.push(address),
                Err(what) => refused = format!("{ip} is not asked: it is {what}"),
            }
        }
        if allowed.is_empty() { Err(Failure::Unknown(refused)) } else { Ok(allowed) }
    }

    async fn handshake(
        &self,
        stream: TcpStream,
        host: &str,
        verify: bool,
        limit: &Limit,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let config = self.tls.get(verify).map_err(Failure::Unknown)?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| Failure::Unknown(format!("{host} is no name for TLS: {error}")))?;
        let handshake = TlsConnector::from(config).connect(name, stream);
        limit.hold("no TLS within", handshake).await?.map_err(|error| Failure::Unhealthy(tls_words(&error)))
    }
}

impl Probes for EndpointProbes {
    async fn probe(&self, probe: &Probe, at: Option<IpAddr>) -> Reading {
        let (health, seen) = match self.attempt(probe, at).await {
            Ok(seen) => (Health::Healthy, seen),
            Err(Failure::Unhealthy(seen)) => (Health::Unhealthy, seen),
            Err(Failure::Unknown(seen)) => (Health::Unknown, seen),
        };
        Reading::new(health, seen.chars().take(LONGEST).collect::<String>(), self.clock.now())
    }
}

/// The time that a probe has for everything.
struct Limit {
    deadline: Instant,
    time: Duration,
}

impl Limit {
    /// Awaits within the limit; over it, the target was too slow.
    async fn hold<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, Failure> {
        let over = |_| Failure::Unhealthy(format!("{what} {}", span(self.time)));
        timeout_at(self.deadline, work).await.map_err(over)
    }

    fn unknown(&self, what: &str) -> Failure {
        Failure::Unknown(format!("{what} {}", span(self.time)))
    }
}

/// The first connection that opens. Each address gets an equal share of what is left of the time,
/// so that one that swallows packets does not hide those behind it.
async fn connect(addresses: &[SocketAddr], limit: &Limit) -> Result<TcpStream, Failure> {
    let mut failure = None;
    for (index, address) in addresses.iter().enumerate() {
        let left = limit.deadline.saturating_duration_since(Instant::now());
        let waiting = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let next = match timeout_at(Instant::now() + left / waiting, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => refused(&error),
            Err(_) => Failure::Unhealthy(format!("connect timed out after {}", span(limit.time))),
        };
        // That the target does not work outweighs that one of its addresses could not be asked.
        failure = match (failure, next) {
            (Some(Failure::Unhealthy(seen)), Failure::Unknown(_)) => Some(Failure::Unhealthy(seen)),
            (_, next) => Some(next),
        };
    }
    Err(failure.unwrap_or_else(|| Failure::Unknown("no address".to_owned())))
}

/// What a failed connection says. Without a route or a socket of our own it says nothing.
fn refused(error: &io::Error) -> Failure {
    /// `EMFILE` and `ENFILE`: too many open files, in this process and on this system.
    const NO_DESCRIPTORS: [Option<i32>; 2] = [Some(24), Some(23)];
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::Unhealthy("refused".to_owned()),
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable | ErrorKind::PermissionDenied => {
            Failure::Unknown(format!("no way there from here: {error}"))
        }
        _ if NO_DESCRIPTORS.contains(&error.raw_os_error()) => Failure::Unknown(error.to_string()),
        _ => Failure::Unhealthy(format!("connect failed: {error}")),
    }
}

/// What a failed handshake says.
fn tls_words(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(fault)) => format!("certificate invalid: {fault}"),
        Some(error) => format!("TLS failed: {error}"),
        None => format!("TLS failed: {error}"),
    }
}

/// The `Host` header: without the port where it is the scheme's own (RFC 9110, 4.2.3 and 7.2).
fn host_header(tls: bool, host: &str, port: u16) -> String {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    if port == if tls { 443 } else { 80 } { host } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests;
