//! Signatures: `{timestamp}\n{secret}` is DingTalk's message and Feishu's key.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use serde_json::Value;
use sha2::Sha256;

use crate::robots::refusal::Refusal;
use crate::robots::route::query_parameter;

const SKEW: Duration = Duration::from_secs(3600);

/// DingTalk: `timestamp` in milliseconds and `sign` in the query, decoded once.
pub(crate) fn verify_dingtalk(parts: &Parts, secret: &str, now: SystemTime) -> Result<(), Refusal> {
    let timestamp = query_parameter(parts, "timestamp").ok_or(Refusal::Signature)?;
    let sign = query_parameter(parts, "sign").ok_or(Refusal::Signature)?;
    let millis = timestamp.parse().map_err(|_| Refusal::Timestamp)?;
    verify_skew(Duration::from_millis(millis), now)?;
    verify(secret.as_bytes(), format!("{timestamp}\n{secret}").as_bytes(), &sign)
}

/// Feishu: `timestamp` in seconds, as text or as a number, and `sign` in the body.
pub(crate) fn verify_feishu(body: &Value, secret: &str, now: SystemTime) -> Result<(), Refusal> {
    let seconds = match &body["timestamp"] {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    };
    let seconds = seconds.ok_or(Refusal::Signature)?;
    let sign = body["sign"].as_str().ok_or(Refusal::Signature)?;
    verify_skew(Duration::from_secs(seconds), now)?;
    verify(format!("{seconds}\n{secret}").as_bytes(), b"", sign)
}

fn verify_skew(since: Duration, now: SystemTime) -> Result<(), Refusal> {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    if now.abs_diff(since) <= SKEW { Ok(()) } else { Err(Refusal::Timestamp) }
}

fn verify(key: &[u8], message: &[u8], sign: &str) -> Result<(), Refusal> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Refusal::Signature)?;
    mac.update(message);
    let stated = STANDARD.decode(sign).map_err(|_| Refusal::Signature)?;
    mac.verify_slice(&stated).map_err(|_| Refusal::Signature)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::{verify_dingtalk, verify_feishu};
    use crate::robots::refusal::Refusal;
    use http::Request;
    use serde_json::json;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn dingtalk(query: &str, secret: &str, now: u64) -> Result<(), Refusal> {
        let request = Request::builder().uri(format!("/robot/send?{query}")).body(()).unwrap();
        verify_dingtalk(&request.into_parts().0, secret, at(now))
    }

    /// The vectors are those on which several public clients agree.
    #[test]
    fn known_signatures_are_accepted_within_their_hour() {
        let query = "sign=u4kkmE8K%2B4U%2FE1e%2Fh5mRwbei5M9UgrO5dOCPFNUKroo%3D&timestamp=1700000000004";
        for now in [1_700_000_000, 1_700_003_600, 1_699_996_401] {
            assert_eq!(dingtalk(query, "SEC0123", now), Ok(()));
        }
        assert_eq!(dingtalk(query, "SEC0123", 1_700_003_601), Err(Refusal::Timestamp));
        assert_eq!(dingtalk(query, "SEC0124", 1_700_000_000), Err(Refusal::Signature));
        for timestamp in [json!("1700000000"), json!(1_700_000_000)] {
            let sign = "8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo=";
            let body = json!({"timestamp": timestamp, "sign": sign});
            assert_eq!(verify_feishu(&body, "demo", at(1_700_003_600)), Ok(()));
            assert_eq!(verify_feishu(&body, "demo", at(1_700_003_601)), Err(Refusal::Timestamp));
            assert_eq!(verify_feishu(&body, "omed", at(1_700_000_000)), Err(Refusal::Signature));
        }
    }

    /// Encoded twice, not at all (its plus is a space then), missing, or of the other vendor.
    #[test]
    fn other_signatures_are_refused() {
        for query in [
            "timestamp=1700000000004&sign=u4kkmE8K%252B4U%252FE1e%252Fh5mRwbei5M9UgrO5dOCPFNUKroo%253D",
            "timestamp=1700000000004&sign=u4kkmE8K+4U/E1e/h5mRwbei5M9UgrO5dOCPFNUKroo=",
            "timestamp=1700000000004&sign=",
            "timestamp=1700000000004",
        ] {
            assert_eq!(dingtalk(query, "SEC0123", 1_700_000_000), Err(Refusal::Signature), "{query}");
        }
        let body = json!({"timestamp": "1700000000", "sign": "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0="});
        assert_eq!(verify_feishu(&body, "demo", at(1_700_000_000)), Err(Refusal::Signature));
    }
}
