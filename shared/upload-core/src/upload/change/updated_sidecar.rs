//! A sidecar whose event or listing says that it was written: read, and carried out where its video is there.

use super::{SidecarResult, sidecar::under_way};
use crate::{
    Error, ErrorKind, IntakePolicy, Location, RunContext, Source, UploadError as _, UploadId, Uploader,
    error::is_sidecar_decided, head_object, intake::lookup::read_sidecar, model::job::Job,
};
use futures_util::future::BoxFuture;

impl Uploader {
    /// Reads the sidecar of the video at `location` and [carries it out](Uploader::apply_sidecar); `None` where it has gone since.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) while the video's own upload is under way: it has read the sidecar before, so that the event
    /// must come again; as [`apply_sidecar`](Uploader::apply_sidecar); the source's.
    pub fn update_from_sidecar<'a>(
        &'a self,
        source: &'a dyn Source,
        policy: &'a IntakePolicy<'a>,
        (location, account): (&'a Location, &'a str),
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<Option<SidecarResult>, Error>> {
        Box::pin(async move {
            let updating = async {
                let Some(json) = read_sidecar(source, location, policy.retry).await? else { return Ok(None) };
                match self.find_published(source, policy, location, account).await? {
                    Some(id) => self.apply_to(&id, location, &json, run).await.map(Some),
                    None => Ok(Some(SidecarResult::NoVideo)),
                }
            };
            // No mark carries the change: its event must come again.
            updating.await.map_err(
                |error: Error| if is_sidecar_decided(&error) { error } else { error.mark_unrecorded() },
            )
        })
    }

    /// The upload whose video a sidecar is about: that of the object that is there or, where that has gone, the last published one.
    ///
    /// # Errors
    /// [`InProgress`](ErrorKind::InProgress) while the object's own upload is under way.
    async fn find_published(
        &self,
        source: &dyn Source,
        policy: &IntakePolicy<'_>,
        location: &Location,
        account: &str,
    ) -> Result<Option<UploadId>, Error> {
        let Some(published) = self.ledger.published_content(location, account).await? else {
            return match self.find_current(source, policy, location, account, None).await? {
                Some((_, true)) => Err(under_way()),
                _ => Ok(None),
            };
        };
        match self.find_current(source, policy, location, account, Some(&published.upload_id)).await? {
            None => Ok(Some(published.upload_id)),
            Some((_, true)) => Err(under_way()),
            Some((id, false)) => {
                let is_known = id == published.upload_id || published.decided.as_ref() == Some(&id);
                // An object that was published several times on request has other uploads than its own.
                let record = if is_known { None } else { self.ledger.read(&id).await? };
                let was_published = record.is_some_and(|record| record.state.is_published());
                Ok(Some(published.upload_id).filter(|_| is_known || was_published))
            }
        }
    }

    /// The upload of the object that is there now, and whether it is under way; `None` where there is no object. What was `published` has
    /// ended: its steps are not read for that, which each look of each sweep would pay.
    async fn find_current(
        &self,
        source: &dyn Source,
        policy: &IntakePolicy<'_>,
        location: &Location,
        account: &str,
        published: Option<&UploadId>,
    ) -> Result<Option<(UploadId, bool)>, Error> {
        let object = match head_object(source, location, &policy.retry).await {
            Err(error) if error.kind() == ErrorKind::SourceMissing => return Ok(None),
            object => object?,
        };
        let job = Job {
            location: location.clone(),
            account: account.to_owned(),
            video: Default::default(),
            publication: None,
            mode: policy.mode,
            md5: None,
            force_nonce: None,
        };
        let id = UploadId::new(&object, &job);
        if published == Some(&id) {
            return Ok(Some((id, false)));
        }
        let record = self.ledger.read(&id).await?;
        Ok(Some((id, record.is_some_and(|record| !record.state.has_ended()))))
    }
}
