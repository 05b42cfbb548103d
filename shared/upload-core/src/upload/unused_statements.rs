//! What a request states about a video whose upload began, or ended, before it with other metadata.

use crate::{
    Error, PublishedVideo, Uploader,
    ledger::{Record, UploadRequest},
    model::metadata::{CopyrightType, PublicType, StatedMetadata, VideoMetadata, expose_password},
};
use secrecy::ExposeSecret;

impl Uploader {
    /// Adds to the result what the request states and its upload does not use: one that the ledger knows keeps what its first request
    /// stated, and the callback of that one.
    pub(super) fn note_unused(
        &self,
        result: Result<PublishedVideo, Error>,
        record: &Record,
        request: Option<&UploadRequest>,
    ) -> Result<PublishedVideo, Error> {
        let mut published = result?;
        let unused = request.and_then(|request| self.list_unused(record, request).ok()).unwrap_or_default();
        if !unused.is_empty() {
            let (names, upload_id) = (unused.join(", "), &record.id);
            tracing::info!(%upload_id, warning = names, "the upload was known before: these statements are not used");
            let video = published.video_id.as_deref().unwrap_or("of an unknown id");
            let note = format!(
                "the object is the video {video} of an earlier request, so what is stated now is not used: {names}; \
                 ask with `again` for another video"
            );
            published.warning = Some(published.warning.map_or(note.clone(), |all| format!("{all}; {note}")));
        }
        Ok(published)
    }

    /// Names the fields of the request that its upload does not use, also when it is retried, without those of the object's rule: a rule
    /// that has changed since states nothing about a video that is there already, and nobody asked for it.
    ///
    /// # Errors
    /// Where the secrets of the record cannot be read.
    pub fn list_unused(&self, record: &Record, request: &UploadRequest) -> Result<Vec<&'static str>, Error> {
        let used = self.ledger.request(record)?;
        let file_name = used.job.location.file_name();
        let stated = expose_password(request.job.video.metadata.clone());
        let mut unused =
            stated.list_differences(&expose_password(complete(used.job.video.clone(), file_name)));
        unused.retain(|field| !request.job.video.from_rule.contains(field));
        let hour =
            |request: &UploadRequest| request.job.publication.as_ref().map(|publication| publication.at);
        if request.job.video.publish_at.is_some() && hour(request).is_some() && hour(request) != hour(&used) {
            unused.push("publish_at");
        }
        let url = |request: &UploadRequest| {
            request.callback.as_ref().map(|callback| callback.url.expose_secret().to_owned())
        };
        let names_callback = request.callback.as_ref().is_some_and(|callback| !callback.from_rule);
        if names_callback && url(request) != url(&used) {
            unused.push("callback");
        }
        Ok(unused)
    }
}

/// Fills in what Youku is told, and what it assumes, where nobody stated it.
fn complete(video: StatedMetadata, file_name: &str) -> VideoMetadata {
    let assumed = VideoMetadata {
        public_type: Some(PublicType::All),
        copyright_type: Some(CopyrightType::Original),
        ..VideoMetadata::default()
    };
    VideoMetadata::merge(video.completed(file_name).metadata, assumed)
}
