//! Signatures. Both vendors put `{timestamp}\n{secret}` into an HMAC-SHA-256, in opposite places, with clocks of different units.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac, digest::Key};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

type HmacSha256 = Hmac<Sha256>;

/// DingTalk's signature, as base64 that is not yet percent-encoded: the key is the secret, the message is `{timestamp}\n{secret}`.
/// `milliseconds` since 1970; DingTalk accepts an hour of skew (its page on custom robots).
#[must_use]
pub fn sign_dingtalk(secret: &SecretString, milliseconds: u128) -> String {
    let secret = secret.expose_secret();
    sign(secret.as_bytes(), format!("{milliseconds}\n{secret}").as_bytes())
}

/// Feishu's signature, as base64: the key is `{timestamp}\n{secret}`, the message is empty. `seconds` since 1970; Feishu accepts an hour of
/// skew (its page on custom bots).
#[must_use]
pub fn sign_feishu(secret: &SecretString, seconds: u64) -> String {
    sign(format!("{seconds}\n{}", secret.expose_secret()).as_bytes(), b"")
}

fn sign(key: &[u8], message: &[u8]) -> String {
    // The key by HMAC's own rule (RFC 2104): hashed if longer than a block, then filled up with zeros. A key of a whole block cannot fail.
    let mut block = Key::<HmacSha256>::default();
    if key.len() > block.len() {
        let hashed = Sha256::digest(key);
        block[..hashed.len()].copy_from_slice(&hashed);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut mac = HmacSha256::new(&block);
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}
