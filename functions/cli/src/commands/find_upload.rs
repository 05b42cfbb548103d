//! Looks up an upload by the id on the command line.

use super::missing_ledger;
use crate::error::CliError;
use app::{App, UploadDetails, core::UploadId};

/// Reads the upload that `text` names.
///
/// # Errors
/// [`CliError::NoSuchUpload`] where `text` is no id, or the ledger does not have it; where there is no ledger yet.
pub(super) async fn find(app: &App, text: &str) -> Result<(UploadId, UploadDetails), CliError> {
    missing_ledger::refuse(app)?;
    let unknown = || CliError::NoSuchUpload(text.to_owned());
    let id = UploadId::parse(text).ok_or_else(unknown)?;
    let details = app.upload_details(&id).await?.ok_or_else(unknown)?;
    Ok((id, details))
}
