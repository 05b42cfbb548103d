//! The bearer token that callers of the local function's HTTP trigger send.

use super::failure::{Failure, name_file};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Loads the token from this file, or creates it on first use, so that it survives a restart.
pub(super) fn load_or_create(path: &Path) -> Result<String, Failure> {
    let stored = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| name_file(path, &error))?,
    };
    if !stored.trim().is_empty() {
        return Ok(stored.trim().to_owned());
    }
    let token = format!("{:032x}", rand::random::<u128>());
    let file = File::options().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(token.as_bytes())).map_err(|error| name_file(path, &error))?;
    Ok(token)
}

/// Hashes the token with SHA-256, in hexadecimal, as the settings expect it.
pub(super) fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}
