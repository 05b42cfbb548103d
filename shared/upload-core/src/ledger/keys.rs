//! Keys of the ledger's entries. Numbers have six digits, so that stores list them in order. Those that go on for as long as the ledger lives,
//! of refreshes, pairs and messages, may have more: of them the greatest counts, wherever a list has it.

use super::key_parts::{FinishedKey, KeyedHash, TokenChain};
use crate::{Location, UploadId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// The ledger's birth mark.
pub(super) const BIRTH: &str = "birth";
/// Prefix of all open marks.
pub(super) const OPEN: &str = "open/";

/// Prefix of all entries of finished uploads.
pub(super) const FINISHED: &str = "recent/";

/// Prefix of the notices that robots have not sent yet.
pub(super) const NOTICES: &str = "notice/";
/// Prefix of the published videos whose review robots report.
pub(super) const WATCHED: &str = "watch/";

/// Key of a sweep's cursor.
pub(super) fn cursor(name: &str) -> String {
    format!("cursor/{name}")
}

/// Key of a client's rate limit; the client's id may contain any character.
pub(super) fn rate_limit(client: &str) -> String {
    format!("pause/{}", client_hash(client))
}

/// The hash that stands for a client's id in keys: 32 hexadecimal digits.
pub(super) fn client_hash(client: &str) -> String {
    let digest = Sha256::digest(client.as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Key of the last published content of an object's key under an account.
pub(super) fn content(location: &Location, account: &str) -> String {
    let mut hash = Sha256::new();
    for field in [location.provider.as_str(), &location.bucket, &location.key, account] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let digits: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("content/{digits}")
}

const DIGITS: usize = 6;

pub(super) fn steps(id: &UploadId) -> String {
    format!("ledger/{id}/")
}

pub(super) fn step(id: &UploadId, sequence: u32) -> String {
    format!("ledger/{id}/{sequence:06}.json")
}

pub(super) fn parse_sequence(id: &UploadId, key: &str) -> Option<u32> {
    parse_digits(key.strip_prefix(&steps(id))?.strip_suffix(".json")?)
}

pub(super) fn leases(id: &UploadId) -> String {
    format!("lease/{id}/")
}

pub(super) fn lease(id: &UploadId, epoch: u32) -> String {
    format!("lease/{id}/{epoch:06}")
}

pub(super) fn parse_epoch(id: &UploadId, key: &str) -> Option<u32> {
    parse_digits(key.strip_prefix(&leases(id))?)
}

/// Prefix of an upload's open marks.
pub(super) fn open(id: &UploadId) -> String {
    format!("{OPEN}{id}")
}

/// Sorts after every open mark of an upload, and before those of the next.
pub(super) fn after_open(id: &UploadId) -> String {
    format!("{OPEN}{id}~")
}

pub(super) fn finished_upload(key: &FinishedKey) -> String {
    format!("{FINISHED}{key}")
}

/// Characters that stand for themselves in the name of an account.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

fn chain_prefix(prefix: &str, chain: &TokenChain) -> String {
    format!("{prefix}/{}/{}/", utf8_percent_encode(chain.account(), NAME), chain.name())
}

/// Prefix of the claims of an account's refreshes.
pub(super) fn refreshes(chain: &TokenChain) -> String {
    chain_prefix("refresh", chain)
}

pub(super) fn refresh(chain: &TokenChain, number: u32) -> String {
    format!("{}{number:06}", refreshes(chain))
}

/// Prefix of an account's pairs of tokens.
pub(super) fn pairs(chain: &TokenChain) -> String {
    chain_prefix("token", chain)
}

pub(super) fn pair(chain: &TokenChain, number: u32) -> String {
    format!("{}{number:06}", pairs(chain))
}

/// An account's name in a key.
pub(super) fn account(name: &str) -> String {
    utf8_percent_encode(name, NAME).to_string()
}

/// Prefix of the messages to a robot.
pub(super) fn digests(robot: &str) -> String {
    format!("digest/{robot}/")
}

pub(super) fn digest(robot: &str, number: u32) -> String {
    format!("{}{number:06}", digests(robot))
}

/// Key of the record that an account had a token.
pub(super) fn origin(account: &str, token: &KeyedHash) -> String {
    format!("origin/{}/{}", utf8_percent_encode(account, NAME), token.as_str())
}

/// Key of the record of a token's user.
pub(super) fn user(token: &KeyedHash) -> String {
    format!("user/{}", token.as_str())
}

/// Returns the number that follows a prefix, as [`refresh`], [`pair`] and [`digest`] write it.
pub(super) fn parse_number(prefix: &str, key: &str) -> Option<u32> {
    let text = key.strip_prefix(prefix)?;
    parse_digits(text).or_else(|| {
        let well_formed = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| well_formed && text.len() > DIGITS)
    })
}

/// The keys among these that end in a number after the prefix, the least number first.
pub(super) fn sort_by_number(prefix: &str, keys: Vec<String>) -> Vec<(u32, String)> {
    let numbered = keys.into_iter().filter_map(|key| Some((parse_number(prefix, &key)?, key)));
    let mut numbered: Vec<_> = numbered.collect();
    numbered.sort_unstable();
    numbered
}

fn parse_digits(text: &str) -> Option<u32> {
    let well_formed = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| well_formed && *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_say_what_they_name_and_nothing_else_is_taken_for_one() {
        let id = UploadId::parse("00112233445566778899aabbccddeeff").expect("an id");
        assert_eq!(parse_sequence(&id, &step(&id, 7)), Some(7));
        assert_eq!(parse_epoch(&id, &lease(&id, 41)), Some(41));
        for foreign in ["000007.jso", "7.json", "000000.json", "0000071.json", "+00007.json", ".DS_Store"] {
            assert_eq!(parse_sequence(&id, &format!("{}{foreign}", steps(&id))), None, "{foreign}");
        }
        for text in ["", "00112233445566778899AABBCCDDEEFF", "00112233445566778899aabbccddeef", "../../x"] {
            assert_eq!(UploadId::parse(text), None);
        }
        for number in [1, 999_999, 1_000_000, u32::MAX] {
            assert_eq!(parse_number(&digests("team"), &digest("team", number)), Some(number));
        }
        for foreign in ["7", "000000", "0000071", "1000000.json", "+1000000", "4294967296"] {
            assert_eq!(parse_number("digest/team/", &format!("digest/team/{foreign}")), None, "{foreign}");
        }
    }
}
