//! Whose a token is: of every access token that an account had, and of every token that Youku was asked about, a keyed hash is kept.
//!
//! Clients of the legacy worker go on showing the token that they were given once, long after it was renewed.

use super::{
    Ledger,
    codec::{VERSION, decode, encode},
    key_parts::KeyedHash,
    keys,
};
use crate::Error;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// How an account came by a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenOrigin {
    /// It stood in the settings.
    Settings,
    /// A refresh that this ledger has the claim of brought it.
    Renewal,
    /// A task brought it, and Youku said that it is the same user's.
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
    /// Absent: Youku did not take the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

impl Ledger {
    /// Notes that an account had these tokens; what is noted already stays.
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

    /// How the account came by a token; `None` where it never had it, as far as is known.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn origin(&self, account: &str, token: &KeyedHash) -> Result<Option<TokenOrigin>, Error> {
        let key = keys::origin(account, token);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        decode(&key, &found.bytes).map(|record: OriginRecord| Some(record.origin))
    }

    /// Notes what Youku said when it was asked whose a token is: the user's id, or that it does not take the token.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn record_user(&self, token: &KeyedHash, user: Option<&str>) -> Result<(), Error> {
        let record = UserRecord { v: VERSION, user: user.map(str::to_owned) };
        self.access.create(&keys::user(token), encode(&record)?).await.map(drop)
    }

    /// What Youku said when it was asked whose a token is; `None` where it was not.
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

    #[test]
    fn the_records_are_written_and_read_in_one_form_and_tell_no_token() {
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
