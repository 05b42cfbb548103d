//! Whose an access token is, by Youku's word.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, timeout};
use upload_core::{
    Error,
    ledger::{KeyedHash, Ledger},
};
use youku::{Client, ErrorKind as Youku};

/// For Youku's word on whose a token is: the caller's upload waits for it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long Youku is not asked again after it gave no answer.
const SUSPENSION: Duration = Duration::from_secs(600);

/// Asks Youku for the user of an access token, and remembers the answers in the ledger.
#[derive(Default)]
pub(crate) struct UserLookup {
    /// The ledger has the origin of the settings' own tokens.
    has_recorded_settings: AtomicBool,
    /// Youku gave no answer, and is not asked again before.
    suspended_until: Mutex<Option<Instant>>,
}

impl UserLookup {
    /// Whether this call is the first one to record the settings' tokens.
    pub(crate) fn begin_recording(&self) -> bool {
        !self.has_recorded_settings.swap(true, Ordering::Relaxed)
    }

    /// Lets a later call record the settings' tokens, since one of them could not be.
    pub(crate) fn reset_recording(&self) {
        self.has_recorded_settings.store(false, Ordering::Relaxed);
    }

    /// Finds the user of the client's access token; `None` where Youku refuses the token or does not answer.
    ///
    /// # Errors
    /// What keeps the ledger from being read.
    pub(crate) async fn find_user(
        &self,
        client: &Client,
        hash: &KeyedHash,
        ledger: &Ledger,
    ) -> Result<Option<String>, Error> {
        if let Some(user) = ledger.user(hash).await? {
            return Ok(user);
        }
        if self.is_suspended() {
            return Ok(None);
        }
        let user = match timeout(ANSWER_TIMEOUT, client.my_user()).await {
            Ok(Ok(user)) => Some(user),
            Ok(Err(error)) if error.kind() == Youku::AccessTokenRefused => None,
            Ok(Err(error)) => {
                tracing::warn!(?error, "Youku does not tell whose a token is");
                self.suspend();
                return Ok(None);
            }
            Err(_) => {
                tracing::warn!("Youku did not tell in time whose a token is");
                self.suspend();
                return Ok(None);
            }
        };
        if let Err(error) = ledger.record_user(hash, user.as_deref()).await {
            tracing::warn!(?error, "could not note whose a token is: Youku is asked again");
        }
        Ok(user)
    }

    fn is_suspended(&self) -> bool {
        let until = self.suspended_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn suspend(&self) {
        let until = Instant::now() + SUSPENSION;
        *self.suspended_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }
}
