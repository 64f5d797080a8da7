//! The application of one region: a small HTTP server on a loopback address of its own.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::cloud::lock;
use crate::hostile::{Authority, Hostile, Manner};
use crate::net::{self, Asked, Reply, Server};

/// Connections that the system completes for a listener before it drops the next ones.
const BACKLOG: u32 = 1;

/// How an application behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `/health` answers 200 "OK", `/` the region's name.
    Healthy,
    /// Connections are refused.
    Dead,
    /// Connections never come about.
    HangsOnConnect,
    /// Connections come about, and nothing is ever answered.
    AcceptsAndHangs,
    /// Everything is answered by status 500.
    Errors,
    /// Nobody should have connected.
    Hostile(Manner),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Healthy => "is healthy",
            Self::Dead => "is dead",
            Self::HangsOnConnect => "hangs on connect",
            Self::AcceptsAndHangs => "accepts and hangs",
            Self::Errors => "answers 500",
            Self::Hostile(manner) => return write!(f, "is HOSTILE: {manner}"),
        })
    }
}

/// The application of one region.
#[derive(Debug)]
pub struct Application {
    region: String,
    address: SocketAddr,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    mode: Mode,
    /// Held, not read: what makes the mode so.
    _held: Held,
}

/// What holds the port. It is never free, so that nobody else comes to answer there.
#[derive(Debug)]
enum Held {
    Serving(#[allow(dead_code, reason = "held")] Server),
    Hostile(#[allow(dead_code, reason = "held")] Hostile),
    Bound(#[allow(dead_code, reason = "held")] TcpSocket),
    Full(
        #[allow(dead_code, reason = "held")] tokio::net::TcpListener,
        #[allow(dead_code, reason = "held")] Vec<TcpStream>,
    ),
}

/// The applications of these regions, healthy, all at the same free port.
///
/// # Errors
/// The system has no such port, or loopback has one address only.
pub async fn start(regions: &[(String, Ipv4Addr)]) -> io::Result<Vec<Application>> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for _ in 0..20 {
        match start_at_one_port(regions).await {
            Ok(applications) => return Ok(applications),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn start_at_one_port(regions: &[(String, Ipv4Addr)]) -> io::Result<Vec<Application>> {
    let mut port = 0;
    let mut applications = Vec::new();
    for (region, ip) in regions {
        let socket = bind(SocketAddr::from((*ip, port)))?;
        let address = socket.local_addr()?;
        port = address.port();
        let state =
            Mutex::new(State { mode: Mode::Healthy, _held: hold(socket, Mode::Healthy, region).await? });
        applications.push(Application { region: region.clone(), address, state });
    }
    Ok(applications)
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of the mode before may linger.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn hold(socket: TcpSocket, mode: Mode, region: &str) -> io::Result<Held> {
    Ok(match mode {
        // Bound but not listening: the system refuses connections.
        Mode::Dead => Held::Bound(socket),
        Mode::HangsOnConnect => {
            let listener = socket.listen(BACKLOG)?;
            let callers = fill(listener.local_addr()?).await;
            Held::Full(listener, callers)
        }
        Mode::Healthy | Mode::AcceptsAndHangs | Mode::Errors => {
            let region = region.to_owned();
            let listener = socket.listen(1024)?;
            Held::Serving(net::serve(listener, move |asked| answer(mode, region.clone(), asked)))
        }
        Mode::Hostile(manner) => Held::Hostile(Hostile::serve(socket, manner, &Authority::new()?).await?),
    })
}

/// Fills a listener's queue: from then on the system drops what knocks, as a black hole does.
async fn fill(address: SocketAddr) -> Vec<TcpStream> {
    let mut callers = Vec::new();
    while let Ok(Ok(caller)) = timeout(Duration::from_millis(150), TcpStream::connect(address)).await {
        callers.push(caller);
    }
    callers
}

async fn answer(mode: Mode, region: String, asked: Asked) -> Option<Reply> {
    match (mode, asked.uri().path()) {
        (Mode::AcceptsAndHangs, _) => std::future::pending().await,
        (Mode::Errors, _) => Some(net::reply(500, "Internal Server Error")),
        (_, "/health") => Some(net::reply(200, "OK")),
        (_, "/") => Some(net::reply(200, region)),
        _ => Some(net::reply(404, "Not Found")),
    }
}

impl Application {
    /// The region that it is in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it behaves now.
    pub fn mode(&self) -> Mode {
        lock(&self.state).mode
    }

    /// Makes it behave otherwise. Connections that are open break.
    ///
    /// # Errors
    /// The system refuses the port.
    pub async fn set(&self, mode: Mode) -> io::Result<()> {
        let dead = TcpSocket::new_v4()?;
        // What holds the port now must be gone before it is bound again.
        lock(&self.state)._held = Held::Bound(dead);
        tokio::task::yield_now().await;
        let socket = self.rebind().await?;
        let held = hold(socket, mode, &self.region).await?;
        *lock(&self.state) = State { mode, _held: held };
        Ok(())
    }

    /// The aborted server lets go of its listener a moment later.
    async fn rebind(&self) -> io::Result<TcpSocket> {
        let mut tries = 0;
        loop {
            match bind(self.address) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries < 50 => tries += 1,
                result => return result,
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(application: &Application, path: &str) -> Result<(u16, String), &'static str> {
        let request = http::Request::builder().uri(path).header("host", "shop.example.com");
        let asked = net::ask(application.address(), request.body(Default::default()).unwrap());
        match timeout(Duration::from_millis(300), asked).await {
            Err(_) => Err("hangs"),
            Ok(Err(_)) => Err("broken"),
            Ok(Ok(answer)) => Ok((answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into())),
        }
    }

    #[tokio::test]
    async fn each_mode_looks_to_users_as_it_is_called() {
        let regions = [
            ("us-east-1".to_owned(), Ipv4Addr::new(127, 0, 1, 1)),
            ("us-west-2".to_owned(), Ipv4Addr::new(127, 0, 2, 1)),
        ];
        let applications = start(&regions).await.unwrap();
        let [east, west] = applications.as_slice() else { panic!("two regions") };
        assert_eq!(east.address().port(), west.address().port());
        assert_eq!(ask(east, "/health").await, Ok((200, "OK".into())));
        assert_eq!(ask(west, "/").await, Ok((200, "us-west-2".into())));
        for (mode, seen) in [
            (Mode::Dead, Err("broken")),
            (Mode::HangsOnConnect, Err("hangs")),
            (Mode::AcceptsAndHangs, Err("hangs")),
            (Mode::Errors, Ok((500, "Internal Server Error".to_owned()))),
            (Mode::Hostile(Manner::Drip), Err("hangs")),
            (Mode::Hostile(Manner::Reset), Err("broken")),
            (Mode::Healthy, Ok((200, "OK".to_owned()))),
        ] {
            east.set(mode).await.unwrap();
            assert_eq!(ask(east, "/health").await, seen, "{mode}");
        }
    }
}
