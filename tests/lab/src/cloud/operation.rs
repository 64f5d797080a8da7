//! What a request asks for, by the protocol of its service.

use super::form;
use crate::net::Asked;

/// The operation's name in the API reference of its service.
pub fn operation(service: &str, asked: &Asked) -> String {
    let path = asked.uri().path();
    match service {
        "dynamodb" | "arc" => by_target(asked),
        "s3" => match asked.method().as_str() {
            "PUT" => "PutObject".to_owned(),
            "GET" => "GetObject".to_owned(),
            "DELETE" => "DeleteObject".to_owned(),
            _ => unknown(asked),
        },
        "route53" => by_route(asked.method().as_str(), path),
        "lambda" if path.ends_with("/invocations") => "Invoke".to_owned(),
        // Smithy's RPC protocols name it in the path, the Query protocol in the body.
        _ => match path.split_once("/operation/") {
            Some((_, operation)) => operation.to_owned(),
            None => form::field(asked.body(), "Action").unwrap_or_else(|| unknown(asked)),
        },
    }
}

fn by_target(asked: &Asked) -> String {
    let target = asked.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    target.and_then(|target| target.split('.').next_back()).map_or_else(|| unknown(asked), str::to_owned)
}

fn by_route(method: &str, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (method, parts.as_slice()) {
        ("POST", [_, "hostedzone", _, "rrset"]) => "ChangeResourceRecordSets".to_owned(),
        ("GET", [_, "hostedzone", _, "rrset"]) => "ListResourceRecordSets".to_owned(),
        ("GET", [_, "hostedzone", _]) => "GetHostedZone".to_owned(),
        ("GET", [_, "change", _]) => "GetChange".to_owned(),
        ("GET", [_, "healthcheck", _, "status"]) => "GetHealthCheckStatus".to_owned(),
        ("GET", [_, "healthcheck", _]) => "GetHealthCheck".to_owned(),
        _ => format!("{method} {path}"),
    }
}

fn unknown(asked: &Asked) -> String {
    format!("{} {}", asked.method(), asked.uri().path())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn asked(method: &str, path: &str, body: &'static str) -> Asked {
        let request = http::Request::builder().method(method).uri(path);
        request
            .header("X-Amz-Target", "DynamoDB_20120810.TransactWriteItems")
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap()
    }

    #[test]
    fn each_protocol_names_its_operation_elsewhere() {
        for (service, method, path, body, name) in [
            ("dynamodb", "POST", "/", "{}", "TransactWriteItems"),
            ("sns", "POST", "/", "Action=Publish&Version=2010-03-31", "Publish"),
            (
                "cloudwatch",
                "POST",
                "/service/GraniteServiceVersion20100801/operation/DescribeAlarms",
                "",
                "DescribeAlarms",
            ),
            ("cloudwatch", "POST", "/", "Action=SetAlarmState", "SetAlarmState"),
            ("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset/", "", "ChangeResourceRecordSets"),
            ("route53", "GET", "/2013-04-01/hostedzone/Z1/rrset?name=x", "", "ListResourceRecordSets"),
            ("route53", "GET", "/2013-04-01/change/C1", "", "GetChange"),
            ("route53", "GET", "/2013-04-01/geolocation", "", "GET /2013-04-01/geolocation"),
            ("lambda", "POST", "/2015-03-31/functions/understudy-tick/invocations", "{}", "Invoke"),
            ("sts", "POST", "/", "Action=AssumeRole&Version=2011-06-15", "AssumeRole"),
            ("s3", "PUT", "/bucket/key", "", "PutObject"),
        ] {
            assert_eq!(operation(service, &asked(method, path, body)), name, "{service} {path}");
        }
    }
}
