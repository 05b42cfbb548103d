//! Files that hold secrets: only their owner can read them, whatever was there before.

use std::{
    fs::{File, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// Owner alone, reading and writing.
const MODE: u32 = 0o600;

/// Writes a file for its owner alone; `replaces` takes the place of one that is there, and of its mode.
///
/// # Errors
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) where there is a file that is not to be replaced; whatever keeps it from being written.
pub(crate) fn write(path: &Path, text: &str, replaces: bool) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).mode(MODE);
    if replaces {
        // Truncated only after nobody else may read it.
        options.create(true).truncate(false)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(path)?;
    // A replaced file would keep its mode; what is no file, such as /dev/stdout, has no mode to change.
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(MODE))?;
        file.set_len(0)?;
    }
    file.write_all(text.as_bytes())
}

/// Takes the rights of everybody but its owner from a file that is there.
///
/// # Errors
/// Where it is another user's, or gone.
#[cfg(feature = "local-clouds")]
pub(crate) fn protect(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(MODE))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::fs;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    /// A file that everybody could read, from whatever wrote it, keeps neither its mode nor its end.
    #[test]
    fn a_replaced_file_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "something longer").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(write(&path, "short", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        write(&path, "short", true).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("short", 0o600));
        let new = folder.path().join("new");
        write(&new, "x", false).unwrap();
        assert_eq!(mode(&new), 0o600);
    }
}
