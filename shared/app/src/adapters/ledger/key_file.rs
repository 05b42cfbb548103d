//! The key file of a ledger kept in a folder.

use super::error::config_error;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;
use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};
use upload_core::Error;

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;
/// Name of the file.
pub(super) const KEY_FILE: &str = "seal.key";

/// Whether the folder has a key file.
///
/// # Errors
/// [`Config`](upload_core::ErrorKind::Config) where that cannot be seen, as without permission to enter the folder: a file that cannot be
/// read is not a missing one.
pub(super) fn has_key(folder: &Path) -> Result<bool, Error> {
    let path = folder.join(KEY_FILE);
    match path.try_exists() {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        found => found.map_err(|error| describe_unusable(&path, error)),
    }
}

/// A key file that cannot be read or made.
pub(super) fn describe_unusable(path: &Path, error: io::Error) -> Error {
    config_error("the ledger's key file cannot be read or made")
        .with_context("file", path.display().to_string())
        .with_context("why", &error)
        .with_source(error)
}

/// Reads the key, creating the file where there is none.
///
/// # Errors
/// Where the file cannot be read or created.
pub(super) fn read_or_create_key(path: &Path) -> io::Result<SecretString> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => create_key(path)?,
        found => return found.map(Into::into),
    }
    fs::read_to_string(path).map(Into::into)
}

/// Creates the file whole or not at all; where two processes do so at once, the first one's stays.
fn create_key(path: &Path) -> io::Result<()> {
    let mut random = [0; KEY_BYTES + 8];
    let fill = SystemRandom::new().fill(&mut random);
    fill.map_err(|_| io::Error::other("no randomness"))?;
    let (key, name) = random.split_at(KEY_BYTES);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    let unfinished = UnfinishedFile(path.with_file_name(format!(".unfinished-{name}")));
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished.0)?;
    file.write_all(format!("{}\n", BASE64.encode(key)).as_bytes())?;
    file.sync_all()?;
    match fs::hard_link(&unfinished.0, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Removes the temporary name of the key.
struct UnfinishedFile(PathBuf);

impl Drop for UnfinishedFile {
    fn drop(&mut self) {
        let _gone_already = fs::remove_file(&self.0);
    }
}
