//! Signatures by the Standard Webhooks specification: HMAC-SHA-256 over `id.timestamp.body`, base64, after `v1,`.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// Bytes of a secret, as the specification bounds them.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// Reads base64 with or without its padding: most libraries that verify accept both, and tools drop the `=`.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A secret that cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("a signing secret must begin with whsec_, followed by the base64 of 24 to 64 bytes")]
    NoPrefix,
    #[error("a signing secret must be whsec_ and base64 with + and /, not with the - and _ of URLs")]
    UrlSafe,
    #[error("a signing secret must be whsec_ and the base64 of 24 to 64 bytes: this is not base64")]
    NotBase64,
    #[error("a signing secret must be whsec_ and the base64 of 24 to 64 bytes: this has {0}")]
    Length(usize),
    #[error("the signing secret does not make a key")]
    NoKey,
}

/// The key that a `whsec_` secret encodes.
#[derive(Debug)]
pub(crate) struct Key(SecretSlice<u8>);

impl Key {
    pub(crate) fn parse(secret: &SecretString) -> Result<Self, SecretError> {
        let text = secret.expose_secret().strip_prefix(PREFIX).ok_or(SecretError::NoPrefix)?;
        let bytes = ANY_PADDING.decode(text).map_err(|_| match text.contains(['-', '_']) {
            true => SecretError::UrlSafe,
            false => SecretError::NotBase64,
        })?;
        if !LENGTH.contains(&bytes.len()) {
            return Err(SecretError::Length(bytes.len()));
        }
        Ok(Self(bytes.into()))
    }

    fn sign(&self, id: &str, timestamp: u64, body: &[u8]) -> Result<String, SecretError> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).map_err(|_| SecretError::NoKey)?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// Makes the value of `webhook-signature`: one signature for each key, separated by spaces. `timestamp` is in seconds since 1970.
pub(crate) fn sign_with_each(
    keys: &[Key],
    id: &str,
    timestamp: u64,
    body: &[u8],
) -> Result<String, SecretError> {
    let all: Result<Vec<_>, _> = keys.iter().map(|key| key.sign(id, timestamp, body)).collect();
    Ok(all?.join(" "))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn secret(bytes: usize) -> SecretString {
        format!("{PREFIX}{}", STANDARD.encode(vec![7; bytes])).into()
    }

    #[test]
    fn the_specifications_own_example_is_signed_as_it_says() {
        let key = Key::parse(&"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()).unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let made = sign_with_each(&[key], id, 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /// The same bytes sign, whether their base64 is padded or not.
    #[test]
    fn a_secret_without_padding_signs_as_the_padded_one() {
        let sign =
            |secret: &SecretString| sign_with_each(&[Key::parse(secret).unwrap()], "id", 1, b"{}").unwrap();
        let padded = secret(32);
        assert!(padded.expose_secret().ends_with('='));
        let bare = padded.expose_secret().trim_end_matches('=').to_owned().into();
        assert_eq!(sign(&bare), sign(&padded));
    }

    /// Each error says what is wrong with the secret.
    #[test]
    fn an_unfit_secret_is_told_why() {
        let why = |text: &str| Key::parse(&text.into()).unwrap_err();
        assert_eq!(why("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), SecretError::NoPrefix);
        assert_eq!(why("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL-S_"), SecretError::UrlSafe);
        assert_eq!(why("whsec_ab?d"), SecretError::NotBase64);
        assert_eq!(why("whsec_MfKQ9r8G"), SecretError::Length(6));
    }

    /// The form or the length is wrong.
    #[test]
    fn a_malformed_secret_is_refused_and_not_repeated() {
        for good in [24, 64] {
            Key::parse(&secret(good)).unwrap();
        }
        for bad in [secret(23), secret(65), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(), "whsec_?".into()] {
            let error = Key::parse(&bad).unwrap_err();
            assert!(!error.to_string().contains("MfKQ"));
        }
        assert!(!format!("{:?}", Key::parse(&secret(24)).unwrap()).contains('7'));
    }
}
