//! Access tokens: what their refreshes leave in the ledger, so that each refresh token is spent once.
//!
//! A refresh is claimed before Youku is asked. The entry of a claim is created once, under a number that nobody else can take, and
//! from then on written by its claimer alone: how the claim ended is noted in it. Were it deleted instead, a delete whose answer was
//! lost could come again and take away the claim that another process had made meanwhile. So numbers are claims, and the pairs have
//! the numbers of the claims that brought them.

use super::{
    Ledger,
    codec::nonce,
    codec::unreadable,
    codec::{VERSION, decode, encode},
    key_parts::TokenChain,
    keys,
    seal::Sealed,
    store::Access,
};
use crate::ledger::timestamp::Timestamp;
use crate::{Error, ErrorKind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// A claim that has neither a pair nor an end by then has lost its answer, or its claimer died.
const LOST: Duration = Duration::from_secs(120);
/// How often the newest entries are looked for, where they vanish between list and read.
const LOOKS: u32 = 5;

/// An access token that a refresh brought, and the refresh token that came with it.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// The claim that brought it, from 1 on.
    pub number: u32,
    /// Proves the account on every API call.
    pub access_token: SecretString,
    /// Good for one refresh.
    pub refresh_token: SecretString,
    /// Since when it lives, by the store's clock: never too late.
    pub obtained: SystemTime,
    /// How long the access token lives; zero where Youku does not tell.
    pub life: Duration,
}

impl TokenPair {
    /// When the access token ends, by the store's clock; `None` where Youku did not tell.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.obtained.checked_add(self.life).filter(|_| !self.life.is_zero())
    }

    /// How much of its life is left, where that is known.
    #[must_use]
    pub fn remaining(&self, now: SystemTime) -> Option<Duration> {
        self.expires_at().map(|ends| ends.duration_since(now).unwrap_or_default())
    }

    /// How long it is until a quarter of its life is left, where that is known.
    #[must_use]
    pub fn until_due(&self, now: SystemTime) -> Option<Duration> {
        self.remaining(now).map(|rest| rest.saturating_sub(self.life / 4))
    }
}

/// How the newest refresh stands that brought no pair, or none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// It goes on.
    Asked {
        /// Since then.
        since: SystemTime,
    },
    /// Youku did not deal with it: another may begin.
    Withdrawn {
        /// Not before.
        until: SystemTime,
        /// What kept Youku from it.
        kind: ErrorKind,
    },
    /// Its answer was lost, or its claimer died: nobody knows whether the refresh token was spent, nor what for.
    Lost {
        /// Since then.
        since: SystemTime,
    },
    /// Youku does not take the refresh token.
    Refused {
        /// Since then.
        since: SystemTime,
    },
}

/// All that the ledger knows of a lineage.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The newest pair; `None`: that of the settings.
    pub pair: Option<TokenPair>,
    /// The newest refresh, if it began after that pair was there.
    pub refresh: Option<Refresh>,
    /// The store's clock; `None` where there is no entry to read it from.
    pub now: Option<SystemTime>,
    /// The number of the newest claim.
    newest: u32,
}

/// A refresh that this process has claimed.
#[derive(Debug, Clone)]
pub struct RefreshClaim {
    number: u32,
    nonce: String,
    /// When, by the store's clock.
    pub at: SystemTime,
}

/// How a claim ended without a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RefreshEnd {
    /// Youku certainly did not deal with it.
    Withdrawn {
        /// Seconds, from the writing of this on, in which nobody tries again.
        pause: u64,
        /// The stable code of what kept Youku from it.
        code: String,
    },
    /// The answer did not come, or was none.
    Lost,
    /// Youku does not take the refresh token.
    Refused,
}

/// A claim as it is kept. When it was made, or ended, is when the entry was written.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimRecord {
    pub(super) v: u32,
    pub(super) nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<RefreshEnd>,
}

/// A pair as it is kept.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairRecord {
    pub(super) v: u32,
    pub(super) obtained: Timestamp,
    pub(super) life_seconds: u64,
    pub(super) access_token: Sealed,
    pub(super) refresh_token: Sealed,
}

