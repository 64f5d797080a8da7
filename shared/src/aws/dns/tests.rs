//! The client against small servers on loopback.

use std::net::{Ipv4Addr, SocketAddr};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::wire::tests::{a, name, reply};
use super::*;

const SHOP: &str = "shop.example.com.";

/// A UDP server that gives each datagram to `answers` and sends all that it returns.
async fn udp(mut answers: impl FnMut(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            for answer in answers(&buffer[..length]) {
                socket.send_to(&answer, from).await.unwrap();
            }
        }
    });
    address
}

fn good(bytes: &[u8]) -> Vec<u8> {
    reply(bytes, vec![a(SHOP, [192, 0, 2, 1])]).to_vec().unwrap()
}

fn changed(bytes: &[u8], change: impl Fn(&mut Message)) -> Vec<u8> {
    let mut message = Message::from_vec(&good(bytes)).unwrap();
    change(&mut message);
    message.to_vec().unwrap()
}

async fn ask(server: SocketAddr) -> Result<DnsAnswer, PortError> {
    DnsClient::new(vec![server]).ask(server, &DnsName::new(SHOP), RecordType::A).await
}

fn one() -> DnsAnswer {
    DnsAnswer::Values(vec![DnsValue::Address(IpAddr::from([192, 0, 2, 1]))])
}

#[tokio::test]
async fn a_server_is_asked_and_answers() {
    let server = udp(|bytes| vec![good(bytes)]).await;
    assert_eq!(ask(server).await, Ok(one()));
}

#[tokio::test]
async fn garbage_and_other_answers_before_the_right_one_are_ignored() {
    let server = udp(|bytes| {
        let forged = changed(bytes, |message| {
            message.metadata.id = message.metadata.id.wrapping_add(1);
            message.answers = vec![a(SHOP, [203, 0, 113, 66])];
        });
        vec![b"garbage".to_vec(), forged, good(bytes)]
    })
    .await;
    assert_eq!(ask(server).await, Ok(one()));
}

#[tokio::test]
async fn a_lost_question_is_sent_once_more() {
    let mut first = true;
    let server =
        udp(move |bytes| if std::mem::take(&mut first) { Vec::new() } else { vec![good(bytes)] }).await;
    assert_eq!(ask(server).await, Ok(one()));
}

#[tokio::test]
async fn a_silent_server_is_an_error_in_time() {
    let start = Instant::now();
    let server = udp(|_| Vec::new()).await;
    assert!(ask(server).await.unwrap_err().message.contains("no answer within 1500 ms"));
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_refusal_is_an_error() {
    let server =
        udp(|bytes| vec![changed(bytes, |m| m.metadata.response_code = ResponseCode::Refused)]).await;
    assert!(ask(server).await.is_err());
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_by_tcp() {
    let by_tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = by_tcp.local_addr().unwrap();
    let by_udp = UdpSocket::bind(address).await.unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        let (length, from) = by_udp.recv_from(&mut buffer).await.unwrap();
        let cut = changed(&buffer[..length], |message| {
            message.metadata.truncation = true;
            message.answers.clear();
        });
        by_udp.send_to(&cut, from).await.unwrap();
        let (mut stream, _) = by_tcp.accept().await.unwrap();
        let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
        stream.read_exact(&mut question).await.unwrap();
        let answer = good(&question);
        stream.write_u16(answer.len() as u16).await.unwrap();
        stream.write_all(&answer).await.unwrap();
    });
    assert_eq!(ask(address).await, Ok(one()));
}

#[tokio::test]
async fn the_fixed_servers_resolve_names_without_authority() {
    let deaf = udp(|bytes| vec![changed(bytes, |m| m.metadata.response_code = ResponseCode::ServFail)]).await;
    let server = udp(|bytes| {
        let wanted = Message::from_vec(bytes).unwrap().queries[0].query_type() == Kind::A;
        vec![changed(bytes, |message| {
            message.metadata.authoritative = false;
            message.answers.retain(|_| wanted);
        })]
    })
    .await;
    let client = DnsClient::new(vec![deaf, server]);
    assert_eq!(client.resolve(&DnsName::new(SHOP)).await, Ok(vec![IpAddr::from([192, 0, 2, 1])]));
    let literal = client.resolve(&DnsName::new("2001:db8::1")).await;
    assert_eq!(literal, Ok(vec!["2001:db8::1".parse().unwrap()]));
}

#[tokio::test]
async fn name_servers_are_found_by_the_system_and_remembered() {
    let mut asked = 0;
    let resolver = udp(move |bytes| {
        asked += 1;
        if asked > 2 {
            return Vec::new();
        }
        let query = Message::from_vec(bytes).unwrap().queries[0].clone();
        let answer = match query.query_type() {
            Kind::NS => Record::from_rdata(query.name().clone(), 60, RData::NS(NS(name("ns1.example.net.")))),
            _ => a("ns1.example.net.", [192, 0, 2, 53]),
        };
        vec![reply(bytes, vec![answer]).to_vec().unwrap()]
    })
    .await;
    let client = DnsClient { fixed: Vec::new(), system: vec![resolver], known: Mutex::default() };
    let zone = DnsName::new("example.com");
    let servers = vec![SocketAddr::from(([192, 0, 2, 53], 53))];
    assert_eq!(client.name_servers(&zone).await, Ok(servers.clone()));
    assert_eq!(client.name_servers(&zone).await, Ok(servers.clone()));
    // Their time is over and the resolver says nothing more: the last ones are better than none.
    client.remember(&zone, Known { servers: servers.clone(), until: Instant::now() });
    assert_eq!(client.name_servers(&zone).await, Ok(servers));
}
