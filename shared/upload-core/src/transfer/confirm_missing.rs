//! Confirms with a second call that an object is gone or replaced: a single wrong answer must not end an upload.

use super::Transfer;
use crate::{Error, ErrorKind, Object};
use futures_util::TryStreamExt;

impl Transfer<'_> {
    /// Returns the error as retryable if a HEAD shows that the object is still there, unchanged. If the HEAD itself fails, returns its
    /// error: nothing is decided then.
    pub(crate) async fn confirm_missing(&self, error: Error) -> Error {
        let is_final = !error.is_retryable()
            && matches!(error.kind(), ErrorKind::SourceMissing | ErrorKind::SourceChanged);
        if !is_final {
            return error;
        }
        match self.retry.retry(|| self.source.head(&self.object.location)).await {
            Ok(found) if self.is_pinned(&found) => {
                tracing::warn!(?error, "the object is there as it was: trying again");
                error.retryable()
            }
            Ok(_) if self.object.version_id.is_some() && self.version_is_there().await => error.retryable(),
            Ok(_) => {
                Error::new(ErrorKind::SourceChanged, "read", "the object was replaced during the upload")
                    .with_context("key", self.object.location.key.clone())
                    .with_source(error)
            }
            // A delete marker hides an older version, which can still be read.
            Err(head)
                if head.kind() == ErrorKind::SourceMissing
                    && self.object.version_id.is_some()
                    && self.version_is_there().await =>
            {
                error.retryable()
            }
            Err(head) => head,
        }
    }

    fn is_pinned(&self, found: &Object) -> bool {
        let pinned = self.object;
        (&found.etag, &found.version_id, found.size) == (&pinned.etag, &pinned.version_id, pinned.size)
    }

    /// A HEAD describes the newest version. An older one exists as long as its bytes can be read.
    async fn version_is_there(&self) -> bool {
        let first = 0..self.object.size.min(1);
        match self.source.read(self.object, first).await {
            Ok(bytes) => bytes.try_fold((), |(), _| async { Ok(()) }).await.is_ok(),
            Err(_) => false,
        }
    }
}
