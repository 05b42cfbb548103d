//! A bucket over HTTP: what its calls need to know.

use super::{
    address::Address, endpoint::Endpoint, http_client::HttpClient, signing::Scheme,
    signing::policy::SigningPolicy, signing::v1_buckets, store_request::StoreRequest,
};
use crate::{
    config::Provider,
    credentials::credential_cache::CredentialCache,
    error::{Error, ErrorKind},
};
use http::{HeaderMap, Method};
use std::{sync::Arc, time::Duration};

/// A bucket over HTTP.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) provider: Provider,
    pub(crate) bucket: String,
    pub(crate) address: Address,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) signing: SigningPolicy,
    pub(crate) credentials: CredentialCache,
    pub(crate) http: HttpClient,
    pub(crate) idle: Duration,
    pub(crate) stall: Duration,
}

impl Remote {
    pub(super) fn new_request<'a>(
        &self,
        operation: &'static str,
        method: Method,
        key: Option<&'a str>,
    ) -> StoreRequest<'a> {
        StoreRequest {
            operation,
            method,
            key,
            query: Vec::new(),
            headers: HeaderMap::new(),
            create_only: false,
            patience: self.idle,
        }
    }

    /// Opens connections to the bucket's host in the background. What is wrong with the address shows in the request.
    pub(crate) fn open_early(&self, count: usize) {
        if let Some(url) = self.address.url(None, "").ok().and_then(|url| url.as_str().parse().ok()) {
            self.http.open_early(&url, count);
        }
    }

    /// How a request is signed at first.
    pub(super) fn choose_scheme(&self) -> Scheme {
        match &self.signing {
            SigningPolicy::UntilRefused(_) if v1_buckets::contains(&self.address.identity) => Scheme::OssV1,
            SigningPolicy::Always(scheme) | SigningPolicy::UntilRefused(scheme) => scheme.clone(),
        }
    }

    /// An answer that breaks the store's protocol: asking again shows whether it stays so.
    pub(super) fn malformed(&self, operation: &'static str, message: &'static str) -> Error {
        Error::new(ErrorKind::Protocol, operation, message).with_context("bucket", &self.bucket)
    }

    /// Says in an error which bucket and key it is about, and which host gave no answer.
    pub(super) fn with_location(&self, request: &StoreRequest<'_>, mut error: Error) -> Error {
        let details = error.details_mut();
        (details.provider, details.host) = (Some(self.provider), Some(self.address.endpoint.clone()));
        let error = match error.kind() {
            ErrorKind::Connection => error.with_context("host", &self.address.endpoint),
            _ => error,
        };
        let error = error.with_context("bucket", &self.bucket);
        match request.key {
            Some(key) => error.with_context("key", key),
            None => error,
        }
    }
}
