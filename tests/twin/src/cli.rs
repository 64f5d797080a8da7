//! The command line of the binary `twin`.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;

use crate::model::Propagation;

/// Runs a strict model of Route 53 on this host: its API, its name servers and its health checkers. Nothing
/// leaves the host, and nothing is kept after the end.
#[derive(Clone, Debug, Parser)]
#[command(name = "twin", version)]
pub struct Arguments {
    /// Where the API listens (a loopback address).
    #[arg(long, default_value = "127.0.0.1:5380", value_parser = loopback)]
    pub http: SocketAddr,
    /// Where the first name server listens, by UDP and TCP (a loopback address). The others take the ports
    /// after it.
    #[arg(long, default_value = "127.0.0.1:5353", value_parser = loopback)]
    pub dns: SocketAddr,
    /// How many name servers there are.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=8))]
    pub name_servers: u16,
    /// A public hosted zone to begin with; can be given several times.
    #[arg(long = "zone")]
    pub zones: Vec<String>,
    /// How long a change takes to a name server: `2s`, `500ms`, `1s..5s`.
    #[arg(long, default_value = "1s..5s")]
    pub propagation: Delay,
    /// The root of everything that is drawn: ids, delays, choices.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Lets the checkers ask private and loopback addresses, which Route 53 refuses.
    #[arg(long)]
    pub allow_private: bool,
    /// Prints what it says as one line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// A delay, or a range of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(pub Propagation);

impl FromStr for Delay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (one, other) = text.split_once("..").unwrap_or((text, text));
        Ok(Self(Propagation::between(duration(one)?, duration(other)?)))
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let refuse = || format!("`{text}` is no time: write a number and `ms`, `s` or `m`, for instance `500ms`");
    let at = text.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(refuse)?;
    let (number, unit) = text.split_at(at);
    let number: u32 = number.parse().map_err(|_| refuse())?;
    match unit {
        "ms" => Ok(Duration::from_millis(u64::from(number))),
        "s" => Ok(Duration::from_secs(u64::from(number))),
        "m" => Ok(Duration::from_secs(60 * u64::from(number))),
        _ => Err(refuse()),
    }
}

/// The twin has neither passwords nor limits: it must not be reached from other hosts.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| format!("`{text}` is no address with a port, like 127.0.0.1:5380"))?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(format!(
        "{} is not a loopback address; the twin listens on this host only, use 127.0.0.1 or [::1]",
        address.ip()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        assert!(Arguments::try_parse_from(["twin", "--http", "127.0.0.2:1"]).is_ok());
        let error = Arguments::try_parse_from(["twin", "--dns", "0.0.0.0:5353"]).unwrap_err().to_string();
        assert!(error.contains("not a loopback address"), "{error}");
    }

    #[test]
    fn delays_have_units() {
        let seconds = Duration::from_secs;
        assert_eq!("2s".parse(), Ok(Delay(Propagation::exactly(seconds(2)))));
        assert_eq!("1s..1m".parse(), Ok(Delay(Propagation::between(seconds(1), seconds(60)))));
        assert!("5".parse::<Delay>().is_err());
        assert!("5h".parse::<Delay>().is_err());
    }
}
