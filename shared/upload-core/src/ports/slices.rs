//! Youku's upload server, as slice mode uses it.

use crate::{Error, Md5};
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use youku::{Check, Slice};

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

    /// Asks for a slice to send; `None` where none is left to hand out.
    ///
    /// # Errors
    /// The server's refusal or failure.
    async fn next_slice(&self, token: &SecretString) -> Result<Option<Slice>, Error>;

    /// Sends a slice and answers the next one, as [`next_slice`](Self::next_slice) does.
    ///
    /// # Errors
    /// [`Integrity`](crate::ErrorKind::Integrity), retryable, where the bytes arrived damaged.
    async fn send_slice(
        &self,
        token: &SecretString,
        slice: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Option<Slice>, Error>;

    /// How far the server is.
    ///
    /// # Errors
    /// The server's refusal or failure.
    async fn check(&self, token: &SecretString) -> Result<Check, Error>;
}
