//! From what a client sent to a sound record set. What is wrong with the shape is `InvalidInput` and ends the
//! request; what is wrong with the content is a message of `InvalidChangeBatch`, and all are collected.

use std::time::Duration;

use super::batch::Action;
use super::input::RecordSetInput;
use super::rdata::Rdata;
use super::record::{AliasTarget, FailoverRole, Policy, RecordData, RecordSet, RecordType, Value};
use crate::model::error::{ApiError, ErrorCode};
use crate::model::regions::is_record_region;
use crate::model::{DnsName, HealthCheckId, ZoneId};

/// The greatest TTL (Route 53 API reference, `ResourceRecordSet.TTL`).
const MAX_TTL: i64 = 2_147_483_647;

/// Reads one change's record set, and adds what is wrong with its values to `faults`.
pub(super) fn parse(
    action: Action,
    input: &RecordSetInput,
    faults: &mut Vec<String>,
) -> Result<Option<RecordSet>, ApiError> {
    if let Some(element) = &input.not_modelled {
        return Err(ApiError::new(ErrorCode::NotModelled, format!("the twin does not model {element}")));
    }
    let rtype = RecordType::parse(&input.rtype).ok_or_else(|| unknown_type(&input.rtype))?;
    let place = Place { action, input };
    let policy = policy(&place)?;
    check_shape(&place)?;
    let name = match DnsName::parse(&input.name) {
        Ok(name) => name,
        Err(fault) => {
            faults.push(format!("FATAL problem: {fault} encountered with '{}'", input.name));
            return Ok(None);
        }
    };
    let Some(data) = data(rtype, input, faults)? else { return Ok(None) };
    let health_check = input.health_check.as_deref().map(HealthCheckId::from);
    Ok(Some(RecordSet { name, rtype, policy, data, health_check }))
}

fn unknown_type(text: &str) -> ApiError {
    // Types of the service that the twin does not know must not look like a client's mistake.
    if ["DS", "HTTPS", "NAPTR", "SSHFP", "SVCB", "TLSA"].contains(&text) {
        return ApiError::new(
            ErrorCode::NotModelled,
            format!("the twin does not model records of type {text}"),
        );
    }
    ApiError::invalid_input(format!("Invalid request: unknown record type '{text}'"))
}

/// Which change is meant, for a message.
struct Place<'a> {
    action: Action,
    input: &'a RecordSetInput,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { action, input } = self;
        let identifier = input.set_identifier.as_deref().unwrap_or("null");
        write!(
            out,
            "Change with [Action={action}, Name={}, Type={}, SetIdentifier={identifier}]",
            input.name, input.rtype
        )
    }
}

/// Exactly one policy with an identifier, or neither. Wording: issue terraform-provider-aws#1668.
fn policy(place: &Place<'_>) -> Result<Policy, ApiError> {
    const CHOICE: &str = "[Weight, Region, Failover, GeoLocation, or MultiValueAnswer]";
    let input = place.input;
    let given = [
        input.weight.is_some(),
        input.region.is_some(),
        input.failover.is_some(),
        input.multivalue_answer.is_some(),
    ];
    let count = given.iter().filter(|&&is| is).count();
    if count > 1 {
        return Err(ApiError::invalid_input(format!(
            "Invalid request: Expected exactly one of {CHOICE}, but found more than one in {place}"
        )));
    }
    let Some(id) = input.set_identifier.clone() else {
        if count == 0 {
            return Ok(Policy::Simple);
        }
        return Err(ApiError::invalid_input(format!(
            "Invalid request: Missing field 'SetIdentifier' in {place}"
        )));
    };
    if count == 0 {
        return Err(ApiError::invalid_input(format!(
            "Invalid request: Expected exactly one of {CHOICE}, but found none in {place}"
        )));
    }
    if id.is_empty() || id.chars().count() > 128 {
        return Err(ApiError::invalid_input(format!(
            "Invalid request: SetIdentifier must have 1 to 128 characters in {place}"
        )));
    }
    named_policy(place, id)
}

