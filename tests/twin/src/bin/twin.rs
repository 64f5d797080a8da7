//! The twin alone: API, name servers and checkers until Ctrl-C.

use std::error::Error;
use std::net::SocketAddr;

use clap::Parser;
use tokio::net::{TcpListener, UdpSocket};

use twin::cli::Arguments;
use twin::model::{Config, NewZone, Time, Twin, ZoneDetails};
use twin::wire::{Server, ServerConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let (model, zones) = model(&arguments)?;
    let http =
        TcpListener::bind(arguments.http).await.map_err(|error| cannot("listen", arguments.http, &error))?;
    let mut dns = Vec::new();
    for place in 0..arguments.name_servers {
        // Port 0 means any free port, for each of them.
        let step = if arguments.dns.port() == 0 { 0 } else { place };
        let port = arguments.dns.port().checked_add(step).ok_or("the name servers' ports go beyond 65535")?;
        dns.push(bind_dns(SocketAddr::new(arguments.dns.ip(), port)).await?);
    }
    let ports: Vec<SocketAddr> = dns.iter().filter_map(|(udp, _)| udp.local_addr().ok()).collect();
    let address = http.local_addr()?;
    let running = Server::start(ServerConfig::new(model), http, dns)?;
    if arguments.json {
        println!("{}", as_json(address, &ports, &zones));
    } else {
        print!("{}", as_text(address, &ports, &zones));
    }
    tokio::signal::ctrl_c().await?;
    running.shutdown().await;
    if !arguments.json {
        println!("\nGoodbye. Nothing was kept.");
    }
    Ok(())
}

fn model(arguments: &Arguments) -> Result<(Twin, Vec<ZoneDetails>), Box<dyn Error>> {
    let config = Config::default()
        .seed(arguments.seed)
        .name_servers(usize::from(arguments.name_servers))
        .propagation(arguments.propagation.0)
        .allow_private(arguments.allow_private);
    let mut twin = Twin::new(config);
    let mut zones = Vec::new();
    for name in &arguments.zones {
        zones.push(twin.create_hosted_zone(&NewZone::public(name), Time::ZERO)?.0);
    }
    Ok((twin, zones))
}

async fn bind_dns(address: SocketAddr) -> Result<(UdpSocket, TcpListener), Box<dyn Error>> {
    let udp = UdpSocket::bind(address).await.map_err(|error| cannot("answer DNS", address, &error))?;
    // Port 0 is any: both must have the same one.
    let address = udp.local_addr()?;
    let tcp =
        TcpListener::bind(address).await.map_err(|error| cannot("answer DNS by TCP", address, &error))?;
    Ok((udp, tcp))
}

fn cannot(what: &str, address: SocketAddr, error: &std::io::Error) -> String {
    format!("cannot {what} on {address}: {error}; is something else there? Choose another port")
}

fn as_text(http: SocketAddr, dns: &[SocketAddr], zones: &[ZoneDetails]) -> String {
    let mut text = format!(
        "The twin of Route 53 runs. Set this to use it:\n\n  \
         export AWS_ENDPOINT_URL_ROUTE_53=http://{http}\n  \
         export AWS_ACCESS_KEY_ID=twin AWS_SECRET_ACCESS_KEY=twin AWS_REGION=us-east-1\n\nand try:\n\n  \
         aws route53 list-hosted-zones\n"
    );
    let name = zones.first().map_or("example.com", |zone| zone.name.as_str());
    for (place, address) in dns.iter().enumerate() {
        text +=
            &format!("  dig @{} -p {} {name} SOA   # name server {place}\n", address.ip(), address.port());
    }
    for zone in zones {
        text += &format!("\nZone {} is {}", zone.name, zone.id);
    }
    text + "\n\nCtrl-C ends it.\n"
}

fn as_json(http: SocketAddr, dns: &[SocketAddr], zones: &[ZoneDetails]) -> String {
    let zone = |zone: &ZoneDetails| serde_json::json!({ "name": zone.name.as_str(), "id": zone.id.as_str() });
    serde_json::json!({
        "environment": {
            "AWS_ENDPOINT_URL_ROUTE_53": format!("http://{http}"),
            "AWS_ACCESS_KEY_ID": "twin",
            "AWS_SECRET_ACCESS_KEY": "twin",
            "AWS_REGION": "us-east-1",
        },
        "dns": dns,
        "zones": zones.iter().map(zone).collect::<Vec<_>>(),
    })
    .to_string()
}
