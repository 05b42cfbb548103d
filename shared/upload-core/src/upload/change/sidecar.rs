//! Carries out a sidecar that was written again after its video was there.

use super::VideoChange;
use crate::{
    Error, Location, RunContext, Uploader, VideoEdit,
    intake::rules::{sidecar_digest, sidecar_key},
    ledger::{ChangeOrigin, LeasedUpload, Scheduling, Step, Timestamp, Update},
    model::{
        metadata::{StatedMetadata, VideoMetadata},
        publication::Publication,
    },
    upload::change::difference::is_empty,
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
    /// [`InvalidJob`](crate::ErrorKind::InvalidJob) where the sidecar does not fit; as [`change_video`](Self::change_video).
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
            let id = published.upload_id;
            let record = self.ledger.read(&id).await?.filter(|record| record.state.is_published());
            let Some(record) = record else { return Ok(SidecarResult::NoVideo) };
            let digest = sidecar_digest(json);
            if record.last_sidecar() == Some(&digest) {
                return Ok(SidecarResult::Known);
            }
            let stated = StatedMetadata::from_sidecar(json)
                .map_err(|error| Error::from(error).with_context("sidecar", sidecar_key(&location.key)))?;
            let is_fixed = |field: &str| record.request.fixed.iter().any(|fixed| fixed == field);
            let edit = stated.metadata.retain(|field| !is_fixed(field) && VideoEdit::can_change(field));
            let publish_at = stated.publish_at.filter(|_| !is_fixed("publish_at"));
            let change = VideoChange::Sidecar { edit: drop_empty(edit), publish_at };
            self.change_video(&id, change, ChangeOrigin::Sidecar(digest), run).await?;
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
        let pending = upload.record().pending_publication().map(|pending| pending.publication);
        let moved = publish_at.zip(pending).filter(|(at, pending)| pending.at != *at);
        if let Some((at, Publication { word, .. })) = moved {
            let publication = Some(Publication { at, word });
            let scheduling = Scheduling { publication, audience: None, by: by.clone(), more: true };
            upload.append(Step::Scheduled(Box::new(scheduling))).await?;
        }
        let rest = self.hold_audience(upload, edit, &by, true).await?;
        if is_empty(&rest) {
            let video = StatedMetadata::default();
            upload.append(Step::Updated(Box::new(Update { video, by, refused: None }))).await?;
            return Ok(Vec::new());
        }
        self.send_difference(upload, rest, by, run).await
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
