//! What two sides must agree on.

mod adapters;
mod any_plan;
mod calls;
mod controller;
mod iam;
mod permissions;
mod stack;
mod template;
mod yaml;
