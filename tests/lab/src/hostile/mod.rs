//! A server that means harm. Whoever asks it must get away in time, and without having read much.

mod certificate;
mod manner;
mod script;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub use certificate::Authority;
pub use manner::Manner;
use script::{Script, Then};

/// What the system keeps for a connection until it is read: little, so that it is seen who reads on.
const SEND_BUFFER: u32 = 16 * 1024;

/// Until what was said has arrived, before a connection is reset.
const ARRIVAL: Duration = Duration::from_millis(20);

/// What a hostile server has seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    connections: AtomicU64,
    elsewhere: AtomicU64,
    bytes: AtomicU64,
}

impl Seen {
    /// Connections that were made to it.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Connections that were made to where it redirects.
    pub fn elsewhere(&self) -> u64 {
        self.elsewhere.load(Ordering::Relaxed)
    }

    /// Bytes that it got rid of: those that were read, and those that the system holds.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// A hostile server. It ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub struct Hostile {
    address: SocketAddr,
    seen: Arc<Seen>,
    serving: JoinHandle<()>,
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Hostile {
    /// One at a free port. Its certificates, where it has any, are of this authority.
    ///
    /// # Errors
    /// The system has no port.
    pub async fn start(manner: Manner, authority: &Authority) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Self::serve(socket, manner, authority).await
    }

    /// One at a socket that is bound already.
    ///
    /// # Errors
    /// The system does not let it listen, or has no other port.
    pub async fn serve(socket: TcpSocket, manner: Manner, authority: &Authority) -> io::Result<Self> {
        socket.set_send_buffer_size(SEND_BUFFER)?;
        let listener = socket.listen(1024)?;
        let other = TcpListener::bind((listener.local_addr()?.ip(), 0)).await?;
        let address = listener.local_addr()?;
        let script = Arc::new(Script::of(manner, (address, other.local_addr()?), authority)?);
        let seen = Arc::new(Seen::default());
        let serving = tokio::spawn(serve(listener, other, script, seen.clone()));
        Ok(Self { address, seen, serving })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has seen so far.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }
}

async fn serve(listener: TcpListener, other: TcpListener, script: Arc<Script>, seen: Arc<Seen>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                seen.connections.fetch_add(1, Ordering::Relaxed);
                connections.spawn(meet(stream, script.clone(), seen.clone()));
            }
            Ok((stream, _)) = other.accept() => {
                seen.elsewhere.fetch_add(1, Ordering::Relaxed);
                connections.spawn(meet(stream, script.clone(), seen.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Meets one who connected. Whoever hangs up has got away.
async fn meet(stream: TcpStream, script: Arc<Script>, seen: Arc<Seen>) {
    let _gone = match &script.tls {
        None => plainly(stream, &script, &seen).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(mut stream) => speak(&mut stream, &script, &seen).await,
            Err(error) => Err(error),
        },
    };
}

async fn plainly(mut stream: TcpStream, script: &Script, seen: &Seen) -> io::Result<()> {
    if matches!(script.then, Then::Reset) {
        stream.set_zero_linger()?;
    }
    speak(&mut stream, script, seen).await
}

async fn speak(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    script: &Script,
    seen: &Seen,
) -> io::Result<()> {
    if script.hears {
        let mut request = [0; 2048];
        let _heard = stream.read(&mut request).await?;
    }
    say(stream, &script.first, seen).await?;
    match &script.then {
        Then::Close => stream.shutdown().await,
        Then::Hang => std::future::pending().await,
        Then::Reset => {
            tokio::time::sleep(ARRIVAL).await;
            Ok(())
        }
        Then::Drip(bytes) => {
            for byte in bytes {
                say(stream, &[*byte], seen).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok(())
        }
        Then::Repeat(bytes) => loop {
            say(stream, bytes, seen).await?;
        },
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), mut bytes: &[u8], seen: &Seen) -> io::Result<()> {
    while !bytes.is_empty() {
        let said = stream.write(bytes).await?;
        seen.bytes.fetch_add(said as u64, Ordering::Relaxed);
        bytes = &bytes[said..];
    }
    stream.flush().await
}
