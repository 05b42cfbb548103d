//! The store itself: one set of calls for OSS, S3 and a folder.

use crate::{
    body::object_body::ObjectBody,
    config::{Provider, StoreConfig},
    credentials::{credential_cache::CredentialCache, loader::choose_loader, world::make_context},
    error::{Error, ErrorKind},
    http::{
        address::Address, endpoint::Endpoint, http_client::HttpClient, remote::Remote,
        signing::policy::SigningPolicy,
    },
    local::folder::Folder,
    types::{
        Completed, LifecycleRule, Listing, MultipartId, ObjectHead, ObjectVersion, PartReceipt, PartRecord,
        PutBody, PutOptions, PutReceipt,
    },
};
use ::error::BoxError;
use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt as _;
use reqsign_core::{Env, OsEnv};
use std::{ops::Range, sync::Arc};

/// One bucket or folder. Cheap to clone; clones share connections and credentials.
///
/// Keys are full keys, sent as they are. A key that the store cannot have (on OSS one that begins with a slash) or that no URL can carry
/// unchanged (a segment `.` or `..`) is refused ([`ErrorKind::InvalidKey`]); nothing is sent.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    provider: Provider,
    bucket: String,
    backend: Backend,
}

#[derive(Debug)]
enum Backend {
    Remote(Arc<Remote>),
    Folder(Folder),
}

impl Store {
    /// Opens a store; nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: bucket or endpoint cannot be one, or the region is needed and neither given nor part of the endpoint.
    pub fn new(config: StoreConfig, http: HttpClient) -> Result<Self, Error> {
        Self::with_env(config, http, OsEnv)
    }

    pub(crate) fn with_env(config: StoreConfig, http: HttpClient, env: impl Env) -> Result<Self, Error> {
        let backend = match config.provider {
            Provider::Folder => Backend::Folder(Folder::new(config.root.clone())),
            Provider::Oss | Provider::S3 => {
                let address = Address::new(&config)?;
                let signing = SigningPolicy::new(&config, address.region.as_deref())?;
                let endpoint = Endpoint::for_host(&address.endpoint);
                let context = make_context(http.clone(), env);
                Backend::Remote(Arc::new(Remote {
                    provider: config.provider,
                    bucket: config.bucket.clone(),
                    address,
                    signing,
                    credentials: CredentialCache::new(choose_loader(&config), context, endpoint.clone()),
                    endpoint,
                    http,
                    idle: config.idle,
                    stall: config.stall,
                }))
            }
        };
        Ok(Self(Arc::new(Inner { provider: config.provider, bucket: config.bucket, backend })))
    }

    /// Opens `count` connections to the store in the background, for the requests that are about to come: see
    /// [`HttpClient::open_early`]. A folder has none.
    pub fn open_early(&self, count: usize) {
        if let Backend::Remote(remote) = &self.0.backend {
            remote.open_early(count);
        }
    }

