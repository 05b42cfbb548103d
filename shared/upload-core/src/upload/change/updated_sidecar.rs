//! A sidecar whose event or listing says that it was written: read, and carried out where its video is there.

use super::SidecarResult;
use crate::{
    Error, ErrorKind, IntakePolicy, Location, RetryAdvice, RunContext, Source, UploadId, Uploader,
    head_object, intake::lookup::read_sidecar, model::job::Job,
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
            let Some(json) = read_sidecar(source, location, policy.retry).await? else { return Ok(None) };
            let result = self.apply_sidecar(location, account, &json, run).await?;
            if result == SidecarResult::NoVideo
                && self.is_under_way(source, policy, location, account).await?
            {
                let message =
                    "the upload of the sidecar's video is under way: it has read the sidecar before";
                return Err(
                    Error::new(ErrorKind::InProgress, "sidecar", message).with_advice(RetryAdvice::RETRY)
                );
            }
            Ok(Some(result))
        })
    }

    /// Whether the object that is there now has an upload that has not ended.
    async fn is_under_way(
        &self,
        source: &dyn Source,
        policy: &IntakePolicy<'_>,
        location: &Location,
        account: &str,
    ) -> Result<bool, Error> {
        let object = match head_object(source, location, &policy.retry).await {
            Err(error) if error.kind() == ErrorKind::SourceMissing => return Ok(false),
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
        let record = self.ledger.read(&UploadId::new(&object, &job)).await?;
        Ok(record.is_some_and(|record| !record.state.has_ended()))
    }
}
