//! What a monitor asks of the ledger besides its uploads.

use crate::application::App;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use upload_core::{Error, access_token::TokenState, ledger::Timestamp};

/// What a monitor asks of the ledger besides its uploads. All times are by the store's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerHealth {
    /// Now.
    pub now: Timestamp,
    /// When the last sweep ended or, where none has, when the ledger was first used; `None` where the settings let no sweep run.
    pub swept: Option<Timestamp>,
    /// The accounts whose settings have a refresh token.
    pub tokens: BTreeMap<String, TokenHealth>,
}

/// How long an access token lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHealth {
    /// When it expires, whatever becomes of its renewal; `None` where Youku did not tell, or no refresh has been made.
    pub until: Option<Timestamp>,
    /// It cannot be refreshed: a person must put new tokens into the settings.
    pub is_lost: bool,
}

impl App {
    /// Reads a few entries of the ledger; `None` where it has not been used yet. Writes nothing, and calls nobody.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub fn ledger_health(&self) -> BoxFuture<'_, Result<Option<LedgerHealth>, Error>> {
        Box::pin(async move {
            let Some(ledger) = self.ledger_to_read(None).await? else { return Ok(None) };
            let Some(times) = ledger.recorded_times().await? else { return Ok(None) };
            let swept = match self.settings().sweep.enabled {
                true => Some(ledger.last_sweep().await?.unwrap_or(times.birth).into()),
                false => None,
            };
            let mut tokens = BTreeMap::new();
            for account in self.settings().accounts.keys() {
                let Some(chain) = &self.account(account)?.tokens else { continue };
                let known = ledger.tokens(chain.chain()).await?;
                let until = known.pair.as_ref().and_then(|pair| pair.expires_at()).map(Timestamp::from);
                let is_lost = matches!(TokenState::from_tokens(&known), TokenState::Reauthorize { .. });
                tokens.insert(account.clone(), TokenHealth { until, is_lost });
            }
            Ok(Some(LedgerHealth { now: times.now.into(), swept, tokens }))
        })
    }
}
