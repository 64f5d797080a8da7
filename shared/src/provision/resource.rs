//! The custom resource: what CloudFormation asks, and the one document by which it is answered
//! (CloudFormation User Guide, "Custom resource request objects" and "response objects").

use serde::Serialize;
use serde_json::Value;

use super::ids::CheckIds;
use crate::event::tidy;

/// An answer's body may hold 4,096 bytes; ours stays below (User Guide, custom resource response objects).
const MOST: usize = 4_000;
/// Bytes of the reason, as they stand in JSON.
const REASON: usize = 1_200;
/// Bytes of what is only said back. A stack's id has some 200.
const ECHO: usize = 600;

/// The id where CloudFormation knows none yet. It never changes: another one would have the old deleted.
const PHYSICAL_ID: &str = "understudy-provisioning";

/// What CloudFormation asks, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRequest {
    /// Where the answer goes.
    pub url: String,
    /// What has happened to the resource.
    pub kind: Result<Kind, String>,
    /// What the template says of it.
    pub properties: Result<Properties, String>,
    stack: String,
    request: String,
    logical: String,
    physical: String,
}

/// What has happened to the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The stack is new, or the resource is.
    Create,
    /// Its properties have changed; or they change back.
    Update,
    /// The stack is deleted, or the resource is no longer in it.
    Delete,
}

/// What the template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Properties {
    /// Whether Route 53 may be changed from this stack.
    pub mode: Mode,
    /// The digest of a difference that somebody has seen and agreed to.
    pub digest: Option<String>,
    /// How much of a zone may be changed, in percent of its record sets.
    pub share: u8,
}

/// Whether Route 53 may be changed from this stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is brought to the plan.
    Provision,
    /// It is only compared.
    Verify,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the stack may go on.
    pub success: bool,
    /// Why, in words; where it may not, with the remedy.
    pub reason: String,
    /// The digest of what is left to do; none where nothing is known or left.
    pub left: Option<String>,
    /// The checks that stand.
    pub ids: CheckIds,
}

impl Outcome {
    /// The stack may go on.
    pub fn success(reason: impl Into<String>) -> Self {
        Self { success: true, reason: reason.into(), ..Self::default() }
    }

    /// It may not.
    pub fn failure(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ..Self::default() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    status: &'a str,
    reason: &'a str,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
    data: Data<'a>,
}

/// Attributes of the resource, for `Fn::GetAtt`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Data<'a> {
    health_check_ids: String,
    health_check_ids_left_out: String,
    difference_left: &'a str,
}

impl ResourceRequest {
    /// Reads a request; none where nobody waits for an answer at a URL.
    pub fn read(value: &Value) -> Option<Self> {
        let url = value.get("ResponseURL")?.as_str()?.to_owned();
        let text = |member: &str| value.get(member).and_then(Value::as_str);
        let echo = |member: &str| cut(text(member).unwrap_or_default(), ECHO);
        let physical = text("PhysicalResourceId").filter(|id| !id.is_empty() && quoted(id).len() <= ECHO);
        Some(Self {
            url,
            kind: kind(value.get("RequestType")),
            properties: properties(value.get("ResourceProperties")),
            stack: echo("StackId"),
            request: echo("RequestId"),
            logical: echo("LogicalResourceId"),
            physical: physical.unwrap_or(PHYSICAL_ID).to_owned(),
        })
    }

    /// The document that is put at the URL: below 4,096 bytes, whatever it tells. Ids that do not fit are
    /// counted.
    pub fn answer(&self, outcome: &Outcome) -> String {
        let all: Vec<String> = outcome.ids.iter().map(|(name, id)| format!("{name}={id}")).collect();
        let bare = self.document(outcome, "", all.len());
        let room = MOST.saturating_sub(bare.len());
        let mut told = String::new();
        let mut count = 0;
        for one in &all {
            if quoted(&told).len() + quoted(one).len() > room {
                break;
            }
            if count > 0 {
                told.push(' ');
            }
            told.push_str(one);
            count += 1;
        }
        self.document(outcome, &told, all.len() - count)
    }

    fn document(&self, outcome: &Outcome, ids: &str, left_out: usize) -> String {
        let document = Document {
            status: if outcome.success { "SUCCESS" } else { "FAILED" },
            reason: &cut(&tidy(&outcome.reason, REASON), REASON),
            physical_resource_id: &self.physical,
            stack_id: &self.stack,
            request_id: &self.request,
            logical_resource_id: &self.logical,
            data: Data {
                health_check_ids: ids.to_owned(),
                health_check_ids_left_out: left_out.to_string(),
                difference_left: outcome.left.as_deref().unwrap_or_default(),
            },
        };
        // Cannot fail: texts only.
        serde_json::to_string(&document).unwrap_or_default()
    }
}

/// As much of a text as takes so many bytes in JSON, quotes included.
fn cut(text: &str, most: usize) -> String {
    let mut kept = String::new();
    let mut length = 2;
    for c in text.chars() {
        length += quoted(c.encode_utf8(&mut [0; 4])).len() - 2;
        if length > most {
            break;
        }
        kept.push(c);
    }
    kept
}

fn quoted(text: &str) -> String {
    // Cannot fail: a text.
    serde_json::to_string(text).unwrap_or_default()
}

