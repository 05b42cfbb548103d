//! One small client for Alibaba OSS, S3 and a local folder.
//!
//! A [`Store`] is one bucket or one folder. It does what moving a large object takes and no more: head, a ranged read that is
//! pinned to one version and continues by itself where a connection broke, create-only and plain puts, lists, deletes,
//! and the calls of a multipart upload whose parts are streamed and never held.
//!
//! Requests are sent once. Whether to send one again is the caller's decision, taken from the error's
//! [`Verdict`]; only an [`ObjectBody`] reconnects on its own, because only it knows the byte to continue at.
//!
//! ```no_run
//! # async fn example(http: reqwest::Client) -> Result<(), object_storage::Error> {
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
mod error;
mod exchange;
mod folder;
mod folder_body;
mod headers;
mod key_ring;
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
pub use object_body::ObjectBody;
pub use types::{
    Completed, Listing, MultipartId, ObjectHead, ObjectSummary, PartReceipt, PartRecord, Pin, PutBody,
    PutOptions, PutReceipt,
};
