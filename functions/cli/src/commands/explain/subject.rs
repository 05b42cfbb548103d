//! What the argument of `explain` names.

use crate::{
    commands::{find_upload, missing_ledger, upload::file_id},
    error::CliError,
    ui::messages,
};
use app::{
    App, ObjectExplanation, UploadDetails,
    core::{ErrorKind, Location, UploadId},
};
use std::path::Path;

/// What the argument of `explain` names.
pub(super) enum Subject {
    /// An upload of the ledger.
    Upload {
        /// The upload.
        details: Box<UploadDetails>,
        /// The other uploads of the same version of the object, which was named, the newest first; they are older.
        others: Vec<UploadDetails>,
        /// The path of its file, where that is what was named.
        path: Option<String>,
        /// Whether the object, which was named, is not there any more.
        is_gone: bool,
    },
    /// An object of which the ledger has no upload.
    Unpublished {
        /// The object.
        location: Location,
        /// Why.
        explanation: Box<ObjectExplanation>,
    },
}

impl Subject {
    /// The newest upload of an object or a file, with the others; `None` where there is none.
    fn from_uploads(mut uploads: Vec<UploadDetails>, path: Option<&str>) -> Option<Self> {
        let others = uploads.split_off(1.min(uploads.len()));
        let details = Box::new(uploads.pop()?);
        Some(Self::Upload { details, others, path: path.map(str::to_owned), is_gone: false })
    }
}

/// Finds what `text` names: an upload by its id, an object, or a file of this machine.
///
/// # Errors
/// Where it names nothing, what it names does not exist, or the ledger has no upload of a file.
pub(super) async fn find(app: &App, text: &str, account: Option<&str>) -> Result<Subject, CliError> {
    if UploadId::parse(text).is_some() {
        let (_, details) = find_upload::find(app, text).await?;
        return Ok(Subject::Upload {
            details: Box::new(details),
            others: Vec::new(),
            path: None,
            is_gone: false,
        });
    }
    let path = Path::new(text);
    match app.locate_object(text) {
        Some(location) => {
            let accounts = app.possible_accounts(&location, account)?;
            let object = match app.find_object(&location).await {
                Err(error) if error.kind() == ErrorKind::SourceMissing => {
                    return find_gone(app, &location, account).await?.ok_or_else(|| error.into());
                }
                found => found?,
            };
            let uploads = app.object_uploads(&object, &accounts, account).await?;
            if let Some(newest) = Subject::from_uploads(uploads, None) {
                return Ok(newest);
            }
            // A file in a rule's folder is an object, and may have been uploaded by its path as well.
            if path.is_file()
                && let Ok(found) = find_file(app, path, text, account).await
            {
                return Ok(found);
            }
            let explanation = Box::new(app.explain_object(&location).await?);
            Ok(Subject::Unpublished { location, explanation })
        }
        None if text.contains("://") => Err(CliError::usage(messages::upload::describe_no_object(text))),
        None if path.is_dir() => Err(CliError::usage(messages::upload::describe_folder(text))),
        None if path.exists() => find_file(app, path, text, account).await,
        None => Err(CliError::local(ErrorKind::SourceMissing, messages::upload::describe_no_upload(text))),
    }
}

/// Finds the uploads of an object that is not there any more; `None` where the lists have none.
async fn find_gone(
    app: &App,
    location: &Location,
    account: Option<&str>,
) -> Result<Option<Subject>, CliError> {
    let uploads = app.gone_object_uploads(location, account).await?;
    Ok(Subject::from_uploads(uploads, None).map(|found| match found {
        Subject::Upload { details, others, path, .. } => {
            Subject::Upload { details, others, path, is_gone: true }
        }
        other => other,
    }))
}

/// Finds the upload of a file, by its name and MD5.
async fn find_file(app: &App, path: &Path, text: &str, account: Option<&str>) -> Result<Subject, CliError> {
    let object = file_id::read_object(path).await?;
    let accounts = app.possible_accounts(&object.location, account)?;
    let uploads = app.object_uploads(&object, &accounts, account).await?;
    if let Some(subject) = Subject::from_uploads(uploads, Some(text)) {
        return Ok(subject);
    }
    missing_ledger::refuse(app)?;
    let why = messages::upload::describe_unknown_file(text, &object.etag);
    Err(CliError::local(ErrorKind::NoSuchUpload, why))
}
