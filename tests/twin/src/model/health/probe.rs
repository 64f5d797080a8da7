//! What passes between the model and whoever asks the endpoints.

use std::net::IpAddr;

use super::config::{Endpoint, Protocol, Target};
use crate::model::{HealthCheckId, Time};

/// A request that one checker wants made now. Each must be answered by
/// [`Twin::probe_finished`](crate::model::Twin::probe_finished), or this checker stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// For which check.
    pub check: HealthCheckId,
    /// By which of the check's checkers.
    pub checker: usize,
    /// How to ask.
    pub protocol: ProbeProtocol,
    /// The address, where the check has one.
    pub ip: Option<IpAddr>,
    /// The name to resolve (without an address) or to send.
    pub name: Option<String>,
    /// The port.
    pub port: u16,
    /// The host header: the name, or else the address; with the port unless it is the protocol's own (Route
    /// 53 API reference, `FullyQualifiedDomainName`).
    pub host_header: String,
    /// The path with its leading slash.
    pub path: String,
    /// What the first 5 120 bytes of the body must contain.
    pub search: Option<String>,
}

/// How to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeProtocol {
    /// Connect within 10 seconds.
    Tcp,
    /// Connect within 4 seconds, a status of 2xx or 3xx within 2 more, a body to search within 2 more.
    Http,
    /// The same by TLS, without validating certificates.
    Https,
}

/// What came of it. The texts are free, as in the service's `StatusReport`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// For instance `HTTP Status Code 200, OK`.
    Success(String),
    /// Why not.
    Failure(String),
}

impl ProbeOutcome {
    /// Success without words.
    pub fn success() -> Self {
        Self::Success("HTTP Status Code 200, OK".to_owned())
    }

    /// Failure without an answer.
    pub fn refused() -> Self {
        Self::Failure("The endpoint could not be reached: connection refused".to_owned())
    }

    pub(super) fn report(&self) -> String {
        match self {
            Self::Success(words) => format!("Success: {words}"),
            Self::Failure(words) => format!("Failure: {words}"),
        }
    }
}

/// What one checker last saw (`HealthCheckObservation`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Where the checker is.
    pub region: String,
    /// The checker's address.
    pub ip: IpAddr,
    /// `Success: ...` or `Failure: ...`. The service leaves `Inverted` out of account here.
    pub status: String,
    /// When.
    pub checked_at: Time,
}

pub(super) fn probe(check: &HealthCheckId, checker: usize, endpoint: &Endpoint) -> Probe {
    let (protocol, own_port, page) = match &endpoint.protocol {
        Protocol::Tcp => (ProbeProtocol::Tcp, None, None),
        Protocol::Http(page) => (ProbeProtocol::Http, Some(80), Some(page)),
        Protocol::Https { page, .. } => (ProbeProtocol::Https, Some(443), Some(page)),
    };
    let (ip, name) = match &endpoint.target {
        Target::Address { ip, host } => (Some(*ip), host.clone()),
        Target::Name(name) => (None, Some(name.clone())),
    };
    let host = match (&name, ip) {
        (Some(name), _) => name.clone(),
        (None, Some(IpAddr::V6(ip))) => format!("[{ip}]"),
        (None, Some(ip)) => ip.to_string(),
        (None, None) => String::new(),
    };
    let host_header =
        if own_port == Some(endpoint.port) { host } else { format!("{host}:{}", endpoint.port) };
    let path = page.and_then(|page| page.path.as_deref()).unwrap_or("/");
    Probe {
        check: check.clone(),
        checker,
        protocol,
        ip,
        name,
        port: endpoint.port,
        host_header,
        path: if path.starts_with('/') { path.to_owned() } else { format!("/{path}") },
        search: page.and_then(|page| page.search.clone()),
    }
}
