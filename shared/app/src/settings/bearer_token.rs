//! Bearer tokens of the HTTP API: a plain hash, or a table that also names what its token may do.

use super::rights::{Right, Rights};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;
use subtle::{Choice, ConstantTimeEq};

/// An accepted bearer token, known by its hash.
#[derive(Debug, Clone, Copy)]
pub struct BearerToken {
    hash: TokenHash,
    rights: Rights,
}

impl BearerToken {
    /// Whether the token has this hash, and its rights. The time it takes does not tell whether it has.
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

/// A token in the form of a table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenTable {
    sha256: TokenHash,
    rights: Vec<Right>,
}

impl<'de> Deserialize<'de> for BearerToken {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(HashOrTable)
    }
}

/// Reads either form. serde's untagged enum would not say what is wrong.
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
        let TokenTable { sha256, rights } = TokenTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(BearerToken { hash: sha256, rights: Rights::new(&rights) })
    }
}
