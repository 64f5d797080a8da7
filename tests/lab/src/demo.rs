//! The demonstration.

use crate::LabError;
use crate::world::Places;

/// Shows it.
///
/// # Errors
/// The lab cannot go on.
pub async fn run(_places: &Places) -> Result<bool, LabError> {
    Ok(false)
}
