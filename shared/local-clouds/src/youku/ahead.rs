//! The MD5 of a slice upload's file, taken ahead while its slices arrive.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest, Md5};

use super::cloud::Youku;
use super::disk;

const READ_BUFFER: u64 = 256 * 1024;

/// The MD5 of the first bytes of a file. They must not change any more. Hashing blocks.
#[derive(Debug, Default)]
pub(super) struct Prefix(Mutex<Hashed>);

#[derive(Debug, Default)]
struct Hashed {
    md5: Md5,
    length: u64,
}

impl Hashed {
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

impl Prefix {
    fn advance(&self, path: &Path, to: u64) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).advance(&File::open(path)?, to)
    }

    /// Size and MD5 (lower hex) of the whole file; only what was not hashed ahead is read.
    pub(super) fn finish(&self, path: &Path) -> io::Result<(u64, String)> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hashed.advance(&file, size)?;
        Ok((size, disk::hex(&hashed.md5.clone().finalize())))
    }
}

/// How far the file of one session is hashed ahead.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) prefix: Arc<Prefix>,
    /// Bytes that are hashed or being hashed.
    taken: u64,
    /// Somebody hashes.
    busy: bool,
}

impl Youku {
    /// Hashes, off the reactor, the slices that are written without a gap from the first on; returns at once.
    pub(super) fn hash_ahead(&self, token: &str) {
        let begun = self
            .state()
            .sessions
            .get_mut(token)
            .is_some_and(|session| !std::mem::replace(&mut session.ahead.busy, true));
        if !begun {
            return;
        }
        let (youku, token) = (self.clone(), token.to_owned());
        tokio::task::spawn_blocking(move || {
            while let Some((prefix, path, to)) = youku.next_to_hash(&token) {
                // What cannot be read now is read, and reported, by the commit.
                if prefix.advance(&path, to).is_err() {
                    return;
                }
            }
        });
    }

    /// `None` ends the work: nothing is left, or the session is gone.
    fn next_to_hash(&self, token: &str) -> Option<(Arc<Prefix>, std::path::PathBuf, u64)> {
        let mut state = self.state();
        let session = state.sessions.get_mut(token)?;
        let written = session.plan.as_ref()?.written_prefix();
        if written <= session.ahead.taken {
            session.ahead.busy = false;
            return None;
        }
        session.ahead.taken = written;
        Some((Arc::clone(&session.ahead.prefix), self.file(&session.content)?, written))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_is_hashed_ahead_is_not_read_again_and_the_rest_is() {
        let dir = tempfile::tempdir().unwrap();
        let (path, prefix) = (dir.path().join("file"), Prefix::default());
        std::fs::write(&path, "123456xxx").unwrap();
        prefix.advance(&path, 6).unwrap();
        std::fs::write(&path, "xxxxxx789").unwrap();
        let whole = (9, "25f9e794323b453885f5181f1b624d0b".to_owned());
        assert_eq!(prefix.finish(&path).unwrap(), whole);
        assert_eq!(prefix.finish(&path).unwrap(), whole);
    }
}
