//! The origin of tokens: a keyed hash is kept of every access token that an account had, and of every token that
//! Youku was asked about.
//!
//! Clients of the legacy worker keep showing the token that they were given once, long after it was refreshed.

use super::{
    Ledger,
    codec::{VERSION, decode, encode},
    key_parts::KeyedHash,
    keys,
};
use crate::Error;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// How an account obtained a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenOrigin {
    /// It was in the settings.
    Settings,
    /// A refresh that this ledger recorded returned it.
    Renewal,
    /// A task brought it, and Youku stated that it belongs to the same user.
    SameUser,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginRecord {
    v: u32,
    origin: TokenOrigin,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserRecord {
    v: u32,
    /// Absent: Youku refuses the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

impl Ledger {
    /// Records that an account had these tokens; existing records stay.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn record_origins(
        &self,
        account: &str,
        tokens: &[&SecretString],
        origin: TokenOrigin,
    ) -> Result<(), Error> {
        let record = encode(&OriginRecord { v: VERSION, origin })?;
        for token in tokens {
            self.access.create(&keys::origin(account, &KeyedHash::new(token)?), record.clone()).await?;
        }
        Ok(())
    }

    /// Reads how the account obtained a token; `None` if it never had it, as far as is known.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn origin(&self, account: &str, token: &KeyedHash) -> Result<Option<TokenOrigin>, Error> {
        let key = keys::origin(account, token);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        decode(&key, &found.bytes).map(|record: OriginRecord| Some(record.origin))
    }

    /// Records the owner of a token as stated by Youku: the user's id, or that it refuses the token.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn record_user(&self, token: &KeyedHash, user: Option<&str>) -> Result<(), Error> {
        let record = UserRecord { v: VERSION, user: user.map(str::to_owned) };
        self.access.create(&keys::user(token), encode(&record)?).await.map(drop)
    }

    /// Reads the owner of a token as stated by Youku; `None` if Youku was not asked.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn user(&self, token: &KeyedHash) -> Result<Option<Option<String>>, Error> {
        let key = keys::user(token);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        decode(&key, &found.bytes).map(|record: UserRecord| Some(record.user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records are written and read in one form, and show no token.
    #[test]
    fn token_records_round_trip_and_show_no_token() {
        for (origin, word) in [
            (TokenOrigin::Settings, "settings"),
            (TokenOrigin::Renewal, "renewal"),
            (TokenOrigin::SameUser, "same_user"),
        ] {
            let bytes = encode(&OriginRecord { v: VERSION, origin }).expect("written");
            assert_eq!(&bytes[..], format!("{{\"v\":1,\"origin\":\"{word}\"}}\n").as_bytes());
            assert_eq!(decode::<OriginRecord>("k", &bytes).expect("read").origin, origin);
        }
        for (user, text) in [(Some("7"), "{\"v\":1,\"user\":\"7\"}\n"), (None, "{\"v\":1}\n")] {
            let bytes = encode(&UserRecord { v: VERSION, user: user.map(str::to_owned) }).expect("written");
            assert_eq!(&bytes[..], text.as_bytes());
            assert_eq!(decode::<UserRecord>("k", &bytes).expect("read").user.as_deref(), user);
        }
        let (one, two) = (KeyedHash::new(&"a token".into()), KeyedHash::new(&"another".into()));
        let (one, two) = (one.expect("a hash"), two.expect("a hash"));
        assert!(one != two && one.as_str().len() == 32 && !keys::origin("a/b", &one).contains("token"));
        assert_eq!(keys::origin("a/b", &one), format!("origin/a%2Fb/{}", one.as_str()));
    }
}
