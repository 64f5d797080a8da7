//! What two sides must agree on.

mod adapters;
mod controller;
mod template;
