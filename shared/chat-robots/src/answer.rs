//! What an answer means. All three vendors refuse with status 200: only the code in the body counts.

use crate::{
    refusal::{Refusal, RefusalKind},
    vendor::Vendor,
};
use serde_json::Value;

/// Judges an answer by its status and body. Success is status 200, JSON, and the number 0 as the vendor's code; everything else is a refusal,
/// unknown codes too.
///
/// # Errors
/// The [`Refusal`] with its [kind](Refusal::kind), the vendor's code, and when another attempt is worth it.
pub fn judge(vendor: Vendor, status: u16, body: &[u8]) -> Result<(), Refusal> {
    let answer = serde_json::from_slice::<Value>(body).ok();
    let code = answer.as_ref().and_then(|answer| answer.get(code_field(vendor))?.as_i64());
    if status == 200 && code == Some(0) {
        return Ok(());
    }
    let text = answer.as_ref().and_then(|answer| answer.get(text_field(vendor))?.as_str());
    let kind = match (status, code) {
        (500.., _) => RefusalKind::Server,
        (429, _) => RefusalKind::Limit,
        // An acceptance under another status than 200 is none.
        (_, None | Some(0)) => RefusalKind::NotTheVendor,
        (_, Some(code)) => classify(vendor, code, &text.unwrap_or_default().to_lowercase()),
    };
    Err(Refusal { vendor, kind, code, status: Some(status) })
}

fn code_field(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::DingTalk | Vendor::WeCom => "errcode",
        Vendor::Feishu => "code",
    }
}

fn text_field(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::DingTalk | Vendor::WeCom => "errmsg",
        Vendor::Feishu => "msg",
    }
}

/// `text` is the vendor's, in lower case.
fn classify(vendor: Vendor, code: i64, text: &str) -> RefusalKind {
    match vendor {
        Vendor::DingTalk => classify_dingtalk(code, text),
        Vendor::Feishu => classify_feishu(code, text),
        Vendor::WeCom => classify_wecom(code, text),
    }
}

/// Most codes are documented or were recorded by clients; 410100, 400101, 400102, 400106, 400013, 90030 and -1 are hearsay.
fn classify_dingtalk(code: i64, text: &str) -> RefusalKind {
    match code {
        130_101 | 410_100 | 90_030 => RefusalKind::Limit,
        -1 => RefusalKind::Busy,
        300_005 | 400_101 | 400_106 => RefusalKind::NoSuchRobot,
        400_102 | 400_013 => RefusalKind::Stopped,
        460_101 => RefusalKind::TooLong,
        40_035 | 43_002 | 43_004 => RefusalKind::Malformed,
        310_000 => classify_dingtalk_guard(text),
        _ => RefusalKind::Unknown,
    }
}

/// One code for all guards. The text is English by the documentation, Chinese in logs of 2022 to 2024.
fn classify_dingtalk_guard(text: &str) -> RefusalKind {
    let guards: [(_, &[&str]); 4] = [
        (RefusalKind::Keyword, &["keywords not in content", "关键词不匹配"]),
        (RefusalKind::Signature, &["sign not match", "签名不匹配"]),
        // What these two say in Chinese is not known.
        (RefusalKind::Clock, &["invalid timestamp"]),
        (RefusalKind::SenderAddress, &["not in whitelist"]),
    ];
    let found = guards.into_iter().find(|(_, texts)| texts.iter().any(|known| text.contains(known)));
    found.map_or(RefusalKind::Guard, |(kind, _)| kind)
}

/// 9499 is a malformed body by the documentation; under the same code clients record a limit.
fn classify_feishu(code: i64, text: &str) -> RefusalKind {
    match code {
        11_232 => RefusalKind::Limit,
        19_001 => RefusalKind::NoSuchRobot,
        19_021 => RefusalKind::Signature,
        19_022 => RefusalKind::SenderAddress,
        19_024 => RefusalKind::Keyword,
        9_499 if text.contains("too many request") => RefusalKind::Limit,
        9_499 | 200_621 => RefusalKind::Malformed,
        _ => RefusalKind::Unknown,
    }
}

/// 93000 is an unknown key; old logs have it for a text that is too long.
fn classify_wecom(code: i64, text: &str) -> RefusalKind {
    match code {
        45_009 => RefusalKind::Limit,
        -1 => RefusalKind::Busy,
        40_058 => RefusalKind::TooLong,
        93_000 if text.contains("exceed max length") => RefusalKind::TooLong,
        93_000 => RefusalKind::NoSuchRobot,
        _ => RefusalKind::Unknown,
    }
}
