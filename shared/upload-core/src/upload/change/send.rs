//! Asks Youku for a change, until it is made or refused, and records which.

use super::difference::complete_audience;
use crate::{
    Error, ErrorKind, RetryAdvice, RunContext, UploadError as _, Uploader, VideoEdit, VideoInfo, VideoState,
    error::is_youku_refusal,
    ledger::{ChangeOrigin, Failure, LeasedUpload, Step, Update},
    model::metadata::{StatedMetadata, VideoMetadata},
    retry::RetryBudget,
};
use youku::{PublicType, split_tags, with_unix_line_ends};

impl Uploader {
    /// Asks Youku for the edit, and records that it was made or refused.
    ///
    /// # Errors
    /// Youku's refusal, which is on record then; what fails for now.
    pub(super) async fn send_and_record(
        &self,
        upload: &mut LeasedUpload,
        edit: &VideoEdit,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<(), Error> {
        let sent = self.send(upload, edit, run).await;
        let refused = sent.as_ref().err().filter(|error| is_youku_refusal(error));
        if sent.is_ok() || refused.is_some() {
            let refused = refused.map(to_failure);
            self.record_update(upload, edit, by, refused).await?;
        }
        sent
    }

    /// Records that an edit was made, or why it was not.
    pub(super) async fn record_update(
        &self,
        upload: &mut LeasedUpload,
        edit: &VideoEdit,
        by: ChangeOrigin,
        refused: Option<Failure>,
    ) -> Result<(), Error> {
        match &refused {
            None => tracing::info!(by = by.as_str(), "the video was changed"),
            Some(failure) => {
                tracing::error!(
                    by = by.as_str(),
                    code = failure.code,
                    why = failure.text,
                    "the video was not changed"
                );
            }
        }
        let metadata = self.ledger.seal_metadata(upload.id(), edit.metadata().clone())?;
        let video = StatedMetadata { metadata, ..StatedMetadata::default() };
        upload.append(Step::Updated(Box::new(Update { video, by, refused }))).await
    }

    /// What of a person's edit Youku shows otherwise, whatever it was told last: a run that died may have changed it unrecorded.
    pub(super) async fn find_unseen(
        &self,
        upload: &LeasedUpload,
        stated: VideoMetadata,
        run: &RunContext,
    ) -> Result<VideoMetadata, Error> {
        let video_id = video_id(upload)?;
        self.ensure_changeable(upload).await?;
        let retry = RetryBudget::new(self.settings.retry.with_deadline(run.deadline));
        let shown = retry.retry(|| self.youku.show_video(video_id)).await;
        let shown = self.spare_calls(upload, shown).await?;
        let shown = shown.ok_or_else(|| refusal("Youku knows no such video"))?;
        let sent = self.ledger.open_metadata(upload.id(), upload.record().sent_metadata())?;
        let stated = complete_audience(stated, sent);
        // Youku shows no password, but whether one protects the video.
        let protects = stated.public_type == Some(PublicType::Password) && stated.watch_password.is_some();
        let is_unprotected = shown.public_type.as_deref() != Some(PublicType::Password.as_str());
        let differs = |field: &str| {
            let one = VideoEdit::new(stated.clone().retain(|other| other == field));
            one.is_ok_and(|one| !shows(&shown, &one))
        };
        let is_unseen = |field: &str| match field {
            "title" | "tags" | "description" => differs(field),
            "public_type" | "watch_password" if protects => is_unprotected,
            "public_type" => differs(field),
            _ => false,
        };
        Ok(stated.clone().retain(is_unseen))
    }

    /// Asks Youku until it has made the change or refuses it. Each time it is asked what it shows first: an earlier request, whose answer
    /// was lost, may have made the change.
    async fn send(&self, upload: &LeasedUpload, edit: &VideoEdit, run: &RunContext) -> Result<(), Error> {
        let video_id = video_id(upload)?;
        self.ensure_changeable(upload).await?;
        let retry = RetryBudget::new(self.settings.retry.with_deadline(run.deadline));
        let (mut tries, mut requests) = (retry.start_loop(), EditRequests::new(edit));
        let sent = loop {
            let asking = async {
                let shown = self.youku.show_video(video_id).await?;
                let shown = shown.ok_or_else(|| refusal("Youku knows no such video"))?;
                self.send_once(upload, &shown, &mut requests).await
            };
            match asking.await {
                Ok(()) => break Ok(()),
                Err(error) => match tries.wait_after(error).await {
                    Ok(()) => {}
                    Err(error) => break Err(error),
                },
            }
        };
        self.spare_calls(upload, sent).await
    }

    /// Where Youku has just refused the account's call as one too many, spares all others theirs. Returns what was passed.
    pub(super) async fn spare_calls<T>(
        &self,
        upload: &LeasedUpload,
        asked: Result<T, Error>,
    ) -> Result<T, Error> {
        self.ledger.spare_calls(self.account_name(&upload.record().request.account), asked).await
    }

    /// Asks once, unless Youku shows the change already.
    pub(super) async fn send_once(
        &self,
        upload: &LeasedUpload,
        shown: &VideoInfo,
        requests: &mut EditRequests<'_>,
    ) -> Result<(), Error> {
        if requests.is_made(shown) {
            return Ok(());
        }
        upload.verify().await?;
        requests.is_sent = true;
        self.youku.update(&shown.id, requests.edit).await.map_err(|error| match shown.state {
            // Whether Youku changes a video that it still works on is not documented: it may do so later.
            VideoState::Encoding | VideoState::InReview | VideoState::Absent if is_youku_refusal(&error) => {
                let message =
                    "Youku does not change the video while it is encoded or reviewed: ask again later";
                Error::new(ErrorKind::Youku, "update", message)
                    .with_advice(RetryAdvice::Exhausted)
                    .with_source(error)
            }
            _ => error,
        })
    }

    /// Fails where Youku must not be called for the upload's account now.
    pub(super) async fn ensure_changeable(&self, upload: &LeasedUpload) -> Result<(), Error> {
        let account = &upload.record().request.account;
        self.ledger.ensure_calls_allowed(self.account_name(account)).await?;
        self.youku.ready().await
    }
}

/// The id of the upload's video.
///
/// # Errors
/// Where Youku never named it: that is a refusal.
pub(super) fn video_id(upload: &LeasedUpload) -> Result<&str, Error> {
    upload.record().video_id.as_deref().ok_or_else(|| refusal("Youku never named the video's id"))
}

pub(super) fn refusal(message: &'static str) -> Error {
    Error::new(ErrorKind::Youku, "update", message)
}

pub(super) fn to_failure(error: &Error) -> Failure {
    Failure { code: error.kind().code().into(), text: error.sentence().into_owned(), advice: None }
}

/// The requests for one edit, and what Youku showed before them.
pub(super) struct EditRequests<'a> {
    edit: &'a VideoEdit,
    /// Whether Youku showed what it can show of the edit before the first request.
    shown_before: Option<bool>,
    is_sent: bool,
}

