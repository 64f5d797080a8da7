//! One name server: authoritative DNS over UDP and TCP.
//!
//! A UDP answer that is longer than the client takes (512 bytes, or what its EDNS says) is truncated, and the
//! client asks again by TCP. Names outside the twin's zones are refused, as the service's name servers do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Edns, Header, HeaderCounts, Metadata, OpCode, ResponseCode};
use hickory_server::proto::rr::rdata::{A, AAAA, CNAME, MX, NS, NULL, PTR, SOA, SRV, TXT};
use hickory_server::proto::rr::{Name, RData, Record, RecordType as Wire};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;

use super::RegionOf;
use super::shared::Shared;
use crate::model::records::{Rdata, RecordType};
use crate::model::{Answer, AnswerContext, DnsName, Rcode};

/// How long an idle TCP connection stays open.
const TCP_IDLE: Duration = Duration::from_secs(5);
/// Answers that may wait on one TCP connection.
const TCP_BUFFER: usize = 32;

/// Serves until told to stop.
pub(super) async fn serve(
    server: NameServer,
    udp: UdpSocket,
    tcp: TcpListener,
    mut stopped: watch::Receiver<bool>,
) {
    let mut server = hickory_server::Server::new(server);
    server.register_socket(udp);
    server.register_listener(tcp, TCP_IDLE, TCP_BUFFER);
    // The guard of the watched value must not live on: dropping it here is meant.
    drop(stopped.wait_for(|stop| *stop).await);
    let _ended = server.shutdown_gracefully().await;
}

/// Name server number `index` of every zone.
pub(super) struct NameServer {
    shared: Shared,
    index: usize,
    region_of: Option<RegionOf>,
    /// Counts the queries, so that weighted answers differ from one to the next.
    asked: AtomicU64,
}

#[async_trait::async_trait]
impl RequestHandler for NameServer {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut handle: R,
    ) -> ResponseInfo {
        let edns = request.edns.as_ref().map(|theirs| {
            let mut ours = Edns::new();
            ours.set_max_payload(theirs.max_payload().max(512)).set_version(0);
            ours
        });
        let mut builder = MessageResponseBuilder::from_message_request(request);
        if let Some(edns) = &edns {
            builder.edns(edns);
        }
        let mut metadata = Metadata::response_from_request(&request.metadata);
        let Some(answer) = self.look_up(request, &mut metadata) else { return info(metadata) };
        let (answers, authority) = (records(&answer.answers), records(&answer.authority));
        let response = builder.build(metadata, &answers, &authority, [], []);
        match handle.send_response(response).await {
            Ok(sent) => sent,
            Err(_) => info(metadata),
        }
    }
}

/// What was not sent.
fn info(metadata: Metadata) -> ResponseInfo {
    Header { metadata, counts: HeaderCounts::default() }.into()
}

impl NameServer {
    pub fn new(shared: Shared, index: usize, region_of: Option<RegionOf>) -> Self {
        Self { shared, index, region_of, asked: AtomicU64::new(0) }
    }

    /// The answer, with its code and flags in the metadata; none while this server is to be silent.
    fn look_up(&self, request: &Request, metadata: &mut Metadata) -> Option<Answer> {
        let nothing = Answer {
            rcode: Rcode::Refused,
            authoritative: false,
            answers: Vec::new(),
            authority: Vec::new(),
        };
        metadata.response_code = ResponseCode::NotImp;
        if request.metadata.op_code != OpCode::Query {
            return Some(nothing);
        }
        metadata.response_code = ResponseCode::FormErr;
        let Ok(asked) = request.request_info() else { return Some(nothing) };
        let name = presentation(asked.query.original().name());
        let rtype = RecordType::parse(&asked.query.query_type().to_string());
        let region = self.region_of.as_ref().and_then(|region_of| region_of(request.src().ip()));
        let client = AnswerContext { region, seed: self.asked.fetch_add(1, Ordering::Relaxed) };
        let answer = self.shared.with(|twin, now| twin.ask(self.index, &name, rtype, now, &client))?;
        metadata.authoritative = answer.authoritative;
        metadata.response_code = match answer.rcode {
            Rcode::NoError => ResponseCode::NoError,
            Rcode::NxDomain => ResponseCode::NXDomain,
            Rcode::Refused => ResponseCode::Refused,
        };
        Some(answer)
    }
}

