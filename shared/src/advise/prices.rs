//! The price table: list prices in US dollars of us-east-1, each with where and when it was read. They are AWS's to
//! change, and a region's own may be a quarter higher.

/// What something costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// What is paid for.
    pub what: &'static str,
    /// In US dollars for one of it.
    pub dollars: f64,
    /// Where it was read.
    pub source: &'static str,
    /// When.
    pub read: &'static str,
}

const fn price(what: &'static str, dollars: f64, source: &'static str, read: &'static str) -> Price {
    Price { what, dollars, source, read }
}

const ROUTE53: &str = "aws.amazon.com/route53/pricing";
const LAMBDA: &str = "aws.amazon.com/lambda/pricing, as public cost guides repeat it";
const DYNAMODB: &str = "aws.amazon.com/dynamodb/pricing/on-demand, as public cost guides repeat it";
const CLOUDWATCH: &str = "aws.amazon.com/cloudwatch/pricing, as public cost guides repeat it";
const ARC: &str =
    "common knowledge: AWS charges for each hour of a cluster, and its price page could not be read";
const SNS: &str = "aws.amazon.com/sns/pricing, as public cost guides repeat it";

/// A check of an AWS endpoint, of other checks, or of an alarm's data, for a month.
pub const CHECK: Price = price("a health check, a month", 0.50, ROUTE53, "2026-09-20");
/// So many of those are free in an account.
pub const FREE_CHECKS: u32 = 50;
/// Each of HTTPS, string matching, the 10 s interval and measured latency, for an AWS endpoint, for a month.
pub const OPTION: Price = price("an option of a health check, a month", 1.0, ROUTE53, "2026-09-20");
/// A question to a hosted zone that no alias of an AWS resource answers.
pub const QUERY: Price = price("a DNS query", 0.4 / 1e6, ROUTE53, "2026-11-28");
/// A standard alarm, for a month.
pub const ALARM: Price = price("an alarm, a month", 0.10, CLOUDWATCH, "2026-11-28");
/// A metric of one set of dimensions, for a month in which it always has data.
pub const METRIC: Price = price("a metric, a month", 0.30, CLOUDWATCH, "2026-11-28");
/// A gigabyte of logs, taken in.
pub const LOGS: Price = price("a gigabyte of logs", 0.50, CLOUDWATCH, "2026-11-28");
/// One invocation.
pub const INVOCATION: Price = price("an invocation", 0.2 / 1e6, LAMBDA, "2026-11-28");
/// A gigabyte of memory for a second, on x86.
pub const GIGABYTE_SECOND: Price = price("a GB-second", 0.000_016_666_7, LAMBDA, "2026-11-28");
/// A unit of writing: 1 KB, once.
pub const WRITE: Price = price("a write unit", 0.625 / 1e6, DYNAMODB, "2026-11-28");
/// A unit of reading: 4 KB, consistently.
pub const READ: Price = price("a read unit", 0.125 / 1e6, DYNAMODB, "2026-11-28");
/// A message by e-mail.
pub const EMAIL: Price = price("a message by e-mail", 2.0 / 1e5, SNS, "2026-11-28");
/// An hour of an ARC cluster, for all applications together.
pub const CLUSTER: Price = price("an hour of an ARC cluster", 2.5, ARC, "2026-11-28");

/// All of them, for people who must defend a sum.
pub const PRICES: [Price; 12] =
    [CHECK, OPTION, QUERY, ALARM, METRIC, LOGS, INVOCATION, GIGABYTE_SECOND, WRITE, READ, EMAIL, CLUSTER];
