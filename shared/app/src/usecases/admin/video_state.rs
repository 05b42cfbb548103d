//! How a video fares at Youku.

use crate::application::App;
use upload_core::{Error, VideoState, ledger::Ledger};

impl App {
    /// Asks Youku how a video fares; `None` where Youku does not know it.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings have no such account; whatever Youku answers.
    pub async fn video_state(
        &self,
        account: &str,
        video_id: &str,
        ledger: &Ledger,
    ) -> Result<Option<VideoState>, Error> {
        self.youku(account, ledger)?.show(video_id).await
    }
}
