//! The real probes against every manner of a hostile server: an answer in time, little read, little kept.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use lab::hostile::{Authority, Hostile, Manner};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;
use understudy::aws::{DnsClient, EndpointProbes};
use understudy::health::Health;
use understudy::plan::{Probe, Target};
use understudy::ports::Probes;

const TIMEOUT: Duration = Duration::from_millis(500);

/// Beyond the timeout, on a machine that has other things to do.
const GRACE: Duration = Duration::from_millis(1_000);

/// What a probe may read, and what the system may hold for it besides.
const BYTES: u64 = 512 * 1024;

/// What a probe may keep: the head of an answer, the beginning of a body, and TLS.
const MEMORY: u64 = 128 * 1024;

/// Hostile servers, on threads of their own.
struct Enemies {
    runtime: Runtime,
    authority: Authority,
}

impl Enemies {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { runtime, authority: Authority::new().unwrap() }
    }

    fn start(&self, manner: Manner) -> Hostile {
        self.runtime.block_on(Hostile::start(manner, &self.authority)).unwrap()
    }
}

/// Who asks. Only what its own thread allocates is counted.
struct Asker {
    runtime: Runtime,
    probes: EndpointProbes,
}

/// What came of a probe.
#[derive(Debug)]
struct Told {
    health: Health,
    seen: String,
    took: Duration,
    held: u64,
}

impl Asker {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, probes: EndpointProbes::new(Arc::new(DnsClient::new(Vec::new())), None) }
    }

    fn ask(&self, probe: &Probe) -> Told {
        let begin = Instant::now();
        let mut reading = None;
        let here = Some([127, 0, 0, 1].into());
        let counted = allocation_counter::measure(|| {
            reading = Some(self.runtime.block_on(self.probes.probe(probe, here)));
        });
        let reading = reading.unwrap();
        Told { health: reading.health, seen: reading.seen, took: begin.elapsed(), held: counted.bytes_max }
    }
}

fn probe(server: SocketAddr, tls: bool, contains: Option<&str>) -> Probe {
    let target =
        Target::Http { tls, host: "localhost".to_owned(), port: server.port(), path: "/health".to_owned() };
    let contains = contains.map(str::to_owned);
    Probe { target, contains, private: true, verify_tls: false, timeout: TIMEOUT }
}

const TLS: [Manner; 3] = [Manner::SelfSigned, Manner::Expired, Manner::WrongName];

/// What each is when its text is asked for, and when its status is enough: as Route 53's own checkers judge, a status
/// of 2xx or 3xx is a healthy one whatever follows, no redirect is followed, and no certificate is looked at unless
/// the plan wants it.
fn expected(manner: Manner) -> [Health; 2] {
    use Health::{Healthy, Unhealthy};
    match manner {
        Manner::SelfSigned | Manner::Expired | Manner::WrongName => [Healthy, Healthy],
        Manner::RedirectToItself
        | Manner::RedirectElsewhere
        | Manner::ResetInBody
        | Manner::HugeBody
        | Manner::EndlessBody
        | Manner::ZipBomb => [Unhealthy, Healthy],
        _ => [Unhealthy, Unhealthy],
    }
}

#[test]
fn whoever_is_asked_a_probe_answers_in_time_and_reads_little() {
    let (enemies, asker) = (Enemies::new(), Asker::new());
    for manner in Manner::ALL {
        for (contains, health) in [Some("OK"), None].into_iter().zip(expected(*manner)) {
            let enemy = enemies.start(*manner);
            let probe = probe(enemy.address(), TLS.contains(manner), contains);
            // What is made once is no probe's.
            asker.ask(&probe);
            let before = enemy.seen().bytes();
            let told = asker.ask(&probe);
            std::thread::sleep(Duration::from_millis(50));
            let read = enemy.seen().bytes() - before;
            assert_eq!(told.health, health, "{manner}: {}", told.seen);
            assert!(told.took <= TIMEOUT + GRACE, "{manner}: it took {:?}", told.took);
            assert!(told.held <= MEMORY, "{manner}: it held {} bytes", told.held);
            assert!(read <= BYTES, "{manner}: it read {read} bytes");
            assert_eq!((enemy.seen().connections(), enemy.seen().elsewhere()), (2, 0), "{manner}");
        }
    }
}

/// The port and the words of each server are in this variable of [`certificates_seen_by_who_trusts_the_authority`].
const SERVERS: &str = "HOSTILE_SERVERS";

/// A certificate that is wrong in one respect only is told by that: who asks must trust its authority, and a process
/// learns whom it trusts when it starts.
#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let enemies = Enemies::new();
    let trusted = std::env::temp_dir().join(format!("hostile-{}.pem", std::process::id()));
    std::fs::write(&trusted, enemies.authority.pem()).unwrap();
    let wrong = [
        ("UnknownIssuer", Manner::SelfSigned),
        ("expired", Manner::Expired),
        ("not valid for name", Manner::WrongName),
    ];
    let servers = wrong.map(|(words, manner)| (words, enemies.start(manner)));
    let told = servers.each_ref().map(|(words, server)| format!("{}={words}", server.address().port()));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "certificates_seen_by_who_trusts_the_authority", "--nocapture"])
        .env("SSL_CERT_FILE", &trusted)
        .env(SERVERS, told.join(","))
        .output()
        .unwrap();
    std::fs::remove_file(&trusted).unwrap();
    let output =
        format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
}

#[test]
#[ignore = "it is run by the test above, with what it needs"]
#[allow(clippy::disallowed_methods, reason = "the environment tells it whom to ask")]
fn certificates_seen_by_who_trusts_the_authority() {
    let asker = Asker::new();
    for server in std::env::var(SERVERS).unwrap().split(',') {
        let (port, words) = server.split_once('=').unwrap();
        let server = ([127, 0, 0, 1], port.parse().unwrap()).into();
        let told = asker.ask(&Probe { verify_tls: true, ..probe(server, true, None) });
        assert_eq!(told.health, Health::Unhealthy, "{}", told.seen);
        assert!(
            told.seen.starts_with("certificate invalid: ") && told.seen.contains(words),
            "{words}: {}",
            told.seen
        );
    }
}