    /// Whose protocol it speaks.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.0.provider
    }

    /// The bucket's name, or the folder's path.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.0.bucket
    }

    /// Host, and port where one is stated, of the endpoint, without the bucket where it is not part of it; `None` of a folder.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        match &self.0.backend {
            Backend::Remote(remote) => Some(&remote.address.endpoint),
            Backend::Folder(_) => None,
        }
    }

    /// Forgets the credential in use; the next request loads a new one. Fixed keys stay.
    pub async fn invalidate_credentials(&self) {
        if let Backend::Remote(remote) = &self.0.backend {
            remote.credentials.invalidate().await;
        }
    }

    /// What is known of an object.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], and those of any request.
    pub async fn head(&self, key: &str) -> Result<ObjectHead, Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.head(key).await,
            Backend::Folder(folder) => folder.head(key).await,
        }
    }

    /// Opens the bytes `range` of an object. An empty range asks nothing of the server.
    ///
    /// # Errors
    /// [`ErrorKind::PreconditionFailed`]: the object is not this version; [`ErrorKind::InvalidRange`]: it is shorter;
    /// [`ErrorKind::Archived`]; those of any request. The body ends with the same errors when it cannot be resumed.
    pub async fn read(
        &self,
        key: &str,
        range: Range<u64>,
        version: &ObjectVersion,
    ) -> Result<ObjectBody, Error> {
        if range.is_empty() {
            return Ok(ObjectBody::EMPTY);
        }
        match &self.0.backend {
            Backend::Remote(remote) => remote.read(key, range, version).await.map(ObjectBody::from_remote),
            Backend::Folder(folder) => folder.read(key, range, version).await.map(ObjectBody::from_folder),
        }
    }

    /// Reads a small object whole.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`]: it has more than `limit` bytes; those of any request.
    pub async fn read_all(&self, key: &str, limit: usize) -> Result<(ObjectHead, Bytes), Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.read_all(key, limit).await,
            Backend::Folder(folder) => folder.read_all(key, limit).await,
        }
    }

    /// Writes an object in one request.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] with `create_only`; [`ErrorKind::BodyFailed`]; those of any request.
    pub async fn put(
        &self,
        key: &str,
        body: impl Into<PutBody>,
        options: &PutOptions,
    ) -> Result<PutReceipt, Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.put(key, body.into(), options).await,
            Backend::Folder(folder) => folder.put(key, body.into(), options).await,
        }
    }

    /// One page of the keys that begin with `prefix` and come after `start_after`; 1 to 1,000 of them.
    ///
    /// # Errors
    /// Those of any request.
    pub async fn list(
        &self,
        prefix: &str,
        start_after: Option<&str>,
        limit: usize,
    ) -> Result<Listing, Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.list(prefix, start_after, limit).await,
            Backend::Folder(folder) => folder.list(prefix, start_after, limit).await,
        }
    }

    /// Deletes an object; one that is not there counts as deleted.
    ///
    /// # Errors
    /// Those of any request.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.delete(key).await,
            Backend::Folder(folder) => folder.delete(key).await,
        }
    }

    /// Begins a multipart upload. `content_md5` of the options is not used.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] with `create_only` on OSS; [`ErrorKind::Unsupported`] for a folder; those of any request.
    pub async fn initiate_multipart(&self, key: &str, options: &PutOptions) -> Result<MultipartId, Error> {
        self.remote("InitiateMultipartUpload")?.initiate_multipart(key, options).await
    }

    /// Sends part `number` (1 to 10,000), streamed, with exactly `length` bytes, once. After a lost connection the part may
    /// be there: ask [`list_parts`](Self::list_parts).
    ///
    /// # Errors
    /// [`ErrorKind::BodyFailed`]: `body` failed or has another length, its error is the source; [`ErrorKind::NoSuchUpload`]; those of
    /// any request.
    pub async fn upload_part<B>(
        &self,
        key: &str,
        id: &MultipartId,
        number: u32,
        body: B,
        length: u64,
    ) -> Result<PartReceipt, Error>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let body = body.map_err(Into::into).boxed_unsync();
        self.remote("UploadPart")?.upload_part(key, id, number, body, length).await
    }

    /// The parts that have arrived, all pages, by number.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchUpload`]; those of any request.
    pub async fn list_parts(&self, key: &str, id: &MultipartId) -> Result<Vec<PartRecord>, Error> {
        self.remote("ListParts")?.list_parts(key, id).await
    }

    /// Makes the object of these parts (number and ETag, ascending).
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchUpload`]: also when an earlier completion succeeded and its answer was lost, so ask
    /// [`head`](Self::head); [`ErrorKind::InvalidPart`]; [`ErrorKind::AlreadyExists`] with `create_only`; those of any request.
    pub async fn complete_multipart(
        &self,
        key: &str,
        id: &MultipartId,
        parts: &[(u32, String)],
        create_only: bool,
    ) -> Result<Completed, Error> {
        self.remote("CompleteMultipartUpload")?.complete_multipart(key, id, parts, create_only).await
    }

    /// Copies an object within the bucket, of OSS alone.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]: there is no object `from`; [`ErrorKind::Unsupported`] but for OSS; those of any request.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), Error> {
        self.oss("CopyObject")?.copy(from, to).await
    }

    /// Appends bytes at `position`, the length that the object has (0: it begins), of OSS alone. Returns the CRC-64/XZ of all of it, where
    /// OSS states it.
    ///
    /// # Errors
    /// [`ErrorKind::Rejected`]: the object has another length, or was written otherwise; [`ErrorKind::Unsupported`] but for OSS; those of
    /// any request.
    pub async fn append(&self, key: &str, position: u64, bytes: Bytes) -> Result<Option<u64>, Error> {
        self.oss("AppendObject")?.append(key, position, bytes).await
    }

    /// Drops a multipart upload and its parts.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchUpload`]; those of any request.
    pub async fn abort_multipart(&self, key: &str, id: &MultipartId) -> Result<(), Error> {
        self.remote("AbortMultipartUpload")?.abort_multipart(key, id).await
    }

    /// Whether the bucket keeps versions, or did once: OSS then ignores create-only.
    ///
    /// # Errors
    /// Those of any request.
    pub async fn versioning(&self) -> Result<bool, Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.versioning().await,
            Backend::Folder(_) => Ok(false),
        }
    }

    /// The bucket's enabled lifecycle rules; none of a folder.
    ///
    /// # Errors
    /// [`ErrorKind::AccessDenied`] where the key must not ask, [`ErrorKind::Rejected`] or [`ErrorKind::Protocol`] where the store does
    /// not know the call; those of any request.
    pub async fn lifecycle(&self) -> Result<Vec<LifecycleRule>, Error> {
        match &self.0.backend {
            Backend::Remote(remote) => remote.lifecycle().await,
            Backend::Folder(_) => Ok(Vec::new()),
        }
    }

    fn oss(&self, operation: &'static str) -> Result<&Remote, Error> {
        let remote = self.remote(operation)?;
        match remote.provider {
            Provider::Oss => Ok(remote),
            _ => Err(Error::new(ErrorKind::Unsupported, operation, "only OSS has this call")),
        }
    }

    fn remote(&self, operation: &'static str) -> Result<&Remote, Error> {
        match &self.0.backend {
            Backend::Remote(remote) => Ok(remote),
            Backend::Folder(_) => {
                Err(Error::new(ErrorKind::Unsupported, operation, "a folder has no multipart uploads"))
            }
        }
    }
}
