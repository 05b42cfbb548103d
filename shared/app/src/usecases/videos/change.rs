//! Changing a video at a person's request.

use super::{VideoRequest, VideoStatus};
use crate::{application::App, usecases::admin::no_such_upload};
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use upload_core::{Error, ErrorKind, RunContext, UploadId, VideoChange, ledger::ChangeOrigin};

impl App {
    /// Changes the video of an upload at the request of `person`, and answers how it stands then. Youku is asked for the change alone.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings do not let videos be changed; as
    /// [`change_video`](upload_core::Uploader::change_video).
    pub fn change_video<'a>(
        &'a self,
        id: &'a UploadId,
        request: VideoRequest,
        person: &'a str,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<VideoStatus, Error>> {
        Box::pin(async move {
            self.ensure_manageable()?;
            let ledger = self.ledger(credentials.clone()).await?;
            let record = ledger.read(id).await?.ok_or_else(|| no_such_upload(id))?;
            let uploader =
                self.uploader_for_request(&ledger.request(&record)?, ledger.clone(), credentials)?;
            let change = match request {
                VideoRequest::Update(stated) => VideoChange::Edit(stated),
                VideoRequest::Hide => VideoChange::Hide(self.settings.manage.hiding.new_word()),
                VideoRequest::Schedule(at, audience) => VideoChange::Schedule { at, audience },
            };
            let by = ChangeOrigin::Person(person.to_owned());
            let changed = uploader.change_video(id, change, by, run).await?;
            let record = ledger.read(id).await?.ok_or_else(|| no_such_upload(id))?;
            Ok(VideoStatus { changed: changed.fields, ..VideoStatus::new(&record, None) })
        })
    }

    /// Fails where the settings do not let videos be changed.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config), naming the setting.
    pub fn ensure_manageable(&self) -> Result<(), Error> {
        if self.settings.manage.enabled {
            return Ok(());
        }
        let message = "the settings do not let videos be changed: set manage.enabled";
        Err(Error::new(ErrorKind::Config, "video", message).with_context("setting", "manage.enabled"))
    }
}
