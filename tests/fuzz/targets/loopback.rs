//! All AWS services on loopback, as one server that gives (nearly) every request the same answer, and the real adapters
//! in front of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use understudy::aws::{AwsWorld, Settings};

/// What every request is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A whole answer.
    Whole(u16, Vec<u8>),
    /// Bytes, and then an end.
    Raw(Vec<u8>),
}

/// What requests are answered whose first line holds a text, whatever the others are.
pub type Known = (&'static str, &'static str);

/// The server, and who asks it.
pub struct Cloud {
    pub world: AwsWorld,
    runtime: Runtime,
    answer: Arc<Mutex<Answer>>,
}

// A panic within leaves nothing half done: each answer is set anew before it is asked for.
impl UnwindSafe for Cloud {}
impl RefUnwindSafe for Cloud {}

impl Cloud {
    /// Starts the server. It ends with the process.
    pub fn start() -> Self {
        Self::knowing(None)
    }

    /// The same, which knows how to answer some.
    pub fn knowing(known: Option<Known>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(Answer::Raw(Vec::new())));
        let told = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let told = Arc::clone(&told);
                thread::spawn(move || serve(stream, &told, known));
            }
        });
        let settings = Settings::read(|variable| match variable {
            "AWS_REGION" => Some("us-west-2".to_owned()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "UNDERSTUDY_TABLE" => Some("test".to_owned()),
            "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
            _ => None,
        });
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { world: AwsWorld::new(settings.unwrap()), runtime, answer }
    }

    /// From now on this is answered.
    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Asks, and waits for what the adapter makes of the answer.
    pub fn ask<T>(&self, asked: impl Future<Output = T>) -> T {
        self.runtime.block_on(asked)
    }
}

/// Answers what comes by one connection. Who hangs up has heard enough.
fn serve(stream: TcpStream, told: &Mutex<Answer>, known: Option<Known>) -> Option<()> {
    let mut requests = BufReader::new(stream.try_clone().ok()?);
    let mut answers = stream;
    loop {
        let line = read(&mut requests)?;
        let answer = match known.filter(|(part, _)| line.contains(part)) {
            Some((_, body)) => Answer::Whole(200, body.into()),
            None => told.lock().unwrap().clone(),
        };
        match answer {
            Answer::Whole(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} x\r\nsmithy-protocol: rpc-v2-cbor\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                answers.write_all(&[head.into_bytes(), body].concat()).ok()?;
            }
            Answer::Raw(bytes) => return answers.write_all(&bytes).ok(),
        }
    }
}

/// Reads one request to its end: its first line.
fn read(requests: &mut impl BufRead) -> Option<String> {
    let first = read_line(requests)?;
    let mut length = 0;
    loop {
        let line = read_line(requests)?;
        if line.is_empty() {
            std::io::copy(&mut requests.take(length), &mut std::io::sink()).ok()?;
            return Some(first);
        }
        length = line.strip_prefix("content-length: ").and_then(|text| text.parse().ok()).unwrap_or(length);
    }
}

fn read_line(requests: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let length = requests.read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim_end().to_ascii_lowercase())
}
