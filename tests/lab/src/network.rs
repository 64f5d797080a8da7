//! The network as one region's controllers have it: name servers at addresses of the region's own, so that Route
//! 53 sees where a question comes from, and so that the region can be cut off while everything else goes on.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record, RecordType};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long an answer of the real name server is waited for. The caller's own timeout is shorter.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of the network is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    Whole,
    /// DNS: every place that is named by a direct name seems to be nowhere.
    NamesOnly,
    /// Nothing: no question is answered.
    Nothing,
}

/// One region's way out. Dropping it ends it.
#[derive(Debug)]
pub struct Network {
    servers: Vec<SocketAddr>,
    reach: Arc<AtomicU8>,
    _relays: JoinSet<()>,
}

/// What a relay knows.
#[derive(Clone, Debug)]
struct Relay {
    /// The real name server.
    server: SocketAddr,
    /// Where questions seem to come from.
    from: Ipv4Addr,
    /// Names below this one lead to places.
    direct: &'static str,
    /// Where they lead while the network is cut.
    nowhere: Ipv4Addr,
    reach: Arc<AtomicU8>,
}

impl Network {
    /// A way to these name servers, which see questions come from that address.
    ///
    /// # Errors
    /// The system has no port.
    pub async fn start(
        name_servers: &[SocketAddr],
        from: Ipv4Addr,
        direct: &'static str,
        nowhere: Ipv4Addr,
    ) -> io::Result<Self> {
        let reach = Arc::new(AtomicU8::new(Reach::Whole as u8));
        let (mut servers, mut relays) = (Vec::new(), JoinSet::new());
        for server in name_servers {
            let (udp, tcp) = name_server().await?;
            servers.push(udp.local_addr()?);
            let relay = Relay { server: *server, from, direct, nowhere, reach: reach.clone() };
            relays.spawn(relay.clone().datagrams(udp));
            relays.spawn(relay.connections(tcp));
        }
        Ok(Self { servers, reach, _relays: relays })
    }

    /// Where the region's controllers ask.
    pub fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    /// Leaves so much of it.
    pub fn set(&self, reach: Reach) {
        self.reach.store(reach as u8, Ordering::SeqCst);
    }
}

/// UDP and TCP at one free port.
///
/// # Errors
/// The system has none.
pub async fn name_server() -> io::Result<(UdpSocket, TcpListener)> {
    let mut tries = 0;
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Err(_) if tries < 20 => tries += 1,
            tcp => return Ok((udp, tcp?)),
        }
    }
}

impl Relay {
    fn is(&self, reach: Reach) -> bool {
        self.reach.load(Ordering::SeqCst) == reach as u8
    }

    async fn datagrams(self, udp: UdpSocket) {
        let udp = Arc::new(udp);
        let mut questions = JoinSet::new();
        let mut buffer = vec![0; 4096];
        loop {
            tokio::select! {
                received = udp.recv_from(&mut buffer) => {
                    let Ok((length, asker)) = received else { continue };
                    let (relay, udp, question) = (self.clone(), udp.clone(), buffer[..length].to_vec());
                    questions.spawn(async move {
                        if let Some(answer) = relay.answer(&question).await {
                            // Who does not wait any more has given up.
                            let _sent = udp.send_to(&answer, asker).await;
                        }
                    });
                }
                Some(_) = questions.join_next() => {}
            }
        }
    }

    async fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        if self.is(Reach::Nothing) {
            return None;
        }
        if self.is(Reach::NamesOnly)
            && let Some(answer) = self.nowhere(question)
        {
            return Some(answer);
        }
        let socket = UdpSocket::bind((self.from, 0)).await.ok()?;
        socket.connect(self.server).await.ok()?;
        socket.send(question).await.ok()?;
        let mut buffer = vec![0; 4096];
        let length = timeout(PATIENCE, socket.recv(&mut buffer)).await.ok()?.ok()?;
        buffer.truncate(length);
        Some(buffer)
    }

    /// The answer to a question for a place, if it is one.
    fn nowhere(&self, question: &[u8]) -> Option<Vec<u8>> {
        let asked = Message::from_vec(question).ok()?;
        let query = asked.queries.first()?.clone();
        let name = query.name().to_ascii();
        name.trim_end_matches('.').strip_suffix(self.direct).filter(|place| place.ends_with('.'))?;
        let mut answer = Message::new(asked.metadata.id, MessageType::Response, asked.metadata.op_code);
        answer.metadata.authoritative = true;
        if query.query_type() == RecordType::A {
            answer.add_answer(Record::from_rdata(query.name().clone(), 1, RData::A(A(self.nowhere))));
        }
        answer.add_query(query);
        answer.to_vec().ok()
    }

    async fn connections(self, tcp: TcpListener) {
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                accepted = tcp.accept() => {
                    if let Ok((stream, _)) = accepted {
                        open.spawn(self.clone().connection(stream));
                    }
                }
                Some(_) = open.join_next() => {}
            }
        }
    }

    /// Passes bytes on. Long answers are none that lead to places.
    async fn connection(self, mut asker: TcpStream) {
        if !self.is(Reach::Nothing)
            && let Ok(socket) = TcpSocket::new_v4()
            && socket.bind((self.from, 0).into()).is_ok()
            && let Ok(mut server) = socket.connect(self.server).await
        {
            // An error is an end.
            let _ended = copy_bidirectional(&mut asker, &mut server).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns;

    /// A name server that answers every question with the address that asked.
    async fn mirror() -> (SocketAddr, JoinSet<()>) {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = udp.local_addr().unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, asker)) = udp.recv_from(&mut buffer).await {
                let asked = Message::from_vec(&buffer[..length]).unwrap();
                let SocketAddr::V4(from) = asker else { continue };
                let query = asked.queries[0].clone();
                let mut answer =
                    Message::new(asked.metadata.id, MessageType::Response, asked.metadata.op_code);
                answer.add_answer(Record::from_rdata(query.name().clone(), 1, RData::A(A(*from.ip()))));
                answer.add_query(query);
                udp.send_to(&answer.to_vec().unwrap(), asker).await.unwrap();
            }
        });
        (address, serving)
    }

    #[tokio::test]
    async fn a_region_s_network_can_be_cut_and_mended() {
        let (server, _serving) = mirror().await;
        let (from, nowhere) = (Ipv4Addr::new(127, 1, 2, 1), Ipv4Addr::new(127, 0, 255, 1));
        let network = Network::start(&[server], from, "direct.example.com", nowhere).await.unwrap();
        let asked = async |name| {
            let answer = dns::addresses(network.servers()[0], name, Ipv4Addr::LOCALHOST).await;
            answer.ok().and_then(|answer| answer.addresses.first().copied())
        };
        assert_eq!(asked("us-east-1.direct.example.com").await, Some(from));
        network.set(Reach::NamesOnly);
        assert_eq!(asked("us-east-1.direct.example.com").await, Some(nowhere));
        assert_eq!(asked("shop.example.com").await, Some(from));
        network.set(Reach::Nothing);
        assert_eq!(asked("shop.example.com").await, None);
        network.set(Reach::Whole);
        assert_eq!(asked("us-east-1.direct.example.com").await, Some(from));
    }
}
