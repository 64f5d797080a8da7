//! One DNS question and its answer, in bytes (RFC 1035, RFC 6891).

use std::net::IpAddr;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType as Kind};

use crate::dns::RecordType;
use crate::names::DnsName;
use crate::ports::{DnsAnswer, DnsValue};

/// The payload that arrives everywhere without fragments (DNS flag day 2020).
const PAYLOAD: u16 = 1232;

/// Bits of the third octet of a message's head (RFC 1035, 4.1.1).
const RESPONSE: u8 = 0x80;
const TRUNCATED: u8 = 0x02;

/// Longer chains of CNAME records are a loop.
const LINKS: usize = 8;

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    id: u16,
    name: DnsName,
    kind: Kind,
    recursive: bool,
}

/// What a received message is to a question.
#[derive(Debug)]
pub(super) enum Received {
    /// Not an answer to it: garbage, or somebody else's.
    Foreign,
    /// Its answer, cut: to be asked for again by TCP.
    Truncated,
    /// Its answer.
    Answer(Box<Message>),
}

impl Question {
    pub(super) fn new(id: u16, name: &DnsName, kind: Kind, recursive: bool) -> Self {
        Self { id, name: name.clone(), kind, recursive }
    }

    /// The question in bytes.
    ///
    /// # Errors
    /// When its name is no domain name.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, String> {
        let name = Name::from_ascii(self.name.as_str()).map_err(|error| error.to_string())?;
        let mut message = Message::new(self.id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = self.recursive;
        message.add_query(Query::query(name, self.kind));
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD).set_version(0);
        message.set_edns(edns);
        message.to_vec().map_err(|error| error.to_string())
    }

    /// What received bytes are to this question. Only the id, the question and (by the connected
    /// socket) the address say so: anybody can send to a port.
    pub(super) fn receive(&self, bytes: &[u8]) -> Received {
        let Some(flags) = self.flags_of_answer(bytes) else { return Received::Foreign };
        match Message::from_vec(bytes) {
            Ok(message) if !self.is_answered_by(&message) => Received::Foreign,
            Ok(message) if message.metadata.truncation => Received::Truncated,
            Ok(message) => Received::Answer(Box::new(message)),
            // A server may cut a message in the middle of a record. Its header still says so.
            Err(_) if flags & TRUNCATED != 0 => Received::Truncated,
            Err(_) => Received::Foreign,
        }
    }

    fn is_answered_by(&self, message: &Message) -> bool {
        let asked = |query: &Query| {
            same(query.name(), &self.name)
                && query.query_type() == self.kind
                && query.query_class() == DNSClass::IN
        };
        message.metadata.op_code == OpCode::Query
            && matches!(message.queries.as_slice(), [query] if asked(query))
    }

    /// The third octet of the head, if that is of a response to our id with one question. Looked at
    /// before all else: for 65,535 questions that a head promises, a reader sets 6 MB aside.
    fn flags_of_answer(&self, bytes: &[u8]) -> Option<u8> {
        match bytes {
            [a, b, flags, _, 0, 1, ..] if [*a, *b] == self.id.to_be_bytes() && flags & RESPONSE != 0 => {
                Some(*flags)
            }
            _ => None,
        }
    }
}

/// What an answer says.
///
/// # Errors
/// When the server refused or failed, or (`authoritative`) does not speak for the name.
pub(super) fn answer(
    message: &Message,
    name: &DnsName,
    kind: RecordType,
    authoritative: bool,
) -> Result<DnsAnswer, String> {
    checked(message, authoritative)?;
    let values: Vec<DnsValue> =
        records(message, name, wire_kind(kind)).into_iter().filter_map(value).collect();
    Ok(if values.is_empty() { DnsAnswer::Nothing } else { DnsAnswer::Values(values) })
}

/// The names of a zone's name servers.
pub(super) fn name_servers(message: &Message, zone: &DnsName) -> Vec<DnsName> {
    let name = |data: &RData| match data {
        RData::NS(ns) => Some(DnsName::new(&ns.0.to_ascii())),
        _ => None,
    };
    records(message, zone, Kind::NS).into_iter().filter_map(name).collect()
}

/// Whether the server answered at all: that a name does not exist is an answer.
///
/// # Errors
/// When the server refused or failed, or (`authoritative`) does not speak for the name.
pub(super) fn checked(message: &Message, authoritative: bool) -> Result<(), String> {
    match message.metadata.response_code {
        ResponseCode::NoError | ResponseCode::NXDomain => {}
        refused => return Err(format!("{refused}")),
    }
    if authoritative && !message.metadata.authoritative {
        return Err("the answer is not authoritative".to_owned());
    }
    Ok(())
}

/// The records of a type at a name, or at the end of the CNAME chain that the answer itself holds.
fn records<'a>(message: &'a Message, name: &DnsName, kind: Kind) -> Vec<&'a RData> {
    let mut name = name.clone();
    for _ in 0..LINKS {
        let here = || message.answers.iter().filter(|record| same(&record.name, &name));
        let found: Vec<&RData> =
            here().filter(|record| record.record_type() == kind).map(|record| &record.data).collect();
        let alias = here().find_map(|record| match &record.data {
            RData::CNAME(alias) => Some(DnsName::new(&alias.0.to_ascii())),
            _ => None,
        });
        match alias {
            Some(alias) if found.is_empty() => name = alias,
            _ => return found,
        }
    }
    Vec::new()
}

fn value(data: &RData) -> Option<DnsValue> {
    match data {
        RData::A(address) => Some(DnsValue::Address(IpAddr::V4(address.0))),
        RData::AAAA(address) => Some(DnsValue::Address(IpAddr::V6(address.0))),
        RData::CNAME(name) => Some(DnsValue::Name(DnsName::new(&name.0.to_ascii()))),
        RData::TXT(text) => {
            let bytes: Vec<u8> = text.txt_data.iter().flatten().copied().collect();
            Some(DnsValue::Text(String::from_utf8_lossy(&bytes).into_owned()))
        }
        _ => None,
    }
}

fn same(name: &Name, ours: &DnsName) -> bool {
    &DnsName::new(&name.to_ascii()) == ours
}

pub(super) fn wire_kind(kind: RecordType) -> Kind {
    match kind {
        RecordType::A => Kind::A,
        RecordType::Aaaa => Kind::AAAA,
        RecordType::Cname => Kind::CNAME,
        RecordType::Txt => Kind::TXT,
    }
}

#[cfg(test)]
pub(super) mod tests;
