//! Turns "an object arrived" or "a task names an object" into a job: first the filter, then the one merge.

use crate::{
    Callback, Error, ErrorKind, Job, Location, Mode, Object, ObjectKind, RetryPolicy, Source,
    intake::{
        lookup::Lookup,
        merge::{Terms, merge_video, plan_publication},
        rules::{Admission, Rule, Rules, Sidecar, admit, sidecar_key},
    },
    model::{
        metadata::StatedMetadata,
        publication::{ManagePolicy, Publication},
    },
};
use std::time::{Duration, SystemTime};

/// Why a sidecar is skipped whose video is not there yet: the video's own event finds it.
const SIDECAR_BEFORE_VIDEO: &str = "sidecar_before_video";
/// Why an object that may still change is skipped.
pub(crate) const NOT_WHOLE: &str = "not_whole";

/// What decides about automatic uploads.
#[derive(Debug, Clone, Copy)]
pub struct IntakePolicy<'a> {
    /// Selects the objects to upload, and how.
    pub rules: &'a Rules,
    /// Key prefixes that the product itself writes under.
    pub reserved: &'a [String],
    /// Whether automatic uploads are paused.
    pub paused: bool,
    /// Youku's protocol if the rule names none.
    pub mode: Mode,
    /// How calls of a failing source are retried.
    pub retry: RetryPolicy,
    /// Whether videos may be changed once they are there, as one that is made public at an hour is.
    pub manage: ManagePolicy,
    /// The current time, from which the age of an object that may still change is counted. This machine's clock
    /// will do; the store's is better.
    pub now: SystemTime,
}

/// The decision about an object that arrived.
#[derive(Debug)]
pub enum Decision {
    /// Upload it.
    Upload {
        /// The job.
        job: Box<Job>,
        /// The version that is in the store now.
        object: Box<Object>,
        /// Receiver of the outcome.
        callback: Option<Callback>,
        /// Whether the rule publishes the content of the last published version again.
        republish: bool,
    },
    /// Skip it, for the reason of this stable code.
    Skip(&'static str),
}

impl<'a> IntakePolicy<'a> {
    /// The video whose sidecar lies at `location`, and the account, where the rule lets a sidecar that is written again change the video.
    #[must_use]
    pub fn find_updated_video(&self, location: &Location) -> Option<(Location, &'a str)> {
        let Admission::Sidecar { video_key, .. } =
            admit(&location.bucket, &location.key, None, self.rules, self.reserved)
        else {
            return None;
        };
        let video = Location { key: video_key.to_owned(), ..location.clone() };
        let rule = self.rules.find_match(&video.bucket, &video.key)?;
        (rule.sidecar_updates && !self.paused).then_some((video, rule.account.as_str()))
    }

    /// When a video is made public for which `video` was stated, if that is still to come: a file's, which no rule concerns.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where the settings do not let a video be changed afterwards.
    pub fn plan_publication(&self, video: &StatedMetadata) -> Result<Option<Publication>, Error> {
        plan_publication(video, None, None, self.manage, self.now)
    }
}

impl IntakePolicy<'_> {
    /// Whether the rules want the object at `location`, as far as its key and `size` tell, so that [`decide`](Self::decide) asks its store.
    #[must_use]
    pub fn may_upload(&self, location: &Location, size: Option<u64>) -> bool {
        let admission = admit(&location.bucket, &location.key, size, self.rules, self.reserved);
        !self.paused && !matches!(admission, Admission::Skip(_))
    }

    /// Decides about the object at `location`. `size` is what its event or listing stated, in bytes; `None` where it
    /// stated none, which excludes nothing: the HEAD that follows knows.
    ///
    /// # Errors
    /// [`SourceMissing`](ErrorKind::SourceMissing) if the object is gone; [`InvalidJob`](ErrorKind::InvalidJob)
    /// if its metadata or sidecar cannot be read, or the sidecar that its rule requires can never be there; the source's error once the retry budget is spent.
    pub async fn decide(
        &self,
        source: &dyn Source,
        location: &Location,
        size: Option<u64>,
    ) -> Result<Decision, Error> {
        if self.paused {
            return Ok(Decision::Skip("paused"));
        }
        match admit(&location.bucket, &location.key, size, self.rules, self.reserved) {
            Admission::Skip(reason) => Ok(Decision::Skip(reason.code())),
            Admission::Upload(rule) => self.decide_video(source, location, rule).await,
            Admission::Sidecar { rule, .. } if rule.sidecar != Sidecar::Required => {
                Ok(Decision::Skip(SIDECAR_BEFORE_VIDEO))
            }
            Admission::Sidecar { video_key, rule } => {
                let video = Location { key: video_key.to_owned(), ..location.clone() };
                match self.decide_video(source, &video, rule).await {
                    // The video's own event will find the sidecar.
                    Err(error) if error.kind() == ErrorKind::SourceMissing => {
                        Ok(Decision::Skip(SIDECAR_BEFORE_VIDEO))
                    }
                    decided => decided,
                }
            }
        }
    }

