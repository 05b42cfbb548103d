//! A bucket over HTTP: what its calls need to know.

use super::{
    address::Address, endpoint::Endpoint, http_client::HttpClient, signing::Scheme, signing::v1_buckets,
    store_request::StoreRequest,
};
use crate::{
    config::{Provider, SignatureVersion},
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
    pub(crate) signature: SignatureVersion,
    /// Empty where only V1 is used.
    pub(crate) region: String,
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

    /// How a request is signed at first.
    pub(super) fn choose_scheme(&self) -> Scheme {
        let region = self.region.clone();
        match (self.provider, self.signature) {
            (Provider::S3, _) => Scheme::S3 { region },
            (_, SignatureVersion::V1) => Scheme::OssV1,
            (_, SignatureVersion::Auto) if v1_buckets::contains(&self.address.identity) => Scheme::OssV1,
            _ => Scheme::OssV4 { region },
        }
    }

    /// An answer that breaks the store's protocol: asking again shows whether it stays so.
    pub(super) fn malformed(&self, operation: &'static str, message: &'static str) -> Error {
        Error::new(ErrorKind::Protocol, operation, message).with_context("bucket", &self.bucket)
    }

    /// Says in an error which bucket and key it is about.
    pub(super) fn with_location(&self, request: &StoreRequest<'_>, error: Error) -> Error {
        let error = error.with_context("bucket", &self.bucket);
        match request.key {
            Some(key) => error.with_context("key", key),
            None => error,
        }
    }
}
