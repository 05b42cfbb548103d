//! What one answer says of a source or a bucket is not believed where another call of the same store says otherwise.

use super::Transfer;
use crate::{Error, ErrorKind, Object};
use futures_util::TryStreamExt;

impl Transfer<'_> {
    /// The same error, worth trying again where a HEAD does not bear out that the object is gone or another one.
    ///
    /// Where the HEAD itself fails, its error: nothing is decided then.
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
            // Behind a delete marker an older version is there.
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

    /// A HEAD tells of the newest version; an older one is there for as long as its bytes are.
    async fn version_is_there(&self) -> bool {
        let first = 0..self.object.size.min(1);
        match self.source.read(self.object, first).await {
            Ok(bytes) => bytes.try_fold((), |(), _| async { Ok(()) }).await.is_ok(),
            Err(_) => false,
        }
    }
}
