//! The headers that say how an object is written.

use super::{remote::Remote, store_request::StoreRequest};
use crate::{
    config::Provider,
    error::{Error, ErrorKind},
    types::PutOptions,
};
use http::{
    HeaderName, HeaderValue,
    header::{CONTENT_TYPE, IF_NONE_MATCH},
};

const FORBID_OVERWRITE: HeaderName = HeaderName::from_static("x-oss-forbid-overwrite");

impl Remote {
    /// Adds content type and user metadata.
    pub(super) fn describe_content(
        &self,
        request: &mut StoreRequest<'_>,
        options: &PutOptions,
    ) -> Result<(), Error> {
        if let Some(content_type) = &options.content_type {
            request.headers.insert(CONTENT_TYPE, header_value(request.operation, content_type)?);
        }
        let prefix = if self.provider == Provider::S3 { "x-amz-meta-" } else { "x-oss-meta-" };
        for (name, text) in &options.user_metadata {
            let header = HeaderName::try_from(format!("{prefix}{name}")).map_err(|_| {
                Error::new(
                    ErrorKind::Config,
                    request.operation,
                    "no header can carry this name of user metadata",
                )
            })?;
            request.headers.insert(header, header_value(request.operation, text)?);
        }
        Ok(())
    }

    /// Makes a write fail where the key exists.
    pub(super) fn forbid_overwrite(&self, request: &mut StoreRequest<'_>, wanted: bool) {
        if !wanted {
            return;
        }
        request.create_only = true;
        match self.provider {
            Provider::S3 => request.headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*")),
            Provider::Oss | Provider::Folder => {
                request.headers.insert(FORBID_OVERWRITE, HeaderValue::from_static("true"))
            }
        };
    }
}

/// Makes a header's value, which signers read as ASCII text.
pub(super) fn header_value(operation: &'static str, text: &str) -> Result<HeaderValue, Error> {
    let visible = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let value = HeaderValue::from_str(text).ok().filter(|_| visible);
    value.ok_or_else(|| {
        Error::new(ErrorKind::Config, operation, "a header value is not plain ASCII; percent-encode it")
    })
}
