//! An upload whose keys grow old: opened early, so that what else takes long goes on meanwhile.

use super::{obstacle::Obstacle, stage::Stage, upload::OldKeys};
use std::time::SystemTime;

impl Stage {
    /// Opens the upload, unless that was tried before.
    pub(super) async fn open_old_keys(&mut self) {
        if self.old_keys.is_none() {
            let opened = self.try_open_old_keys().await;
            self.old_keys = Some(opened);
        }
    }

    async fn try_open_old_keys(&mut self) -> Result<OldKeys, Obstacle> {
        let session = self.open_usual().await?;
        let life = session.credentials.expires.duration_since(SystemTime::now()).unwrap_or_default();
        self.held.insert(session.n);
        // What these keys allow now is what they must not allow once they are over.
        let (multipart, _) = self.send_part(&session).await?;
        Ok(OldKeys { session, multipart, life })
    }
}
