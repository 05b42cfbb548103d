//! What callers of the local function's HTTP door show.

use crate::local::{Failure, named};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// The token that this file keeps; made on first use, so that it survives a restart.
pub(crate) fn kept(path: &Path) -> Result<String, Failure> {
    let kept = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| named(path, &error))?,
    };
    if !kept.trim().is_empty() {
        return Ok(kept.trim().to_owned());
    }
    let token = format!("{:032x}", rand::random::<u128>());
    let file = File::options().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(token.as_bytes())).map_err(|error| named(path, &error))?;
    Ok(token)
}

/// The token's SHA-256 in hexadecimal, as the settings want it.
pub(crate) fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}
