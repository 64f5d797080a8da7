//! Name servers' answers, by UDP and by TCP: a server may say anything, and anybody may send a datagram.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex};
use std::thread;

use bolero::{TypeGenerator, produce};
use fuzz::{Edit, Limit};
use hickory_proto::op::{Message, MessageType};
use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::{A, TXT};
use tokio::runtime::{Builder, Runtime};
use understudy::aws::DnsClient;
use understudy::dns::RecordType;
use understudy::names::DnsName;
use understudy::ports::{DnsAnswer, DnsValue, NameServers, PortError};

/// A message as records: a name of 255 octets may be four bytes of a pointer.
const LIMIT: Limit = Limit { times: 1_024, base: 128 * 1024 };

/// As much of a datagram as the client looks at; what is longer is asked for again by TCP.
const DATAGRAM: usize = 4_096;

const SHOP: &str = "shop.example.com";
const HONEST: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// What a hostile server sends, before what an honest one does.
#[derive(Clone, Debug, TypeGenerator)]
struct Reply {
    /// Another id than that of the question.
    id: Option<u16>,
    /// The second and third octets' bits, turned over those of a good answer.
    flags: u16,
    /// How many questions, answers, authorities and additional records there are said to be.
    counts: Option<[u16; 4]>,
    /// Another question than the one that was asked.
    question: Option<Owner>,
    #[generator(produce::<Vec<Record>>().with().len(0_usize..=8))]
    records: Vec<Record>,
    #[generator(produce::<Vec<Edit>>().with().len(0_usize..=2))]
    edits: Vec<Edit>,
    /// Whether it says that it is cut, so that it is asked for again by TCP.
    cut: bool,
    /// Whether it is asked for a text, or for an address.
    text: bool,
}

/// One record, well-formed or not.
#[derive(Clone, Debug, TypeGenerator)]
struct Record {
    owner: Owner,
    #[generator(bolero::one_value_of([1_u16, 2, 5, 6, 16, 28, 41, 46, 255, 65_535]))]
    kind: u16,
    ttl: u32,
    data: Data,
    /// Another length than its data has.
    length: Option<u16>,
}

/// A name: ours, one that leads to another place of the message, or any octets.
#[derive(Clone, Debug, TypeGenerator)]
enum Owner {
    Shop,
    Other,
    Pointer(u16),
    Octets(Vec<u8>),
}

#[derive(Clone, Debug, TypeGenerator)]
enum Data {
    Address([u8; 4]),
    Name(Owner),
    Text(#[generator(produce::<Vec<Vec<u8>>>().with().len(0_usize..=4))] Vec<Vec<u8>>),
    Octets(Vec<u8>),
}

fn labels(name: &str) -> Vec<u8> {
    let label = |label: &str| [&[label.len() as u8], label.as_bytes()].concat();
    name.split('.').flat_map(label).chain([0]).collect()
}

impl Owner {
    fn octets(&self) -> Vec<u8> {
        match self {
            Self::Shop => labels(SHOP),
            Self::Other => labels("lb.example.net"),
            Self::Pointer(to) => (to | 0xc000).to_be_bytes().to_vec(),
            Self::Octets(octets) => octets.clone(),
        }
    }
}

impl Record {
    fn octets(&self) -> Vec<u8> {
        let data = match &self.data {
            Data::Address(octets) => octets.to_vec(),
            Data::Name(owner) => owner.octets(),
            Data::Text(texts) => {
                texts.iter().flat_map(|text| [&[text.len() as u8], text.as_slice()].concat()).collect()
            }
            Data::Octets(octets) => octets.clone(),
        };
        let length = self.length.unwrap_or(data.len() as u16);
        let owner = self.owner.octets();
        [&owner, &self.kind.to_be_bytes()[..], &[0, 1], &self.ttl.to_be_bytes(), &length.to_be_bytes(), &data]
            .concat()
    }
}

impl Reply {
    /// The message as an answer to a question.
    fn octets(&self, question: &[u8]) -> Vec<u8> {
        let id = self.id.map_or([question[0], question[1]], u16::to_be_bytes);
        // A response, authoritative; perhaps cut.
        let flags = self.flags ^ 0x8400 ^ if self.cut { 0x0200 } else { 0 };
        let counts = self.counts.unwrap_or([1, self.records.len() as u16, 0, 0]);
        let asked = self.question.as_ref().map_or_else(|| labels(SHOP), Owner::octets);
        let head = [id, flags.to_be_bytes()].concat();
        let counts = counts.map(u16::to_be_bytes).concat();
        let records: Vec<u8> = self.records.iter().flat_map(Record::octets).collect();
        let message = [head, counts, asked, vec![0, 1, 0, 1], records].concat();
        let mut octets = self.edits.iter().fold(message, |octets, edit| edit.apply(&octets));
        octets.truncate(usize::from(u16::MAX) - 100);
        octets
    }

