//! A running twin with a client of the SDK and a client of its name servers.

use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_route53::Client;
use aws_sdk_route53::config::retry::RetryConfig;
use aws_sdk_route53::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, ResourceRecordSetFailover, RrType,
};
use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use twin::model::{Config, Propagation, Twin};
use twin::wire::{Running, Server, ServerConfig};

pub const MS: Duration = Duration::from_millis(1);

pub struct World {
    pub running: Running,
    pub client: Client,
    pub http: SocketAddr,
    pub dns: Vec<SocketAddr>,
    pub zone: String,
}

/// Two name servers, changes that take 50 to 250 ms.
pub fn config() -> Config {
    Config::default().name_servers(2).propagation(Propagation::between(50 * MS, 250 * MS)).allow_private(true)
}

impl World {
    pub async fn start(config: Config) -> Self {
        Self::serve(ServerConfig::new(Twin::new(config))).await
    }

    pub async fn serve(server: ServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = listener.local_addr().unwrap();
        let mut sockets = Vec::new();
        let mut dns = Vec::new();
        for _ in 0..2 {
            let (udp, tcp) = name_server_sockets().await;
            dns.push(udp.local_addr().unwrap());
            sockets.push((udp, tcp));
        }
        let running = Server::start(server, listener, sockets).unwrap();
        let client = client(http, "us-east-1");
        let created =
            client.create_hosted_zone().name("example.com").caller_reference("world").send().await.unwrap();
        let zone = created.hosted_zone().unwrap().id().to_owned();
        Self { running, client, http, dns, zone }
    }

    pub async fn change(
        &self,
        changes: impl IntoIterator<Item = (ChangeAction, ResourceRecordSet)>,
    ) -> Changed {
        let changes = changes
            .into_iter()
            .map(|(action, set)| Change::builder().action(action).resource_record_set(set).build().unwrap());
        let batch = ChangeBatch::builder().set_changes(Some(changes.collect())).build().unwrap();
        self.client.change_resource_record_sets().hosted_zone_id(&self.zone).change_batch(batch).send().await
    }

    pub async fn create(&self, sets: impl IntoIterator<Item = ResourceRecordSet>) -> String {
        let done = self.change(sets.into_iter().map(|set| (ChangeAction::Create, set))).await.unwrap();
        done.change_info().unwrap().id().to_owned()
    }

    pub async fn in_sync(&self, change: &str) {
        until("the change is in sync", async || {
            let change = self.client.get_change().id(change).send().await.unwrap();
            change.change_info().unwrap().status().as_str() == "INSYNC"
        })
        .await;
    }

    /// The addresses that name server 0 answers.
    pub async fn addresses(&self, name: &str) -> Vec<String> {
        let message = ask_udp(self.dns[0], name, RecordType::A, None).await;
        message.answers.iter().map(|record| record.data.to_string()).collect()
    }
}

pub type Changed = Result<
    aws_sdk_route53::operation::change_resource_record_sets::ChangeResourceRecordSetsOutput,
    aws_sdk_route53::error::SdkError<
        aws_sdk_route53::operation::change_resource_record_sets::ChangeResourceRecordSetsError,
    >,
>;

pub fn client(http: SocketAddr, region: &'static str) -> Client {
    let config = aws_sdk_route53::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(region))
        .credentials_provider(Credentials::new("AKIDTEST", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(format!("http://{http}"))
        .build();
    Client::from_conf(config)
}

/// UDP and TCP on one free port.
pub async fn name_server_sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(10 * MS).await;
    }
    panic!("never: {what}");
}

fn query(name: &str, rtype: RecordType, payload: Option<u16>) -> Vec<u8> {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    // By labels, so that characters that need an escape in text can be asked for as they are.
    let labels = name.trim_end_matches('.').split('.').map(str::as_bytes);
    message.add_query(Query::query(Name::from_labels(labels).unwrap(), rtype));
    if let Some(payload) = payload {
        let mut edns = Edns::new();
        edns.set_max_payload(payload);
        message.set_edns(edns);
    }
    message.to_vec().unwrap()
}

pub async fn try_ask_udp(
    server: SocketAddr,
    name: &str,
    rtype: RecordType,
    payload: Option<u16>,
    patience: Duration,
) -> Option<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&query(name, rtype, payload), server).await.unwrap();
    let mut buffer = vec![0; 65_535];
    let received = tokio::time::timeout(patience, socket.recv(&mut buffer)).await.ok()?.unwrap();
    Some(Message::from_vec(&buffer[..received]).unwrap())
}

pub async fn ask_udp(server: SocketAddr, name: &str, rtype: RecordType, payload: Option<u16>) -> Message {
    try_ask_udp(server, name, rtype, payload, 5_000 * MS).await.expect("an answer by UDP")
}

pub async fn ask_tcp(server: SocketAddr, name: &str, rtype: RecordType) -> Message {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let query = query(name, rtype, None);
    stream.write_u16(query.len() as u16).await.unwrap();
    stream.write_all(&query).await.unwrap();
    let length = stream.read_u16().await.unwrap();
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.unwrap();
    Message::from_vec(&answer).unwrap()
}

fn set(name: &str, rtype: RrType) -> aws_sdk_route53::types::builders::ResourceRecordSetBuilder {
    ResourceRecordSet::builder().name(name).r#type(rtype)
}

fn value(text: &str) -> ResourceRecord {
    ResourceRecord::builder().value(text).build().unwrap()
}

pub fn a(name: &str, ip: &str) -> ResourceRecordSet {
    set(name, RrType::A).ttl(60).resource_records(value(ip)).build().unwrap()
}

pub fn txt(name: &str, text: &str) -> ResourceRecordSet {
    set(name, RrType::Txt).ttl(5).resource_records(value(text)).build().unwrap()
}

pub fn failover(
    name: &str,
    ip: &str,
    role: ResourceRecordSetFailover,
    check: Option<&str>,
) -> ResourceRecordSet {
    set(name, RrType::A)
        .ttl(60)
        .resource_records(value(ip))
        .set_identifier(role.as_str())
        .failover(role)
        .set_health_check_id(check.map(str::to_owned))
        .build()
        .unwrap()
}

pub fn weighted(name: &str, ip: &str, identifier: &str, weight: i64) -> ResourceRecordSet {
    set(name, RrType::A)
        .ttl(60)
        .resource_records(value(ip))
        .set_identifier(identifier)
        .weight(weight)
        .build()
        .unwrap()
}