impl Ledger {
    /// What the ledger knows of an account's tokens.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn tokens(&self, lineage: &TokenChain) -> Result<Tokens, Error> {
        // A newer pair deletes older entries: then there are newer ones.
        for _ in 0..LOOKS {
            // Claims first: a claim that is seen without its pair is really without it.
            let claim = newest(&self.access, &keys::refreshes(lineage)).await?;
            let pair = newest(&self.access, &keys::pairs(lineage)).await?;
            let mut tokens = Tokens { newest: claim.max(pair), ..Tokens::default() };
            if pair > 0 {
                let Some((found, now)) = self.pair(lineage, pair).await? else { continue };
                (tokens.pair, tokens.now) = (Some(found), Some(now));
            }
            if claim > pair {
                let Some((found, now)) = self.refresh(lineage, claim).await? else { continue };
                (tokens.refresh, tokens.now) = (Some(found), Some(now));
            }
            return Ok(tokens);
        }
        Err(unreadable(&keys::pairs(lineage), "the newest tokens vanish as often as they are read")
            .retryable())
    }

    /// Claims the refresh that follows `seen`; `None` where somebody else was faster.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn claim_refresh(
        &self,
        lineage: &TokenChain,
        seen: &Tokens,
    ) -> Result<Option<RefreshClaim>, Error> {
        let (number, nonce) = (seen.newest + 1, nonce());
        let key = keys::refresh(lineage, number);
        let record = ClaimRecord { v: VERSION, nonce: nonce.clone(), ended: None };
        let Some(ack) = self.access.create(&key, encode(&record)?).await? else { return Ok(None) };
        let claim = RefreshClaim { number, nonce, at: ack.now };
        self.access.wait_for_window(ack.at).await;
        match self.is_won(lineage, &claim, &key).await {
            Ok(won) => Ok(won.then_some(claim)),
            // Only where create-only is atomic the claim is known to be this process's to end; elsewhere a loser writes nothing.
            Err(error) if self.access.store.window().is_zero() => {
                let code = error.kind().code().into();
                self.end_refresh(lineage, &claim, RefreshEnd::Withdrawn { pause: 0, code }).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a claim stands after the store's window: with its own nonce, and none newer. Where this process was so slow that its
    /// number has been used and deleted meanwhile, there are newer ones.
    async fn is_won(&self, lineage: &TokenChain, claim: &RefreshClaim, key: &str) -> Result<bool, Error> {
        if !self.access.store.window().is_zero() {
            let Some(found) = self.access.read(key).await? else { return Ok(false) };
            let record: ClaimRecord = decode(key, &found.bytes)?;
            if record.nonce != claim.nonce {
                return Ok(false);
            }
        }
        let newer = self.access.page(&keys::refreshes(lineage), Some(key), 1).await?;
        Ok(newer.keys.is_empty())
    }

    /// Notes that a claim ended without a pair.
    ///
    /// # Errors
    /// As [`read`](Self::read); it counts as lost then, after a while.
    pub async fn end_refresh(
        &self,
        lineage: &TokenChain,
        claim: &RefreshClaim,
        end: RefreshEnd,
    ) -> Result<(), Error> {
        let record = ClaimRecord { v: VERSION, nonce: claim.nonce.clone(), ended: Some(end) };
        self.access.write(&keys::refresh(lineage, claim.number), encode(&record)?).await.map(drop)
    }

    /// Keeps the pair that a claim brought. It may be called again after an error.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn save_pair(&self, lineage: &TokenChain, pair: &TokenPair) -> Result<(), Error> {
        let key = keys::pair(lineage, pair.number);
        let record = PairRecord {
            v: VERSION,
            obtained: pair.obtained.into(),
            life_seconds: pair.life.as_secs(),
            access_token: Sealed::new(&*self.seal, &pair.access_token, &format!("{key}/access_token"))?,
            refresh_token: Sealed::new(&*self.seal, &pair.refresh_token, &format!("{key}/refresh_token"))?,
        };
        // Only its claimer writes this entry: one that is there already is this pair, from a call whose answer was lost.
        self.access.create(&key, encode(&record)?).await.map(drop)
    }

    /// Deletes what is older than the pair before `proven`. What fails is left for the next time.
    pub async fn forget_older_pairs(&self, lineage: &TokenChain, proven: u32) {
        for prefix in [keys::refreshes(lineage), keys::pairs(lineage)] {
            if let Err(error) = self.forget(&prefix, proven.saturating_sub(1)).await {
                tracing::debug!(?error, prefix, "old tokens are left for the next refresh to delete");
            }
        }
    }

    async fn forget(&self, prefix: &str, first: u32) -> Result<(), Error> {
        let store = &self.access.store;
        for listed in store.list(prefix, None, 100).await?.keys {
            if keys::numbered(prefix, &listed.key).is_some_and(|number| number < first) {
                store.delete(&listed.key).await?;
            }
        }
        Ok(())
    }

    async fn pair(
        &self,
        lineage: &TokenChain,
        number: u32,
    ) -> Result<Option<(TokenPair, SystemTime)>, Error> {
        let key = keys::pair(lineage, number);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        let record: PairRecord = decode(&key, &found.bytes)?;
        let pair = TokenPair {
            number,
            access_token: record.access_token.open(&*self.seal, &format!("{key}/access_token"))?,
            refresh_token: record.refresh_token.open(&*self.seal, &format!("{key}/refresh_token"))?,
            obtained: record.obtained.get(),
            life: Duration::from_secs(record.life_seconds),
        };
        Ok(Some((pair, found.now)))
    }

    async fn refresh(
        &self,
        lineage: &TokenChain,
        number: u32,
    ) -> Result<Option<(Refresh, SystemTime)>, Error> {
        let key = keys::refresh(lineage, number);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        let record: ClaimRecord = decode(&key, &found.bytes)?;
        let (since, age) = (found.modified, found.now.duration_since(found.modified).unwrap_or_default());
        let stands = match record.ended {
            Some(RefreshEnd::Withdrawn { pause, code }) => {
                let until = since.checked_add(Duration::from_secs(pause)).unwrap_or(since);
                let kind = ErrorKind::from_code(&code).unwrap_or(ErrorKind::Youku);
                Refresh::Withdrawn { until, kind }
            }
            Some(RefreshEnd::Lost) => Refresh::Lost { since },
            Some(RefreshEnd::Refused) => Refresh::Refused { since },
            None if age >= LOST => Refresh::Lost { since },
            None => Refresh::Asked { since },
        };
        Ok(Some((stands, found.now)))
    }
}

impl RefreshClaim {
    /// The pair that the claim brought.
    #[must_use]
    pub fn pair(&self, access_token: SecretString, refresh_token: SecretString, life: Duration) -> TokenPair {
        TokenPair { number: self.number, access_token, refresh_token, obtained: self.at, life }
    }
}

/// The greatest number under a prefix; 0 where there is none.
async fn newest(access: &Access, prefix: &str) -> Result<u32, Error> {
    let foreign = "there is something among the tokens that is none: remove it";
    let keys = access.keys(prefix, None).await?;
    let Some(newest) = keys.last() else { return Ok(0) };
    keys::numbered(prefix, newest).ok_or_else(|| unreadable(newest, foreign))
}
