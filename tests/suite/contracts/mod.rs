//! What two sides must agree on.

mod adapters;
mod advice;
mod any_calls;
mod any_plan;
mod calls;
mod controller;
mod iam;
mod loopback;
mod overrides;
mod parameters;
mod permissions;
mod services;
mod stack;
mod template;
mod wire;
mod yaml;
