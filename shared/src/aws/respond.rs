//! Answers to CloudFormation: one PUT to a pre-signed URL of S3 (CloudFormation User Guide, "How custom
//! resources work").

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST};
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use url::Url;

use super::probe::tls::TlsConfigs;
use super::sdk_error::chain;
use crate::event::tidy;
use crate::ports::PortError;

const PUT: &str = "the answer to CloudFormation";

/// How often an answer is put where it is not taken.
const ATTEMPTS: u32 = 3;
/// For one attempt, from the name's resolution to the answer.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Between two attempts: once, then twice this.
const GAP: Duration = Duration::from_secs(1);
/// For the head of what S3 answers.
const HEAD: usize = 16 * 1_024;

/// Puts answers.
#[derive(Debug)]
pub(super) struct Answers {
    tls: TlsConfigs,
    without_tls: bool,
}

/// Why an answer was not taken.
enum Failure {
    /// Another attempt may be taken.
    Passing(String),
    /// None will be.
    Final(String),
}

impl Answers {
    /// Over TLS only, but where S3 is known to be an emulator that has none.
    pub(super) fn new(without_tls: bool) -> Self {
        Self { tls: TlsConfigs::default(), without_tls }
    }

    /// Puts an answer, three times at most.
    pub(super) async fn put(&self, url: &str, answer: &str) -> Result<(), PortError> {
        let failed = |why: String| PortError::new(PUT, why);
        let url = Url::parse(url).map_err(|error| failed(format!("the ResponseURL is no URL: {error}")))?;
        let mut attempt = 1;
        loop {
            let tried = timeout(ATTEMPT, self.attempt(&url, answer)).await;
            let late = |_| Failure::Passing(format!("no answer within {} s", ATTEMPT.as_secs()));
            match tried.map_err(late).and_then(|done| done) {
                Ok(()) => return Ok(()),
                Err(Failure::Passing(_)) if attempt < ATTEMPTS => {}
                Err(Failure::Passing(why) | Failure::Final(why)) => return Err(failed(why)),
            }
            sleep(GAP * attempt).await;
            attempt += 1;
        }
    }

    async fn attempt(&self, url: &Url, answer: &str) -> Result<(), Failure> {
        let tls = match url.scheme() {
            "https" => true,
            "http" if self.without_tls => false,
            other => return Err(Failure::Final(format!("{} is not asked: https is", tidy(other, 20)))),
        };
        let host = url.host_str().ok_or_else(|| Failure::Final("the ResponseURL has no host".to_owned()))?;
        let port = url.port_or_known_default().unwrap_or(443);
        // An IPv6 address stands in brackets in a URL only.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, port)).await;
        let stream = stream.map_err(|error| Failure::Passing(format!("{host} is not reached: {error}")))?;
        let status = if tls {
            let config = self.tls.get(true).map_err(Failure::Final)?;
            let name = ServerName::try_from(bare.to_owned())
                .map_err(|error| Failure::Final(format!("{host} is no name for TLS: {error}")))?;
            let stream = TlsConnector::from(config).connect(name, stream).await;
            let stream = stream.map_err(|error| Failure::Passing(format!("no TLS with {host}: {error}")))?;
            send(stream, url, answer).await?
        } else {
            send(stream, url, answer).await?
        };
        match status {
            _ if status.is_success() => Ok(()),
            _ if status.is_server_error() => Err(Failure::Passing(format!("{host} answered {status}"))),
            _ => Err(Failure::Final(format!("{host} answered {status}"))),
        }
    }
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    url: &Url,
    answer: &str,
) -> Result<StatusCode, Failure> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    // The URL is signed for a request with an empty content type.
    let request = Request::put(format!("{}{query}", url.path()))
        .header(HOST, host)
        .header(CONTENT_TYPE, "")
        .header(CONNECTION, "close")
        .body(Full::new(Bytes::copy_from_slice(answer.as_bytes())))
        .map_err(|error| Failure::Final(format!("the request cannot be made: {error}")))?;
    let broken = |error: hyper::Error| Failure::Passing(chain(&error));
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driven = async {
        let _ = connection.await;
        pending::<()>().await;
    };
    tokio::select! {
        response = sender.send_request(request) => response.map(|got| got.status()).map_err(broken),
        () = driven => Err(Failure::Passing("the connection ended".to_owned())),
    }
}

#[cfg(test)]
mod tests;
