//! The MD5 of a slice upload's file, computed ahead while its slices arrive.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest, Md5};

const READ_BUFFER: u64 = 256 * 1024;

/// The MD5 of the first bytes of a file, which must not change afterwards. Hashing blocks the thread.
#[derive(Debug, Default)]
pub(crate) struct FileHash(Mutex<HashState>);

#[derive(Debug, Default)]
struct HashState {
    md5: Md5,
    length: u64,
}

impl HashState {
    fn advance(&mut self, file: &File, to: u64) -> io::Result<()> {
        let mut buffer = vec![0; usize::try_from(READ_BUFFER).map_err(io::Error::other)?];
        while self.length < to {
            let step = usize::try_from(READ_BUFFER.min(to - self.length)).map_err(io::Error::other)?;
            file.read_exact_at(&mut buffer[..step], self.length)?;
            self.md5.update(&buffer[..step]);
            self.length += step as u64;
        }
        Ok(())
    }
}

impl FileHash {
    pub(crate) fn advance(&self, path: &Path, to: u64) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).advance(&File::open(path)?, to)
    }

    /// Returns size and MD5 (lower hex) of the whole file; reads only what was not hashed ahead.
    pub(crate) fn finish(&self, path: &Path) -> io::Result<(u64, String)> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hashed.advance(&file, size)?;
        Ok((size, base16ct::lower::encode_string(&hashed.md5.clone().finalize())))
    }
}

/// How far the file of one session is hashed.
#[derive(Debug, Default)]
pub(crate) struct HashProgress {
    pub(crate) prefix: Arc<FileHash>,
    /// Bytes that are hashed or being hashed.
    pub(crate) claimed: u64,
    /// A task is hashing.
    pub(crate) is_hashing: bool,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_is_hashed_ahead_is_not_read_again_and_the_rest_is() {
        let dir = tempfile::tempdir().unwrap();
        let (path, prefix) = (dir.path().join("file"), FileHash::default());
        std::fs::write(&path, "123456xxx").unwrap();
        prefix.advance(&path, 6).unwrap();
        std::fs::write(&path, "xxxxxx789").unwrap();
        let whole = (9, "25f9e794323b453885f5181f1b624d0b".to_owned());
        assert_eq!(prefix.finish(&path).unwrap(), whole);
        assert_eq!(prefix.finish(&path).unwrap(), whole);
    }
}
