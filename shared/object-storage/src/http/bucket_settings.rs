//! How a bucket is set up: versioning and lifecycle.

use super::{lifecycle, remote::Remote, store_request::Payload, xml};
use crate::{
    error::{Error, ErrorKind},
    types::LifecycleRule,
};
use ::error::RetryAdvice;
use http::Method;

impl Remote {
    pub(crate) async fn versioning(&self) -> Result<bool, Error> {
        let operation = "GetBucketVersioning";
        let mut request = self.new_request(operation, Method::GET, None);
        request.query.push(("versioning", String::new()));
        let (_, _, text) = self.fetch_document(request, Payload::NONE).await?;
        let answer: xml::Versioning = xml::parse(&text).ok_or_else(|| {
            self.unknown_document(operation, "the answer says nothing of versioning", &text)
        })?;
        Ok(answer.status.is_some_and(|status| !status.trim().is_empty()))
    }

    pub(crate) async fn lifecycle(&self) -> Result<Vec<LifecycleRule>, Error> {
        let operation = "GetBucketLifecycle";
        let mut request = self.new_request(operation, Method::GET, None);
        request.query.push(("lifecycle", String::new()));
        match self.fetch_document(request, Payload::NONE).await {
            Ok((_, _, text)) => lifecycle::read_rules(&text).ok_or_else(|| {
                self.unknown_document(operation, "the answer says nothing of a lifecycle", &text)
            }),
            // A bucket without rules answers this.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Another document than was asked for. A store that does not know the question lists objects, and will again.
    fn unknown_document(&self, operation: &'static str, message: &'static str, text: &str) -> Error {
        let error = self.malformed(operation, message);
        if xml::is_list(text) { error.with_advice(RetryAdvice::Permanent) } else { error }
    }
}