    /// Whether it may count as an answer to the question: to another reader of DNS, or by its head where it cannot be
    /// read to its end.
    fn is_an_answer(&self, question: &[u8]) -> bool {
        let octets = self.octets(question);
        let ours = |id: [u8; 2], flags: u8| id == question[..2] && flags & 0x80 > 0;
        // With one question.
        let of_it = matches!(octets.as_slice(), [a, b, flags, _, 0, 1, ..] if ours([*a, *b], *flags));
        let queries = |message: &Message| {
            message.queries.iter().map(|query| query.to_string().to_lowercase()).collect::<Vec<_>>()
        };
        let asked = queries(&Message::from_vec(question).expect("our own"));
        of_it
            && Message::from_vec(&octets).map_or(octets[2] & 0x02 > 0, |message| {
                message.metadata.message_type == MessageType::Response && queries(&message) == asked
            })
    }
}

/// A server that says first what is hostile and then what is true; by TCP only the first. It keeps the last question.
struct Server {
    address: SocketAddr,
    client: DnsClient,
    runtime: Runtime,
    shared: Arc<Mutex<(Option<Reply>, Vec<u8>)>>,
}

// A panic within leaves nothing half done: each reply is set anew before it is asked for.
impl UnwindSafe for Server {}
impl RefUnwindSafe for Server {}

impl Server {
    /// Starts it. It ends with the process.
    fn start() -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = udp.local_addr().unwrap();
        let tcp = TcpListener::bind(address).unwrap();
        let shared = Arc::new(Mutex::new((None, Vec::new())));
        let (by_udp, by_tcp) = (Arc::clone(&shared), Arc::clone(&shared));
        thread::spawn(move || answer_datagrams(&udp, &by_udp));
        thread::spawn(move || {
            tcp.incoming().map_while(Result::ok).for_each(|stream| drop(answer_connection(stream, &by_tcp)));
        });
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { address, client: DnsClient::new(vec![address]), runtime, shared }
    }

    /// What the client makes of a reply, and the question that it asked.
    fn ask(&self, reply: &Reply) -> (Result<DnsAnswer, PortError>, Vec<u8>) {
        self.shared.lock().unwrap().0 = Some(reply.clone());
        let kind = if reply.text { RecordType::Txt } else { RecordType::A };
        let name = DnsName::new(SHOP);
        let size = reply.octets(&[0; 12]).len();
        let asked = self.client.ask(self.address, &name, kind);
        let answer = LIMIT.hold(size, || self.runtime.block_on(asked));
        (answer, self.shared.lock().unwrap().1.clone())
    }
}

fn answer_datagrams(socket: &UdpSocket, shared: &Mutex<(Option<Reply>, Vec<u8>)>) {
    let mut buffer = [0; 1_500];
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        let question = &buffer[..length];
        let (reply, last) = &mut *shared.lock().unwrap();
        *last = question.to_vec();
        let hostile = reply.as_ref().map(|reply| reply.octets(question)).unwrap_or_default();
        for octets in [hostile, honest(question)] {
            // Who has heard enough has closed its socket.
            let _sent = socket.send_to(&octets, from);
        }
    }
}

fn answer_connection(mut stream: TcpStream, shared: &Mutex<(Option<Reply>, Vec<u8>)>) -> io::Result<()> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut question = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut question)?;
    let hostile = shared.lock().unwrap().0.as_ref().map(|reply| reply.octets(&question)).unwrap_or_default();
    stream.write_all(&[&(hostile.len() as u16).to_be_bytes()[..], &hostile].concat())
}

/// The true answer to a question.
fn honest(question: &[u8]) -> Vec<u8> {
    let mut message = Message::from_vec(question).expect("our own").into_response();
    let query = message.queries[0].clone();
    let data = match query.query_type() {
        hickory_proto::rr::RecordType::TXT => RData::TXT(TXT::new(vec!["honest".to_owned()])),
        _ => RData::A(A(HONEST)),
    };
    message.metadata.authoritative = true;
    message.add_answer(hickory_proto::rr::Record::from_rdata(query.name().clone(), 60, data));
    message.to_vec().expect("well-formed")
}

#[test]
fn name_servers() {
    let server = Server::start();
    bolero::check!().with_type::<Reply>().for_each(|reply| {
        let (answer, question) = server.ask(reply);
        if !reply.is_an_answer(&question) && reply.octets(&question).len() < DATAGRAM {
            let honest = if reply.text {
                DnsValue::Text("honest".to_owned())
            } else {
                DnsValue::Address(HONEST.into())
            };
            assert_eq!(answer, Ok(DnsAnswer::Values(vec![honest])), "only an answer to the question counts");
        }
        if let Err(error) = answer {
            assert!(error.message.chars().count() < 1_000, "{error}");
        }
    });
}