fn named_policy(place: &Place<'_>, id: String) -> Result<Policy, ApiError> {
    let input = place.input;
    if let Some(weight) = input.weight {
        let weight = u8::try_from(weight).map_err(|_| {
            ApiError::invalid_input(format!(
                "Invalid request: Weight {weight} is not within 0 to 255 in {place}"
            ))
        })?;
        return Ok(Policy::Weighted { id, weight });
    }
    if let Some(region) = &input.region {
        if !is_record_region(region) {
            return Err(ApiError::invalid_input(format!(
                "Invalid request: Region '{region}' is not one of the enumeration in {place}"
            )));
        }
        return Ok(Policy::Latency { id, region: region.clone() });
    }
    match input.failover.as_deref() {
        Some("PRIMARY") => return Ok(Policy::Failover { id, role: FailoverRole::Primary }),
        Some("SECONDARY") => return Ok(Policy::Failover { id, role: FailoverRole::Secondary }),
        Some(other) => {
            return Err(ApiError::invalid_input(format!(
                "Invalid request: Failover '{other}' is neither PRIMARY nor SECONDARY in {place}"
            )));
        }
        None => {}
    }
    if input.multivalue_answer == Some(true) {
        return Ok(Policy::Multivalue { id });
    }
    Err(ApiError::invalid_input(format!("Invalid request: MultiValueAnswer can only be true in {place}")))
}

/// Either an alias, or a TTL with values (Route 53 API reference, `ResourceRecordSet.TTL`).
fn check_shape(place: &Place<'_>) -> Result<(), ApiError> {
    const CHOICE: &str = "[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";
    let input = place.input;
    let found = match (&input.alias, input.ttl, input.values.is_empty()) {
        (Some(_), None, true) | (None, Some(_), false) => None,
        (Some(_), _, _) => Some("more than one"),
        (None, _, _) => Some("none"),
    };
    if let Some(found) = found {
        return Err(ApiError::invalid_input(format!(
            "Invalid request: Expected exactly one of {CHOICE}, but found {found} in {place}"
        )));
    }
    if input.ttl.is_some_and(|ttl| !(0..=MAX_TTL).contains(&ttl)) {
        return Err(ApiError::invalid_input(format!(
            "Invalid request: TTL is not within 0 to {MAX_TTL} in {place}"
        )));
    }
    if input.multivalue_answer.is_some() && input.alias.is_some() {
        return Err(ApiError::invalid_input(format!(
            "Invalid request: MultiValueAnswer cannot be an alias in {place}"
        )));
    }
    Ok(())
}

