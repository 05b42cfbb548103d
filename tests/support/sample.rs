//! Sample data: bytes, events and numbers that depend on a seed.

use bytes::Bytes;
use local_clouds::control::{Control, Rule, RuleId};
use md5::{Digest, Md5};
use serde_json::{Value, json};

pub(crate) const MIB: usize = 1 << 20;

/// An event about one object, in the trigger's form.
pub(crate) fn oss_event(event: &str, key: &str, size: usize) -> String {
    let record = json!({
        "eventName": event, "eventSource": "acs:oss", "region": "cn-hangzhou",
        "oss": {"bucket": {"name": "videos"}, "object": {"key": key, "size": size}}
    });
    json!({ "events": [record] }).to_string()
}

/// Adds a fault rule that is written as JSON.
pub(crate) fn add_fault(control: &Control, rule: Value) -> RuleId {
    let rule: Rule = serde_json::from_value(rule).expect("a fault rule");
    control.faults.add(rule)
}

/// Bytes that do not repeat, so that none can stand in for others.
pub(crate) fn sample_bytes(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = std::iter::repeat_with(|| {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let mut bytes: Vec<u8> = words.take(length.div_ceil(8)).flatten().collect();
    bytes.truncate(length);
    bytes.into()
}

pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first number of a seed (SplitMix64).
pub(crate) fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
