//! The account's access token, refreshed on purpose.

use super::{obstacle::Obstacle, stage::Stage};
use app::youku::Client;
use std::sync::Arc;

impl Stage {
    /// Refreshes the account's access token as for an upload, and makes calls with the new one from now on. Answers the client with the old
    /// one; `None` where the settings have no refresh token.
    ///
    /// # Errors
    /// Where the token was not refreshed, or the new one is not taken.
    pub(super) async fn refresh_token(&mut self) -> Result<Option<Client>, Obstacle> {
        let (old, observer) = (self.client()?, self.observer()?);
        let transport = Arc::new(observer);
        let Some(renewed) = self.app.refreshed_client(&self.account, &old, transport).await? else {
            return Ok(None);
        };
        self.set_client(renewed);
        Ok(Some(old))
    }
}
