//! The twin on real sockets: the unmodified SDK, real DNS queries, checkers that really ask.

#[cfg(test)]
mod api;
#[cfg(test)]
mod checkers;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod rejections;
#[cfg(test)]
mod world;
