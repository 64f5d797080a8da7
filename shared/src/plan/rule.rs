//! The rules of the plan file: one name each, how bad it is to break it, and why it exists.
//!
//! Names are stable: people search for them and silence them. A rule is broken by a fixture of its own name.

use super::fault::Severity;

/// A rule that a plan must keep.
#[derive(Debug)]
pub struct Rule {
    /// The stable name.
    pub id: &'static str,
    /// Whether a plan that breaks it is refused.
    pub severity: Severity,
    /// Why it exists, with its source.
    pub because: &'static str,
}

/// Declares rules; the doc comment is also what an operator reads as the reason.
macro_rules! rules {
    ($($(#[doc = $because:literal])+ $name:ident = $id:literal, $severity:ident;)+) => {
        $($(#[doc = $because])+
        pub(super) const $name: &Rule =
            &Rule { id: $id, severity: Severity::$severity, because: concat!($($because),+) };)+

        /// Every rule, in the order of the table.
        pub const RULES: &[&Rule] = &[$($name),+];
    };
}

rules! {
    // The file.
    /// A plan is a text that every editor shows alike.
    NOT_UTF8 = "not-utf8", Error;
    /// A plan of more than 1 MiB is not a plan, and parsing it would cost the start of every function.
    TOO_LARGE = "too-large", Error;
    /// A plan without a word protects nothing: most likely the wrong file was shipped.
    EMPTY_FILE = "empty-file", Error;
    /// The file is TOML 1.1 (toml.io).
    SYNTAX = "syntax", Error;

    // Reading.
    /// A misspelt key would silently leave its default in force.
    UNKNOWN_KEY = "unknown-key", Error;
    /// Each key has one type.
    WRONG_TYPE = "wrong-type", Error;
    /// Without these keys there is nothing to do, or no safe guess.
    MISSING_KEY = "missing-key", Error;
    /// Some keys take one of a few words.
    UNKNOWN_WORD = "unknown-word", Error;
    /// Numbers have bounds: where nothing narrower is said, they are whole and from 0 to 4294967295.
    OUT_OF_RANGE = "out-of-range", Error;
    /// An empty list says nothing; leave the key out instead.
    EMPTY_LIST = "empty-list", Error;
    /// An empty text says nothing; leave the key out instead.
    EMPTY_TEXT = "empty-text", Error;
    /// An entry that stands twice is a slip; Route 53 refuses equal values in one record set.
    DUPLICATE_ENTRY = "duplicate-entry", Error;
    /// `90` may mean seconds or minutes: durations have units.
    BARE_NUMBER = "bare-number", Error;
    /// A duration is whole numbers with the units h, m, s, ms, largest first, of at most a year.
    MALFORMED_DURATION = "malformed-duration", Error;
    /// Names are host names: labels of letters, digits, `-` and `_` (RFC 1035, RFC 2782).
    MALFORMED_NAME = "malformed-name", Error;
    /// A name has at most 253 characters, a label at most 63 (RFC 1035 section 2.3.4).
    NAME_TOO_LONG = "name-too-long", Error;
    /// A value of an A record is an IPv4 address, of an AAAA record an IPv6 address.
    MALFORMED_ADDRESS = "malformed-address", Error;
    /// A hosted zone's id is `Z` and up to 31 upper-case letters and digits (Route 53 API, `HostedZone.Id`).
    MALFORMED_ZONE_ID = "malformed-zone-id", Error;
    /// An AWS account is named by its 12 digits.
    MALFORMED_ACCOUNT = "malformed-account", Error;
    /// A role is named by `arn:aws:iam::<account>:role/<name>`, with the partition of the account.
    MALFORMED_ROLE = "malformed-role", Error;
    /// A health check's id is a UUID; any other is refused with NoSuchHealthCheck.
    MALFORMED_HEALTH_CHECK = "malformed-health-check", Error;
    /// An alarm is named by `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`.
    MALFORMED_ALARM = "malformed-alarm", Error;
    /// A topic is named by `arn:aws:sns:<region>:<account>:<name>`.
    MALFORMED_TOPIC = "malformed-topic", Error;
    /// A region is named like `us-east-1`.
    MALFORMED_REGION = "malformed-region", Error;
    /// A region that this version does not know is most likely misspelt, but AWS opens new ones.
    UNKNOWN_REGION = "unknown-region", Warning;
    /// An application's name stands in keys, metrics and logs: 1 to 32 of `a-z`, `0-9` and `-`.
    APPLICATION_NAME = "application-name", Error;
    /// A region's record is addresses, or a CNAME, or an alias.
    RECORD_KIND = "record-kind", Error;
    /// A signal is a probe or an alarm.
    SIGNAL_KIND = "signal-kind", Error;
    /// A window comes once, from an instant until another, or every week, on days at a time of day.
    WINDOW_KIND = "window-kind", Error;
    /// An instant without its offset is another one for every reader (RFC 3339).
    MALFORMED_INSTANT = "malformed-instant", Error;
    /// A time of day is hours and minutes, in UTC, from `00:00` to `23:59`.
    MALFORMED_TIME_OF_DAY = "malformed-time-of-day", Error;
    /// A probe asks `https://host/path`, `http://host/path` or `tcp://host:port`.
    MALFORMED_PROBE = "malformed-probe", Error;
    /// A TCP probe sees no body, and only HTTPS has a certificate: the key would promise what nobody checks.
    NEEDLESS_PROBE_KEY = "needless-probe-key", Error;
    /// Only the first 5,120 bytes of a body are searched, as Route 53 does (Developer Guide, string matching).
    CONTAINS_TOO_LONG = "contains-too-long", Error;

    /// A deployment's name stands in caller references and tags: 1 to 32 of `a-z`, `0-9` and `-`.
    DEPLOYMENT_NAME = "deployment-name", Error;
    /// A health check asks an endpoint or reads an alarm's data.
    CHECK_KIND = "check-kind", Error;
    /// Checkers ask every 10 or 30 seconds (Route 53 API, `HealthCheckConfig.RequestInterval`).
    CHECK_INTERVAL = "check-interval", Error;
    /// A path has at most 255 characters (Route 53 API, `HealthCheckConfig.ResourcePath`).
    CHECK_PATH_TOO_LONG = "check-path-too-long", Error;
    /// A text to search for has at most 255 characters (Route 53 API, `HealthCheckConfig.SearchString`).
    CHECK_TEXT_TOO_LONG = "check-text-too-long", Error;
    /// TCP sees no page, only TLS has SNI, and only a bare address needs to be told its host
    /// (Route 53 API, `HealthCheckConfig`).
    NEEDLESS_CHECK_KEY = "needless-check-key", Error;
    /// Checkers stand in eight regions (Route 53 API, `HealthCheckRegion`); any other is refused by the service.
    UNKNOWN_CHECKER_REGION = "unknown-checker-region", Error;
    /// A check has checkers in three regions at least (Route 53 API, `HealthCheckConfig.Regions`).
    FEW_CHECKERS = "few-checkers", Error;

    // Applications.
    /// A plan without an application protects nothing.
    NO_APPLICATION = "no-application", Error;
    /// Two applications with one served name would fight for its records and epochs.
    DUPLICATE_SERVED_NAME = "duplicate-served-name", Error;
    /// One application is one batch in one zone: the zone must hold the served name.
    SERVED_NAME_OUTSIDE_ZONE = "served-name-outside-zone", Error;
    /// Nothing outside a VPC can ask a private zone's name servers where traffic is.
    PRIVATE_ZONE = "private-zone", Error;
    /// Without a role, the change of another account's zone is refused with AccessDenied, amid an outage.
    ZONE_ROLE_MISSING = "zone-role-missing", Error;
    /// A role of one account does not let anybody into the zone of another one.
    ZONE_ACCOUNT_DIFFERS = "zone-account-differs", Error;
    /// One zone has one name and one way to change it: where applications differ, one of them is wrong.
    ZONE_DIFFERS = "zone-differs", Error;
    /// The names that a move claims, below the served name, must be names too (RFC 1035: 253 characters).
    DERIVED_NAME_TOO_LONG = "derived-name-too-long", Error;
    /// A key that the policy knows nothing of would promise what nobody does.
    NEEDLESS_POLICY_KEY = "needless-policy-key", Error;
    /// An override only bridges the time until the records say the same: without them it could never end.
    ACTUATORS_WITHOUT_RECORDS = "actuators-without-records", Error;
    /// Where overrides are said must be known before they are needed.
    OVERRIDE_SECTION = "override-section", Error;
    /// An object and a metric are two ways to say the same: which one the checks look at must be clear.
    OVERRIDE_KIND = "override-kind", Error;
    /// A metric's namespace has 1 to 255 letters, digits and `.-_/#:`, and neither begins with a colon nor with
    /// `AWS/`, which is AWS's own (CloudWatch API, `PutMetricData`).
    METRIC_NAMESPACE = "metric-namespace", Error;
    /// A cluster has five endpoints, of which three may be gone at any time: each must be known beforehand,
    /// since the API that tells them is not there for an outage (ARC Developer Guide, "Get and update routing
    /// control states using the API").
    ARC_ENDPOINTS = "arc-endpoints", Error;
    /// A routing control is named by its ARN.
    ROUTING_CONTROL = "routing-control", Error;
    /// A region can only be left, and come back, by a routing control of its own.
    ROUTING_CONTROL_MISSING = "routing-control-missing", Error;
    /// What keeps a region's own record out lets its backup in: an override cannot leave a region that has one.
    OVERRIDE_WITH_BACKUP = "override-with-backup", Error;
    /// An override that fails must leave time for the records, which are not sent after the decision's validity.
    OVERRIDE_WITHIN = "override-within", Error;
    /// A bucket's name is 3 to 63 lower-case letters, digits and hyphens, the region's name included
    /// (S3 User Guide, bucket naming rules).
    BUCKET_NAME = "bucket-name", Error;
    /// A set identifier has 1 to 128 characters (Route 53 API, `ResourceRecordSet.SetIdentifier`).
    SET_LENGTH = "set-length", Error;
    /// A set identifier is unique among the record sets of a name and type.
    EQUAL_SETS = "equal-sets", Error;
    /// The stages of a ramp rise to the whole, which is the last, by at most 8 steps: each is a move of its own.
    MALFORMED_RAMP = "malformed-ramp", Error;
    /// A share of a small weight is rounded up: such a stage hands back the whole at once.
    COARSE_RAMP = "coarse-ramp", Warning;
    /// What all regions together cannot carry is no minimum that any evacuation could keep.
    MINIMUM_CAPACITY = "minimum-capacity", Error;
    /// Nothing undercuts the minimum by itself: without spare, the largest region is never evacuated.
    NO_SPARE_CAPACITY = "no-spare-capacity", Warning;
    /// A window that ends before it begins is never open.
    WINDOW_ORDER = "window-order", Error;
    /// A weekly window lasts at most a day: a longer one is several days.
    WINDOW_TOO_LONG = "window-too-long", Error;
    /// Only the loss of a region of the application can be rehearsed.
    DRILL_REGION = "drill-region", Error;
    /// Without an RPO no lag is small enough, and every evacuation needs consent.
    DATA_WITHOUT_RPO = "data-without-rpo", Warning;

    // Regions.
    /// A region stands once in an application.
    DUPLICATE_REGION = "duplicate-region", Error;
    /// Failing over needs somewhere to go.
    TOO_FEW_REGIONS = "too-few-regions", Error;
    /// An epoch record, one TXT string of 255 characters (RFC 1035 section 3.3), must be able to tell all
    /// regions that are out: at most five.
    TOO_MANY_REGIONS = "too-many-regions", Error;
    /// Exactly one region serves when all is well.
    ONE_PRIMARY = "one-primary", Error;
    /// Under `weighted` and `latency` every region serves: a role would promise an order that there is not.
    NEEDLESS_ROLE = "needless-role", Error;
    /// Nothing is known of a region without evidence, and unknown is never fit.
    NO_SIGNAL = "no-signal", Error;
    /// A check that people made is named by its id, one that provisioning makes is described: not both.
    CHECK_TWICE = "check-twice", Error;
    /// Without an endpoint there is nothing for Route 53's checkers to ask.
    NOTHING_TO_CHECK = "nothing-to-check", Error;
    /// A check that asks for the served name follows the failover that it should cause
    /// (Route 53 API, `FullyQualifiedDomainName`: the results are unpredictable).
    CHECK_AT_SERVED_NAME = "check-at-served-name", Error;
    /// Checkers come from the public internet and cannot ask a private address (Route 53 API, `IPAddress`).
    PRIVATE_CHECK = "private-check", Error;
    /// That a port opens says nothing of whether the data can be written, and a data store that the public
    /// internet reaches is a hole of its own.
    PUBLIC_DATA_CHECK = "public-data-check", Warning;
    /// A forced check says nothing about the region: Route 53 acts as it is told, not as things are.
    FORCED_CHECK = "forced-check", Warning;
    /// A record set's check is one of the zone's own account, in which nothing of ours makes checks.
    PROVISION_FOREIGN_ZONE = "provision-foreign-zone", Error;
    /// What makes checks and records must not be lost with the region that they are to leave.
    PROVISION_FROM_PRIMARY = "provision-from-primary", Error;
    /// Only a region with a controller has what makes checks and records.
    PROVISION_FROM_ELSEWHERE = "provision-from-elsewhere", Error;
    /// The check says that *its* region is healthy; two regions behind one check go down together.
    SHARED_HEALTH_CHECK = "shared-health-check", Error;

    // Records.
    /// A batch holds 1,000 elements and 32,000 characters of values, an UPSERT counting twice
    /// (Developer Guide, quotas of ChangeResourceRecordSets).
    BATCH_TOO_LARGE = "batch-too-large", Error;
    /// Route 53 takes one value in a weighted or latency record set
    /// (API, `ResourceRecordSet.Weight` and `ResourceRecordSet.Region`).
    ONE_VALUE = "one-value", Error;
    /// A and AAAA go together and a name holds one kind: a region with fewer types would lose users by a move.
    RECORD_TYPES_DIFFER = "record-types-differ", Error;
    /// Where traffic is, is read from the answer: two regions that answer alike cannot be told apart.
    SAME_RECORD = "same-record", Error;
    /// Nothing may stand beside a CNAME, and the apex holds SOA and NS (RFC 1034 section 3.6.2).
    CNAME_AT_APEX = "cname-at-apex", Error;
    /// A name that leads to itself answers nothing.
    RECORD_AT_ITSELF = "record-at-itself", Error;
    /// An alias target lies within the zone that the alias names (Route 53 refuses others).
    ALIAS_OUTSIDE_ZONE = "alias-outside-zone", Error;
    /// An alias names the zone of its target: AWS publishes those of load balancers, API Gateway, CloudFront,
    /// S3 websites and accelerators, any other must be given (Route 53 API, `AliasTarget.HostedZoneId`).
    ALIAS_ZONE_UNKNOWN = "alias-zone-unknown", Error;
    /// A target does not lie in another region's or another kind's zone, and Route 53 refuses such an alias amid
    /// the outage (AWS General Reference, endpoints of Elastic Load Balancing, API Gateway and S3).
    ALIAS_ZONE_DIFFERS = "alias-zone-differs", Error;
    /// S3 websites have no IPv6 address, and accelerators have one under their dual-stack name alone
    /// (S3 User Guide, requests over IPv6; Global Accelerator Developer Guide, DNS names).
    ALIAS_WITHOUT_IPV6 = "alias-without-ipv6", Error;
    /// A failover alias must evaluate its target's health and CloudFront's must not; and two distributions
    /// cannot hold one alternate name (Route 53 API, `AliasTarget.DNSName`).
    CLOUDFRONT_ALIAS = "cloudfront-alias", Error;
    /// A website's bucket bears the name of the record, and of one name there is one bucket
    /// (Route 53 Developer Guide, routing traffic to a website in an S3 bucket).
    WEBSITE_ALIAS = "website-alias", Error;
    /// API Gateway, CloudFront and S3 answer for the name that they were made for, and for no record of ours
    /// beside it (Route 53 API, `AliasTarget.DNSName`).
    NAME_BOUND_ALIAS = "name-bound-alias", Error;
    /// A backup is answered by a record of its own, which aliases lead to: they have addresses and no CNAME.
    BACKUP_KIND = "backup-kind", Error;
    /// Route 53 itself turns to a backup, by health checks: where only a run moves traffic, nobody would.
    BACKUP_NATIVE_OFF = "backup-native-off", Error;
    /// Records between the served name and the regions, and their shadow, are provisioning's: nobody else makes
    /// them.
    NOT_PROVISIONED = "not-provisioned", Error;
    /// A load balancer's own health would move traffic although the plan says that only a run does.
    NATIVE_OFF_DIRECT_ALIAS = "native-off-direct-alias", Error;
    /// Users outside cannot reach such an address. A warning only: rehearsals serve from loopback addresses.
    PRIVATE_ADDRESS = "private-address", Warning;

    // Advice: what a plan can be used with, but what its authors rarely mean. Only `understudy check` and
    // provisioning tell these; the functions take such a plan as it is.
    /// Names whose applications lead to the same targets fail together and are moved one after the other: as
    /// aliases of one switch record, one small batch moves them all.
    SWITCH_RECORD = "switch-record", Warning;
    /// A move needs two kinds of vantage, and alarms are one, however many: such a region is never left.
    ONE_VANTAGE = "one-vantage", Warning;
    /// A name that has IPv6 addresses and no AAAA record beside its A record never shows them to anybody, and
    /// whoever has IPv6 only is not served (RFC 3596).
    IPV6_FORGOTTEN = "ipv6-forgotten", Warning;
    /// An account has 200 health checks unless AWS raises that (Developer Guide, quotas on health checks).
    HEALTH_CHECK_QUOTA = "health-check-quota", Warning;
    /// A health check watches alarms of its own account only (Developer Guide, health checks that monitor
    /// CloudWatch alarms).
    CHECK_ALARM_ACCOUNTS = "check-alarm-accounts", Warning;
    /// Where two regions' checks ask one endpoint, both are unhealthy at once, and then Route 53 takes all for
    /// healthy: PRIMARY is answered whatever happens (Developer Guide, how Route 53 chooses records).
    SAME_CHECK = "same-check", Warning;
    /// A PRIMARY alias without a check, of a target that has no health of its own, is healthy for ever: Route 53
    /// never answers SECONDARY (Route 53 API, `AliasTarget.EvaluateTargetHealth`).
    PRIMARY_NEVER_FAILS_OVER = "primary-never-fails-over", Warning;
    /// What is checked in one region and answered from another is judged by the wrong evidence.
    TARGET_IN_ANOTHER_REGION = "target-in-another-region", Warning;

    // Signals.
    /// The served name leads to whoever serves: it says nothing about one region.
    PROBE_AT_SERVED_NAME = "probe-at-served-name", Error;
    /// A move is verified the way users come: through the served name.
    REACH_ELSEWHERE = "reach-elsewhere", Error;
    /// How users reach the application cannot be derived from alarms.
    MISSING_REACH = "missing-reach", Error;
    /// Such an address is the function's own metadata or nobody's: no endpoint is there, only secrets.
    FORBIDDEN_PROBE_ADDRESS = "forbidden-probe-address", Error;
    /// A private address is often a slip, and what answers there is not what users see.
    PRIVATE_PROBE = "private-probe", Error;
    /// One source of evidence counts once.
    DUPLICATE_SIGNAL = "duplicate-signal", Error;
    /// When the region goes, its alarms go with it, and silence is unknown, not unhealthy.
    ALARMS_ONLY_IN_OWN_REGION = "alarms-only-in-own-region", Warning;

    // Timing.
    /// These times are waited for or counted in: zero stops or floods.
    ZERO_DURATION = "zero-duration", Error;
    /// A count of zero is always or never reached.
    ZERO_COUNT = "zero-count", Error;
    /// There are two kinds of vantage besides Route 53's own: more can never agree, fewer is no evidence.
    QUORUM_RANGE = "quorum-range", Error;
    /// One vantage may be cut off itself and move users from a healthy region.
    QUORUM_OF_ONE = "quorum-of-one", Warning;
    /// A probe that is still waiting when the next one is due says nothing in time.
    TIMEOUT_NOT_BELOW_INTERVAL = "timeout-not-below-interval", Error;
    /// A sample that is too old when the next one comes leaves every verdict unknown.
    FRESHNESS_BELOW_INTERVAL = "freshness-below-interval", Error;
    /// A decision that waits this long before it may count misses its target every time.
    DWELL_OVER_RTO = "dwell-over-rto", Error;
    /// Detecting a failure and the clients' caches alone take longer than the target.
    WORST_PATH_OVER_RTO = "worst-path-over-rto", Warning;
    /// Nothing is sent later than five minutes after its observations: the world has changed since.
    VALIDITY_TOO_LONG = "validity-too-long", Error;
    /// An order of yesterday was given for another world: approvals last at most 24 hours.
    APPROVAL_TOO_LONG = "approval-too-long", Error;
    /// Takers that wait for nobody race for one epoch: all but one lose it, and begin anew.
    ZERO_RANK_WAIT = "zero-rank-wait", Warning;
    /// A soak shorter than the samples that prove a region healthy has no effect.
    SHORT_SOAK = "short-soak", Warning;
    /// Nobody having looked is a reason to wait longer, not shorter.
    COOLDOWN_ORDER = "cooldown-order", Error;
    /// A DNS TTL counts whole seconds.
    TTL_NOT_WHOLE_SECONDS = "ttl-not-whole-seconds", Error;
    /// Clients keep the old answer for as long; Route 53 recommends at most 60 s with health checks
    /// (API, `ResourceRecordSet.TTL`).
    LONG_TTL = "long-ttl", Warning;
    /// Every request of every client becomes a query, and many resolvers raise a TTL of zero anyway.
    ZERO_TTL = "zero-ttl", Warning;

    // People and controllers.
    /// Whoever is to be told must be known.
    UNKNOWN_TOPIC = "unknown-topic", Error;
    /// Nobody would learn of a failover, or that one is held back.
    NO_CRITICAL_TOPIC = "no-critical-topic", Warning;
    /// A topic in the region that fails tells nobody that it failed.
    CRITICAL_TOPIC_IN_PRIMARY_REGION = "critical-topic-in-primary-region", Warning;
    /// Where every region serves, each may be the one that fails, with all the topics in it.
    CRITICAL_TOPICS_IN_ONE_REGION = "critical-topics-in-one-region", Warning;
    /// Evacuation is pulled by the taker: a standby region without a controller never takes over.
    STANDBY_WITHOUT_CONTROLLER = "standby-without-controller", Error;
    /// Where every region serves, an evacuation is pulled by those that still do: each needs a controller.
    ACTIVE_WITHOUT_CONTROLLER = "active-without-controller", Error;
    /// The only controller would be lost with the region that it watches.
    CONTROLLER_ONLY_IN_PRIMARY = "controller-only-in-primary", Error;
}
