//! Uploading an object that arrived, if the rules want it.

use super::deadline::with_run_deadline;
use crate::application::App;
use futures_util::future::BoxFuture;
use object_storage::Credentials;
use std::pin::pin;
use upload_core::{
    ArrivalOutcome, Decision, Entrypoint, Error, ErrorKind, Location, PublishedVideo, RunContext,
    SidecarResult,
    ledger::{Ledger, UploadRequest},
};

/// Why an arrival is skipped whose content is published already.
const SAME_CONTENT: &str = "same_content";

/// Why the event of a sidecar is skipped that is not there any more.
const SIDECAR_GONE: &str = "sidecar_gone";

/// What became of an object that arrived.
#[derive(Debug)]
pub enum ObjectOutcome {
    /// It is a video.
    Published(PublishedVideo),
    /// It is a sidecar whose video is there, and came to this.
    Sidecar(SidecarResult),
    /// It is left alone, for the reason of this stable code.
    Skipped(&'static str),
}

impl App {
    /// Publishes an object that arrived, if the rules want it. `size` is the event's, in bytes; `None` where it
    /// states none.
    ///
    /// # Errors
    /// Whatever ended the upload.
    pub fn upload_object<'a>(
        &'a self,
        location: &'a Location,
        size: Option<u64>,
        credentials: Option<Credentials>,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<ObjectOutcome, Error>> {
        Box::pin(async move {
            let source = self.source(credentials.clone());
            let policy = self.intake_policy_within(run);
            if let Some((video, account)) = policy.find_updated_video(location) {
                let ledger = with_run_deadline(run, self.ledger(credentials.clone())).await?;
                let uploader = self.uploader(account, source.clone(), ledger.clone())?;
                let updating = uploader.update_from_sidecar(&*source, &policy, (&video, account), run);
                let updated = match with_run_deadline(run, updating).await {
                    Err(error) if error.kind() == ErrorKind::InvalidJob => {
                        let refused = Err(error);
                        let ledger = std::future::ready(Ok(ledger));
                        Box::pin(self.report_to_rule((location, size), &refused, credentials, ledger, run))
                            .await;
                        return refused.map(ObjectOutcome::Published);
                    }
                    updated => updated?,
                };
                match updated {
                    // The video's own upload reads the sidecar, or begins with it.
                    Some(SidecarResult::NoVideo) => {}
                    Some(result) => return Ok(ObjectOutcome::Sidecar(result)),
                    None => return Ok(ObjectOutcome::Skipped(SIDECAR_GONE)),
                }
            }
            let mut deciding = pin!(with_run_deadline(run, policy.decide(&*source, location, size)));
            // Meanwhile the rest is made ready: the ledger, whose first use asks its store, and the connections to Youku.
            let mut opening = Box::pin(with_run_deadline(run, self.ledger(credentials.clone())));
            let (decided, opened) = if policy.may_upload(location, size) {
                self.http.youku.open_early();
                tokio::select! {
                    biased;
                    decided = &mut deciding => (decided, None),
                    opened = &mut opening => (deciding.await, Some(opened)),
                }
            } else {
                (deciding.await, None)
            };
            let (job, object, callback, republish) = match decided {
                Ok(Decision::Skip(reason)) => return Ok(ObjectOutcome::Skipped(reason)),
                Ok(Decision::Upload { job, object, callback, republish }) => {
                    (*job, *object, callback, republish)
                }
                Err(error) => {
                    let refused = Err(error);
                    // Opened once: a second opening would wait for the first, which nobody polls any more.
                    let opening = async {
                        match opened {
                            Some(opened) => opened,
                            None => opening.await,
                        }
                    };
                    let reporting =
                        self.report_to_rule((location, size), &refused, credentials, opening, run);
                    Box::pin(reporting).await;
                    return refused.map(ObjectOutcome::Published);
                }
            };
            let ledger = match opened {
                Some(ledger) => ledger?,
                None => opening.await?,
            };
            let uploader = self.uploader(&job.account, source.clone(), ledger)?;
            let request = UploadRequest {
                callback,
                entrypoint: Some(Entrypoint::Event),
                landed: object.modified,
                ..UploadRequest::new(job, object)
            };
            match uploader.upload_arrival(&request, republish, run).await? {
                ArrivalOutcome::Published(published) => Ok(ObjectOutcome::Published(published)),
                ArrivalOutcome::SameContent => Ok(ObjectOutcome::Skipped(SAME_CONTENT)),
            }
        })
    }

    /// Reports to a rule's callback that an object's metadata cannot be read.
    async fn report_to_rule(
        &self,
        (location, size): (&Location, Option<u64>),
        refused: &Result<PublishedVideo, Error>,
        credentials: Option<Credentials>,
        opening: impl Future<Output = Result<Ledger, Error>>,
        run: &RunContext,
    ) {
        if !refused.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidJob) {
            return;
        }
        let policy = self.intake_policy();
        let Some((callback, key, account)) = policy.refusal_callback(location, size) else { return };
        let uploader = match opening.await {
            Ok(ledger) => self.uploader(&account, self.source(credentials), ledger),
            Err(error) => Err(error),
        };
        match uploader {
            Ok(uploader) => uploader.report_refusal(Some(&callback), &key, refused, run).await,
            Err(error) => tracing::warn!(?error, "the refusal is not delivered to the rule's callback"),
        }
    }
}
