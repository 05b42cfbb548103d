//! Carries out a sidecar that was written again after its video was there.

use super::VideoChange;
use crate::{
    Error, ErrorKind, Location, RetryAdvice, RunContext, UploadError as _, UploadId, Uploader, VideoEdit,
    intake::rules::{sidecar_digest, sidecar_key},
    ledger::{ChangeOrigin, LeasedUpload, Scheduling, Step, Timestamp, Update, is_audience},
    model::{
        metadata::{StatedMetadata, VideoMetadata},
        publication::Publication,
    },
    upload::change::{audience::split_audience, difference::is_empty},
};
use futures_util::future::BoxFuture;

/// What became of a sidecar that was written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SidecarResult {
    /// It was carried out.
    Changed,
    /// It was carried out, or refused, before.
    Known,
    /// The ledger knows no published upload of the video: the video's own upload reads the sidecar.
    NoVideo,
}

impl Uploader {
    /// Changes the video that was last published of the object at `location` under `account` by what its sidecar states now. What the task
    /// or the object stated stays, and so does what the sidecar no longer states; a version that was carried out or refused before is done.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) while the upload has not ended; [`InvalidJob`](ErrorKind::InvalidJob) where the sidecar does not
    /// fit; as [`change_video`](Self::change_video).
    pub fn apply_sidecar<'a>(
        &'a self,
        location: &'a Location,
        account: &'a str,
        json: &'a [u8],
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<SidecarResult, Error>> {
        Box::pin(async move {
            let Some(published) = self.ledger.published_content(location, account).await? else {
                return Ok(SidecarResult::NoVideo);
            };
            self.apply_to(&published.upload_id, location, json, run).await
        })
    }

    /// Changes the video of this upload by what the sidecar of `location` states now.
    pub(super) fn apply_to<'a>(
        &'a self,
        id: &'a UploadId,
        location: &'a Location,
        json: &'a [u8],
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<SidecarResult, Error>> {
        Box::pin(async move {
            let Some(record) = self.ledger.read(id).await? else { return Ok(SidecarResult::NoVideo) };
            // The key's entry is written with the commit's step: where a twin's step stands in its place, the upload goes on.
            if !record.state.has_ended() {
                return Err(under_way());
            }
            if !record.state.is_published() {
                return Ok(SidecarResult::NoVideo);
            }
            let digest = sidecar_digest(json);
            if record.last_sidecar() == Some(&digest) {
                return Ok(SidecarResult::Known);
            }
            let stated = StatedMetadata::from_sidecar(json)
                .map_err(|error| Error::from(error).with_context("sidecar", sidecar_key(&location.key)))?;
            let is_fixed = |field: &str| record.request.fixed.iter().any(|fixed| fixed == field);
            let edit = stated.metadata.retain(|field| !is_fixed(field) && VideoEdit::can_change(field));
            let publish_at = stated.publish_at.filter(|_| !is_fixed("publish_at"));
            let edit = drop_empty(edit);
            // Each claim is a step: what does not fit would add one at every look.
            let hour = match publish_at {
                Some(at) => Some((at, self.ledger.times().await?.now)),
                None => None,
            };
            self.check_sidecar(&record, &edit, hour).map_err(|error| error.with_upload_id(id))?;
            // So would what Youku cannot be asked now. What waits for an hour is recorded before that hour.
            if publish_at.is_none() && record.pending_publication().is_none() {
                let account = self.account_name(&record.request.account);
                let asking = async {
                    self.ledger.ensure_calls_allowed(account).await?;
                    self.youku.ready().await
                };
                asking.await.map_err(|error| error.with_upload_id(id))?;
            }
            let change = VideoChange::Sidecar { edit, publish_at };
            self.change_video(id, change, ChangeOrigin::Sidecar(digest), run).await?;
            Ok(SidecarResult::Changed)
        })
    }

    /// Carries a version of the sidecar out. Its last step, without which it is not done, is `updated`.
    pub(super) async fn carry_out_sidecar(
        &self,
        upload: &mut LeasedUpload,
        edit: VideoMetadata,
        publish_at: Option<Timestamp>,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<Vec<&'static str>, Error> {
        if matches!(&by, ChangeOrigin::Sidecar(digest) if upload.record().last_sidecar() == Some(digest)) {
            return Ok(Vec::new());
        }
        // Nothing is changed by a file of which a part does not fit.
        self.check_sidecar(upload.record(), &edit, publish_at.map(|at| (at, upload.lease().now())))?;
        // A person who hid the video, or gave its hour up, is not overruled by a file that still says what it said.
        let edit = match upload.record().is_audience_persons() {
            true => edit.retain(|field| !is_audience(field)),
            false => edit,
        };
        let edit = self.move_hour(upload, edit, publish_at, &by).await?;
        let rest = self.hold_audience(upload, edit, &by, true).await?;
        if is_empty(&rest) {
            let video = StatedMetadata::default();
            upload.append(Step::Updated(Box::new(Update { video, by, refused: None }))).await?;
            return Ok(Vec::new());
        }
        self.send_difference(upload, rest, by, run).await
    }

    /// Sets the hour that a sidecar states. Returns what is left of the edit: of a video that gets an hour by it, who may watch is for that
    /// hour.
    async fn move_hour(
        &self,
        upload: &mut LeasedUpload,
        edit: VideoMetadata,
        publish_at: Option<Timestamp>,
        by: &ChangeOrigin,
    ) -> Result<VideoMetadata, Error> {
        let Some(at) = publish_at.filter(|_| !upload.record().is_audience_persons()) else { return Ok(edit) };
        let pending = upload.record().pending_publication().map(|pending| pending.publication);
        let (audience, rest) = split_audience(edit.clone());
        let (publication, audience, edit) = match pending {
            Some(pending) if pending.at == at => return Ok(edit),
            Some(Publication { word, .. }) => (Publication { at, word }, None, edit),
            // What was public before it stated an hour, or states none of an audience, has nothing to wait for.
            None if at.get() <= upload.lease().now() || is_empty(&audience) => return Ok(edit),
            None => {
                let audience = self.seal_audience(upload, audience)?;
                (Publication { at, word: None }, Some(audience), rest)
            }
        };
        let publication = Some(publication);
        let scheduling = Scheduling { publication, audience, by: by.clone(), more: true };
        upload.append(Step::Scheduled(Box::new(scheduling))).await?;
        Ok(edit)
    }
}

/// Without the fields that are empty: nobody knows what Youku makes of them.
fn drop_empty(edit: VideoMetadata) -> VideoMetadata {
    VideoMetadata {
        title: edit.title.filter(|text| !text.is_empty()),
        tags: edit.tags.filter(|tags| !tags.is_empty()),
        category: edit.category.filter(|text| !text.is_empty()),
        description: edit.description.filter(|text| !text.is_empty()),
        ..edit
    }
}

/// The video is not there yet.
pub(super) fn under_way() -> Error {
    let message = "the upload of the sidecar's video is under way: it has read the sidecar before";
    Error::new(ErrorKind::InProgress, "sidecar", message).with_advice(RetryAdvice::RETRY)
}
