//! The upload id of a file of this machine.

use super::local_file;
use crate::{error::CliError, shutdown::Shutdown};
use app::{
    App,
    core::{Job, UploadId, metadata::StatedMetadata},
};
use std::{path::Path, sync::Arc};

/// Reads the file and computes the id of its upload under `account`, or under the only account.
pub(crate) async fn compute(app: &App, path: &Path, account: Option<&str>) -> Result<UploadId, CliError> {
    let (object, _) = local_file::open(path, Arc::default(), &Shutdown::never()).await?;
    let location = object.location.clone();
    let account = app.account_for(&location, account)?;
    let (video, mode) = (StatedMetadata::default(), app.settings().transfer.mode);
    Ok(UploadId::new(&object, &Job { location, account, video, mode, md5: None, force_nonce: None }))
}
