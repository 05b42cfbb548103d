//! How a video fares at Youku.

use crate::application::App;
use futures_util::future::BoxFuture;
use upload_core::{Error, VideoState, ledger::Ledger};

impl App {
    /// Asks Youku how a video fares; `None` where Youku does not know it.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config) where the settings have no such account; whatever Youku answers.
    pub fn video_state<'a>(
        &'a self,
        account: &'a str,
        video_id: &'a str,
        ledger: &'a Ledger,
    ) -> BoxFuture<'a, Result<Option<VideoState>, Error>> {
        Box::pin(async move { self.youku(account, ledger)?.show(video_id).await })
    }
}