fn data(
    rtype: RecordType,
    input: &RecordSetInput,
    faults: &mut Vec<String>,
) -> Result<Option<RecordData>, ApiError> {
    if let Some(alias) = &input.alias {
        let zone = alias.zone.strip_prefix("/hostedzone/").unwrap_or(&alias.zone);
        return match DnsName::parse(&alias.dns_name) {
            Ok(dns_name) => Ok(Some(RecordData::Alias(AliasTarget {
                zone: ZoneId::from(zone),
                dns_name,
                evaluate_target_health: alias.evaluate_target_health,
            }))),
            Err(fault) => {
                faults.push(format!("FATAL problem: {fault} encountered with '{}'", alias.dns_name));
                Ok(None)
            }
        };
    }
    let mut values = Vec::new();
    for text in &input.values {
        if text.chars().count() > 4000 {
            return Err(ApiError::invalid_input("Invalid request: a Value has more than 4000 characters"));
        }
        match Rdata::parse(rtype, text) {
            Ok(rdata) => values.push(Value { text: text.clone(), rdata }),
            Err(fault) => faults.push(format!(
                "Invalid Resource Record: 'FATAL problem: {} ({}) encountered with '{text}''",
                fault.name, fault.words
            )),
        }
    }
    let ttl = Duration::from_secs(u64::try_from(input.ttl.unwrap_or_default()).unwrap_or_default());
    let sound = values.len() == input.values.len();
    Ok(sound.then_some(RecordData::Values { ttl, values }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(input: &RecordSetInput) -> String {
        let error = parse(Action::Create, input, &mut Vec::new()).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidInput);
        error.message()
    }

    fn a() -> RecordSetInput {
        RecordSetInput::simple("a.example.com", "A", 60, &["192.0.2.1"])
    }

    #[test]
    fn an_identifier_needs_a_policy_and_a_policy_needs_an_identifier() {
        let nameless = RecordSetInput { weight: Some(1), ..a() };
        assert!(refused(&nameless).contains("Missing field 'SetIdentifier'"));
        let aimless = RecordSetInput { set_identifier: Some("x".into()), ..a() };
        assert!(refused(&aimless).contains(
            "but found none in Change with [Action=CREATE, Name=a.example.com, Type=A, SetIdentifier=x]"
        ));
        assert!(
            refused(&RecordSetInput { region: Some("us-east-1".into()), ..a().weighted("x", 1) })
                .contains("more than one")
        );
        assert!(refused(&a().weighted("", 1)).contains("1 to 128"));
        assert!(refused(&a().weighted(&"x".repeat(129), 1)).contains("1 to 128"));
        assert!(parse(Action::Create, &a().weighted(&"x".repeat(128), 1), &mut Vec::new()).is_ok());
    }

    #[test]
    fn numbers_and_words_are_within_the_enumerations() {
        assert!(refused(&a().weighted("x", 256)).contains("0 to 255"));
        assert!(refused(&a().weighted("x", -1)).contains("0 to 255"));
        assert!(refused(&a().latency("x", "mars-north-1")).contains("mars-north-1"));
        assert!(
            refused(&RecordSetInput { multivalue_answer: Some(false), ..a().weighted("x", 1) })
                .contains("more than one")
        );
        assert!(
            refused(&RecordSetInput { multivalue_answer: Some(false), ..a().multivalue("x") })
                .contains("only be true")
        );
        assert!(refused(&RecordSetInput { ttl: Some(-1), ..a() }).contains("TTL"));
        assert!(refused(&RecordSetInput { rtype: "FOO".into(), ..a() }).contains("FOO"));
    }

    #[test]
    fn either_an_alias_or_a_ttl_with_values() {
        assert!(refused(&RecordSetInput { ttl: None, ..a() }).contains("found none"));
        assert!(refused(&RecordSetInput { values: Vec::new(), ..a() }).contains("found none"));
        let alias = RecordSetInput::alias("a.example.com", "A", "Z1", "b.example.com", true);
        assert!(refused(&RecordSetInput { ttl: Some(60), ..alias.clone() }).contains("found more than one"));
        assert!(refused(&alias.multivalue("x")).contains("MultiValueAnswer cannot"));
    }

    #[test]
    fn what_the_twin_does_not_model_is_not_a_client_s_mistake() {
        let geo = RecordSetInput { not_modelled: Some("GeoLocation".into()), ..a() };
        assert_eq!(parse(Action::Create, &geo, &mut Vec::new()).unwrap_err().code, ErrorCode::NotModelled);
        let svcb = RecordSetInput { rtype: "SVCB".into(), ..a() };
        assert_eq!(parse(Action::Create, &svcb, &mut Vec::new()).unwrap_err().code, ErrorCode::NotModelled);
    }

    #[test]
    fn faults_of_values_are_collected() {
        let mut faults = Vec::new();
        let input = RecordSetInput::simple("a.example.com", "TXT", 60, &["one", "two"]);
        assert_eq!(parse(Action::Create, &input, &mut faults), Ok(None));
        assert_eq!(
            faults[0],
            "Invalid Resource Record: 'FATAL problem: InvalidTXTRDATA (Value should be enclosed in quotation marks) encountered with 'one''"
        );
        assert_eq!(faults.len(), 2);
    }
}
