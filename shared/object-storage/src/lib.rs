//! One small client for Alibaba OSS, S3 and a local folder.
//!
//! A [`Store`] is one bucket or one folder. It does what moving a large object takes and no more: head, a ranged read that is
//! pinned to one version and continues by itself where a connection broke, create-only and plain puts, lists, deletes,
//! and the calls of a multipart upload whose parts are streamed and never held.
//!
//! It has an HTTP client of its own, [`HttpClient`], over hyper-util, because that alone lets the buffers of a connection be bounded:
//! hyper reads into a buffer that grows to 400 KiB for each connection that is fast. Moving 1 GiB with 8 parts in flight took 15.5 to
//! 20 MiB of memory at its peak through reqwest and takes 14 to 15 with buffers of 128 KiB, with the same CPU time; 16 parts took 30,
//! and 24 take 21.
//!
//! Requests are sent once, but that one which was refused for the time of its signature, a temporary key that is over, or the version of
//! its signature is signed anew, once for each. Whether to send one again otherwise is the caller's decision, taken from the error's
//! [`Verdict`]; only an [`ObjectBody`] reconnects on its own, because only it knows the byte to continue at.
//!
//! Signatures are made here (`sign`) and not by reqsign, whose providers find the keys: its signers cannot be told the time.
//!
//! ```no_run
//! # async fn example(http: object_storage::HttpClient) -> Result<(), object_storage::Error> {
//! use object_storage::{Store, StoreConfig};
//!
//! let store = Store::new(StoreConfig::oss("films").endpoint("oss-cn-hangzhou.aliyuncs.com"), http)?;
//! let head = store.head("a.mp4").await?;
//! let body = store.read("a.mp4", 0..head.size, &head.pin()).await?;
//! # drop(body); Ok(()) }
//! ```

mod address;
mod answer;
mod client;
mod config;
mod continued_body;
mod credentials;
mod cures;
mod endpoint;
mod error;
mod exchange;
mod folder;
mod folder_body;
mod headers;
mod http_client;
mod key_ring;
mod lifecycle;
mod multipart;
mod object_body;
mod objects;
mod providers;
mod sign;
mod types;
mod upload_body;
mod xml;

#[cfg(test)]
mod tests;

pub use client::Store;
pub use config::{Addressing, Provider, SignatureVersion, StoreConfig};
pub use credentials::{CredentialError, CredentialSource, Credentials, StsPair};
pub use error::{BoxError, Error, ErrorKind, Verdict};
pub use http_client::{HttpClient, blames_clock};
pub use lifecycle::LifecycleRule;
pub use object_body::ObjectBody;
pub use types::{
    Completed, Listing, MultipartId, ObjectHead, ObjectSummary, PartReceipt, PartRecord, Pin, PutBody,
    PutOptions, PutReceipt,
};
