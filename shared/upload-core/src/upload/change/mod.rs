//! Changes the video of a published upload: at a person's request, by a sidecar that was written again, at the hour that was set.
//!
//! Each change is made under the upload's lease, and is a step in its ledger. What Youku does is the same when it is asked twice, so that a
//! lost answer is settled by asking what it shows and, where that does not tell, by asking again.

mod audience;
mod difference;
pub(crate) mod publish;
mod send;
mod sidecar;
mod sidecar_check;
mod updated_sidecar;

pub use sidecar::SidecarResult;

use self::{
    audience::{check_audience, check_rest, invalid_edit, split_audience},
    difference::{difference, is_empty},
};
use crate::{
    Error, ErrorKind, RunContext, UploadError as _, UploadId, Uploader, VideoEdit,
    callback::policy::QUICK,
    ledger::{ChangeOrigin, LeasedUpload, Scheduling, Step, Timestamp},
    model::{
        metadata::{StatedMetadata, VideoMetadata},
        publication::{Publication, check_hour},
    },
    upload::run_context::with_deadline,
};
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tracing::Instrument;
use youku::PublicType;

/// What is changed of a video.
#[derive(Debug, Clone)]
pub enum VideoChange {
    /// The fields that are stated and differ from what Youku was told last.
    Edit(VideoMetadata),
    /// It is hidden: behind this word or, without one, from all but friends. An hour that was set is given up.
    Hide(Option<SecretString>),
    /// The hour at which it is made public is set or changed; `None`: given up.
    Schedule {
        /// The hour, by the ledger's clock; one that has passed is at once.
        at: Option<Timestamp>,
        /// Who may watch from then on; absent: as was stated before.
        audience: Option<VideoMetadata>,
    },
    /// What a sidecar states that differs, and the hour, of a video that still waits for one. The origin of the change names its version,
    /// which is carried out once.
    Sidecar {
        /// The fields.
        edit: VideoMetadata,
        /// The hour, by the ledger's clock.
        publish_at: Option<Timestamp>,
    },
}

/// What a change came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// The fields that Youku was told, in Youku's order.
    pub fields: Vec<&'static str>,
    /// The hour at which the video is made public, if one stands.
    pub publish_at: Option<Timestamp>,
}

impl Uploader {
    /// Changes the video of a published upload.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where a field is outside Youku's limits; [`WrongState`](ErrorKind::WrongState) where the upload
    /// is no video; [`InProgress`](ErrorKind::InProgress) where another holder has it; Youku's refusal, which is on record then; what fails
    /// for now, and can be asked again.
    pub fn change_video<'a>(
        &'a self,
        id: &'a UploadId,
        change: VideoChange,
        by: ChangeOrigin,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<Changed, Error>> {
        Box::pin(async move {
            let changing = async {
                let upload = self.ledger.claim_to_change(id).await?;
                Box::pin(self.change_claimed(*upload, change, by, run)).await
            };
            let span = tracing::info_span!("change", upload_id = %id);
            changing.instrument(span).await.map_err(|error| error.with_upload_id(id))
        })
    }

