//! A stub resolver's question to one name server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(800);

/// The addresses of a name, and how long they may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// In the order of the answer.
    pub addresses: Vec<Ipv4Addr>,
    /// The least time to live of the records.
    pub ttl: Duration,
}

/// Asks one name server for the A records of a name, from that address.
///
/// # Errors
/// No answer in time, or none that can be read.
pub async fn addresses(server: SocketAddr, name: &str, from: Ipv4Addr) -> io::Result<Addresses> {
    let id = rand::random();
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    let owner = Name::from_ascii(name).map_err(io::Error::other)?;
    message.add_query(Query::query(owner, RecordType::A));
    let bytes = message.to_vec().map_err(io::Error::other)?;
    let socket = UdpSocket::bind((from, 0)).await?;
    socket.connect(server).await?;
    socket.send(&bytes).await?;
    let answer = timeout(PATIENCE, receive(&socket, id)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    Ok(read(&answer))
}

async fn receive(socket: &UdpSocket, id: u16) -> io::Result<Message> {
    let mut buffer = [0; 1500];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let message = Message::from_vec(&buffer[..length]).map_err(io::Error::other)?;
        if message.metadata.id == id {
            return Ok(message);
        }
    }
}

fn read(message: &Message) -> Addresses {
    let found = message.answers.iter().filter_map(|record| match &record.data {
        RData::A(address) => Some((address.0, record.ttl)),
        _ => None,
    });
    let (addresses, ttls): (Vec<_>, Vec<_>) = found.unzip();
    let ttl = ttls.into_iter().min().unwrap_or_default();
    Addresses { addresses, ttl: Duration::from_secs(u64::from(ttl)) }
}
