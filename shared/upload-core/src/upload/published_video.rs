//! A committed video, and the outcome of an upload that has ended.

use crate::{
    Error, ErrorKind, Md5, PreflightReport, StatedMd5, UploadError as _, UploadId,
    ledger::{Record, State},
    model::metadata::Audience,
};

/// A committed video.
#[derive(Debug, Clone)]
pub struct PublishedVideo {
    /// The upload's id.
    pub upload_id: UploadId,
    /// The video's id at Youku, if Youku has named it.
    pub video_id: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// MD5 of the object, as it was stated to Youku; `None` in a session of the web form.
    pub md5: Option<Md5>,
    /// What a person should know: a statement about the object that its bytes disprove, and where it was stated; a title that was cut.
    pub warning: Option<String>,
    /// Who may watch it, and where that was stated.
    pub audience: Audience,
    /// What the preflight found, if there was one.
    pub preflight: Option<Box<PreflightReport>>,
}

impl PublishedVideo {
    /// The page where the video can be watched (Youku sheet, hosts), where its id is known.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        self.video_id.as_ref().map(|id| format!("https://v.youku.com/v_show/id_{id}.html"))
    }
}

/// Returns the result of an upload that has ended.
pub(crate) fn result_from_record(record: &Record) -> Result<PublishedVideo, Error> {
    match record.state {
        state if state.is_published() => published_from_record(record),
        State::Cancelled => Err(Error::new(ErrorKind::Cancelled, "ledger", "the upload was cancelled")),
        _ => Err(failure(record)),
    }
}

fn published_from_record(record: &Record) -> Result<PublishedVideo, Error> {
    let session = record.session.as_ref();
    let (_, session) = session.ok_or_else(|| Error::new(ErrorKind::Ledger, "ledger", INCOMPLETE))?;
    let (upload_id, size) = (record.id.clone(), record.request.object.size);
    let (video_id, warning) = (record.video_id.clone(), describe_doubts(record, session.md5));
    let audience = record.request.video.audience();
    let preflight = record.preflight.clone();
    Ok(PublishedVideo { upload_id, video_id, size, md5: session.md5, warning, audience, preflight })
}

/// What a person should know of a published video.
fn describe_doubts(record: &Record, md5: Option<Md5>) -> Option<String> {
    let request = &record.request;
    let is_cut = request.video.is_title_cut(request.location.file_name());
    let cut = is_cut.then(|| TITLE_CUT.to_owned());
    [md5.and_then(|md5| wrong_statement(record, md5)), cut]
        .into_iter()
        .flatten()
        .reduce(|all, one| format!("{all}; {one}"))
}

/// Names a statement about the object's MD5 that its bytes disprove.
pub(crate) fn wrong_statement(record: &Record, md5: Md5) -> Option<String> {
    let stated = record.request.stated_md5.as_ref().filter(|stated| stated.md5 != md5)?;
    let StatedMd5 { md5: wrong, place } = stated;
    Some(format!("{place} states the MD5 {wrong}, and the object's is {md5}"))
}

const TITLE_CUT: &str =
    "the title is the start of the file's name, which is longer than the 60 characters that Youku takes";
const INCOMPLETE: &str = "the ledger says that the upload ended, and not how";

fn failure(record: &Record) -> Error {
    let Some(failure) = &record.failure else { return Error::new(ErrorKind::Ledger, "ledger", INCOMPLETE) };
    let kind = ErrorKind::from_code(&failure.code).unwrap_or(ErrorKind::Failed);
    let error = Error::new(kind, "ledger", failure.text.clone());
    match record.preflight.as_deref().filter(|_| kind == ErrorKind::NotPublishable) {
        Some(report) => error.with_preflight(report.clone()),
        None => error,
    }
}
