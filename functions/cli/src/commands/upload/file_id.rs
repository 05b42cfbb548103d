//! A file of this machine as its upload knows it: by its name and its MD5, wherever it lies.

use super::local_file;
use crate::{error::CliError, shutdown::Shutdown};
use app::core::Object;
use std::{path::Path, sync::Arc};

/// Reads the file once, as `upload` does before it sends it.
///
/// # Errors
/// Names the file, what is wrong with it and what to do.
pub(crate) async fn read_object(path: &Path) -> Result<Object, CliError> {
    Ok(local_file::open(path, Arc::default(), &Shutdown::never()).await?.0)
}