fn kind(value: Option<&Value>) -> Result<Kind, String> {
    match value.and_then(Value::as_str) {
        Some("Create") => Ok(Kind::Create),
        Some("Update") => Ok(Kind::Update),
        Some("Delete") => Ok(Kind::Delete),
        _ => {
            let seen = value.map_or_else(|| "missing".to_owned(), |value| tidy(&value.to_string(), 60));
            Err(format!("RequestType is {seen}: Create, Update and Delete are known"))
        }
    }
}

/// CloudFormation tells every property as text, numbers too.
fn properties(value: Option<&Value>) -> Result<Properties, String> {
    let mut faults = Vec::new();
    let mut told = |member: &str| match value.and_then(|value| value.get(member)) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => {
            faults.push(format!("{member} is no text"));
            None
        }
    };
    let (mode, digest, share) = (told("Mode"), told("Digest"), told("Share"));
    let seen = |text: &str| tidy(text, 60);
    let mode = match mode.as_deref() {
        Some("on") => Mode::Provision,
        Some("verify") | None => Mode::Verify,
        Some(other) => {
            faults.push(format!("Mode is {:?}: write on or verify", seen(other)));
            Mode::Verify
        }
    };
    let is_digest =
        |text: &str| text.len() == 12 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if let Some(other) = digest.as_deref().filter(|text| !is_digest(text)) {
        let problem = "write the 12 digits that `understudy plan` shows, or leave it empty";
        faults.push(format!("Digest is {:?}: {problem}", seen(other)));
    }
    let percent = |text: &str| text.parse::<u8>().ok().filter(|share| (1..=100).contains(share));
    let share = match share.as_deref() {
        None => super::SHARE,
        Some(text) => percent(text).unwrap_or_else(|| {
            faults.push(format!("Share is {:?}: write a percentage from 1 to 100", seen(text)));
            super::SHARE
        }),
    };
    if faults.is_empty() { Ok(Properties { mode, digest, share }) } else { Err(faults.join("; ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(value: &Value) -> ResourceRequest {
        ResourceRequest::read(value).unwrap()
    }

    fn good() -> Value {
        json!({
            "RequestType": "Update",
            "ResponseURL": "https://bucket.s3.us-west-2.amazonaws.com/key?X-Amz-Signature=1",
            "StackId": "arn:aws:cloudformation:us-west-2:123456789012:stack/understudy/guid",
            "RequestId": "r-1",
            "ResourceType": "Custom::UnderstudyProvisioning",
            "LogicalResourceId": "Provisioning",
            "PhysicalResourceId": "understudy-provisioning",
            "ResourceProperties": {
                "ServiceToken": "arn:aws:lambda:us-west-2:123456789012:function:understudy-provision",
                "Mode": "on", "Digest": "0123456789ab", "Share": "30", "Plan": "arn:aws:lambda:layer",
            },
            "OldResourceProperties": {},
        })
    }

    #[test]
    fn a_request_is_read() {
        let request = request(&good());
        assert_eq!(request.kind, Ok(Kind::Update));
        let digest = Some("0123456789ab".to_owned());
        assert_eq!(request.properties, Ok(Properties { mode: Mode::Provision, digest, share: 30 }));
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let mut value = good();
        value["ResourceProperties"] = json!({ "Digest": "", "Share": "" });
        let properties = Properties { mode: Mode::Verify, digest: None, share: 20 };
        assert_eq!(request(&value).properties, Ok(properties));
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut value = good();
        value["RequestType"] = json!("Recreate");
        value["ResourceProperties"] = json!({ "Mode": "yes", "Digest": "12", "Share": "101" });
        let request = request(&value);
        assert!(request.kind.unwrap_err().contains("\"Recreate\""));
        let faults = request.properties.unwrap_err();
        for word in ["Mode is \"yes\"", "Digest is \"12\"", "Share is \"101\""] {
            assert!(faults.contains(word), "{faults}");
        }
    }

    #[test]
    fn the_answer_names_what_it_answers() {
        let answer: Value =
            serde_json::from_str(&request(&good()).answer(&Outcome::success("all is there"))).unwrap();
        assert_eq!(
            answer,
            json!({
                "Status": "SUCCESS", "Reason": "all is there",
                "PhysicalResourceId": "understudy-provisioning",
                "StackId": "arn:aws:cloudformation:us-west-2:123456789012:stack/understudy/guid",
                "RequestId": "r-1", "LogicalResourceId": "Provisioning",
                "Data": { "HealthCheckIds": "", "HealthCheckIdsLeftOut": "0", "DifferenceLeft": "" },
            })
        );
    }

    #[test]
    fn the_resource_keeps_its_id() {
        let mut value = good();
        value["PhysicalResourceId"] = json!("what it was");
        let of = |value: &Value| -> Value {
            serde_json::from_str(&request(value).answer(&Outcome::failure("no"))).unwrap()
        };
        assert_eq!(of(&value)["PhysicalResourceId"], "what it was");
        value["PhysicalResourceId"] = Value::Null;
        assert_eq!(of(&value)["PhysicalResourceId"], PHYSICAL_ID);
    }

    #[test]
    fn an_answer_is_never_too_long() {
        for hostile in ["x", "\"", "\u{1}", "ß", "\u{1f980}", "\\"] {
            let mut value = good();
            for member in ["StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId"] {
                value[member] = json!(hostile.repeat(9_000));
            }
            let answer = request(&value).answer(&Outcome::failure(hostile.repeat(9_000)));
            assert!(answer.len() < 4_096, "{hostile:?}: {} bytes", answer.len());
            assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["Status"], "FAILED");
        }
    }
}
