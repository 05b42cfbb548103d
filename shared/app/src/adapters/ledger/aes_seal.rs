//! Sealing with AES-256-GCM. The context is authenticated with the secret: sealed text does not open elsewhere.

use super::{
    error::config_error,
    key_file::{KEY_BYTES, KEY_FILE, describe_unusable, read_or_create_key},
};
use crate::adapters::cause::Cause;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD as BASE64},
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac::{self, HMAC_SHA256},
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use upload_core::{Error, ErrorKind, ledger::Seal};

/// The beginning of sealed text; another way of sealing has another one.
const FORMAT: &str = "a1.";
/// Keeps the key of hashes apart from that of secrets.
const HASHES: &[u8] = b"oss2youku keyed hashes";

/// Reads a key's base64 with or without its padding, which tools drop.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Seals with one key.
pub struct AesSeal {
    key: LessSafeKey,
    hashes: hmac::Key,
    random: SystemRandom,
}

impl AesSeal {
    /// Takes 32 bytes in base64, as `openssl rand -base64 32` prints them.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where it is no such key.
    pub fn from_base64(key: &SecretString) -> Result<Self, Error> {
        let wrong = || {
            config_error("the ledger's key is not 32 bytes in base64; `openssl rand -base64 32` makes one")
                .with_source(Cause::MalformedSealKey)
        };
        let bytes = ANY_PADDING.decode(key.expose_secret().trim()).map_err(|_| wrong())?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong())?;
        let derived = hmac::sign(&hmac::Key::new(HMAC_SHA256, &bytes), HASHES);
        let hashes = hmac::Key::new(HMAC_SHA256, derived.as_ref());
        Ok(Self { key: LessSafeKey::new(key), hashes, random: SystemRandom::new() })
    }

    /// Takes the key file of a ledger kept in `folder`; the first use creates it, readable by its owner alone.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where it cannot be read, made, or is no key.
    pub fn from_folder(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(KEY_FILE);
        let key = read_or_create_key(&path).map_err(|error| describe_unusable(&path, error))?;
        Self::from_base64(&key)
    }
}

impl Seal for AesSeal {
    fn seal(&self, plain: &[u8], context: &str) -> Result<String, Error> {
        let failed = || Error::new(ErrorKind::Ledger, "seal", "a secret could not be sealed");
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| failed())?;
        let mut sealed = plain.to_vec();
        let aad = Aad::from(context.as_bytes());
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| failed())?;
        Ok(format!("{FORMAT}{}", BASE64.encode([&nonce[..], &sealed].concat())))
    }

    fn open(&self, sealed: &str, context: &str) -> Result<SecretString, Error> {
        let open = || {
            let mut bytes = BASE64.decode(sealed.strip_prefix(FORMAT)?).ok()?;
            let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let plain = self.key.open_in_place(nonce, Aad::from(context.as_bytes()), text).ok()?;
            Some(SecretString::from(str::from_utf8(plain).ok()?))
        };
        open().ok_or_else(|| {
            let message = "a secret in the ledger was sealed with another key, or is damaged: set the key that this ledger began with";
            Error::new(ErrorKind::Ledger, "open", message).with_source(Cause::WrongSealKey)
        })
    }

    fn keyed_hash(&self, text: &[u8]) -> Option<String> {
        Some(hmac::sign(&self.hashes, text).as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Makes a random key in the form that [`AesSeal::from_base64`] takes.
///
/// # Errors
/// [`Config`](ErrorKind::Config) where the machine has none.
pub fn random_seal_key() -> Result<String, Error> {
    let mut key = [0; KEY_BYTES];
    SystemRandom::new()
        .fill(&mut key)
        .map_err(|_| config_error("the machine has no randomness for a key"))?;
    Ok(BASE64.encode(key))
}
