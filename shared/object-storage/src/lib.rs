//! One small client for Alibaba OSS, S3 and a local folder.
//!
//! | module | its job |
//! |---|---|
//! | `client` | [`Store`]: one set of calls for OSS, S3 and a folder |
//! | `config` | where a store is, how it is addressed, how requests are signed |
//! | `error` | [`ErrorKind`], and what a server's answer adds to an error |
//! | `types` | what goes into a store and what comes out |
//! | `http` | a bucket: the calls (`objects`, `range`, `listing`, `multipart`, `bucket_settings`), a request and its answer (`request`, `resign`, `error_response`, `headers`, `xml`, `lifecycle`), where it goes (`address`, `endpoint`, `http_client`, `pinned`, `spare_connections`), `signing` |
//! | `credentials` | who signs: the caller's choices (`source`), where keys come from (`loader`, `world`), `signing_keys`, `credential_cache` |
//! | `body` | bodies that go out (`upload_body`) and come back (`object_body`, `resuming_body`) |
//! | `local` | a folder instead of a bucket |
//!
//! A [`Store`] is one bucket or one folder. It does what moving a large object takes and no more: head, a ranged read that is
//! held to one version and resumes by itself where a connection broke, create-only and plain puts, lists, deletes,
//! and the calls of a multipart upload whose parts are streamed and never held.
//!
//! It has an HTTP client of its own, [`HttpClient`], over hyper-util, because that alone lets the buffers of a connection be bounded:
//! hyper reads into a buffer that grows to 400 KiB for each connection that is fast. Moving 1 GiB with 8 parts in flight took 15.5 to
//! 20 MiB of memory at its peak through reqwest and 14 to 15 with buffers of 128 KiB. With 24 parts those take 21, at times 24 (a small
//! chunk that waits to be sent keeps the whole buffer it was read into), buffers of 64 KiB take 17 for 6 % more CPU time.
//!
//! A request is sent once. One that was refused for the time of its signature, for a temporary key that is over, or for the version of
//! its signature is signed again, once for each. Whether to send one again otherwise is the caller's decision, taken from the error's
//! [`RetryAdvice`]; only an [`ObjectBody`] reconnects on its own, because only it knows the byte to resume at.
//!
//! Signatures are made here (`signing`) and not by reqsign, whose providers find the keys: its signers take no time.
//!
//! ```no_run
//! # async fn example(http: object_storage::HttpClient) -> Result<(), object_storage::Error> {
//! use object_storage::{Store, StoreConfig};
//!
//! let store = Store::new(StoreConfig::oss("films").endpoint("oss-cn-hangzhou.aliyuncs.com"), http)?;
//! let head = store.head("a.mp4").await?;
//! let body = store.read("a.mp4", 0..head.size, &head.version()).await?;
//! # drop(body); Ok(()) }
//! ```

mod body;
mod client;
mod config;
mod credentials;
mod error;
mod http;
mod local;
mod types;

pub use self::{
    body::object_body::ObjectBody,
    client::Store,
    config::{Addressing, Provider, SignatureVersion, StoreConfig},
    credentials::source::{CredentialError, CredentialSource, Credentials, StsPair},
    error::{Details, Error, ErrorKind},
    http::{
        address::check_key,
        http_client::{HttpClient, SendError, StoreResponse, blames_clock, was_never_sent},
    },
    types::{
        Completed, LifecycleRule, Listing, MultipartId, ObjectHead, ObjectSummary, ObjectVersion,
        PartReceipt, PartRecord, PutBody, PutOptions, PutReceipt,
    },
};
pub use ::error::{BoxError, RetryAdvice};
