//! One request of one checker, over real sockets.
//!
//! An HTTPS check is asked by plain HTTP at its port: the service does not validate certificates either, and
//! a lab's endpoints need none. What only TLS can break (a handshake that fails) cannot be tested here.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::shared::Shared;
use crate::model::AnswerContext;
use crate::model::health::{Probe, ProbeOutcome, ProbeProtocol};
use crate::model::records::RecordType;

/// "The string must appear entirely in the first 5,120 bytes" (Route 53 developer guide).
const SEARCHED: usize = 5_120;

/// How long a checker waits (Route 53 developer guide, "How Route 53 determines the status of health checks that
/// monitor an endpoint").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a TCP check's connection: 10 s.
    pub tcp_connect: Duration,
    /// For an HTTP check's connection: 4 s.
    pub http_connect: Duration,
    /// From the connection to the status: 2 s.
    pub status: Duration,
    /// From the status to the body that is searched: 2 s.
    pub body: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { tcp_connect: seconds(10), http_connect: seconds(4), status: seconds(2), body: seconds(2) }
    }
}

impl Timeouts {
    /// The documented ones, so many times shorter.
    pub fn compressed(times: u32) -> Self {
        let (all, times) = (Self::default(), times.max(1));
        Self {
            tcp_connect: all.tcp_connect / times,
            http_connect: all.http_connect / times,
            status: all.status / times,
            body: all.body / times,
        }
    }
}

/// Asks, and says what came of it.
pub(super) async fn ask(shared: &Shared, probe: &Probe, timeouts: Timeouts) -> ProbeOutcome {
    match try_ask(shared, probe, timeouts).await {
        Ok(words) => ProbeOutcome::Success(words),
        Err(words) => ProbeOutcome::Failure(words),
    }
}

async fn try_ask(shared: &Shared, probe: &Probe, timeouts: Timeouts) -> Result<String, String> {
    let address = address(shared, probe).ok_or("DNS resolution failed")?;
    let patience =
        if probe.protocol == ProbeProtocol::Tcp { timeouts.tcp_connect } else { timeouts.http_connect };
    let connected =
        timeout(patience, TcpStream::connect(address)).await.map_err(|_| "Connection timed out")?;
    let stream = connected.map_err(|error| format!("The endpoint could not be reached: {error}"))?;
    if probe.protocol == ProbeProtocol::Tcp {
        return Ok("The TCP connection was opened".to_owned());
    }
    let deadline = Instant::now() + timeouts.status;
    let (mut sender, connection) =
        timeout_at(deadline, hyper::client::conn::http1::handshake(TokioIo::new(stream)))
            .await
            .map_err(|_| "No response in time")?
            .map_err(|error| error.to_string())?;
    let request = hyper::Request::get(&probe.path)
        .header(hyper::header::HOST, &probe.host_header)
        .header(hyper::header::USER_AGENT, "Amazon-Route53-Health-Check-Service (ref twin)")
        .header(hyper::header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let mut conversation = std::pin::pin!(converse(&mut sender, request, probe, deadline, timeouts));
    // The connection only moves while it is polled. Where it ends first, what it read is still to be heard.
    tokio::select! {
        answered = &mut conversation => answered,
        _ended = connection => conversation.await,
    }
}

type Sender = hyper::client::conn::http1::SendRequest<Empty<Bytes>>;

async fn converse(
    sender: &mut Sender,
    request: hyper::Request<Empty<Bytes>>,
    probe: &Probe,
    deadline: Instant,
    timeouts: Timeouts,
) -> Result<String, String> {
    let response =
        timeout_at(deadline, sender.send_request(request)).await.map_err(|_| "No response in time")?;
    let mut response = response.map_err(|error| error.to_string())?;
    let status = response.status();
    let words =
        format!("HTTP Status Code {}, {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    if !(status.is_success() || status.is_redirection()) {
        return Err(words);
    }
    let Some(search) = &probe.search else { return Ok(words) };
    let mut body = Vec::new();
    let read = async {
        while let Some(Ok(frame)) = response.body_mut().frame().await {
            body.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            if body.len() >= SEARCHED {
                break;
            }
        }
    };
    timeout(timeouts.body, read).await.map_err(|_| "The body did not come in time")?;
    body.truncate(SEARCHED);
    let found = body.windows(search.len()).any(|window| window == search.as_bytes());
    if found { Ok(words) } else { Err(format!("{words}. The string was not found in the body")) }
}

/// An address as given, or by the twin's own name server 0: a name that the twin does not know cannot be
/// resolved, since the checkers never leave the host.
fn address(shared: &Shared, probe: &Probe) -> Option<SocketAddr> {
    if let Some(ip) = probe.ip {
        return Some(SocketAddr::new(ip, probe.port));
    }
    let name = probe.name.as_deref()?;
    let client = AnswerContext::seeded(probe.checker as u64);
    let answer = shared.with(|twin, now| twin.answer(0, name, RecordType::A, now, &client));
    answer.addresses().first().map(|ip| SocketAddr::new(*ip, probe.port))
}
