//! RPO: how much that was written may be lost.

use serde::Serialize;

use crate::advise::figure::Figure;
use crate::advise::input::{INTERVAL, Members};

/// The parts of a loss, in seconds of writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Loss {
    /// How far a copy is behind.
    pub replication_lag: Figure,
    /// Between two checkpoints.
    pub checkpoint_interval: Figure,
    /// Never filled by the rule.
    pub failure_detection_window: Figure,
    /// The worst of them.
    pub total_rpo: Figure,
}

/// How copies are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replication {
    /// What the rule takes where nothing is said, and then counts as nothing.
    Unsaid,
    Synchronous,
    Asynchronous,
    Backup,
}

const TYPES: [(&str, Replication); 4] = [
    ("synchronous", Replication::Synchronous),
    ("asynchronous", Replication::Asynchronous),
    ("backup_based", Replication::Backup),
    ("async", Replication::Unsaid),
];

const SYNCHRONOUS: f64 = 1.0;

/// Reads how data are replicated and tells what may be lost.
pub(in crate::advise) fn loss(input: &mut Members<'_, '_>) -> Loss {
    let kind = input.word("type", &TYPES).unwrap_or(Replication::Unsaid);
    let frequency = input.number("frequency", &INTERVAL).unwrap_or(60.0);
    let checkpoint = input.number("checkpoint_interval", &INTERVAL).unwrap_or(0.0);
    let backup = input.number("backup_frequency", &INTERVAL).unwrap_or(3600.0);
    input.note(misleads(kind));
    match kind {
        Replication::Unsaid => Loss::default(),
        Replication::Synchronous => {
            Loss { replication_lag: SYNCHRONOUS.into(), total_rpo: SYNCHRONOUS.into(), ..Loss::default() }
        }
        Replication::Asynchronous => Loss {
            replication_lag: frequency.into(),
            checkpoint_interval: checkpoint.into(),
            total_rpo: frequency.max(checkpoint).into(),
            ..Loss::default()
        },
        Replication::Backup => Loss { total_rpo: backup.into(), ..Loss::default() },
    }
}

fn misleads(kind: Replication) -> &'static str {
    match kind {
        Replication::Unsaid => {
            "without a type (or with \"async\", its default) the rule counts nothing and answers 0: that is no promise. \
             Say asynchronous, synchronous or backup_based"
        }
        Replication::Synchronous => {
            "no engine of RDS or Aurora replicates synchronously between regions: 1 s can be had from none of them. A \
             DynamoDB global table with multi-region strong consistency loses nothing (RPO 0)"
        }
        Replication::Asynchronous => {
            "how often a copy is made says nothing of how far it is behind: a copy that lags or stands still loses \
             more than this. Only a lag that is measured bounds it (AuroraGlobalDBRPOLag, ReplicaLag, \
             ReplicationLatency)"
        }
        Replication::Backup => {
            "a backup counts from when it is complete and copied to the other region: the loss is longer than \
             backup_frequency by the time of both"
        }
    }
}
