//! The ARNs that the environment may hold.

use crate::names::Arn;

/// What an ARN must look like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    service: &'static str,
    resource: &'static str,
    form: &'static str,
}

/// A DynamoDB table (Service Authorization Reference, "Resource types defined by Amazon DynamoDB").
pub(super) const TABLE: Shape = Shape {
    service: "dynamodb",
    resource: "table/",
    form: "arn:aws:dynamodb:<region>:<account>:table/<name>",
};

/// A Lambda function, with or without a version or an alias.
pub(super) const FUNCTION: Shape = Shape {
    service: "lambda",
    resource: "function:",
    form: "arn:aws:lambda:<region>:<account>:function:<name>",
};

impl Shape {
    /// The ARN that stands in `item`.
    ///
    /// # Errors
    /// In words, with the form that it must have.
    pub(super) fn read(self, item: &str) -> Result<Arn, String> {
        let arn = item.parse::<Arn>().ok().filter(|arn| self.fits(arn));
        arn.ok_or_else(|| format!("holds {item:?}: write {}, several with commas between", self.form))
    }

    fn fits(self, arn: &Arn) -> bool {
        let name = arn.resource().strip_prefix(self.resource).unwrap_or_default();
        // What follows a slash is a part of a table: an index, a stream.
        arn.service() == self.service && !name.is_empty() && !name.contains('/')
    }
}
