//! RPO by the plan: what the configured replication promises.

use serde::Serialize;

use super::judge::Judged;
use super::span::seconds;
use crate::advise::figure::Figure;
use crate::plan::Application;

/// How much that was written may be lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// The application.
    pub application: String,
    /// The longest stretch of lost writes that the plan accepts (`rpo`), in seconds.
    pub target: Option<f64>,
    /// Whether the worst case is within it.
    pub judged: Judged,
    /// What keeps the data, in the plan's words.
    pub data: Option<String>,
    /// What is usually lost, in seconds; none where nobody says.
    pub typical: Option<Figure>,
    /// The most that is lost, in seconds; none where nobody promises it.
    pub worst: Option<Figure>,
    /// What that depends on.
    pub because: String,
    /// Where it comes from.
    pub source: &'static str,
}

/// What a way of replication promises.
struct Promise {
    /// Words of the plan that name it, all of them in lower case.
    words: &'static [&'static str],
    typical: Option<f64>,
    worst: Option<f64>,
    because: &'static str,
    source: &'static str,
}

/// The more special ones first.
const PROMISES: [Promise; 6] = [
    Promise {
        words: &["dynamodb", "mrsc"],
        typical: Some(0.0),
        worst: Some(0.0),
        because: "a write is acknowledged once another region has it (multi-region strong consistency)",
        source: "DynamoDB Developer Guide, global tables: consistency modes",
    },
    Promise {
        words: &["dynamodb"],
        typical: Some(1.0),
        worst: None,
        because: "a global table replicates within a second, usually; no bound is promised (ReplicationLatency measures it)",
        source: "AWS Prescriptive Guidance, Using Amazon DynamoDB global tables, overview",
    },
    Promise {
        words: &["dsql"],
        typical: None,
        worst: None,
        because: "Aurora DSQL is said to commit in two regions at once; that was not verified here: give the lag as measured_lag",
        source: "the plan",
    },
    Promise {
        words: &["aurora"],
        typical: None,
        worst: None,
        because: "an Aurora global database loses \"typically seconds\"; no bound is promised, unless rds.global_db_rpo \
                  (PostgreSQL) blocks commits beyond one (AuroraGlobalDBRPOLag measures it)",
        source: "Aurora User Guide, disaster recovery for global databases",
    },
    Promise {
        words: &["elasticache"],
        typical: None,
        worst: None,
        because: "a global datastore replicates asynchronously; no bound is promised (GlobalDatastoreReplicationLag \
                  measures it)",
        source: "ElastiCache API Reference, GlobalReplicationGroup",
    },
    Promise {
        words: &["rds"],
        typical: None,
        worst: None,
        because: "a read replica in another region is asynchronous, and may stand still; no bound is promised (ReplicaLag \
                  measures it)",
        source: "RDS User Guide, read replicas in another region",
    },
];

impl Loss {
    /// Of an application. `measured` is the lag that its users measured, in seconds, and stand for.
    pub fn of(application: &Application, measured: Option<f64>) -> Self {
        let target = application.rpo.map(seconds);
        let data = application.data.as_ref().map(|data| data.kind.clone());
        let (typical, worst, because, source) = match (&data, measured) {
            (_, Some(lag)) => (
                Some(lag),
                Some(lag),
                "the lag that you measured and gave".to_owned(),
                "measured_lag of the request",
            ),
            (None, None) => (
                None,
                None,
                "the plan names no data, so that nothing is known of what a move may lose".to_owned(),
                "the plan",
            ),
            (Some(kind), None) => promised(kind),
        };
        Self {
            application: application.name.to_string(),
            judged: Judged::of(worst, target),
            target,
            data,
            typical: typical.map(Figure::new),
            worst: worst.map(Figure::new),
            because,
            source,
        }
    }
}

/// The words of a kind, in lower case.
pub(super) fn words(kind: &str) -> Vec<String> {
    let words = kind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn promised(kind: &str) -> (Option<f64>, Option<f64>, String, &'static str) {
    let said = words(kind);
    let holds = |promise: &&Promise| promise.words.iter().all(|word| said.iter().any(|one| one == word));
    match PROMISES.iter().find(holds) {
        Some(Promise { typical, worst, because, source, .. }) => {
            (*typical, *worst, (*because).to_owned(), source)
        }
        None => (
            None,
            None,
            format!("nothing is known of {kind:?}: measure its lag, and give it as measured_lag"),
            "the plan",
        ),
    }
}
