//! Reading a plan for a command that needs a good one.

use std::path::Path;

use understudy::plan::Plan;

/// The plan.
///
/// # Errors
/// In words, with a remedy.
pub fn plan(file: &Path) -> Result<Plan, String> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file)
        .map_err(|error| format!("{name} cannot be read: {error}; name the plan file after the command"))?;
    let read = Plan::read_bytes(&bytes, &name).map(|(plan, _)| plan);
    read.map_err(|faults| format!("{faults}\n{name} is refused; understudy check {name} explains each fault"))
}
