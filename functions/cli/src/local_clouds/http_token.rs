//! The bearer token that callers of the local function's HTTP trigger send.

use super::failure::{Failure, name_file};
use crate::private_file;
use sha2::{Digest, Sha256};
use std::{fs, io::ErrorKind, path::Path};

/// Loads the token from this file, or creates it on first use, so that it survives a restart. Only its owner can read the file from then on.
pub(super) fn load_or_create(path: &Path) -> Result<String, Failure> {
    let stored = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| name_file(path, &error))?,
    };
    if !stored.trim().is_empty() {
        private_file::protect(path).map_err(|error| name_file(path, &error))?;
        return Ok(stored.trim().to_owned());
    }
    let token = format!("{:032x}", rand::random::<u128>());
    private_file::write(path, &token, true).map_err(|error| name_file(path, &error))?;
    Ok(token)
}

/// Hashes the token with SHA-256, in hexadecimal, as the settings expect it.
pub(super) fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    /// A token of an earlier run stays, and others can no longer read it.
    #[test]
    fn a_stored_token_is_kept_from_others() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("token");
        fs::write(&path, "the-token\n")?;
        fs::set_permissions(&path, Permissions::from_mode(0o644))?;
        assert_eq!(load_or_create(&path)?, "the-token");
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        Ok(())
    }
}