impl<'a> EditRequests<'a> {
    pub(super) fn new(edit: &'a VideoEdit) -> Self {
        Self { edit, shown_before: None, is_sent: false }
    }

    /// Whether the edit is made already. What Youku does not show (a password; a category, which it shows by another name; whose video it
    /// is) counts as made if the rest has come to be shown since the first request: Youku changes all of an edit, or nothing.
    fn is_made(&mut self, shown: &VideoInfo) -> bool {
        let (is_shown, stated) = (shows(shown, self.edit), self.edit.metadata());
        let was_shown = *self.shown_before.get_or_insert(is_shown);
        let is_visible =
            stated.watch_password.is_none() && stated.category.is_none() && stated.copyright_type.is_none();
        is_shown && (is_visible || self.is_sent && !was_shown)
    }
}

/// Whether Youku shows what it can show of the edit.
fn shows(shown: &VideoInfo, edit: &VideoEdit) -> bool {
    let stated = edit.metadata();
    let same = |stated: Option<&str>, shown: Option<&str>| {
        stated.is_none_or(|stated| {
            shown.is_some_and(|shown| with_unix_line_ends(shown) == with_unix_line_ends(stated))
        })
    };
    let tags = stated
        .tags
        .as_ref()
        .is_none_or(|tags| shown.tags.as_deref().is_some_and(|shown| split_tags(shown) == *tags));
    tags && same(stated.title.as_deref(), shown.title.as_deref())
        && same(stated.description.as_deref(), shown.description.as_deref())
        && same(stated.public_type.map(PublicType::as_str), shown.public_type.as_deref())
}