    /// Makes the change while the lease is renewed, and releases the upload.
    async fn change_claimed(
        &self,
        mut upload: LeasedUpload,
        change: VideoChange,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<Changed, Error> {
        let lease = upload.lease();
        let changing = with_deadline(run.deadline, self.change_leased(&mut upload, change, by, run));
        let changed = tokio::select! {
            biased;
            lost = lease.keep_renewed(|| lease.parts()) => Err(lost),
            changed = Box::pin(changing) => changed,
        };
        match changed {
            Err(error) if error.kind() == ErrorKind::Superseded => Err(upload.find_loss_reason().await),
            changed => {
                if upload.record().untold_refusal().is_some()
                    && let Err(error) = Box::pin(self.deliver_leased(&mut upload, None, run, QUICK)).await
                {
                    tracing::warn!(?error, "the callback is left to the sweep");
                }
                self.release_until_due(upload).await;
                changed
            }
        }
    }

    async fn change_leased(
        &self,
        upload: &mut LeasedUpload,
        change: VideoChange,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<Changed, Error> {
        upload.confirm().await?;
        let fields = match change {
            VideoChange::Edit(edit) => self.edit(upload, edit, by, run).await?,
            VideoChange::Hide(word) => self.hide(upload, word, by, run).await?,
            VideoChange::Schedule { at, audience } => {
                self.schedule(upload, at, audience, by, run).await?;
                // One that has passed is at once.
                self.publish_if_due(upload, run).await?;
                Vec::new()
            }
            VideoChange::Sidecar { edit, publish_at } => {
                self.carry_out_sidecar(upload, edit, publish_at, by, run).await?
            }
        };
        let publish_at = upload.record().pending_publication().map(|pending| pending.publication.at);
        Ok(Changed { fields, publish_at })
    }

    /// Changes what differs. While the video is hidden until its hour, who may watch changes for that hour alone.
    async fn edit(
        &self,
        upload: &mut LeasedUpload,
        edit: VideoMetadata,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<Vec<&'static str>, Error> {
        if is_empty(&edit) {
            VideoEdit::new(edit.clone()).map_err(invalid_edit)?;
        }
        check_rest(&edit)?;
        let stated = match upload.record().pending_publication() {
            Some(_) => split_audience(edit.clone()).1,
            None => edit.clone(),
        };
        let differing = self.hold_audience(upload, edit, &by, false).await?;
        let unseen = self.find_unseen(upload, stated, run).await?;
        self.send_difference(upload, VideoMetadata::merge(differing, unseen), by, run).await
    }

    /// Takes the audience out of an edit of a video that waits for its hour: it changes for that hour. Returns what is left and differs from
    /// what Youku was told last.
    async fn hold_audience(
        &self,
        upload: &mut LeasedUpload,
        edit: VideoMetadata,
        by: &ChangeOrigin,
        more: bool,
    ) -> Result<VideoMetadata, Error> {
        let sent = self.ledger.open_metadata(upload.id(), upload.record().sent_metadata())?;
        let Some(pending) = upload.record().pending_publication() else { return Ok(difference(edit, &sent)) };
        let (audience, rest) = split_audience(edit);
        let audience = difference(audience, &self.ledger.open_metadata(upload.id(), pending.audience)?);
        if !is_empty(&audience) {
            check_audience(&audience)?;
            let audience = Some(self.seal_audience(upload, audience)?);
            let publication = Some(pending.publication);
            let scheduling = Scheduling { publication, audience, by: by.clone(), more };
            upload.append(Step::Scheduled(Box::new(scheduling))).await?;
        }
        Ok(difference(rest, &sent))
    }

    async fn hide(
        &self,
        upload: &mut LeasedUpload,
        word: Option<SecretString>,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<Vec<&'static str>, Error> {
        if let Some(pending) = upload.record().pending_publication() {
            let is_to_come = pending.publication.at.get() > upload.lease().now();
            let given_up = Scheduling { publication: None, audience: None, by: by.clone(), more: false };
            upload.append(Step::Scheduled(Box::new(given_up))).await?;
            // A run that died may have made it public, and it may have been public when its hour was set.
            let sent = upload.record().sent_metadata().public_type;
            if is_to_come && matches!(sent, Some(PublicType::Password | PublicType::Friend)) {
                return Ok(Vec::new());
            }
        }
        self.send_difference(upload, hidden_by(word), by, run).await
    }

    async fn schedule(
        &self,
        upload: &mut LeasedUpload,
        at: Option<Timestamp>,
        audience: Option<VideoMetadata>,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<(), Error> {
        if let Some(at) = at {
            check_hour(at, upload.lease().now())?;
        }
        let pending = upload.record().pending_publication();
        let wrong = |message| Error::new(ErrorKind::WrongState, "schedule", message);
        let publication = match (at, &pending) {
            (None, None) => return Err(wrong("no hour is set for this video")),
            (None, Some(_)) => None,
            (Some(_), None) if audience.is_none() => {
                return Err(wrong(
                    "the video waits for no hour: state public_type, who may watch it from then on",
                ));
            }
            (Some(at), pending) => {
                let word = pending.as_ref().and_then(|pending| pending.publication.word.clone());
                Some(Publication { at, word })
            }
        };
        if let Some(audience) = &audience {
            check_audience(audience)?;
        }
        if let Some(come) = pending.filter(|pending| pending.publication.at.get() <= upload.lease().now()) {
            // A run that died may have made it public: it is hidden again before the hour is another.
            let word = VideoMetadata { watch_password: come.publication.word, ..VideoMetadata::default() };
            let word = self.ledger.open_metadata(upload.id(), word)?.watch_password;
            self.send_difference(upload, hidden_by(word), by.clone(), run).await?;
        }
        let audience = audience.map(|audience| self.seal_audience(upload, audience)).transpose()?;
        upload.append(Step::Scheduled(Box::new(Scheduling { publication, audience, by, more: false }))).await
    }

    /// Sends what is left of an edit, if anything is.
    async fn send_difference(
        &self,
        upload: &mut LeasedUpload,
        edit: VideoMetadata,
        by: ChangeOrigin,
        run: &RunContext,
    ) -> Result<Vec<&'static str>, Error> {
        if is_empty(&edit) {
            return Ok(Vec::new());
        }
        let stated = |field: &&str| edit.states(field) == Some(true);
        let fields = VideoMetadata::FIELDS.iter().map(|(field, _)| *field).filter(stated).collect();
        let edit = VideoEdit::new(edit).map_err(invalid_edit)?;
        self.send_and_record(upload, &edit, by, run).await?;
        Ok(fields)
    }

    fn seal_audience(
        &self,
        upload: &LeasedUpload,
        audience: VideoMetadata,
    ) -> Result<StatedMetadata<crate::ledger::Sealed>, Error> {
        let metadata = self.ledger.seal_metadata(upload.id(), audience)?;
        Ok(StatedMetadata { metadata, ..StatedMetadata::default() })
    }
}

/// The audience of a video that is hidden behind this word or, without one, from all but friends.
fn hidden_by(word: Option<SecretString>) -> VideoMetadata {
    let public_type = if word.is_some() { PublicType::Password } else { PublicType::Friend };
    VideoMetadata { public_type: Some(public_type), watch_password: word, ..VideoMetadata::default() }
}
