//! Lambda's API, as far as a function wakes another one by it (Lambda API reference, `Invoke`).

use super::{Waker, form};
use crate::net::{self, Asked, Reply};

/// Wakes the function that the path names.
pub(super) fn answer(waker: Option<&Waker>, region: &str, asked: &Asked) -> Reply {
    let path = asked.uri().path();
    let named =
        path.strip_prefix("/2015-03-31/functions/").and_then(|rest| rest.strip_suffix("/invocations"));
    let Some(function) = named.and_then(|named| function(named, region)) else {
        return net::reply(404, r#"{"Type":"User","Message":"the lab has no such function"}"#);
    };
    let kind = asked.headers().get("x-amz-invocation-type").and_then(|kind| kind.to_str().ok());
    if kind != Some("Event") {
        return net::reply(501, "the lab's Lambda is woken by events only");
    }
    if let Some(waker) = waker {
        waker(region, &function, String::from_utf8_lossy(asked.body()).into_owned());
    }
    net::reply(202, "")
}

/// The function's own name, of a name or an ARN of this region.
fn function(named: &str, region: &str) -> Option<String> {
    let named = form::decoded(named);
    let name = match named.strip_prefix("arn:aws:lambda:") {
        Some(arn) => {
            let (of, rest) = arn.split_once(':')?;
            (of == region).then_some(())?;
            rest.split_once(":function:")?.1.to_owned()
        }
        None => named,
    };
    name.strip_prefix("understudy-").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_by_its_name_or_by_its_arn() {
        let arn = "arn%3Aaws%3Alambda%3Aus-west-2%3A123456789012%3Afunction%3Aunderstudy-tick";
        assert_eq!(function(arn, "us-west-2").as_deref(), Some("tick"));
        assert_eq!(function(arn, "us-east-1"), None);
        assert_eq!(function("understudy-tick", "us-east-1").as_deref(), Some("tick"));
        assert_eq!(function("other", "us-east-1"), None);
    }
}
