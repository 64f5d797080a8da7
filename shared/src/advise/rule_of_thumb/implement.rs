//! The steps by which a pattern is set up.

use serde::Serialize;
use serde_json::{Value, json};

use crate::advise::figure::Figure;
use crate::advise::input::{Members, WEIGHT};

/// The steps, and what they are said to lead to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Implementation {
    /// Which pattern.
    pub pattern: &'static str,
    /// In the order in which they are taken.
    pub implementation_steps: Vec<Step>,
    /// As the rule has it.
    pub estimated_rto: &'static str,
    /// As the rule has it.
    pub estimated_rpo: &'static str,
    /// Roughly.
    pub complexity: &'static str,
    /// Roughly.
    pub cost_factor: &'static str,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its name.
    pub step: &'static str,
    /// What is done.
    pub action: &'static str,
    /// With what.
    pub config: Value,
}

const fn step(step: &'static str, action: &'static str, config: Value) -> Step {
    Step { step, action, config }
}

/// Seconds.
const TTL: u32 = 60;

/// All regions serve.
pub(in crate::advise) fn active_active(input: &mut Members<'_, '_>) -> Implementation {
    let domain = input.needed_text("domain_name");
    let database = database(input, "aurora");
    if !input.has("regions") {
        input.fault("regions", "it is missing", "an object with a member for each region");
    }
    let regions: Vec<(String, Value)> = input.each("regions", |region| {
        json!({
            "weight": Figure::new(region.needed_number("weight", &WEIGHT)),
            "primary_value": region.needed_text("endpoint"),
            "health_check_id": region.text("health_check_id"),
        })
    });
    let names: Vec<&str> = regions.iter().map(|(name, _)| name.as_str()).collect();
    if names.len() < 2 {
        input.note("with fewer than two regions nothing is left where one fails");
    }
    input.note(
        "neither Aurora nor ElastiCache has several writers: \"multi-master\" and sessions \"in real time\" are to be \
         had of DynamoDB global tables alone. < 1 minute and < 30 seconds are nobody's measurement: basis plan computes",
    );
    let records: Vec<Value> = regions.iter().map(|(name, settings)| named(name, settings)).collect();
    Implementation {
        pattern: "active-active",
        implementation_steps: vec![
            step(
                "weighted_routing",
                "create_weighted_records",
                json!({"name": domain, "type": "A", "ttl": TTL, "regions": records}),
            ),
            step(
                "data_replication",
                "setup_multi_master_replication",
                json!({"database_type": database, "replication_strategy": "multi-master", "regions": names}),
            ),
            step(
                "session_management",
                "setup_global_session_store",
                json!({"session_store": "elasticache_global", "regions": names, "replication_mode": "real_time"}),
            ),
            step(
                "monitoring",
                "setup_cross_region_monitoring",
                json!({
                    "metrics": ["latency", "error_rate", "throughput"],
                    "regions": names,
                    "cross_region_comparison": true,
                }),
            ),
        ],
        estimated_rto: "< 1 minute",
        estimated_rpo: "< 30 seconds",
        complexity: "high",
        cost_factor: "high",
    }
}

fn named(name: &str, settings: &Value) -> Value {
    let mut record = settings.clone();
    if let Value::Object(members) = &mut record {
        members.insert("region".to_owned(), name.into());
    }
    record
}

/// What keeps the data; null stays null.
fn database<'j>(input: &mut Members<'j, '_>, default: &'j str) -> Option<&'j str> {
    let said = input.has("database_type");
    let kind = input.text("database_type");
    if said { kind } else { Some(default) }
}

/// One region serves, the other waits.
pub(in crate::advise) fn active_passive(input: &mut Members<'_, '_>) -> Implementation {
    let domain = input.needed_text("domain_name");
    let database = database(input, "rds");
    let primary = Side::read(input.needed_object("primary_region"));
    let secondary = Side::read(input.needed_object("secondary_region"));
    input.note(
        "a warm-up of 5-10 minutes, 5-15 minutes of RTO and 1-5 minutes of RPO are nobody's measurement: basis plan \
         computes, and drills measure",
    );
    Implementation {
        pattern: "active-passive",
        implementation_steps: vec![
            step(
                "failover_routing",
                "create_failover_records",
                json!({
                    "name": domain,
                    "type": "A",
                    "primary_value": primary.endpoint,
                    "secondary_value": secondary.endpoint,
                    "primary_health_check_id": primary.health_check,
                    "secondary_health_check_id": secondary.health_check,
                    "ttl": TTL,
                }),
            ),
            step(
                "data_replication",
                "setup_master_slave_replication",
                json!({
                    "database_type": database,
                    "replication_strategy": "master-slave",
                    "primary_region": primary.name,
                    "secondary_regions": [secondary.name],
                }),
            ),
            step(
                "standby_infrastructure",
                "setup_warm_standby",
                json!({
                    "secondary_region": secondary.name,
                    "scaling_mode": "minimal_with_autoscaling",
                    "warm_up_time": "5-10 minutes",
                }),
            ),
            step(
                "automated_failover",
                "setup_failover_automation",
                json!({
                    "trigger_conditions": ["health_check_failure", "high_error_rate"],
                    "promotion_lambda": "auto_promote_secondary",
                    "notification_topics": ["ops-team", "management"],
                }),
            ),
        ],
        estimated_rto: "5-15 minutes",
        estimated_rpo: "1-5 minutes",
        complexity: "medium",
        cost_factor: "medium",
    }
}

/// A region of the pair.
#[derive(Default)]
struct Side<'j> {
    name: &'j str,
    endpoint: &'j str,
    health_check: Option<&'j str>,
}

impl<'j> Side<'j> {
    fn read(region: Option<Members<'j, '_>>) -> Self {
        let Some(mut region) = region else { return Self::default() };
        let side = Self {
            name: region.needed_text("name"),
            endpoint: region.needed_text("endpoint"),
            health_check: region.text("health_check_id"),
        };
        region.finish();
        side
    }
}
