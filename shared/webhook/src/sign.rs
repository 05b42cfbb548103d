//! Signatures by the Standard Webhooks specification: HMAC-SHA-256 over `id.timestamp.body`, base64, after `v1,`.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// Bytes of a secret, as the specification bounds them.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret that cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret must be whsec_ and the base64 of 24 to 64 bytes")]
pub(crate) struct SecretError;

/// The key that a `whsec_` secret encodes.
#[derive(Debug)]
pub(crate) struct Key(SecretSlice<u8>);

impl Key {
    pub(crate) fn parse(secret: &SecretString) -> Result<Self, SecretError> {
        let text = secret.expose_secret().strip_prefix(PREFIX).ok_or(SecretError)?;
        let bytes = STANDARD.decode(text).map_err(|_| SecretError)?;
        if !LENGTH.contains(&bytes.len()) {
            return Err(SecretError);
        }
        Ok(Self(bytes.into()))
    }

    fn sign(&self, id: &str, timestamp: u64, body: &[u8]) -> Result<String, SecretError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).map_err(|_| SecretError)?;
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
