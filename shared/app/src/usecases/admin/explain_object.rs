//! Why an object has no upload: the decision about its arrival, tried without writing anything.

use crate::{adapters::is_missing_bucket, application::App};
use futures_util::future::BoxFuture;
use std::time::Duration;
use upload_core::{
    Decision, Error, ErrorKind, Location, Object, ScanAge, UploadId, head_object, ledger::UploadRequest,
    scan_age,
};

/// An object, and what would become of it if it arrived now.
#[derive(Debug)]
pub struct ObjectExplanation {
    /// The version that is there now.
    pub object: Object,
    /// What would become of it.
    pub verdict: ObjectVerdict,
}

/// What would become of an object that arrived now.
#[derive(Debug)]
pub enum ObjectVerdict {
    /// It is left alone, for the reason of this stable code: that of events and sweeps.
    Skipped(&'static str),
    /// Its metadata, or its sidecar's, is refused.
    Refused(Error),
    /// The last published upload of its key has the same content.
    SameContent {
        /// That upload.
        upload: UploadId,
        /// Its video, where Youku told its id.
        video_id: Option<String>,
    },
    /// It would be uploaded. `age` is what the next sweep makes of its age; `None` where the ledger has not been used yet.
    Wanted {
        /// The account.
        account: String,
        /// What the next sweep makes of its age.
        age: Option<ScanAge>,
    },
}

impl App {
    /// Finds out why an object has no upload, by the decision that its event would meet. Writes nothing.
    ///
    /// # Errors
    /// [`SourceMissing`](ErrorKind::SourceMissing) where there is no such object or bucket; what keeps source, ledger or Youku from
    /// answering.
    pub fn explain_object<'a>(
        &'a self,
        location: &'a Location,
    ) -> BoxFuture<'a, Result<ObjectExplanation, Error>> {
        Box::pin(async move {
            let object = self.find_object(location).await?;
            let verdict = self.judge_arrival(&object).await?;
            Ok(ObjectExplanation { object, verdict })
        })
    }

    /// The version of an object that is there now. A bucket that does not exist is a missing object: a person named it.
    ///
    /// # Errors
    /// [`SourceMissing`](ErrorKind::SourceMissing) where there is none; whatever the source answers.
    pub fn find_object<'a>(&'a self, location: &'a Location) -> BoxFuture<'a, Result<Object, Error>> {
        Box::pin(async move {
            let found = head_object(&*self.source(None), location, &self.transfer().retry).await;
            found.map_err(|error| match is_missing_bucket(&error) {
                true => Error::new(ErrorKind::SourceMissing, "explain", "the bucket does not exist")
                    .with_context("bucket", &location.bucket)
                    .with_source(error),
                false => error,
            })
        })
    }

    async fn judge_arrival(&self, object: &Object) -> Result<ObjectVerdict, Error> {
        let source = self.source(None);
        let decided = self.intake_policy().decide(&*source, &object.location, Some(object.size)).await;
        let (job, object, callback, republish) = match decided {
            Ok(Decision::Skip(reason)) => return Ok(ObjectVerdict::Skipped(reason)),
            Ok(Decision::Upload { job, object, callback, republish }) => (*job, *object, callback, republish),
            Err(error) if error.kind() == ErrorKind::InvalidJob => return Ok(ObjectVerdict::Refused(error)),
            Err(error) => return Err(error),
        };
        let account = job.account.clone();
        let id = UploadId::new(&object, &job);
        let request = UploadRequest { callback, ..UploadRequest::new(job, object) };
        if let Err(error) = request.describe_video() {
            return Ok(ObjectVerdict::Refused(error));
        }
        let Some(ledger) = self.ledger_to_read(None).await? else {
            return Ok(ObjectVerdict::Wanted { account, age: None });
        };
        if !republish {
            let uploader = self.uploader(&account, source, ledger.clone())?;
            if let Some(published) = uploader.find_same_content(&id, &request).await? {
                let (upload, video_id) = (published.upload_id, published.video_id);
                return Ok(ObjectVerdict::SameContent { upload, video_id });
            }
        }
        let age = match self.settings().rules.find_for_object(&request.object.location) {
            Some(rule) => {
                let grace = Duration::from_secs(self.settings().sweep.grace_seconds);
                scan_age(&ledger, &request.object, rule, grace).await?
            }
            None => None,
        };
        Ok(ObjectVerdict::Wanted { account, age })
    }
}
