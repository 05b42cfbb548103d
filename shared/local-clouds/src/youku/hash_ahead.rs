//! Hashes the slices of an upload while they arrive.

use std::path::PathBuf;
use std::sync::Arc;

use crate::youku::file_hash::FileHash;
use crate::youku::state::YoukuService;

impl YoukuService {
    /// Hashes the slices written without a gap from the first one on, on a blocking thread; returns at once.
    pub(crate) fn hash_ahead(&self, token: &str) {
        let begun = self
            .state()
            .sessions
            .get_mut(token)
            .is_some_and(|session| !std::mem::replace(&mut session.ahead.is_hashing, true));
        if !begun {
            return;
        }
        let (youku, token) = (self.clone(), token.to_owned());
        tokio::task::spawn_blocking(move || {
            while let Some((prefix, path, to)) = youku.next_to_hash(&token) {
                // A failed read is repeated, and reported, by the commit.
                if prefix.advance(&path, to).is_err() {
                    return;
                }
            }
        });
    }

    /// Returns the next bytes to hash; `None` ends the work: nothing is left, or the session is gone.
    fn next_to_hash(&self, token: &str) -> Option<(Arc<FileHash>, PathBuf, u64)> {
        let mut state = self.state();
        let session = state.sessions.get_mut(token)?;
        let written = session.plan.as_ref()?.written_prefix();
        if written <= session.ahead.claimed {
            session.ahead.is_hashing = false;
            return None;
        }
        session.ahead.claimed = written;
        Some((Arc::clone(&session.ahead.prefix), self.file_path(&session.content)?, written))
    }
}
