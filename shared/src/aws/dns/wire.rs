//! One DNS question and its answer, in bytes (RFC 1035, RFC 6891).

use std::net::IpAddr;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType as Kind};

use crate::dns::RecordType;
use crate::names::DnsName;
use crate::ports::{DnsAnswer, DnsValue};

/// The payload that arrives everywhere without fragments (DNS flag day 2020).
const PAYLOAD: u16 = 1232;

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
        match Message::from_vec(bytes) {
            Ok(message) if !self.is_answered_by(&message) => Received::Foreign,
            Ok(message) if message.metadata.truncation => Received::Truncated,
            Ok(message) => Received::Answer(Box::new(message)),
            Err(_) if self.is_cut(bytes) => Received::Truncated,
            Err(_) => Received::Foreign,
        }
    }

    fn is_answered_by(&self, message: &Message) -> bool {
        let asked = |query: &Query| {
            same(query.name(), &self.name)
                && query.query_type() == self.kind
                && query.query_class() == DNSClass::IN
        };
        message.metadata.id == self.id
            && message.metadata.message_type == MessageType::Response
            && message.metadata.op_code == OpCode::Query
            && matches!(message.queries.as_slice(), [query] if asked(query))
    }

    /// A server may cut a message in the middle of a record. Its header still says so:
    /// our id, then the bits of a response (0x80) that is truncated (0x02).
    fn is_cut(&self, bytes: &[u8]) -> bool {
        matches!(bytes, [a, b, flags, ..] if u16::from_be_bytes([*a, *b]) == self.id && flags & 0x82 == 0x82)
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
pub(super) mod tests {
    use hickory_proto::rr::Record;
    use hickory_proto::rr::rdata::{A, CNAME, TXT};

    use super::*;

    pub(crate) fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    pub(crate) fn a(owner: &str, address: [u8; 4]) -> Record {
        Record::from_rdata(name(owner), 60, RData::A(A(address.into())))
    }

    fn cname(owner: &str, target: &str) -> Record {
        Record::from_rdata(name(owner), 60, RData::CNAME(CNAME(name(target))))
    }

    /// An authoritative answer to the question in `bytes`.
    pub(crate) fn reply(bytes: &[u8], answers: Vec<Record>) -> Message {
        let mut message = Message::from_vec(bytes).unwrap().into_response();
        message.metadata.authoritative = true;
        message.add_answers(answers);
        message
    }

    fn question() -> Question {
        Question::new(7, &DnsName::new("shop.example.com"), Kind::A, false)
    }

    fn read(answers: Vec<Record>) -> Result<DnsAnswer, String> {
        let message = reply(&question().bytes().unwrap(), answers);
        answer(&message, &DnsName::new("shop.example.com"), RecordType::A, true)
    }

    fn address(address: [u8; 4]) -> DnsValue {
        DnsValue::Address(IpAddr::from(address))
    }

    #[test]
    fn a_question_asks_for_no_recursion_and_for_small_answers() {
        let sent = Message::from_vec(&question().bytes().unwrap()).unwrap();
        assert!(!sent.metadata.recursion_desired);
        assert_eq!(sent.max_payload(), 1232);
    }

    #[test]
    fn only_the_answer_to_the_question_is_taken() {
        let question = question();
        let whole = reply(&question.bytes().unwrap(), vec![a("Shop.Example.com.", [192, 0, 2, 1])]);
        assert!(matches!(question.receive(&whole.to_vec().unwrap()), Received::Answer(_)));
        let with = |change: &dyn Fn(&mut Message)| {
            let mut message = whole.clone();
            change(&mut message);
            question.receive(&message.to_vec().unwrap())
        };
        assert!(matches!(with(&|m| m.metadata.id = 8), Received::Foreign));
        assert!(matches!(with(&|m| m.metadata.message_type = MessageType::Query), Received::Foreign));
        assert!(matches!(with(&|m| m.queries.clear()), Received::Foreign));
        let other = Query::query(name("other.example.com."), Kind::A);
        assert!(matches!(with(&|m| m.queries = vec![other.clone()]), Received::Foreign));
        let other = Query::query(name("shop.example.com."), Kind::TXT);
        assert!(matches!(with(&|m| m.queries = vec![other.clone()]), Received::Foreign));
        assert!(matches!(with(&|m| m.metadata.truncation = true), Received::Truncated));
    }

    #[test]
    fn garbage_is_foreign_unless_its_header_says_that_it_is_cut() {
        let question = question();
        for bytes in [&b""[..], b"\0", b"\0\x07\x80", &[0xff; 40]] {
            assert!(matches!(question.receive(bytes), Received::Foreign), "{bytes:?}");
        }
        let mut message = reply(&question.bytes().unwrap(), vec![a("shop.example.com.", [192, 0, 2, 1])]);
        message.metadata.truncation = true;
        let bytes = message.to_vec().unwrap();
        assert!(matches!(question.receive(&bytes[..bytes.len() - 20]), Received::Truncated));
    }

    #[test]
    fn values_are_those_of_the_name_and_type_that_were_asked_for() {
        let answers = vec![a("shop.example.com.", [192, 0, 2, 1]), a("other.example.com.", [192, 0, 2, 9])];
        assert_eq!(read(answers), Ok(DnsAnswer::Values(vec![address([192, 0, 2, 1])])));
        assert_eq!(read(vec![]), Ok(DnsAnswer::Nothing));
    }

    #[test]
    fn a_chain_of_names_is_followed_within_the_answer_only() {
        let chain = vec![
            a("lb.example.com.", [192, 0, 2, 7]),
            cname("shop.example.com.", "www.example.com."),
            cname("www.example.com.", "lb.example.com."),
        ];
        assert_eq!(read(chain), Ok(DnsAnswer::Values(vec![address([192, 0, 2, 7])])));
        assert_eq!(read(vec![cname("shop.example.com.", "lb.example.net.")]), Ok(DnsAnswer::Nothing));
        let circle = vec![cname("shop.example.com.", "b."), cname("b.", "shop.example.com.")];
        assert_eq!(read(circle), Ok(DnsAnswer::Nothing));
    }

    #[test]
    fn a_name_that_does_not_exist_is_nothing_and_a_failure_is_an_error() {
        let name = DnsName::new("shop.example.com");
        let mut message = reply(&question().bytes().unwrap(), vec![]);
        let mut of = |code: ResponseCode| {
            message.metadata.response_code = code;
            answer(&message, &name, RecordType::A, true)
        };
        assert_eq!(of(ResponseCode::NXDomain), Ok(DnsAnswer::Nothing));
        for code in [ResponseCode::ServFail, ResponseCode::Refused, ResponseCode::FormErr] {
            assert!(of(code).is_err(), "{code}");
        }
    }

    #[test]
    fn an_answer_of_a_server_that_does_not_hold_the_zone_is_an_error() {
        let name = DnsName::new("shop.example.com");
        let mut message = reply(&question().bytes().unwrap(), vec![a("shop.example.com.", [192, 0, 2, 1])]);
        message.metadata.authoritative = false;
        assert!(answer(&message, &name, RecordType::A, true).is_err());
        assert!(answer(&message, &name, RecordType::A, false).is_ok());
    }

    #[test]
    fn the_strings_of_a_text_are_joined() {
        let text = RData::TXT(TXT::new(vec!["understudy ".to_owned(), "v=1".to_owned()]));
        assert_eq!(value(&text), Some(DnsValue::Text("understudy v=1".to_owned())));
    }
}
