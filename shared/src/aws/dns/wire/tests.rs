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
    let many_questions = b"\0\x07\x80\0\xff\xff\0\0\0\0\0\0";
    for bytes in [&b""[..], b"\0", b"\0\x07\x80", many_questions, &[0xff; 40]] {
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
