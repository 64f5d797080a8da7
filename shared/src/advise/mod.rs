//! What a plan means, in seconds and in dollars: computed from the plan and from what AWS does.

mod path;
mod prices;

pub use path::{Phase, worst_path};
pub use prices::{Cost, Line, PRICES_READ, monthly_cost};
