//! Uploading an object that arrived, if the rules want it.

use super::deadline::with_run_deadline;
use crate::application::App;
use object_storage::Credentials;
use upload_core::{
    ArrivalOutcome, Decision, Error, ErrorKind, Location, PublishedVideo, RunContext, ledger::UploadRequest,
};

/// Why an arrival is skipped whose content is published already.
const SAME_CONTENT: &str = "same_content";

/// What became of an object that arrived.
#[derive(Debug)]
pub enum ObjectOutcome {
    /// It is a video.
    Published(PublishedVideo),
    /// It is left alone, for the reason of this stable code.
    Skipped(&'static str),
}

impl App {
    /// Publishes an object that arrived, if the rules want it. `size` is the event's, in bytes; `None` where it
    /// states none.
    ///
    /// # Errors
    /// Whatever ended the upload.
    pub async fn upload_object(
        &self,
        location: &Location,
        size: Option<u64>,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) -> Result<ObjectOutcome, Error> {
        let source = self.source(credentials.clone());
        let policy = self.intake_policy_within(run);
        let deciding = policy.decide(&*source, location, size);
        let (job, object, callback, republish) = match with_run_deadline(run, deciding).await {
            Ok(Decision::Skip(reason)) => return Ok(ObjectOutcome::Skipped(reason)),
            Ok(Decision::Upload { job, object, callback, republish }) => (*job, *object, callback, republish),
            Err(error) => {
                let refused = Err(error);
                self.report_to_rule((location, size), &refused, credentials, run).await;
                return refused.map(ObjectOutcome::Published);
            }
        };
        let ledger = self.ledger(credentials).await?;
        let uploader = self.uploader(&job.account, source, ledger)?;
        let request = UploadRequest { job, object, requested_key: None, callback, caller_account: None };
        match uploader.upload_arrival(&request, republish, run).await? {
            ArrivalOutcome::Published(published) => Ok(ObjectOutcome::Published(published)),
            ArrivalOutcome::SameContent => Ok(ObjectOutcome::Skipped(SAME_CONTENT)),
        }
    }

    /// Reports to a rule's callback that an object's metadata cannot be read.
    async fn report_to_rule(
        &self,
        (location, size): (&Location, Option<u64>),
        refused: &Result<PublishedVideo, Error>,
        credentials: Option<Credentials>,
        run: &RunContext,
    ) {
        if !refused.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidJob) {
            return;
        }
        let policy = self.intake_policy();
        let Some((callback, key, account)) = policy.refusal_callback(location, size) else { return };
        let uploader = match self.ledger(credentials.clone()).await {
            Ok(ledger) => self.uploader(&account, self.source(credentials), ledger),
            Err(error) => Err(error),
        };
        match uploader {
            Ok(uploader) => uploader.report_refusal(Some(&callback), &key, refused, run).await,
            Err(error) => tracing::warn!(?error, "the refusal is not delivered to the rule's callback"),
        }
    }
}
