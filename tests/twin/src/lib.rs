//! A strict model of Route 53: the double that everything else is tested against.
//!
//! No public emulator is right about Route 53. One replaces records regardless of their set identifier,
//! another accepts nearly every invalid health check and reports every change as in sync at once. What
//! moves production traffic must not be tested against such a double, so this crate holds our own:
//!
//! - [`model`] is pure and runs on virtual time. It has no clock, no I/O and no randomness except a seed:
//!   the same calls give the same results, so a simulation can replay a failure from its seed.
//! - [`wire`] puts the same model behind the real Route 53 REST/XML protocol, behind real DNS servers (one
//!   for each name server) and behind real health checkers.
//! - [`cli`] is the command line of the binary `twin`, which runs the twin alone.
//!
//! Where the service's behaviour is documented or was seen in a quoted error, the twin does the same and
//! names the source. Where nobody knows, it refuses, and says that it does: a product that passes here must
//! not depend on luck there.

//!
//! Not modelled, and said so with the code `NotModelled` (501) where a client asks for it: geolocation,
//! geoproximity and IP-based routing, traffic policies, DNSSEC, record types other than A, AAAA, CAA, CNAME, MX,
//! NS, PTR, SOA, SPF, SRV and TXT, VPC association, query logging, accelerated recovery, record protections.
//! Quietly absent: the limit of 1 000 created health checks a day, the bucket of change throughput (its numbers
//! are not published), delegation sets, signatures (any caller is believed), TLS of the API and of HTTPS checks.
//! Chosen where nothing is known: a zone is on all its name servers as soon as it exists; the target of an alias
//! may be deleted (then the alias answers nothing and counts as unhealthy); an `UPSERT` may change neither the
//! policy nor the failover role of a set; a deleted health check has a status drawn from the seed.

pub mod cli;
pub mod model;
pub mod wire;
