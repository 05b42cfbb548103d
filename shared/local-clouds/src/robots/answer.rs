//! The vendors' answers: their codes and texts.

use serde_json::{Value, json};

use crate::robots::config::Vendor;
use crate::robots::refusal::Refusal;

/// What a vendor answers to a message that it accepts.
pub(crate) fn accepted(vendor: Vendor) -> Value {
    match vendor {
        Vendor::DingTalk | Vendor::WeCom => json!({"errcode": 0, "errmsg": "ok"}),
        Vendor::Feishu => json!({
            "code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success", "Extra": null,
        }),
    }
}

/// What a vendor answers with this code.
pub(crate) fn with_code(vendor: Vendor, code: i64, text: &str) -> Value {
    match vendor {
        _ if code == 0 => accepted(vendor),
        // In full as the gate before DingTalk sends it.
        Vendor::DingTalk if code == 130_101 => json!({
            "status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "0b1fc2d4-local",
            "errcode": code, "errmsg": text,
        }),
        Vendor::DingTalk | Vendor::WeCom => json!({"errcode": code, "errmsg": text}),
        Vendor::Feishu => json!({"code": code, "msg": text, "data": {}}),
    }
}

/// The code of a refusal, and the vendor's words.
pub(crate) fn refused(vendor: Vendor, refusal: &Refusal, chinese_guards: bool) -> (i64, String) {
    match vendor {
        Vendor::DingTalk => by_dingtalk(refusal, chinese_guards),
        Vendor::Feishu => by_feishu(refusal),
        Vendor::WeCom => by_wecom(refusal),
    }
}

fn by_dingtalk(refusal: &Refusal, chinese: bool) -> (i64, String) {
    let guard = |english: &str, in_chinese: &str| match chinese {
        true => (310_000, format!("description:{in_chinese};solution:请检查机器人的安全设置;link:…;")),
        false => (310_000, english.to_owned()),
    };
    match refusal {
        Refusal::Method => (43_002, "require POST method".to_owned()),
        Refusal::ContentType => (43_004, "invalid content type".to_owned()),
        Refusal::MissingToken => (40_035, "missing parameter access_token".to_owned()),
        Refusal::UnknownToken => (300_005, "token is not exist".to_owned()),
        Refusal::Limit => (130_101, "send too fast, exceed 20 times per minute".to_owned()),
        Refusal::TooLong { limit, .. } => (460_101, format!("message too long, exceed {limit} bytes")),
        Refusal::Signature => guard("sign not match", "机器人发送签名不匹配"),
        Refusal::Keyword => guard("keywords not in content", "关键词不匹配"),
        Refusal::Timestamp => (310_000, "invalid timestamp".to_owned()),
        Refusal::Sender(address) => (310_000, format!("ip {address} not in whitelist")),
        Refusal::Malformed { field } => (40_035, format!("missing parameter {field}")),
        Refusal::Card => (40_035, "missing parameter actionCard".to_owned()),
    }
}

fn by_feishu(refusal: &Refusal) -> (i64, String) {
    let (code, text) = match refusal {
        Refusal::MissingToken | Refusal::UnknownToken => {
            (19_001, "param invalid: incoming webhook access token invalid")
        }
        Refusal::Limit => (11_232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"),
        Refusal::Signature | Refusal::Timestamp => {
            (19_021, "sign match fail or timestamp is not within one hour from current time")
        }
        Refusal::Sender(_) => (19_022, "Ip Not Allowed"),
        Refusal::Keyword => (19_024, "Key Words Not Found"),
        Refusal::Card => (200_621, "parse card json err"),
        Refusal::Method | Refusal::ContentType | Refusal::TooLong { .. } | Refusal::Malformed { .. } => {
            (9_499, "Bad Request")
        }
    };
    (code, text.to_owned())
}

fn by_wecom(refusal: &Refusal) -> (i64, String) {
    let hint =
        "hint: [local], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=";
    match refusal {
        Refusal::Limit => (45_009, format!("api freq out of limit, {hint}45009")),
        Refusal::TooLong { field, limit } => {
            (40_058, format!("{field} exceed max length {limit}. invalid Request Parameter, {hint}40058"))
        }
        Refusal::Malformed { field } => (40_035, format!("missing parameter {field}, {hint}40035")),
        Refusal::Method => (43_002, format!("require POST method, {hint}43002")),
        // WeCom has no other guard than its key.
        _ => (93_000, format!("invalid webhook url, {hint}93000")),
    }
}

/// What vendors say with a code that a fault rule names.
pub(crate) fn usual_text(vendor: Vendor, code: i64) -> &'static str {
    match (vendor, code) {
        (_, -1) => "system busy",
        (Vendor::DingTalk, 130_101) => "send too fast, exceed 20 times per minute",
        (Vendor::DingTalk, 300_005) => "token is not exist",
        (Vendor::DingTalk, 310_000) => "keywords not in content",
        (Vendor::Feishu, 11_232) => "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]",
        (Vendor::Feishu, 9_499) => "too many request",
        (Vendor::WeCom, 45_009) => "api freq out of limit",
        (Vendor::WeCom, 93_000) => "invalid webhook url",
        _ => "scripted",
    }
}
