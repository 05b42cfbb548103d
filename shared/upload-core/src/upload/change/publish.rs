//! Makes a video public at its hour: never before, and only once Youku shows it as published.

use super::send::{EditRequests, refusal, to_failure, video_id};
use crate::{
    Error, ErrorKind, RunContext, Uploader, VideoEdit, VideoState,
    callback::schedule::GIVE_UP_AFTER,
    error::is_youku_refusal,
    ledger::{ChangeOrigin, LeasedUpload},
    retry::RetryBudget,
    upload::run_context::with_deadline,
};
use std::time::{Duration, SystemTime};
use youku::PublicType;

/// How long after its hour a refusal is not final yet: two sweeps of five minutes.
const SECOND_LOOK: Duration = Duration::from_secs(600);

/// What became of a video's hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HourResult {
    /// None is set, or it is still to come.
    NotDue,
    /// Youku does not show the video as published yet.
    NotReady,
    /// The video is public.
    Public,
    /// It stays hidden: a person is needed.
    Refused,
}

impl Uploader {
    /// Makes the video of an upload public if its hour has come by the ledger's clock.
    ///
    /// # Errors
    /// What fails for now: a later sweep tries again.
    pub(crate) async fn publish_if_due(
        &self,
        upload: &mut LeasedUpload,
        run: &RunContext,
    ) -> Result<HourResult, Error> {
        let at = |upload: &LeasedUpload| {
            let pending = upload.record().pending_publication();
            pending.map(|pending| pending.publication.at.get())
        };
        let is_due = |at: Option<SystemTime>, now| at.is_some_and(|at| at <= now);
        if !is_due(at(upload), upload.lease().now()) {
            return Ok(HourResult::NotDue);
        }
        // What the chain amounts to now decides: the hour may have been changed or given up.
        upload.confirm().await?;
        if !is_due(at(upload), upload.lease().now()) {
            return Ok(HourResult::NotDue);
        }
        with_deadline(run.deadline, Box::pin(self.publish(upload, run))).await
    }

    async fn publish(&self, upload: &mut LeasedUpload, run: &RunContext) -> Result<HourResult, Error> {
        let Some(pending) = upload.record().pending_publication() else { return Ok(HourResult::NotDue) };
        let mut audience = self.ledger.open_metadata(upload.id(), pending.audience)?;
        audience.public_type.get_or_insert(PublicType::All);
        if audience.public_type != Some(PublicType::Password) {
            audience.watch_password = None;
        }
        let edit = VideoEdit::new(audience).map_err(|invalid| {
            Error::new(ErrorKind::Ledger, "publish", "the audience of the hour does not fit")
                .with_source(invalid)
        })?;
        let waited = upload.lease().now().duration_since(pending.since.get()).unwrap_or_default();
        let refused = match self.make_public(upload, &edit, run).await {
            Ok(true) => None,
            Ok(false) => {
                if waited < GIVE_UP_AFTER {
                    return Ok(HourResult::NotReady);
                }
                Some(to_failure(&refusal(
                    "Youku did not show the video as published within three days of its hour",
                )))
            }
            // One odd answer is never final: a second sweep must meet the same.
            Err(error) if is_youku_refusal(&error) && waited < SECOND_LOOK => {
                tracing::warn!(?error, "the video was not made public: the next sweep tries again");
                return Ok(HourResult::NotReady);
            }
            Err(error) if is_youku_refusal(&error) => Some(to_failure(&error)),
            Err(error) => return Err(error),
        };
        let result = if refused.is_some() { HourResult::Refused } else { HourResult::Public };
        self.record_update(upload, &edit, ChangeOrigin::Schedule, refused).await?;
        Ok(result)
    }

    /// Asks Youku to make the video public; `false` while it does not show it as published.
    async fn make_public(
        &self,
        upload: &LeasedUpload,
        edit: &VideoEdit,
        run: &RunContext,
    ) -> Result<bool, Error> {
        let video_id = video_id(upload)?;
        self.ensure_changeable(upload).await?;
        let retry = RetryBudget::new(self.settings.retry.with_deadline(run.deadline));
        let (mut tries, mut requests) = (retry.start_loop(), EditRequests::new(edit));
        let made = loop {
            let asking = async {
                let shown = self.youku.show_video(video_id).await?;
                match shown.as_ref().map(|shown| shown.state) {
                    // Graded is there, though not for everybody.
                    Some(VideoState::Normal | VideoState::Limited) => {}
                    Some(VideoState::Failed) => return Err(refusal("Youku could not make a video of it")),
                    Some(VideoState::Blocked) => return Err(refusal("Youku has blocked the video")),
                    _ => return Ok(false),
                }
                match &shown {
                    Some(shown) => self.send_once(upload, shown, &mut requests).await.map(|()| true),
                    None => Ok(false),
                }
            };
            match asking.await {
                Ok(public) => break Ok(public),
                Err(error) => match tries.wait_after(error).await {
                    Ok(()) => {}
                    Err(error) => break Err(error),
                },
            }
        };
        self.spare_calls(upload, made).await
    }
}
