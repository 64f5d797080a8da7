//! Probes against small servers on loopback.

use std::net::Ipv4Addr;
use std::sync::Mutex;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

fn probes() -> EndpointProbes {
    EndpointProbes::new(Arc::new(DnsClient::new(Vec::new())), None)
}

fn http(server: SocketAddr) -> Probe {
    Probe {
        target: Target::Http {
            tls: false,
            host: server.ip().to_string(),
            port: server.port(),
            path: "/health?deep=1".to_owned(),
        },
        contains: None,
        private: true,
        verify_tls: true,
        timeout: Duration::from_millis(400),
    }
}

fn https(server: SocketAddr, verify_tls: bool) -> Probe {
    let target =
        Target::Http { tls: true, host: "localhost".to_owned(), port: server.port(), path: "/".to_owned() };
    Probe { target, verify_tls, timeout: Duration::from_secs(3), ..http(server) }
}

fn holding(server: SocketAddr, text: &str) -> Probe {
    Probe { contains: Some(text.to_owned()), ..http(server) }
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A server that reads a request and writes parts, with a pause before each but the first.
async fn server(parts: Vec<Vec<u8>>, pause: Duration) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, parts.clone(), pause));
        }
    });
    address
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, parts: Vec<Vec<u8>>, pause: Duration) {
    let mut request = [0; 2048];
    let _ = stream.read(&mut request).await;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            tokio::time::sleep(pause).await;
        }
        let _ = stream.write_all(part).await;
    }
    let _ = stream.shutdown().await;
}

async fn answering(response: &str) -> SocketAddr {
    server(vec![response.as_bytes().to_vec()], Duration::ZERO).await
}

async fn with_body(body: &[u8]) -> SocketAddr {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    server(vec![[head.as_bytes(), body].concat()], Duration::ZERO).await
}

async fn ask(probe: &Probe) -> (Health, String) {
    let reading = probes().probe(probe, None).await;
    (reading.health, reading.seen)
}

