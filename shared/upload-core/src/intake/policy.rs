//! From "an object arrived" or "a task names an object" to a job: the filter, then the one merge.

use crate::{
    Callback, Error, ErrorKind, Job, Location, Mode, Object, ObjectKind, RetryPolicy, Source,
    intake::{
        merge::{Lookup, Terms, merge_video},
        rules::{Admission, Rule, Rules, Sidecar, admit},
    },
    model::metadata::VideoMetadata,
};
use std::time::{Duration, SystemTime};

/// The reason for which an object that may still change is left alone.
pub(crate) const NOT_WHOLE: &str = "not_whole";

/// What automatic uploads go by.
#[derive(Debug, Clone, Copy)]
pub struct IntakePolicy<'a> {
    /// Which objects are uploaded, and as what.
    pub rules: &'a Rules,
    /// Key prefixes that the product itself writes under.
    pub reserved: &'a [String],
    /// Nothing is uploaded for now.
    pub paused: bool,
    /// Youku's protocol where the rule names none.
    pub mode: Mode,
    /// How a failing source is asked again.
    pub retry: RetryPolicy,
    /// Now: how long an object that may still change has been left untouched is counted from it. This machine's clock will do, the
    /// store's is better.
    pub now: SystemTime,
}

/// What becomes of an object that arrived.
#[derive(Debug)]
pub enum Decision {
    /// It is to be uploaded.
    Upload {
        /// The job.
        job: Box<Job>,
        /// The version that is there now.
        object: Box<Object>,
        /// Who is told of the outcome.
        callback: Option<Callback>,
        /// Whether the rule wants the content of the last published version published again.
        republish: bool,
    },
    /// It is left alone, for the reason of this stable code.
    Skip(&'static str),
}

impl IntakePolicy<'_> {
    /// Decides about the object at `location`, of which the event said that it has `size` bytes.
    ///
    /// # Errors
    /// [`SourceMissing`](ErrorKind::SourceMissing) where the object is gone; [`InvalidJob`](ErrorKind::InvalidJob) where its metadata
    /// or sidecar cannot be read; what the source answers once patience has ended.
    pub async fn decide(
        &self,
        source: &dyn Source,
        location: &Location,
        size: u64,
    ) -> Result<Decision, Error> {
        if self.paused {
            return Ok(Decision::Skip("paused"));
        }
        match admit(&location.bucket, &location.key, size, self.rules, self.reserved) {
            Admission::Skip(reason) => Ok(Decision::Skip(reason.code())),
            Admission::Upload(rule) => self.video(source, location, rule).await,
            Admission::Sidecar { video_key, rule } => {
                let video = Location { key: video_key.to_owned(), ..location.clone() };
                match self.video(source, &video, rule).await {
                    // The video's own arrival will find the sidecar.
                    Err(error) if error.kind() == ErrorKind::SourceMissing => {
                        Ok(Decision::Skip("sidecar_before_video"))
                    }
                    decided => decided,
                }
            }
        }
    }

    /// Who is told where the video that `location` is about is refused before an upload begins: the rule's callback, with the video's
    /// key and the rule's account.
    #[must_use]
    pub fn refusal_callback(&self, location: &Location, size: u64) -> Option<(Callback, String, String)> {
        let (key, rule) = match admit(&location.bucket, &location.key, size, self.rules, self.reserved) {
            Admission::Upload(rule) => (location.key.clone(), rule),
            Admission::Sidecar { video_key, rule } => (video_key.to_owned(), rule),
            Admission::Skip(_) => return None,
        };
        Some((rule.callback()?, key, rule.account.clone()))
    }

    /// Merges into the job of a task, or of a person's command, what its object, sidecar and rule state about the video.
    ///
    /// `paused` and the rules' filters are about automatic uploads and do not bind it. The job's account and mode are decided by then
    /// ([`Terms`]).
    ///
    /// # Errors
    /// As [`decide`](Self::decide); [`InvalidJob`](ErrorKind::InvalidJob) also where the rule requires a sidecar that is not there,
    /// unless the job states who may watch.
    pub async fn complete(&self, source: &dyn Source, job: Job) -> Result<(Job, Object), Error> {
        let rule = self.rules.for_object(&job.location);
        let location = job.location.clone();
        let mut lookup = Lookup::new(source, &location, rule, self.retry);
        let object = lookup.object().await?;
        let sidecar = lookup.sidecar().await?;
        let video = merge_video(job.video, &object, sidecar.as_deref(), rule)?;
        Ok((Job { video, ..job }, object))
    }

    async fn video(&self, source: &dyn Source, location: &Location, rule: &Rule) -> Result<Decision, Error> {
        let mut lookup = Lookup::new(source, location, Some(rule), self.retry);
        let object = lookup.object().await?;
        if object.size == 0 {
            return Ok(Decision::Skip("empty_object"));
        }
        if !self.is_whole(&object, rule) {
            return Ok(Decision::Skip(NOT_WHOLE));
        }
        let sidecar = lookup.sidecar().await?;
        if rule.sidecar == Sidecar::Required && sidecar.is_none() {
            return Ok(Decision::Skip("waits_for_sidecar"));
        }
        let video = merge_video(VideoMetadata::default(), &object, sidecar.as_deref(), Some(rule))?;
        let Terms { account, mode, callback } = Terms::default().or_from_rule(Some(rule));
        let job = Job {
            location: location.clone(),
            account: account.unwrap_or_default(),
            video,
            mode: mode.unwrap_or(self.mode),
            md5: None,
            force_nonce: None,
        };
        let republish = rule.republish;
        Ok(Decision::Upload { job: Box::new(job), object: Box::new(object), callback, republish })
    }

    /// Whether the object is whole, or its rule takes one that nobody has written to for so long to be.
    fn is_whole(&self, object: &Object, rule: &Rule) -> bool {
        let untouched = || self.now.duration_since(object.modified?).ok();
        match (object.kind, rule.unfinished_after_seconds.map(Duration::from_secs)) {
            (ObjectKind::Whole, _) => true,
            (_, None) => false,
            (_, Some(after)) => untouched().is_some_and(|untouched| untouched >= after),
        }
    }
}

#[cfg(test)]
mod tests;
