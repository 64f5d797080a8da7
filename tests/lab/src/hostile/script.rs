//! What a hostile server says, and what it does then.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio_rustls::TlsAcceptor;

use super::{Authority, Manner};

/// An answer that any probe takes.
const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";

/// As much as is said at once.
const PIECE: usize = 64 * 1024;

/// A manner, spelled out.
pub(super) struct Script {
    /// Whether it speaks TLS, and by which certificate.
    pub tls: Option<TlsAcceptor>,
    /// Whether it hears the request first.
    pub hears: bool,
    /// What it says first.
    pub first: Vec<u8>,
    /// What it does after that.
    pub then: Then,
}

pub(super) enum Then {
    Close,
    Hang,
    Reset,
    /// It says this, one byte a second.
    Drip(Vec<u8>),
    /// It says this for ever.
    Repeat(Vec<u8>),
}

impl Script {
    /// The script of a manner, for a server that listens at two addresses.
    ///
    /// # Errors
    /// A certificate cannot be made.
    pub fn of(
        manner: Manner,
        (here, elsewhere): (SocketAddr, SocketAddr),
        authority: &Authority,
    ) -> io::Result<Self> {
        let says = |first: &[u8], then| Self { tls: None, hears: true, first: first.to_vec(), then };
        let with = |tls| Self { tls: Some(tls), ..says(GOOD, Then::Close) };
        Ok(match manner {
            Manner::Silence => says(b"", Then::Hang),
            Manner::Drip => says(b"", Then::Drip(GOOD.to_vec())),
            Manner::EndlessHeaders => says(b"HTTP/1.1 200 OK\r\n", repeat(b"X-Name: a value\r\n", PIECE)),
            Manner::EndlessHeader => says(b"HTTP/1.1 200 OK\r\nX-Name: ", repeat(b"x", PIECE)),
            Manner::InterimAnswers => says(b"", repeat(b"HTTP/1.1 100 Continue\r\n\r\n", PIECE)),
            Manner::RedirectToItself => says(&redirect(here), Then::Close),
            Manner::RedirectElsewhere => says(&redirect(elsewhere), Then::Close),
            Manner::SelfSigned => with(Authority::self_signed()?),
            Manner::Expired => with(authority.expired()?),
            Manner::WrongName => with(authority.of_another_name()?),
            Manner::Reset => Self { hears: false, ..says(b"", Then::Reset) },
            Manner::ResetInHeaders => says(b"HTTP/1.1 200 OK\r\nContent-Le", Then::Reset),
            Manner::ResetInBody => {
                says(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nall sys", Then::Reset)
            }
            Manner::HugeBody => {
                says(b"HTTP/1.1 200 OK\r\nContent-Length: 5368709120\r\n\r\n", repeat(b"x", PIECE))
            }
            Manner::EndlessBody => says(&pieces(""), Then::Repeat(piece(&[b'x'; PIECE]))),
            Manner::ZipBomb => says(&pieces("Content-Encoding: gzip\r\n"), Then::Repeat(piece(&bomb()?))),
            Manner::Garbage => says(b"\x00\xff\xfe\x16\x03HTTP\r\r\n \r\n\r\n", Then::Close),
            // An empty SETTINGS frame, with which a server begins (RFC 9113, 3.4).
            Manner::Http2 => says(&[0, 0, 0, 4, 0, 0, 0, 0, 0], Then::Hang),
        })
    }
}

fn repeat(bytes: &[u8], at_once: usize) -> Then {
    Then::Repeat(bytes.repeat(at_once / bytes.len()))
}

fn redirect(to: SocketAddr) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{to}/health\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// The head of a body that comes in pieces.
fn pieces(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n").into_bytes()
}

/// One piece (RFC 9112, 7.1).
fn piece(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// A megabyte of nothing, compressed: a member of a file that may have many (RFC 1952, 2.2).
fn bomb() -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 1 << 20])?;
    encoder.finish()
}
