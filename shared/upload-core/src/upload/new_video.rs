//! The one check of a video's metadata: a request becomes what Youku takes.

use crate::{Error, ErrorKind, Job, Mode, NewVideo, ledger::UploadRequest, transfer::Plan};

impl UploadRequest {
    /// Describes the video, as [`Job::describe_video`] does.
    ///
    /// # Errors
    /// As [`Job::describe_video`].
    pub fn describe_video(&self) -> Result<NewVideo, Error> {
        self.job.describe_video(self.object.size)
    }
}

impl Job {
    /// Describes the video of `size` bytes for Youku, with defaults for what nobody stated, and checks every limit.
    ///
    /// The result is the proof: nothing else opens a session at Youku, so each way to a session comes here once. A new upload comes
    /// before anything is recorded, so that better metadata is welcome for the same object, and its run keeps the result. A run that
    /// takes an upload from the ledger comes when it has to open a session: its request may have been stored by an older program, or
    /// by a caller with other metadata.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) if no upload can carry the object; else naming field, limit and length.
    pub fn describe_video(&self, size: u64) -> Result<NewVideo, Error> {
        if size == 0 {
            return Err(Error::new(ErrorKind::InvalidJob, "upload", "the object is empty"));
        }
        let largest = Plan::largest_object();
        if self.mode == Mode::Oss && size > largest {
            let message = "the object is larger than OSS keeps";
            return Err(Error::new(ErrorKind::InvalidJob, "upload", message)
                .with_context("size", size.to_string())
                .with_context("most", largest.to_string()));
        }
        let file_name = self.location.file_name().to_owned();
        let stated = self.video.clone().completed(&file_name);
        let check = |metadata| {
            NewVideo::new(file_name.clone(), size, metadata).map_err(|invalid| {
                Error::new(ErrorKind::InvalidJob, "validate", invalid.to_string()).with_source(invalid)
            })
        };
        match &self.publication {
            None => check(stated.metadata),
            Some(publication) => {
                // What is wrong with the audience of its hour is told now.
                check(stated.metadata.clone())?;
                check(publication.hide(stated.metadata))
            }
        }
    }
}
