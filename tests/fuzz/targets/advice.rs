//! What people ask `advise`: figures, or everything that is wrong with the question.

use fuzz::{Grammar, Input, Limit, Recorded};
use serde_json::Value;
use suite::world::Story;
use understudy::advise::answer;

/// A tree of JSON, an answer, and a plan file that is read again.
const LIMIT: Limit = Limit { times: 1_024, base: 1024 * 1024 };

/// Nobody reads more; what is said of a request grows with its members at most.
const FAULT_BYTES: usize = 4 * 1024;

const REQUESTS: [&str; 10] = [
    r#"{"analysis":"rto","basis":"rule-of-thumb","input":{"health_check_interval":30,"failure_threshold":3,"automated_failover":true,"strategy":"dns_failover","dns_ttl":60,"infrastructure_startup_time":1}}"#,
    r#"{"analysis":"rpo","basis":"rule-of-thumb","input":{"type":"asynchronous","frequency":120,"checkpoint_interval":60}}"#,
    r#"{"analysis":"impact","basis":"rule-of-thumb","input":{"rto_rpo":{"total_rto":300,"total_rpo":120},"business":{"hourly_revenue":10000,"total_users":5,"compliance_requirements":{"SOX":{"rto_limit":900,"rpo_limit":300}}}}}"#,
    r#"{"analysis":"optimize","basis":"rule-of-thumb","input":{"current":{"rto":{"total_rto":900},"rpo":{"total_rpo":900}},"targets":{"rto_target":1,"rpo_target":1}}}"#,
    r#"{"analysis":"compare","basis":"rule-of-thumb","input":{"rto_requirement":30,"budget_factor":"low","global_user_distribution":true,"consistency_requirement":"strong"}}"#,
    r#"{"analysis":"active-active","basis":"plan","input":{"domain_name":"api.example.com","database_type":"aurora","regions":{"us-east-1":{"weight":60,"endpoint":"203.0.113.1"},"eu-west-1":{"weight":40,"endpoint":"203.0.113.2","health_check_id":null}}}}"#,
    r#"{"analysis":"active-passive","basis":"plan","input":{"domain_name":"api.example.com","primary_region":{"name":"us-east-1","endpoint":"203.0.113.1"},"secondary_region":{"name":"us-west-2","endpoint":"api-1.us-west-2.elb.amazonaws.com"},"zone_id":"Z1","health_path":"/up","rto_requirement":90.5}}"#,
    r#"{"analysis":"impact","input":{"business":{"hourly_revenue":10000,"data_loss_cost_per_hour":1},"measured_lag":2.5,"application":"shop"}}"#,
    r#"{"analysis":"optimize","input":{"targets":{"rto_target":100,"rpo_target":60}}}"#,
    r#"{"analysis":"cost","input":{"standby_monthly_cost":1200,"outages_per_year":2,"outage_duration":14400,"business":{"hourly_revenue":1}}}"#,
];

#[test]
fn advice() {
    let plan = Story::new("").plan;
    let recorded = Recorded::of(Grammar::Json, REQUESTS);
    bolero::check!().with_type::<Input>().for_each(|input| {
        let request = recorded.text(input);
        match LIMIT.hold(request.len(), || answer(&request, Some(&plan))) {
            Ok(answered) => {
                let told = serde_json::to_string(&answered).expect("text keys");
                let document: Value = serde_json::from_str(&told).expect("JSON");
                assert!(document["result"].is_object() || document["result"].is_array(), "{told}");
            }
            Err(refused) => {
                assert!(!refused.faults.is_empty());
                for fault in &refused.faults {
                    let words = [&fault.path, &fault.problem, &fault.allowed];
                    assert!(words.iter().all(|text| text.len() < FAULT_BYTES), "{fault:?}");
                    assert!(words.iter().all(|text| !text.contains(|c: char| c.is_control())), "{fault:?}");
                }
            }
        }
    });
}
