//! Showing a video as Youku has it.

use super::VideoStatus;
use crate::{application::App, tasks::CallerAccount, usecases::admin::no_such_upload};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, ErrorKind, UploadId};

impl App {
    /// Asks Youku how the video of an upload fares; one call.
    ///
    /// # Errors
    /// [`NoSuchUpload`](ErrorKind::NoSuchUpload); [`WrongState`](ErrorKind::WrongState) where the upload is no video; Youku's and the
    /// ledger's.
    pub fn show_video<'a>(
        &'a self,
        id: &'a UploadId,
        credentials: Option<Credentials>,
    ) -> BoxFuture<'a, Result<VideoStatus, Error>> {
        Box::pin(async move {
            let ledger = self.ledger(credentials).await?;
            let record = ledger.read(id).await?.ok_or_else(|| no_such_upload(id))?;
            if !record.state.is_published() {
                let message = "the upload is no video";
                return Err(
                    Error::new(ErrorKind::WrongState, "video", message).with_context("id", id.as_str())
                );
            }
            let request = ledger.request(&record)?;
            let youku = match request.caller_account.as_ref().map(CallerAccount::from_secret).transpose()? {
                None => self.youku(&request.job.account, &ledger)?,
                Some(account) => self.youku_for_caller(&account),
            };
            let shown = match &record.video_id {
                Some(video_id) => self.transfer.retry.retry(|| youku.show_video(video_id)).await?,
                None => None,
            };
            Ok(VideoStatus::new(&record, shown))
        })
    }
}
