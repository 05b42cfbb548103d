//! Bearer tokens of the HTTP door, and what each lets its bearer do.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;
use subtle::{Choice, ConstantTimeEq};

/// One thing that a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Ask for uploads: `POST /uploads`.
    Submit,
    /// See what became of them: `GET /uploads`, `GET /uploads/{id}`.
    Read,
    /// Change uploads that others asked for, such as cancel one, try it again or have its callback sent once more.
    Manage,
}

impl Right {
    const ALL: [Self; 3] = [Self::Submit, Self::Read, Self::Manage];

    /// Its word in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// What a plain hash means, and a gateway that is trusted: ask for uploads and see them.
    #[must_use]
    pub fn usual() -> Self {
        Self::new(&[Right::Submit, Right::Read])
    }

    /// These.
    #[must_use]
    pub fn new(rights: &[Right]) -> Self {
        Self(rights.iter().fold(0, |all, right| all | right.bit()))
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn allow(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Their words.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        Right::ALL.into_iter().filter(move |right| self.allow(*right)).map(Right::as_str)
    }
}

/// An accepted bearer token, known by its hash.
#[derive(Debug, Clone, Copy)]
pub struct BearerToken {
    hash: TokenHash,
    rights: Rights,
}

impl BearerToken {
    /// Its rights where it has this hash, found out in a time that does not tell whether it has.
    pub(super) fn rights_of(&self, hash: &[u8; 32]) -> (Choice, Rights) {
        (self.hash.0.ct_eq(hash), self.rights)
    }
}

/// The SHA-256 of a bearer token.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct TokenHash([u8; 32]);

impl TryFrom<String> for TokenHash {
    type Error = &'static str;

    /// The text is not repeated: it may be the token itself.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "must be the SHA-256 of a token: 64 hexadecimal digits";
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash")
    }
}

/// The table form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    sha256: TokenHash,
    rights: Vec<Right>,
}

impl<'de> Deserialize<'de> for BearerToken {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(HashOrTable)
    }
}

/// Not serde's untagged enum: that would not say what is wrong.
struct HashOrTable;

impl<'de> Visitor<'de> for HashOrTable {
    type Value = BearerToken;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the SHA-256 of a token, or a table with sha256 and rights")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<BearerToken, E> {
        let hash = TokenHash::try_from(text.to_owned()).map_err(E::custom)?;
        Ok(BearerToken { hash, rights: Rights::usual() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BearerToken, A::Error> {
        let Named { sha256, rights } = Named::deserialize(MapAccessDeserializer::new(map))?;
        Ok(BearerToken { hash: sha256, rights: Rights::new(&rights) })
    }
}

#[cfg(test)]
mod tests {
    use crate::Settings;

    /// SHA-256 of `correct horse`, by `sha256sum`.
    const HASH: &str = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631";

    fn rights(tokens: &str) -> Result<Vec<&'static str>, String> {
        let settings = Settings::from_parts("test.toml", &format!("[http]\ntokens = [{tokens}]"), []);
        let rights = settings.map_err(|error| error.to_string())?.http.rights_of("correct horse");
        Ok(rights.map(|rights| rights.iter().collect()).unwrap_or_default())
    }

    #[test]
    fn a_plain_hash_submits_and_reads_and_a_table_names_what_its_token_may() {
        let table = |rights: &str| format!("{{ sha256 = '{HASH}', rights = [{rights}] }}");
        let other = "0".repeat(64);
        let cases = [
            (format!("'{HASH}'"), vec!["submit", "read"]),
            (table("'submit'"), vec!["submit"]),
            (table("'read', 'manage'"), vec!["read", "manage"]),
            (table("'manage', 'read', 'submit'"), vec!["submit", "read", "manage"]),
            (table(""), vec![]),
            (format!("'{other}', {}", table("'read'")), vec!["read"]),
            (format!("{{ sha256 = '{other}', rights = ['manage'] }}, {}", table("'read'")), vec!["read"]),
            (format!("{}, {}", table("'read'"), table("'manage'")), vec!["read", "manage"]),
        ];
        for (tokens, expected) in cases {
            assert_eq!(rights(&tokens), Ok(expected), "{tokens}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_by_its_place_and_no_value_is_repeated() {
        let cases = [
            ("{ sha256 = 's3cret', rights = [] }".to_owned(), "http.tokens[0].sha256"),
            (format!("{{ sha256 = '{HASH}' }}"), "missing field `rights`"),
            (format!("{{ sha256 = '{HASH}', rights = ['s3cret'] }}"), "http.tokens[0].rights[0]"),
            (format!("{{ sha256 = '{HASH}', rights = [], s3 = 1 }}"), "unknown field"),
            ("7".to_owned(), "the SHA-256 of a token, or a table"),
        ];
        for (tokens, words) in cases {
            let error = rights(&tokens).expect_err("no token");
            assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
        }
    }
}
