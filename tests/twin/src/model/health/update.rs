//! `UpdateHealthCheck`: what may change, laid over what is there.

use super::config::HealthCheckConfig;
use super::input::{HealthCheckInput, HealthCheckUpdate, ResetElement};
use crate::model::error::ApiError;

/// The configuration with the update laid over it, to be judged like a new one.
pub(super) fn lay_over(
    config: &HealthCheckConfig,
    update: &HealthCheckUpdate,
) -> Result<HealthCheckInput, ApiError> {
    let mut input = HealthCheckInput::from(config);
    // "You can't update an existing health check to add or remove the value of IPAddress" (API reference).
    if update.ip_address.is_some() && input.ip_address.is_none() {
        return Err(ApiError::invalid_input("IPAddress cannot be added to an existing health check"));
    }
    for element in &update.reset_elements {
        match element {
            ResetElement::ChildHealthChecks => input.child_health_checks = None,
            ResetElement::FullyQualifiedDomainName => input.fully_qualified_domain_name = None,
            ResetElement::Regions => input.regions = None,
            ResetElement::ResourcePath => input.resource_path = None,
        }
    }
    macro_rules! lay {
        ($($field:ident),*) => {
            $(if update.$field.is_some() {
                input.$field.clone_from(&update.$field);
            })*
        };
    }
    lay!(
        ip_address,
        port,
        resource_path,
        fully_qualified_domain_name,
        search_string,
        failure_threshold,
        inverted,
        disabled,
        health_threshold,
        child_health_checks,
        enable_sni,
        regions,
        alarm,
        insufficient_data_health_status
    );
    Ok(input)
}
