//! Reads the newest tokens of an account.

use super::{
    Ledger,
    codec::{decode, unreadable_entry},
    key_parts::TokenChain,
    keys,
    store::Access,
    token_pair::{RefreshState, TokenPair, Tokens},
    token_records::{ClaimRecord, PairRecord, RefreshEnd},
};
use crate::{Error, ErrorKind};
use std::time::{Duration, SystemTime};

/// Age at which a claim with neither a pair nor an end counts as lost: its response was lost, or its claimer
/// died.
const LOST: Duration = Duration::from_secs(120);
/// How often the newest entries are read again if they vanish between list and read.
const MAX_READS: u32 = 5;

impl Ledger {
    /// Reads what the ledger knows of an account's tokens.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn tokens(&self, chain: &TokenChain) -> Result<Tokens, Error> {
        // A newer pair deletes older entries: then there are newer ones.
        for _ in 0..MAX_READS {
            // Claims first: a claim that is read without its pair then really has none.
            let claim = find_newest(&self.access, &keys::refreshes(chain)).await?;
            let pair = find_newest(&self.access, &keys::pairs(chain)).await?;
            let mut tokens = Tokens { newest: claim.max(pair), ..Tokens::default() };
            if pair > 0 {
                let Some((found, now)) = self.read_pair(chain, pair).await? else { continue };
                (tokens.pair, tokens.now) = (Some(found), Some(now));
            }
            if claim > pair {
                let Some((found, now)) = self.read_refresh(chain, claim).await? else { continue };
                (tokens.refresh, tokens.now) = (Some(found), Some(now));
            }
            return Ok(tokens);
        }
        Err(unreadable_entry(&keys::pairs(chain), "the newest tokens vanish whenever they are read")
            .retryable())
    }

    async fn read_pair(
        &self,
        chain: &TokenChain,
        number: u32,
    ) -> Result<Option<(TokenPair, SystemTime)>, Error> {
        let key = keys::pair(chain, number);
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

    async fn read_refresh(
        &self,
        chain: &TokenChain,
        number: u32,
    ) -> Result<Option<(RefreshState, SystemTime)>, Error> {
        let key = keys::refresh(chain, number);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        let record: ClaimRecord = decode(&key, &found.bytes)?;
        let (since, age) = (found.modified, found.now.duration_since(found.modified).unwrap_or_default());
        let state = match record.ended {
            Some(RefreshEnd::Withdrawn { pause, code }) => {
                let until = since.checked_add(Duration::from_secs(pause)).unwrap_or(since);
                let kind = ErrorKind::from_code(&code).unwrap_or(ErrorKind::Youku);
                RefreshState::Withdrawn { until, kind }
            }
            Some(RefreshEnd::Lost) => RefreshState::Lost { since },
            Some(RefreshEnd::Refused) => RefreshState::Refused { since },
            None if age >= LOST => RefreshState::Lost { since },
            None => RefreshState::InFlight { since },
        };
        Ok(Some((state, found.now)))
    }
}

/// Finds the greatest number under a prefix; 0 if there is none.
async fn find_newest(access: &Access, prefix: &str) -> Result<u32, Error> {
    let foreign = "a foreign entry stands among the tokens: remove it";
    let keys = access.list_keys(prefix, None).await?;
    if let Some(last) = keys.last().filter(|last| keys::parse_number(prefix, last).is_none()) {
        return Err(unreadable_entry(last, foreign));
    }
    Ok(keys::sort_by_number(prefix, keys).last().map_or(0, |(newest, _)| *newest))
}