/// A name from the wire with the twin's octal escapes.
fn presentation(name: &Name) -> String {
    let byte = |text: String, byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {
            text + char::from(*byte).encode_utf8(&mut [0; 4])
        }
        other => text + &format!("\\{other:03o}"),
    };
    name.iter().fold(String::new(), |text, label| label.iter().fold(text, byte) + ".")
}

/// A name for the wire. Labels are given as bytes, so escapes need no second meaning.
fn wire_name(name: &DnsName) -> Option<Name> {
    let unescaped = |label: &str| {
        let mut bytes = Vec::new();
        let mut rest = label;
        while let Some(first) = rest.chars().next() {
            let escape = rest.strip_prefix('\\').and_then(|digits| digits.get(..3));
            match escape.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &rest[4..];
                }
                None => {
                    bytes.push(first as u8);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        bytes
    };
    let labels: Vec<Vec<u8>> = name.labels().map(unescaped).collect();
    let mut name = Name::from_labels(labels.iter().map(Vec::as_slice)).ok()?;
    name.set_fqdn(true);
    Some(name)
}

fn records(from: &[crate::model::Record]) -> Vec<Record> {
    from.iter()
        .filter_map(|record| {
            let data = rdata(record.rtype, &record.rdata)?;
            Some(Record::from_rdata(wire_name(&record.name)?, record.ttl, data))
        })
        .collect()
}

fn rdata(rtype: RecordType, data: &Rdata) -> Option<RData> {
    Some(match data {
        Rdata::A(ip) => RData::A(A(*ip)),
        Rdata::Aaaa(ip) => RData::AAAA(AAAA(*ip)),
        Rdata::Name(name) => match rtype {
            RecordType::Ns => RData::NS(NS(wire_name(name)?)),
            RecordType::Ptr => RData::PTR(PTR(wire_name(name)?)),
            _ => RData::CNAME(CNAME(wire_name(name)?)),
        },
        Rdata::Mx { preference, exchange } => RData::MX(MX::new(*preference, wire_name(exchange)?)),
        Rdata::Text(strings) if rtype == RecordType::Txt => {
            RData::TXT(TXT::from_bytes(strings.iter().map(Vec::as_slice).collect()))
        }
        // SPF (type 99) is written like TXT; hickory has no name for it.
        Rdata::Text(strings) => unknown(99, strings.iter().flat_map(|string| counted(string)).collect()),
        Rdata::Soa { primary, mailbox, numbers: [serial, refresh, retry, expire, minimum] } => {
            let signed = |number: &u32| i32::try_from(*number).unwrap_or(i32::MAX);
            let (refresh, retry, expire) = (signed(refresh), signed(retry), signed(expire));
            RData::SOA(SOA::new(
                wire_name(primary)?,
                wire_name(mailbox)?,
                *serial,
                refresh,
                retry,
                expire,
                *minimum,
            ))
        }
        Rdata::Srv { numbers: [priority, weight, port], target } => {
            RData::SRV(SRV::new(*priority, *weight, *port, wire_name(target)?))
        }
        // RFC 8659: flags, the tag with its length, and the value to the end.
        Rdata::Caa { flags, tag, value } => {
            let head = std::iter::once(*flags).chain(counted(tag.as_bytes()));
            unknown(257, head.chain(value.iter().copied()).collect())
        }
    })
}

fn counted(string: &[u8]) -> impl Iterator<Item = u8> {
    // Longer strings are refused when the record is made.
    std::iter::once(string.len() as u8).chain(string.iter().copied())
}

fn unknown(code: u16, bytes: Vec<u8>) -> RData {
    RData::Unknown { code: Wire::from(code), rdata: NULL::with(bytes) }
}
