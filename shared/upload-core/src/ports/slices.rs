//! Youku's upload server, as slice mode uses it.

use crate::{Error, Md5};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;

/// A slice that the upload server wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The server's number for it; 0 with length 0: none left to hand out.
    pub id: u64,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
}

/// How far the upload server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SliceCheck {
    /// Everything is written; commit through this address.
    Written {
        /// What commit wants to hear.
        server_ip: Option<String>,
    },
    /// All slices are handed out or on their way to disk: wait.
    Settling,
    /// Slices are left to hand out.
    Wanting,
}

/// Youku's upload server, for one session.
#[async_trait]
pub trait SliceServer: Send + Sync {
    /// Where it is: what a later holder of the upload asks for.
    fn address(&self) -> &str;

    /// Announces the file. `extension` has no dot; `slice_kib` is 1 to 10240.
    ///
    /// # Errors
    /// The server's refusal or failure.
    async fn create_file(
        &self,
        token: &SecretString,
        size: u64,
        extension: &str,
        slice_kib: u32,
    ) -> Result<(), Error>;

    /// Asks for a slice to send.
    ///
    /// # Errors
    /// The server's refusal or failure.
    async fn next_slice(&self, token: &SecretString) -> Result<Slice, Error>;

    /// Sends a slice and answers the next one.
    ///
    /// # Errors
    /// [`Integrity`](crate::ErrorKind::Integrity), retryable, where the bytes arrived damaged.
    async fn send_slice(
        &self,
        token: &SecretString,
        slice: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Slice, Error>;

    /// How far the server is.
    ///
    /// # Errors
    /// The server's refusal or failure.
    async fn check(&self, token: &SecretString) -> Result<SliceCheck, Error>;
}
