//! Refuses requests for which no upload begins, and reports that to their callbacks.

use crate::{Callback, Error, NewVideo, PublishedVideo, RunContext, Uploader, ledger::UploadRequest};

impl Uploader {
    /// Refuses a request that breaks a limit before anything is recorded, so that the same object can come again with better metadata.
    /// `is_new` where the ledger has just been found to have no lease of the upload.
    pub(super) async fn upload_or_refuse(
        &self,
        request: &UploadRequest,
        video: Result<NewVideo, Error>,
        is_new: bool,
        run: &RunContext,
    ) -> Result<PublishedVideo, Error> {
        match video {
            Ok(video) => self.upload_checked(request, video, is_new, run).await,
            Err(error) => {
                let (refused, key) =
                    (Err(error), request.requested_key.as_deref().unwrap_or(&request.object.location.key));
                Box::pin(self.report_refusal(request.callback.as_ref(), key, &refused, run)).await;
                refused
            }
        }
    }

    /// Delivers the refusal of a request for which no upload began to its callback: a few attempts, recorded nowhere.
    pub async fn report_refusal(
        &self,
        callback: Option<&Callback>,
        key: &str,
        refused: &Result<PublishedVideo, Error>,
        run: &RunContext,
    ) {
        if let Some((callbacks, callback)) = self.callbacks.as_ref().zip(callback) {
            callbacks.report_refusal(callback, key, refused, &self.ledger, run).await;
        }
    }
}
