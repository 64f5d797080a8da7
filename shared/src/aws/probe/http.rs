//! One GET over a connection that is already open.

use std::future::pending;

use bytes::Bytes;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::super::sdk_error::chain;
use super::Failure;

/// As far as Route 53's own string match reads (Developer Guide, health check values).
const REACH: usize = 5_120;

/// For a response's head. A real one has a tenth of that.
const HEAD: usize = 16 * 1_024;

/// All that is read: a head, a body's beginning in however small pieces. Interim answers (1xx) before
/// the head have no end of their own.
const MOST: u64 = 128 * 1_024;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// The value of the `Host` header.
    pub(super) host: String,
    /// Path and query.
    pub(super) path: &'a str,
    /// Text that the body must hold within its first 5,120 bytes.
    pub(super) contains: Option<&'a str>,
}

/// The status, if it is a healthy one and the text was found.
pub(super) async fn get(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    question: &Question<'_>,
) -> Result<StatusCode, Failure> {
    let request = Request::get(question.path)
        .header(HOST, &question.host)
        .header(USER_AGENT, "understudy")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| Failure::Unknown(format!("the request cannot be made: {error}")))?;
    let (reading, writing) = tokio::io::split(stream);
    let stream = TokioIo::new(tokio::io::join(reading.take(MOST), writing));
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD).handshake(stream).await.map_err(|error| broken(&error))?;
    // The connection must be driven while the answer is awaited. Its own errors reach the sender
    // and the body, so that its end decides nothing.
    let driven = async {
        let _ = connection.await;
        pending::<()>().await;
    };
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
        let status = response.status();
        if !(status.is_success() || status.is_redirection()) {
            return Err(Failure::Unhealthy(words(status)));
        }
        match question.contains {
            Some(text) if !holds(response.into_body(), text).await? => {
                Err(Failure::Unhealthy(format!("{}, but the text was not found", words(status))))
            }
            _ => Ok(status),
        }
    };
    tokio::select! {
        result = exchange => result,
        () = driven => Err(Failure::Unknown("the connection ended".to_owned())),
    }
}

/// A status for people: `503 Service Unavailable`.
pub(super) fn words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// Whether the text stands within the reach. Reads no further than it must.
async fn holds(mut body: Incoming, text: &str) -> Result<bool, Failure> {
    let mut read = Vec::new();
    loop {
        if contains(&read, text) {
            return Ok(true);
        }
        if read.len() >= REACH {
            return Ok(false);
        }
        match body.frame().await {
            None => return Ok(false),
            Some(Err(error)) => {
                return Err(Failure::Unhealthy(format!("the body broke off: {}", chain(&error))));
            }
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                let room = REACH - read.len();
                read.extend_from_slice(&data[..data.len().min(room)]);
            }
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    text.is_empty() || bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn broken(error: &hyper::Error) -> Failure {
    let text = if error.is_incomplete_message() {
        "the connection was closed without an answer".to_owned()
    } else {
        format!("no HTTP answer: {}", chain(error))
    };
    Failure::Unhealthy(text)
}
