use crate::{diagnostic::Diagnostic, raw::Raw};
use bytes::Bytes;
use serde::Serialize;

/// What a handler can return: every type that serde can write as JSON, and [`Raw`].
///
/// The body alone is the call's result: the platform drops the status line and the headers of an event call (page
/// context).
pub trait IntoFunctionResponse {
    /// Writes the response.
    ///
    /// # Errors
    /// `InvalidResponse` where the value has no JSON form, such as a map whose keys are not texts.
    fn into_response(self) -> Result<Bytes, Diagnostic>;
}

impl<T: Serialize> IntoFunctionResponse for T {
    fn into_response(self) -> Result<Bytes, Diagnostic> {
        serde_json::to_vec(&self).map(Bytes::from).map_err(|error| {
            Diagnostic::new("InvalidResponse", format!("the response has no JSON form: {error}"))
        })
    }
}

impl IntoFunctionResponse for Raw {
    fn into_response(self) -> Result<Bytes, Diagnostic> {
        Ok(self.0)
    }
}
