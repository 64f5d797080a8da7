//! Asking one server one question: UDP, one resend, TCP where the answer does not fit.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::wire::{Question, Received};

/// For one question with everything: the resend and TCP. A name server that takes longer is no
/// vantage for a wake that samples every few seconds.
pub(super) const DEADLINE: Duration = Duration::from_millis(1_500);

/// More than we ask for: a larger datagram is cut here, and asked for again by TCP.
const DATAGRAM: usize = 4_096;

/// The server's answer.
///
/// # Errors
/// In words: no answer in time, or no way to ask.
pub(super) async fn ask(server: SocketAddr, question: &Question) -> Result<Message, String> {
    let deadline = Instant::now() + DEADLINE;
    let bytes = question.bytes()?;
    let asked = async {
        match by_udp(server, question, &bytes).await? {
            Some(message) => Ok(message),
            None => by_tcp(server, question, &bytes).await,
        }
    };
    match timeout_at(deadline, asked).await {
        Ok(Ok(message)) => Ok(message),
        Ok(Err(error)) => Err(format!("{server}: {error}")),
        Err(_) => Err(format!("{server}: no answer within {} ms", DEADLINE.as_millis())),
    }
}

/// The answer, or `None` if it did not fit. A new socket for each question: its port is as random
/// as the system makes it, and being connected it takes datagrams of this server only.
async fn by_udp(server: SocketAddr, question: &Question, bytes: &[u8]) -> Result<Option<Message>, String> {
    let own: SocketAddr =
        if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(own).await.map_err(|error| error.to_string())?;
    socket.connect(server).await.map_err(|error| error.to_string())?;
    let send = || socket.send(bytes);
    send().await.map_err(|error| error.to_string())?;
    let resend = sleep_until(Instant::now() + DEADLINE / 2);
    tokio::pin!(resend);
    let mut resent = false;
    let mut buffer = [0; DATAGRAM];
    loop {
        tokio::select! {
            received = socket.recv(&mut buffer) => {
                let length = received.map_err(|error| error.to_string())?;
                if let Some(outcome) = outcome(question, &buffer[..length]) {
                    return Ok(outcome);
                }
            }
            () = &mut resend, if !resent => {
                resent = true;
                send().await.map_err(|error| error.to_string())?;
            }
        }
    }
}

/// What a datagram ends: nothing where it is not our answer.
fn outcome(question: &Question, datagram: &[u8]) -> Option<Option<Message>> {
    match question.receive(datagram) {
        Received::Answer(message) => Some(Some(*message)),
        Received::Truncated => Some(None),
        Received::Foreign if datagram.len() == DATAGRAM => Some(None),
        Received::Foreign => None,
    }
}

/// By TCP each message follows its length, two bytes (RFC 1035, 4.2.2).
async fn by_tcp(server: SocketAddr, question: &Question, bytes: &[u8]) -> Result<Message, String> {
    let length = u16::try_from(bytes.len()).map_err(|error| error.to_string())?;
    let exchange = async {
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(&[&length.to_be_bytes(), bytes].concat()).await?;
        let mut received = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut received).await?;
        Ok::<_, std::io::Error>(received)
    };
    let received = exchange.await.map_err(|error| format!("by TCP: {error}"))?;
    match question.receive(&received) {
        Received::Answer(message) => Ok(*message),
        Received::Truncated => Err("truncated by TCP as well".to_owned()),
        Received::Foreign => Err("by TCP: not an answer to the question".to_owned()),
    }
}
