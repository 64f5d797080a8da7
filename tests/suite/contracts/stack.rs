//! `template.yaml` as CloudFormation sees it once a deployer has given its parameters: as far as the
//! template goes, and what it does not use is refused.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::yaml;

pub(super) use suite::world::{ACCOUNT, STACK};

pub(super) const REGION: &str = "us-west-2";

/// The template with its parameters.
#[derive(Debug)]
pub(super) struct Stack {
    region: String,
    template: Value,
    parameters: BTreeMap<String, Value>,
}

impl Stack {
    /// The stack of a deployer who gives these parameters; the others keep their defaults.
    pub(super) fn of<'a>(given: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self::in_region(REGION, given)
    }

    /// The same in another region.
    pub(super) fn in_region<'a>(region: &str, given: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml"));
        let template = yaml::read(&text.unwrap());
        let given: BTreeMap<&str, String> = given.into_iter().collect();
        let declared = template["Parameters"].as_object().unwrap();
        for name in given.keys() {
            assert!(declared.contains_key(*name), "the template has no parameter {name}");
        }
        let parameters = declared.iter().map(|(name, declaration)| {
            let default = declaration.get("Default").map(plain);
            let text = given.get(name.as_str()).cloned().or(default);
            let text = text.unwrap_or_else(|| panic!("{name} has no default and was not given"));
            (name.clone(), parameter(&declaration["Type"], &text))
        });
        let parameters = parameters.collect();
        Self { region: region.to_owned(), template, parameters }
    }

    /// The names of all resources of a type.
    pub(super) fn resources(&self, kind: &str) -> Vec<&str> {
        let all = self.template["Resources"].as_object().unwrap();
        all.iter().filter(|(_, resource)| resource["Type"] == kind).map(|(name, _)| name.as_str()).collect()
    }

    /// What the template says of a parameter.
    pub(super) fn declared(&self, parameter: &str) -> &Value {
        &self.template["Parameters"][parameter]
    }

    /// Whether a resource with a condition exists.
    pub(super) fn exists(&self, resource: &str) -> bool {
        let condition = self.template["Resources"][resource]["Condition"].as_str().unwrap();
        self.holds(&self.template["Conditions"][condition])
    }

    /// A property of a resource, resolved; `None` where it is absent.
    pub(super) fn property(&self, resource: &str, property: &str) -> Option<Value> {
        let properties = &self.template["Resources"][resource]["Properties"];
        assert!(properties.is_object(), "the template has no resource {resource}");
        self.resolve(properties.get(property)?)
    }

    /// A property of a function: what all are given, with its own laid over it, as SAM does
    /// (SAM Developer Guide, "Globals": maps are merged, other values replaced).
    pub(super) fn common(&self, function: &str, property: &str) -> Value {
        let common = &self.template["Globals"]["Function"][property];
        laid_over(self.resolve(common).unwrap(), self.property(function, property))
    }

    /// The environment of a function.
    pub(super) fn environment(&self, function: &str) -> BTreeMap<String, String> {
        let environment = self.common(function, "Environment");
        let variables = environment["Variables"].as_object().unwrap();
        variables.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
    }

    /// A value without its functions; `None` is `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => Some(items.iter().filter_map(|item| self.resolve(item)).collect()),
            Value::Object(fields) => match single(fields) {
                Some(("Ref", name)) => self.reference(name.as_str().unwrap()),
                Some((function, argument)) if function.starts_with("Fn::") => self.call(function, argument),
                _ => {
                    let resolved = fields.iter().filter_map(|(k, v)| Some((k.clone(), self.resolve(v)?)));
                    Some(Value::Object(resolved.collect()))
                }
            },
            other => Some(other.clone()),
        }
    }

    fn reference(&self, name: &str) -> Option<Value> {
        match name {
            "AWS::NoValue" => None,
            "AWS::AccountId" => Some(json!(ACCOUNT)),
            "AWS::Partition" => Some(json!("aws")),
            "AWS::Region" => Some(json!(self.region)),
            "AWS::StackName" => Some(json!(STACK)),
            _ => Some(self.parameters.get(name).cloned().unwrap_or_else(|| self.identity(name).into())),
        }
    }

    /// What `Ref` gives of a resource (CloudFormation Template Reference, "Return values").
    fn identity(&self, resource: &str) -> String {
        let named = |property: &str| plain(&self.property(resource, property).unwrap());
        if self.is_made_by_sam(resource) {
            return resource.to_owned();
        }
        let region = &self.region;
        match self.kind(resource) {
            "AWS::DynamoDB::Table" => named("TableName"),
            "AWS::Serverless::Function" => named("FunctionName"),
            "AWS::SNS::Topic" => format!("arn:aws:sns:{region}:{ACCOUNT}:{}", named("TopicName")),
            "AWS::Scheduler::ScheduleGroup" => named("Name"),
            "AWS::IAM::ManagedPolicy" => resource.to_owned(),
            // SAM gives each content a version of its own (SAM Developer Guide, `LayerVersion`).
            "AWS::Serverless::LayerVersion" => {
                format!("arn:aws:lambda:{region}:{ACCOUNT}:layer:{resource}:1")
            }
            other => panic!("Ref of a {other} is not known here"),
        }
    }

    /// The role of a function, which SAM makes and calls like this (SAM Developer Guide, "Generated resources").
    fn is_made_by_sam(&self, resource: &str) -> bool {
        let function = resource.strip_suffix("Role").map(|function| &self.template["Resources"][function]);
        function.is_some_and(|function| function["Type"] == "AWS::Serverless::Function")
    }

    fn attribute(&self, resource: &str, attribute: &str) -> String {
        if attribute == "QueueName" {
            return plain(&self.property(resource, attribute).unwrap());
        }
        assert_eq!(attribute, "Arn", "of {resource}");
        let identity = || self.identity(resource);
        let region = &self.region;
        let arn = |service: &str, rest: String| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
        match self.kind(resource) {
            "AWS::DynamoDB::Table" => arn("dynamodb", format!("table/{}", identity())),
            "AWS::Serverless::Function" => arn("lambda", format!("function:{}", identity())),
            "AWS::SQS::Queue" => arn("sqs", self.attribute(resource, "QueueName")),
            "AWS::Scheduler::ScheduleGroup" => arn("scheduler", format!("schedule-group/{}", identity())),
            "AWS::IAM::Role" => format!("arn:aws:iam::{ACCOUNT}:role/{resource}"),
            other => panic!("the ARN of a {other} is not known here"),
        }
    }

    fn kind(&self, resource: &str) -> &str {
        let kind = self.template["Resources"][resource]["Type"].as_str();
        kind.unwrap_or_else(|| panic!("{resource} is neither a parameter nor a resource"))
    }

    fn call(&self, function: &str, argument: &Value) -> Option<Value> {
        let list = || argument.as_array().unwrap().as_slice();
        Some(match (function, argument) {
            ("Fn::GetAtt", _) => self.attribute(&plain(&argument[0]), &plain(&argument[1])).into(),
            ("Fn::Sub", Value::String(text)) => self.substitute(text).into(),
            ("Fn::Join", _) => {
                let parts = self.resolve(&argument[1])?;
                let parts: Vec<String> = parts.as_array().unwrap().iter().map(plain).collect();
                parts.join(&plain(&argument[0])).into()
            }
            ("Fn::Split", _) => {
                let text = plain(&self.resolve(&argument[1])?);
                text.split(&plain(&argument[0])).map(str::to_owned).collect()
            }
            ("Fn::If", _) => {
                let condition = &self.template["Conditions"][plain(&argument[0])];
                return self.resolve(&argument[if self.holds(condition) { 1 } else { 2 }]);
            }
            _ => panic!("{function} of {:?} is not known here", list()),
        })
    }

    fn holds(&self, condition: &Value) -> bool {
        match condition.as_object().and_then(single) {
            Some(("Fn::Not", argument)) => !self.holds(&argument[0]),
            Some(("Fn::Equals", argument)) => self.resolve(&argument[0]) == self.resolve(&argument[1]),
            _ => panic!("{condition} is no condition that is known here"),
        }
    }

    fn substitute(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let head = parts.next().unwrap_or_default().to_owned();
        parts.fold(head, |done, part| {
            let (name, rest) = part.split_once('}').unwrap();
            let value = match name.split_once('.') {
                Some((resource, attribute)) => self.attribute(resource, attribute),
                None => plain(&self.reference(name).unwrap()),
            };
            done + &value + rest
        })
    }
}

fn laid_over(common: Value, own: Option<Value>) -> Value {
    match (common, own) {
        (Value::Object(mut fields), Some(Value::Object(own))) => {
            for (name, value) in own {
                let below = fields.remove(&name).unwrap_or_default();
                fields.insert(name, laid_over(below, Some(value)));
            }
            Value::Object(fields)
        }
        (common, own) => own.unwrap_or(common),
    }
}

fn single(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut all = fields.iter();
    all.next().filter(|_| all.len() == 0).map(|(key, value)| (key.as_str(), value))
}

/// A parameter's value. White space around the items of a list is trimmed, and an empty text is a
/// list of one empty text (CloudFormation User Guide, "Parameters").
fn parameter(kind: &Value, text: &str) -> Value {
    match kind.as_str() {
        Some("CommaDelimitedList") => text.split(',').map(|item| item.trim().to_owned()).collect(),
        Some("String" | "Number") => text.into(),
        other => panic!("a parameter of type {other:?} is not known here"),
    }
}

/// A scalar as text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        other => panic!("{other} is no text"),
    }
}
