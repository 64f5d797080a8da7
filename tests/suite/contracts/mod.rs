//! What two sides must agree on.

mod adapters;
mod template;
