//! The Runtime API of one process (Lambda developer guide, "Using the Lambda runtime API").

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use crate::cloud::lock;
use crate::net::{self, Asked, Reply, Server};

const ROOT: &str = "/2018-06-01/runtime/";

/// Takes what a function answers; an error is what it reports.
type Answer = oneshot::Sender<Result<String, String>>;

/// One event on its way to a process.
#[derive(Debug)]
pub(super) struct Handed {
    /// The request id.
    pub id: String,
    /// The event: JSON text.
    pub event: String,
    /// When the process is killed.
    pub deadline: Timestamp,
    /// The function's ARN.
    pub function: String,
    /// Takes what the function answers; an error is what it reports.
    pub answer: Answer,
}

/// The server's side of a process.
#[derive(Debug)]
pub(super) struct Api {
    pub address: SocketAddr,
    events: mpsc::UnboundedSender<Handed>,
    ready: watch::Receiver<bool>,
    /// Held: the API ends with it.
    _server: Server,
}

struct State {
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Handed>>,
    current: Mutex<Option<(String, Answer)>>,
    ready: watch::Sender<bool>,
}

impl Api {
    /// Waits for a process on a port of its own.
    pub async fn start() -> std::io::Result<Self> {
        let listener = net::listen().await?;
        let address = listener.local_addr()?;
        let (events, received) = mpsc::unbounded_channel();
        let (ready, is_ready) = watch::channel(false);
        let state = Arc::new(State { events: received.into(), current: Mutex::default(), ready });
        let server = net::serve(listener, move |asked| {
            let state = state.clone();
            async move { Some(state.answer(asked).await) }
        });
        Ok(Self { address, events, ready: is_ready, _server: server })
    }

    /// Hands an event to the process; it takes it when it asks for the next one.
    pub fn hand(&self, handed: Handed) {
        // The receiver lives as long as the server.
        let _taken = self.events.send(handed);
    }

    /// Comes back when the process has asked for its first event.
    pub async fn ready(&self) {
        let mut ready = self.ready.clone();
        // An error means that nobody can tell any more.
        let _known = ready.wait_for(|ready| *ready).await;
    }
}

impl State {
    async fn answer(&self, asked: Asked) -> Reply {
        let path = asked.uri().path().strip_prefix(ROOT).unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        match (asked.method().as_str(), parts.as_slice()) {
            ("GET", ["invocation", "next"]) => self.next().await,
            ("POST", ["invocation", id, "response"]) => self.end(id, Ok(text(asked.body()))),
            ("POST", ["invocation", id, "error"]) => self.end(id, Err(text(asked.body()))),
            // The process ends by itself after it has said why it cannot start.
            ("POST", ["init", "error"]) => net::reply(202, r#"{"status":"OK"}"#),
            _ => net::reply(404, "{}"),
        }
    }

    async fn next(&self) -> Reply {
        self.ready.send_replace(true);
        let Some(handed) = self.events.lock().await.recv().await else { return net::reply(410, "{}") };
        let mut reply = net::reply(200, handed.event);
        let headers = [
            ("lambda-runtime-aws-request-id", handed.id.clone()),
            ("lambda-runtime-deadline-ms", handed.deadline.as_millisecond().to_string()),
            ("lambda-runtime-invoked-function-arn", handed.function),
            ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        for (name, value) in headers {
            if let Ok(value) = value.parse() {
                reply.headers_mut().insert(name, value);
            }
        }
        *lock(&self.current) = Some((handed.id, handed.answer));
        reply
    }

    fn end(&self, id: &str, answer: Result<String, String>) -> Reply {
        let current = lock(&self.current).take_if(|(current, _)| current == id);
        match current {
            Some((_, sender)) => {
                // Nobody waits for a process that was given up.
                let _received = sender.send(answer);
                net::reply(202, r#"{"status":"OK"}"#)
            }
            None => net::reply(400, r#"{"errorType":"InvalidRequestID"}"#),
        }
    }
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(api: &Api, method: &str, path: &str, body: &'static str) -> http::Response<Bytes> {
        let request =
            http::Request::builder().method(method).uri(format!("{ROOT}{path}")).header("host", "x");
        let body = http_body_util::Full::new(Bytes::from(body));
        net::ask(api.address, request.body(body).unwrap()).await.unwrap()
    }

    fn handed(id: &str, answer: oneshot::Sender<Result<String, String>>) -> Handed {
        let deadline = Timestamp::from_millisecond(1_800_000_000_123).unwrap();
        Handed {
            id: id.into(),
            event: "{\"understudy\":\"tick\"}".into(),
            deadline,
            function: "arn:f".into(),
            answer,
        }
    }

    #[tokio::test]
    async fn a_process_takes_an_event_and_answers_it() {
        let api = Api::start().await.unwrap();
        let (answer, answered) = oneshot::channel();
        api.hand(handed("1", answer));
        let next = ask(&api, "GET", "invocation/next", "").await;
        assert_eq!(next.headers()["lambda-runtime-aws-request-id"], "1");
        assert_eq!(next.headers()["lambda-runtime-deadline-ms"], "1800000000123");
        assert_eq!(next.body().as_ref(), b"{\"understudy\":\"tick\"}");
        assert_eq!(ask(&api, "POST", "invocation/1/response", "\"done\"").await.status(), 202);
        assert_eq!(answered.await.unwrap(), Ok("\"done\"".to_owned()));
    }

    #[tokio::test]
    async fn a_function_s_error_is_an_answer_too_and_an_unknown_id_is_none() {
        let api = Api::start().await.unwrap();
        let (answer, answered) = oneshot::channel();
        api.hand(handed("7", answer));
        ask(&api, "GET", "invocation/next", "").await;
        assert_eq!(ask(&api, "POST", "invocation/6/response", "").await.status(), 400);
        assert_eq!(ask(&api, "POST", "invocation/7/error", "{\"errorType\":\"Oh\"}").await.status(), 202);
        assert!(answered.await.unwrap().is_err());
        assert_eq!(ask(&api, "GET", "anything", "").await.status(), 404);
    }

    #[tokio::test]
    async fn an_event_waits_until_the_process_asks() {
        let api = Api::start().await.unwrap();
        let asking = ask(&api, "GET", "invocation/next", "");
        let handing = async {
            api.ready().await;
            api.hand(handed("2", oneshot::channel().0));
        };
        let (next, ()) = tokio::join!(asking, handing);
        assert_eq!(next.status(), 200);
    }
}
