//! Claims of access token refreshes, so that each refresh token is spent once.
//!
//! A refresh is claimed before Youku is asked. The entry of a claim is created once, under a number that nobody
//! else can take, and from then on only its claimer writes it: the entry records how the claim ended. It is not
//! deleted instead, because a delete whose response was lost could be repeated and remove the claim that another
//! process had made meanwhile. Numbers are therefore claims, and each pair has the number of the claim that
//! brought it.

use super::{
    Ledger,
    codec::{VERSION, decode, encode, random_nonce},
    key_parts::TokenChain,
    keys,
    seal::Sealed,
    token_pair::{TokenPair, Tokens},
    token_records::{ClaimRecord, PairRecord, RefreshEnd},
};
use crate::Error;
use secrecy::SecretString;
use std::time::{Duration, SystemTime};

/// A refresh that this process has claimed.
#[derive(Debug, Clone)]
pub struct RefreshClaim {
    number: u32,
    nonce: String,
    /// When it was claimed, by the store's clock.
    pub at: SystemTime,
}

impl RefreshClaim {
    /// Builds the pair that the claim brought.
    #[must_use]
    pub fn pair(&self, access_token: SecretString, refresh_token: SecretString, life: Duration) -> TokenPair {
        TokenPair { number: self.number, access_token, refresh_token, obtained: self.at, life }
    }
}

impl Ledger {
    /// Claims the refresh that follows `observed`; `None` if another process was faster.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn claim_refresh(
        &self,
        chain: &TokenChain,
        observed: &Tokens,
    ) -> Result<Option<RefreshClaim>, Error> {
        let (number, nonce) = (observed.newest + 1, random_nonce());
        let key = keys::refresh(chain, number);
        let record = ClaimRecord { v: VERSION, nonce: nonce.clone(), ended: None };
        let Some(ack) = self.access.create(&key, encode(&record)?).await? else { return Ok(None) };
        let claim = RefreshClaim { number, nonce, at: ack.now };
        self.access.wait_for_window(ack.at).await;
        match self.is_won(chain, &claim, &key).await {
            Ok(is_won) => Ok(is_won.then_some(claim)),
            // Only where create-only is atomic is the claim known to be this process's to end; elsewhere a loser
            // writes nothing.
            Err(error) if self.access.store.window().is_zero() => {
                let code = error.kind().code().into();
                self.end_refresh(chain, &claim, RefreshEnd::Withdrawn { pause: 0, code }).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a claim stands after the store's window: with its own nonce, and none newer. There are newer ones
    /// if this process was so slow that its number was used and deleted meanwhile.
    async fn is_won(&self, chain: &TokenChain, claim: &RefreshClaim, key: &str) -> Result<bool, Error> {
        if !self.access.store.window().is_zero() {
            let Some(found) = self.access.read(key).await? else { return Ok(false) };
            let record: ClaimRecord = decode(key, &found.bytes)?;
            if record.nonce != claim.nonce {
                return Ok(false);
            }
        }
        let prefix = keys::refreshes(chain);
        let claims = keys::sort_by_number(&prefix, self.access.list_keys(&prefix, None).await?);
        Ok(claims.last().is_none_or(|(newest, _)| *newest <= claim.number))
    }

    /// Records that a claim ended without a pair.
    ///
    /// # Errors
    /// As [`read`](Self::read); the claim then counts as lost after a while.
    pub async fn end_refresh(
        &self,
        chain: &TokenChain,
        claim: &RefreshClaim,
        end: RefreshEnd,
    ) -> Result<(), Error> {
        let record = ClaimRecord { v: VERSION, nonce: claim.nonce.clone(), ended: Some(end) };
        self.access.write(&keys::refresh(chain, claim.number), encode(&record)?).await.map(drop)
    }

    /// Saves the pair that a claim brought. It may be called again after an error.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn save_pair(&self, chain: &TokenChain, pair: &TokenPair) -> Result<(), Error> {
        let key = keys::pair(chain, pair.number);
        let record = PairRecord {
            v: VERSION,
            obtained: pair.obtained.into(),
            life_seconds: pair.life.as_secs(),
            access_token: Sealed::new(&*self.seal, &pair.access_token, &format!("{key}/access_token"))?,
            refresh_token: Sealed::new(&*self.seal, &pair.refresh_token, &format!("{key}/refresh_token"))?,
        };
        // Only its claimer writes this entry: one that exists already is this pair, from a call whose response
        // was lost.
        self.access.create(&key, encode(&record)?).await.map(drop)
    }

    /// Deletes entries older than the pair before `confirmed`. What fails is left for the next time.
    pub async fn forget_older_pairs(&self, chain: &TokenChain, confirmed: u32) {
        for prefix in [keys::refreshes(chain), keys::pairs(chain)] {
            if let Err(error) = self.delete_below(&prefix, confirmed.saturating_sub(1)).await {
                tracing::debug!(?error, prefix, "old tokens are left for the next refresh to delete");
            }
        }
    }

    async fn delete_below(&self, prefix: &str, first: u32) -> Result<(), Error> {
        let store = &self.access.store;
        for listed in store.list(prefix, None, 100).await?.keys {
            if keys::parse_number(prefix, &listed.key).is_some_and(|number| number < first) {
                store.delete(&listed.key).await?;
            }
        }
        Ok(())
    }
}