#[tokio::test]
async fn a_status_of_2xx_or_3xx_is_healthy_and_nothing_is_followed() {
    for (status, seen) in
        [("200 OK", "200 OK in "), ("204 No Content", "204 No Content in "), ("302 Found", "302 ")]
    {
        let head = format!("HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
        let (health, told) = ask(&http(answering(&head).await)).await;
        assert_eq!(health, Health::Healthy, "{told}");
        assert!(told.starts_with(seen) && told.ends_with(" ms"), "{told}");
    }
}

#[tokio::test]
async fn other_statuses_are_unhealthy() {
    for (status, seen) in [("503 x", "503 Service Unavailable"), ("404 x", "404 Not Found"), ("599 x", "599")]
    {
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(ask(&http(answering(&head).await)).await, (Health::Unhealthy, seen.to_owned()));
    }
}

#[tokio::test]
async fn the_request_is_what_route53_would_send() {
    let (listener, address) = listen().await;
    let seen = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 2048];
        let length = stream.read(&mut request).await.unwrap();
        *kept.lock().unwrap() = String::from_utf8_lossy(&request[..length]).into_owned();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    });
    assert_eq!(ask(&http(address)).await.0, Health::Healthy);
    let request = seen.lock().unwrap().to_ascii_lowercase();
    assert!(request.starts_with("get /health?deep=1 http/1.1\r\n"), "{request}");
    for header in [&format!("host: {address}"), "user-agent: understudy", "connection: close"] {
        assert!(request.contains(&format!("\r\n{header}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn text_counts_within_the_first_5120_bytes_only() {
    let body = |before: usize| [vec![b'x'; before], b"OK".to_vec(), vec![b'x'; 9_000]].concat();
    let at_the_border = with_body(&body(5_118)).await;
    assert_eq!(ask(&holding(at_the_border, "OK")).await.0, Health::Healthy);
    let across_the_border = with_body(&body(5_119)).await;
    let (health, seen) = ask(&holding(across_the_border, "OK")).await;
    assert_eq!((health, seen.as_str()), (Health::Unhealthy, "200 OK, but the text was not found"));
}

#[tokio::test]
async fn text_is_found_across_pieces_and_without_waiting_for_the_rest() {
    let parts = ["HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nall sys", "tems OK", "never read"];
    let parts = parts.map(|part| part.as_bytes().to_vec()).to_vec();
    let server = server(parts, Duration::from_millis(100)).await;
    assert_eq!(ask(&holding(server, "systems OK")).await.0, Health::Healthy);
}

#[tokio::test]
async fn a_body_that_drips_is_bounded_by_the_deadline() {
    let mut parts = vec![b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n".to_vec()];
    parts.extend(std::iter::repeat_n(b"x".to_vec(), 100));
    let server = server(parts, Duration::from_millis(50)).await;
    let start = Instant::now();
    assert_eq!(
        ask(&holding(server, "OK")).await,
        (Health::Unhealthy, "no complete answer within 400 ms".to_owned())
    );
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_server_that_hangs_after_accepting_is_unhealthy_in_time() {
    let (_listener, address) = listen().await;
    assert_eq!(ask(&http(address)).await, (Health::Unhealthy, "no complete answer within 400 ms".to_owned()));
}

#[tokio::test]
async fn a_connection_that_is_closed_or_answers_nonsense_is_unhealthy() {
    let (health, seen) = ask(&http(answering("").await)).await;
    assert_eq!((health, seen.as_str()), (Health::Unhealthy, "the connection was closed without an answer"));
    let (health, seen) = ask(&http(answering("SSH-2.0-OpenSSH_9.6\r\n\r\n").await)).await;
    assert_eq!(health, Health::Unhealthy);
    assert!(seen.starts_with("no HTTP answer: "), "{seen}");
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(200_000));
    assert_eq!(ask(&http(answering(&endless).await)).await.0, Health::Unhealthy);
}

#[tokio::test]
async fn interim_answers_are_passed_over_but_not_for_ever() {
    let interim = |times: usize| "HTTP/1.1 100 Continue\r\n\r\n".repeat(times);
    let answer = |times| interim(times) + "HTTP/1.1 204 No Content\r\n\r\n";
    assert_eq!(ask(&http(answering(&answer(10)).await)).await.0, Health::Healthy);
    let (health, seen) = ask(&http(answering(&answer(10_000)).await)).await;
    assert_eq!((health, seen.as_str()), (Health::Unhealthy, "the connection was closed without an answer"));
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let (listener, address) = listen().await;
    drop(listener);
    assert_eq!(ask(&http(address)).await, (Health::Unhealthy, "refused".to_owned()));
}

#[tokio::test]
async fn a_tcp_probe_is_healthy_when_a_connection_opens() {
    let (_listener, address) = listen().await;
    let target = Target::Tcp { host: address.ip().to_string(), port: address.port() };
    let (health, seen) = ask(&Probe { target, ..http(address) }).await;
    assert_eq!(health, Health::Healthy);
    assert!(seen.starts_with("connected in "), "{seen}");
}

#[tokio::test]
async fn the_same_question_is_asked_at_another_address() {
    let (_listener, address) = listen().await;
    let target = Target::Tcp { host: "shop.invalid".to_owned(), port: address.port() };
    let probe = Probe { target, ..http(address) };
    let reading = probes().probe(&probe, Some(address.ip())).await;
    assert_eq!(reading.health, Health::Healthy, "{}", reading.seen);
}

#[tokio::test]
async fn what_may_not_be_asked_is_unknown() {
    let (_listener, address) = listen().await;
    let (health, seen) = ask(&Probe { private: false, ..http(address) }).await;
    assert_eq!(health, Health::Unknown);
    assert!(seen.starts_with("127.0.0.1 is not asked: it is private"), "{seen}");
    let probes = EndpointProbes::new(Arc::new(DnsClient::new(Vec::new())), Some(address));
    let reading = probes.probe(&http(address), None).await;
    assert_eq!((reading.health, reading.seen.contains("Runtime API")), (Health::Unknown, true));
    let reading = probes.probe(&http(address), Some("169.254.169.254".parse().unwrap())).await;
    assert_eq!(reading.health, Health::Unknown);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_unknown() {
    let (listener, silent) = listen().await;
    drop(listener);
    let probes = EndpointProbes::new(Arc::new(DnsClient::new(vec![silent])), None);
    let target = Target::Tcp { host: "shop.example.com".to_owned(), port: 80 };
    let reading = probes.probe(&Probe { target, ..http(silent) }, None).await;
    assert_eq!(reading.health, Health::Unknown, "{}", reading.seen);
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_fails() {
    let (listener, closed) = listen().await;
    drop(listener);
    let (_listener, open) = listen().await;
    let limit = Limit { deadline: Instant::now() + Duration::from_secs(2), time: Duration::from_secs(2) };
    assert!(connect(&[closed, open], &limit).await.is_ok());
    assert_eq!(connect(&[closed], &limit).await.unwrap_err(), Failure::Unhealthy("refused".to_owned()));
}

#[test]
fn a_missing_route_of_ours_says_nothing_of_the_target() {
    for kind in [ErrorKind::NetworkUnreachable, ErrorKind::AddrNotAvailable] {
        assert!(matches!(refused(&kind.into()), Failure::Unknown(_)));
    }
    assert!(matches!(refused(&io::Error::from_raw_os_error(24)), Failure::Unknown(_)));
    assert!(matches!(refused(&ErrorKind::HostUnreachable.into()), Failure::Unhealthy(_)));
}

#[test]
fn the_host_header_names_the_port_unless_it_is_the_schemes_own() {
    assert_eq!(host_header(true, "shop.example.com", 443), "shop.example.com");
    assert_eq!(host_header(true, "shop.example.com", 80), "shop.example.com:80");
    assert_eq!(host_header(false, "2001:db8::1", 80), "[2001:db8::1]");
    assert_eq!(host_header(false, "2001:db8::1", 8080), "[2001:db8::1]:8080");
}

/// A TLS server with a certificate that nobody has signed but itself.
async fn self_signed() -> SocketAddr {
    let cert = CertificateDer::from(&include_bytes!("testdata/self-signed.cert.der")[..]);
    let key = PrivatePkcs8KeyDer::from(&include_bytes!("testdata/self-signed.key.der")[..]);
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert], PrivateKeyDer::Pkcs8(key))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK".to_vec();
                serve(stream, vec![response], Duration::ZERO).await;
            }
        }
    });
    address
}

#[tokio::test]
async fn a_certificate_must_be_valid_unless_the_plan_says_otherwise() {
    let server = self_signed().await;
    let at = Some(server.ip());
    let reading = probes().probe(&https(server, true), at).await;
    assert_eq!(reading.health, Health::Unhealthy);
    assert!(reading.seen.starts_with("certificate invalid: "), "{}", reading.seen);
    let trusting = Probe { contains: Some("OK".to_owned()), ..https(server, false) };
    let reading = probes().probe(&trusting, at).await;
    assert_eq!(reading.health, Health::Healthy, "{}", reading.seen);
}

#[tokio::test]
async fn a_server_without_tls_fails_the_handshake() {
    let server = answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let reading = probes().probe(&https(server, true), Some(server.ip())).await;
    assert_eq!(reading.health, Health::Unhealthy);
    assert!(reading.seen.starts_with("TLS failed: "), "{}", reading.seen);
}
