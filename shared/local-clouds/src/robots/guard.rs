//! The guards that a robot's owner sets.

use std::net::IpAddr;
use std::time::SystemTime;

use http::request::Parts;
use serde_json::Value;

use crate::robots::config::{RobotConfig, Vendor};
use crate::robots::refusal::Refusal;
use crate::robots::signature::{verify_dingtalk, verify_feishu};

/// Checks address, signature and keywords of a message.
pub(crate) fn check_guards(
    robot: &RobotConfig,
    parts: &Parts,
    sender: IpAddr,
    body: &Value,
    now: SystemTime,
) -> Result<(), Refusal> {
    if robot.vendor == Vendor::WeCom {
        return Ok(());
    }
    if robot.senders.as_ref().is_some_and(|senders| !senders.contains(&sender)) {
        return Err(Refusal::Sender(sender));
    }
    match (&robot.secret, robot.vendor) {
        (Some(secret), Vendor::DingTalk) => verify_dingtalk(parts, secret, now)?,
        (Some(secret), _) => verify_feishu(body, secret, now)?,
        (None, _) => {}
    }
    let has_keyword = robot.keywords.iter().any(|keyword| has_text(body, keyword));
    if robot.keywords.is_empty() || has_keyword { Ok(()) } else { Err(Refusal::Keyword) }
}

/// Whether a text that people see contains the word: any but the message's own kind and signature.
fn has_text(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.contains(word),
        Value::Array(values) => values.iter().any(|value| has_text(value, word)),
        Value::Object(fields) => {
            let is_shown = |name: &str| !["msgtype", "msg_type", "tag", "sign", "timestamp"].contains(&name);
            fields.iter().any(|(name, value)| is_shown(name) && has_text(value, word))
        }
        _ => false,
    }
}
