//! Access and refresh tokens, and the calls an hour of each client.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::youku::config::Account;
use crate::youku::error::ApiError;

const HOUR: Duration = Duration::from_secs(3600);

/// An access token and the refresh token that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPair {
    /// Proves the account on every API call.
    pub access_token: String,
    /// Valid for one refresh.
    pub refresh_token: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct AccessToken {
    client_id: String,
    #[serde(default)]
    user_id: u64,
    expires: SystemTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct RefreshToken {
    client_id: String,
    #[serde(default)]
    user_id: u64,
    used: bool,
}

/// Every token ever issued. Kept on disk: a used refresh token stays used after a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tokens {
    access: HashMap<String, AccessToken>,
    refresh: HashMap<String, RefreshToken>,
    latest: HashMap<String, TokenPair>,
    /// Start of the running hour and the calls in it.
    #[serde(skip)]
    calls: HashMap<String, (SystemTime, u32)>,
}

impl Tokens {
    /// Adds an account's first pair, unless it is known.
    pub(crate) fn add(&mut self, account: &Account, expires: SystemTime) {
        let pair = TokenPair {
            access_token: account.access_token.clone(),
            refresh_token: account.refresh_token.clone(),
        };
        if !self.refresh.contains_key(&pair.refresh_token) {
            self.insert(&account.client_id, account.user_id, pair, expires);
        }
    }

    /// The newest pair of a client.
    pub(crate) fn latest(&self, client_id: &str) -> Option<TokenPair> {
        self.latest.get(client_id).cloned()
    }

    pub(crate) fn check(
        &self,
        client_id: &str,
        token: Option<&str>,
        now: SystemTime,
    ) -> Result<(), ApiError> {
        let token = token.ok_or_else(ApiError::access_token_missing)?;
        match self.access.get(token) {
            Some(known) if known.client_id != client_id => Err(ApiError::access_token_invalid()),
            Some(known) if known.expires <= now => Err(ApiError::access_token_expired()),
            Some(_) => Ok(()),
            None => Err(ApiError::access_token_invalid()),
        }
    }

    /// Exchanges a refresh token, once.
    pub(crate) fn refresh(
        &mut self,
        client_id: &str,
        token: &str,
        expires: SystemTime,
        revoke: bool,
    ) -> Result<TokenPair, ApiError> {
        let known = self.refresh.get_mut(token).filter(|known| known.client_id == client_id && !known.used);
        let known = known.ok_or_else(ApiError::refresh_token)?;
        known.used = true;
        let user_id = known.user_id;
        if revoke {
            self.access.retain(|_, access| access.client_id != client_id);
        }
        let pair = TokenPair {
            access_token: format!("at{:032x}", rand::random::<u128>()),
            refresh_token: format!("rt{:032x}", rand::random::<u128>()),
        };
        self.insert(client_id, user_id, pair.clone(), expires);
        Ok(pair)
    }

    /// Expires one access token now.
    pub(crate) fn expire(&mut self, token: &str) {
        if let Some(access) = self.access.get_mut(token) {
            access.expires = SystemTime::UNIX_EPOCH;
        }
    }

    /// Expires every access token of a client now.
    pub(crate) fn expire_client(&mut self, client_id: &str) {
        for access in self.access.values_mut().filter(|access| access.client_id == client_id) {
            access.expires = SystemTime::UNIX_EPOCH;
        }
    }

    /// Counts one call of a client against its hourly limit.
    pub(crate) fn count_call(
        &mut self,
        client_id: &str,
        limit: Option<u32>,
        now: SystemTime,
    ) -> Result<(), ApiError> {
        let (start, calls) = self.calls.entry(client_id.to_owned()).or_insert((now, 0));
        if now.duration_since(*start).unwrap_or_default() >= HOUR {
            (*start, *calls) = (now, 0);
        }
        if limit.is_some_and(|limit| *calls >= limit) {
            return Err(ApiError::rate_limit());
        }
        *calls += 1;
        Ok(())
    }

    /// The user of an access token; 0 if unknown.
    pub(crate) fn user_id(&self, token: &str) -> u64 {
        self.access.get(token).map_or(0, |access| access.user_id)
    }

    fn insert(&mut self, client_id: &str, user_id: u64, pair: TokenPair, expires: SystemTime) {
        let client_id = client_id.to_owned();
        let access = AccessToken { client_id: client_id.clone(), user_id, expires };
        self.access.insert(pair.access_token.clone(), access);
        let refresh = RefreshToken { client_id: client_id.clone(), user_id, used: false };
        self.refresh.insert(pair.refresh_token.clone(), refresh);
        self.latest.insert(client_id, pair);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn tokens(now: SystemTime) -> (Tokens, Account) {
        let (mut tokens, account) = (Tokens::default(), Account::default());
        tokens.add(&account, now + HOUR);
        (tokens, account)
    }

    #[test]
    fn an_access_token_is_missing_invalid_expired_or_fine() {
        let now = SystemTime::now();
        let (tokens, account) = tokens(now);
        let (client, token) = (account.client_id.as_str(), account.access_token.as_str());
        assert_eq!(tokens.check(client, Some(token), now), Ok(()));
        assert_eq!(tokens.check(client, None, now).unwrap_err().code, 1007);
        assert_eq!(tokens.check(client, Some("other"), now).unwrap_err().code, 1008);
        assert_eq!(tokens.check("other", Some(token), now).unwrap_err().code, 1008);
        assert_eq!(tokens.check(client, Some(token), now + HOUR).unwrap_err().code, 1009);
    }

    #[test]
    fn a_refresh_token_works_once_and_brings_its_successor() {
        let now = SystemTime::now();
        let (mut tokens, Account { client_id, refresh_token, access_token, .. }) = tokens(now);
        let pair = tokens.refresh(&client_id, &refresh_token, now + HOUR, false).unwrap();
        assert_eq!(tokens.check(&client_id, Some(&pair.access_token), now), Ok(()));
        assert_eq!(tokens.check(&client_id, Some(&access_token), now), Ok(()));
        assert!(tokens.refresh(&client_id, &refresh_token, now + HOUR, false).is_err());
        let next = tokens.refresh(&client_id, &pair.refresh_token, now + HOUR, true).unwrap();
        assert_eq!(tokens.check(&client_id, Some(&access_token), now).unwrap_err().code, 1008);
        assert_eq!(tokens.latest(&client_id), Some(next));
    }

    /// A used refresh token stays used when its account is added again, as after a restart.
    #[test]
    fn adding_an_account_again_does_not_revive_its_token() {
        let now = SystemTime::now();
        let (mut tokens, account) = tokens(now);
        tokens.refresh(&account.client_id, &account.refresh_token, now + HOUR, false).unwrap();
        tokens.add(&account, now + HOUR);
        assert!(tokens.refresh(&account.client_id, &account.refresh_token, now + HOUR, false).is_err());
    }

    #[test]
    fn the_hourly_limit_refuses_one_client_until_its_hour_is_over() {
        let now = SystemTime::now();
        let mut tokens = Tokens::default();
        assert!(tokens.count_call("a", Some(2), now).is_ok());
        assert!(tokens.count_call("a", Some(2), now).is_ok());
        assert!(tokens.count_call("a", Some(2), now).is_err());
        assert!(tokens.count_call("b", Some(2), now).is_ok());
        assert!(tokens.count_call("a", Some(2), now + HOUR).is_ok());
    }
}
