//! From "an object arrived" to a job: the filter, the sidecar, the metadata.

use crate::{
    Callback, Error, ErrorKind, Job, Location, Mode, Object, RetrySettings, Source,
    beside::beside,
    look,
    metadata::VideoMetadata,
    patience::Patience,
    rules::{Admission, Rule, Rules, Sidecar, admit, sidecar_key},
};
use futures_util::future::maybe_done;
use std::future::Future;

/// The largest sidecar that is read, in bytes.
const SIDECAR_LIMIT: usize = 64 << 10;

/// What automatic uploads go by.
#[derive(Debug, Clone, Copy)]
pub struct Automatic<'a> {
    /// Which objects are uploaded, and as what.
    pub rules: &'a Rules,
    /// Key prefixes that the product itself writes under.
    pub reserved: &'a [String],
    /// Nothing is uploaded for now.
    pub paused: bool,
    /// Youku's protocol where the rule names none.
    pub mode: Mode,
    /// How a failing source is asked again.
    pub retry: RetrySettings,
}

/// What becomes of an object that arrived.
#[derive(Debug)]
pub enum Arrival {
    /// It is to be uploaded.
    Upload {
        /// The job.
        job: Box<Job>,
        /// The version that is there now.
        object: Box<Object>,
        /// Who is told of the outcome.
        callback: Option<Callback>,
    },
    /// It is left alone, for the reason of this stable code.
    Skip(&'static str),
}

impl Automatic<'_> {
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
    ) -> Result<Arrival, Error> {
        if self.paused {
            return Ok(Arrival::Skip("paused"));
        }
        match admit(&location.bucket, &location.key, size, self.rules, self.reserved) {
            Admission::Skip(reason) => Ok(Arrival::Skip(reason.code())),
            Admission::Upload(rule) => self.video(source, location, rule).await,
            Admission::Sidecar { video_key, rule } => {
                let video = Location { key: video_key.to_owned(), ..location.clone() };
                match self.video(source, &video, rule).await {
                    // The video's own arrival will find the sidecar.
                    Err(error) if error.kind() == ErrorKind::SourceMissing => {
                        Ok(Arrival::Skip("sidecar_before_video"))
                    }
                    decided => decided,
                }
            }
        }
    }

    async fn video(&self, source: &dyn Source, location: &Location, rule: &Rule) -> Result<Arrival, Error> {
        let reading = async {
            match rule.sidecar {
                Sidecar::Off => Ok(None),
                Sidecar::Optional | Sidecar::Required => self.sidecar(source, location).await,
            }
        };
        let mut reading = Box::pin(maybe_done(reading));
        let looking = look(source, location, &self.retry);
        let object = beside(looking, |cx| reading.as_mut().poll(cx)).await?;
        if object.size == 0 {
            return Ok(Arrival::Skip("empty_object"));
        }
        let stated = VideoMetadata::from_user_metadata(&object.user_metadata)?;
        reading.as_mut().await;
        let sidecar = reading.as_mut().take_output().transpose()?.flatten();
        if rule.sidecar == Sidecar::Required && sidecar.is_none() {
            return Ok(Arrival::Skip("waits_for_sidecar"));
        }
        let below = VideoMetadata::merge(sidecar.unwrap_or_default(), VideoMetadata::from_rule(rule));
        let job = Job {
            location: location.clone(),
            account: rule.account.clone(),
            video: VideoMetadata::merge(stated, below),
            mode: rule.mode.unwrap_or(self.mode),
            md5: None,
            again: None,
        };
        Ok(Arrival::Upload { job: Box::new(job), object: Box::new(object), callback: rule.callback() })
    }

    async fn sidecar(&self, source: &dyn Source, video: &Location) -> Result<Option<VideoMetadata>, Error> {
        let location = Location { key: sidecar_key(&video.key), ..video.clone() };
        let read = || source.read_small(&location, SIDECAR_LIMIT);
        let bytes = Patience::new(self.retry).retrying(read).await?;
        let read = bytes.map(|bytes| VideoMetadata::from_sidecar(&bytes)).transpose();
        read.map_err(|error| Error::from(error).with("sidecar", location.key))
    }
}
