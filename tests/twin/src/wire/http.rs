//! The REST/XML protocol of Route 53, version 2013-04-01, over plain HTTP/1.1.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::hook::{CallInfo, Caller, Hook, HookAction, Phase};
use super::render::{self, BatchErrorForm, Rendered};
use super::route::Call;
use super::shared::Shared;
use crate::model::{ApiError, Outcome, Request, Response};

/// More than the largest batch takes.
const MAX_BODY: usize = 4 << 20;

/// What every connection needs.
#[derive(Clone)]
pub(super) struct Front {
    pub shared: Shared,
    pub hook: Option<Hook>,
    pub batch_error: BatchErrorForm,
}

/// Serves until told to stop; then all connections end.
pub(super) async fn serve(front: Front, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let requests = Arc::new(AtomicU64::new(1));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(front.clone(), stream, requests.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    connections.shutdown().await;
}

async fn connection(front: Front, stream: TcpStream, requests: Arc<AtomicU64>) {
    let service = service_fn(move |request| {
        let front = front.clone();
        let number = requests.fetch_add(1, Ordering::Relaxed);
        async move { front.answer(request, &format!("00000000-0000-4000-8000-{number:012}")).await }
    });
    // An error here is a client that went away, or a connection that was to be dropped.
    let _ended =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An error closes the connection without an answer.
type Answered = Result<hyper::Response<Full<Bytes>>, io::Error>;

impl Front {
    async fn answer(&self, request: hyper::Request<Incoming>, request_id: &str) -> Answered {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(io::Error::other)?.to_bytes();
        let header = head.headers.get(hyper::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let caller = header.map(Caller::of).unwrap_or_default();
        let call = Call {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            body: &String::from_utf8_lossy(&body),
        };
        let request = call.request();
        let path = head.uri.path_and_query().map_or("", |path| path.as_str());
        let seen =
            Seen { front: self, caller: &caller, method: call.method, path, request: request.as_ref().ok() };
        let result = match seen.tell(Phase::Before).await? {
            Some(refused) => Err(refused),
            None => self.perform(request.clone()).await?,
        };
        let rendered = self.render(&result, request_id);
        let after =
            Phase::After { status: rendered.status, error: result.as_ref().err().map(|error| error.code) };
        let rendered = match seen.tell(after).await? {
            Some(refused) => self.render(&Err(refused), request_id),
            None => rendered,
        };
        respond(rendered, request_id)
    }

    async fn perform(&self, request: Result<Request, ApiError>) -> io::Result<Result<Response, ApiError>> {
        let request = match request {
            Ok(request) => request,
            Err(error) => return Ok(Err(error)),
        };
        let delivery = self.shared.with(|twin, now| twin.deliver(request, now));
        tokio::time::sleep(delivery.after).await;
        match delivery.outcome {
            Outcome::Answered(result) => Ok(*result),
            // Hangs until the client gives up or the server stops: both drop this future.
            Outcome::Nothing => std::future::pending().await,
        }
    }

    fn render(&self, result: &Result<Response, ApiError>, request_id: &str) -> Rendered {
        match result {
            Ok(response) => render::response(response, &self.shared.clock()),
            Err(error) => render::error(error, self.batch_error, request_id),
        }
    }
}

/// What the hook is shown of a call.
struct Seen<'a> {
    front: &'a Front,
    caller: &'a Caller,
    method: &'a str,
    path: &'a str,
    request: Option<&'a Request>,
}

impl Seen<'_> {
    /// Tells the hook, and does what it says: an error drops the connection, a refusal is answered.
    async fn tell(&self, phase: Phase) -> io::Result<Option<ApiError>> {
        let Some(hook) = &self.front.hook else { return Ok(None) };
        let info = CallInfo {
            phase,
            operation: self.request.map(Request::operation),
            request: self.request,
            caller: self.caller,
            method: self.method,
            path: self.path,
            at: self.front.shared.clock().now(),
        };
        match hook(&info) {
            HookAction::Continue => Ok(None),
            HookAction::Delay(by) => {
                tokio::time::sleep(by).await;
                Ok(None)
            }
            HookAction::Drop => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "dropped by the hook")),
            HookAction::Fail(error) => Ok(Some(error)),
        }
    }
}

fn respond(rendered: Rendered, request_id: &str) -> Answered {
    // A refusal of status 0 stands for no answer at all.
    let status = hyper::StatusCode::from_u16(rendered.status).map_err(io::Error::other)?;
    let mut builder = hyper::Response::builder()
        .status(status)
        .header(hyper::header::CONTENT_TYPE, "text/xml")
        .header("x-amzn-RequestId", request_id);
    if let Some(location) = rendered.location {
        builder = builder.header(hyper::header::LOCATION, location);
    }
    builder.body(Full::new(Bytes::from(rendered.body))).map_err(io::Error::other)
}