    /// The receiver of a refusal that comes before the upload of the video at `location` begins: the rule's
    /// callback, with the video's key and the rule's account. `size` as for [`decide`](Self::decide).
    #[must_use]
    pub fn refusal_callback(
        &self,
        location: &Location,
        size: Option<u64>,
    ) -> Option<(Callback, String, String)> {
        let (key, rule) = match admit(&location.bucket, &location.key, size, self.rules, self.reserved) {
            Admission::Upload(rule) => (location.key.clone(), rule),
            Admission::Sidecar { video_key, rule } => (video_key.to_owned(), rule),
            Admission::Skip(_) => return None,
        };
        Some((rule.callback()?, key, rule.account.clone()))
    }

    /// Completes the job of a task, or of a person's command, with what its object, sidecar and rule state about
    /// the video.
    ///
    /// `paused` and the rules' filters apply to automatic uploads only. The job's account and mode are decided
    /// before ([`Terms`]).
    ///
    /// # Errors
    /// As [`decide`](Self::decide); also [`InvalidJob`](ErrorKind::InvalidJob) if the rule requires a sidecar
    /// that is missing, unless the job states the audience.
    pub async fn complete(&self, source: &dyn Source, job: Job) -> Result<(Job, Object), Error> {
        let rule = self.rules.find_for_object(&job.location);
        let location = job.location.clone();
        let mut lookup = Lookup::new(source, &location, rule, self.retry);
        let object = lookup.fetch_object().await?;
        let sidecar = lookup.fetch_sidecar().await?;
        let is_awaited = sidecar.is_none() && rule.is_some_and(|rule| rule.sidecar == Sidecar::Required);
        if is_awaited && job.video.metadata.public_type.is_none() {
            check_sidecar_key(source, &location)?;
        }
        let video = merge_video(job.video, &object, sidecar.as_deref(), rule)?;
        let publication = plan_publication(&video, object.modified, rule, self.manage, self.now)?;
        Ok((Job { video, publication, ..job }, object))
    }

    async fn decide_video(
        &self,
        source: &dyn Source,
        location: &Location,
        rule: &Rule,
    ) -> Result<Decision, Error> {
        let mut lookup = Lookup::new(source, location, Some(rule), self.retry);
        let object = lookup.fetch_object().await?;
        if object.size == 0 {
            return Ok(Decision::Skip("empty_object"));
        }
        if !self.is_whole(&object, rule) {
            return Ok(Decision::Skip(NOT_WHOLE));
        }
        let sidecar = lookup.fetch_sidecar().await?;
        if rule.sidecar == Sidecar::Required && sidecar.is_none() {
            check_sidecar_key(source, location)?;
            return Ok(Decision::Skip("waits_for_sidecar"));
        }
        let video = merge_video(StatedMetadata::default(), &object, sidecar.as_deref(), Some(rule))?;
        let publication = plan_publication(&video, object.modified, Some(rule), self.manage, self.now)?;
        let Terms { account, mode, callback } = Terms::default().or_from_rule(Some(rule));
        let job = Job {
            location: location.clone(),
            account: account.unwrap_or_default(),
            video,
            publication,
            mode: mode.unwrap_or(self.mode),
            md5: None,
            force_nonce: None,
        };
        let republish = rule.republish;
        Ok(Decision::Upload { job: Box::new(job), object: Box::new(object), callback, republish })
    }

    /// Whether the object is complete, or its rule treats one that was not written to for long enough as
    /// complete.
    fn is_whole(&self, object: &Object, rule: &Rule) -> bool {
        let untouched = || self.now.duration_since(object.modified?).ok();
        match (object.kind, rule.unfinished_after_seconds.map(Duration::from_secs)) {
            (ObjectKind::Whole, _) => true,
            (_, None) => false,
            (_, Some(after)) => untouched().is_some_and(|untouched| untouched >= after),
        }
    }
}

/// Refuses a video whose sidecar nobody can write, since its key would be too long: it would wait for ever.
fn check_sidecar_key(source: &dyn Source, video: &Location) -> Result<(), Error> {
    let sidecar = Location { key: sidecar_key(&video.key), ..video.clone() };
    source.check_key(&sidecar).map_err(|error| {
        let message =
            "the rule requires a sidecar, and no object can have its key: give the video a shorter one";
        Error::new(ErrorKind::InvalidJob, "sidecar", message).with_context("why", error.message())
    })
}
