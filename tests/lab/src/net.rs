//! Small HTTP/1.1 servers and requests on loopback.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// More than any request of a function takes, and than any answer here is long that is meant well.
const MAX_BODY: usize = 8 << 20;

/// A request, read to its end.
pub type Asked = http::Request<Bytes>;

/// A whole answer.
pub type Reply = http::Response<Full<Bytes>>;

/// A server that ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Answers requests. Where the handler gives `None`, the connection is closed without an answer.
pub fn serve<H, F>(listener: TcpListener, handler: H) -> Server
where
    H: Fn(Asked) -> F + Clone + Send + 'static,
    F: Future<Output = Option<Reply>> + Send + 'static,
{
    Server(tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(connection(stream, handler.clone()));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }))
}

async fn connection<H, F>(stream: TcpStream, handler: H)
where
    H: Fn(Asked) -> F + Clone + Send + 'static,
    F: Future<Output = Option<Reply>> + Send + 'static,
{
    // Small answers must not wait for the client's acknowledgement.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let handler = handler.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = Limited::new(body, MAX_BODY).collect().await.map_err(io::Error::other)?.to_bytes();
            let reply = handler(http::Request::from_parts(head, body)).await;
            reply.ok_or_else(|| io::Error::new(io::ErrorKind::ConnectionAborted, "closed on purpose"))
        }
    });
    // An error is a client that went away, or a connection that was to be closed.
    let _ended =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// A whole answer with a status and a body.
pub fn reply(status: u16, body: impl Into<Bytes>) -> Reply {
    let mut reply = http::Response::new(Full::new(body.into()));
    *reply.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    reply
}

/// Sends one request on a connection of its own.
///
/// # Errors
/// No connection, or it broke, or the answer did not end.
pub async fn ask(
    server: SocketAddr,
    request: http::Request<Full<Bytes>>,
) -> io::Result<http::Response<Bytes>> {
    let stream = TcpStream::connect(server).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let exchange = async move {
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(http::Response::from_parts(head, body))
    };
    // The connection moves the bytes; it ends when the exchange has dropped its sender.
    let (answered, _ended) = tokio::join!(exchange, connection);
    answered
}

/// A listener on a free loopback port.
///
/// # Errors
/// The system has none.
pub async fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await
}
