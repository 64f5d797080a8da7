//! The adapters: AWS, name servers, endpoints, the clock. The only SDK imports in the tree.
//!
//! One file per service, each no more than a translation: what a call means for the application
//! is decided in the domain, what an answer of AWS means in our words is decided here.

mod clients;
mod clock;
mod cloudwatch;
mod controller;
mod dns;
mod dynamodb;
#[cfg(feature = "provision")]
mod estate;
#[cfg(feature = "operate")]
mod functions;
pub mod log;
mod metrics;
mod overriding;
mod peers;
mod probe;
#[cfg(feature = "provision")]
mod respond;
mod roles;
mod route53;
mod sdk_error;
mod settings;
mod sns;
#[cfg(test)]
mod tests;
mod world;

pub use clock::{SystemClock, SystemRandom};
pub use controller::{Answer, Controller};
pub use dns::DnsClient;
pub use probe::EndpointProbes;
pub use settings::{Endpoints, Settings, SettingsFault, SettingsFaults};
pub use world::AwsWorld;
