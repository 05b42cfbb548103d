//! What answers mean. The bodies are the vendors' as clients recorded them.

use chat_robots::{Language, Refusal, RefusalKind, Vendor, judge};

#[track_caller]
fn refusal(vendor: Vendor, status: u16, body: &str) -> Refusal {
    judge(vendor, status, body.as_bytes()).expect_err(body)
}

#[test]
fn only_status_200_and_a_number_zero_are_a_success() {
    let ding = br#"{"errcode":0,"errmsg":"ok"}"#;
    let lark =
        br#"{"Extra":null,"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}"#;
    judge(Vendor::DingTalk, 200, ding).unwrap();
    judge(Vendor::WeCom, 200, ding).unwrap();
    judge(Vendor::Feishu, 200, lark).unwrap();
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, "null"),
        (200, "[0]"),
        (200, "<!DOCTYPE html><html></html>"),
        (200, r#"{"errcode":"0","code":"0"}"#),
        (200, r#"{"errcode":null,"code":null}"#),
        (200, r#"{"errcode":0.5,"code":0.5}"#),
        (200, r#"{"errcode":false,"code":false}"#),
        (200, r#"{"StatusCode":0}"#),
        (200, r#"{"errcode":0,"code":0"#),
        (201, r#"{"errcode":0,"code":0}"#),
        (302, ""),
        (404, "<html></html>"),
        (403, r#"{"errcode":0,"code":0}"#),
    ] {
        for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
            let refusal = refusal(vendor, status, body);
            assert_eq!((refusal.kind, refusal.retry_after()), (RefusalKind::NotTheVendor, None), "{body}");
        }
    }
    // The other vendor's field is no code.
    assert!(judge(Vendor::Feishu, 200, ding).is_err());
    assert!(judge(Vendor::WeCom, 200, lark).is_err());
}

#[test]
fn the_vendors_codes_say_what_happened() {
    use RefusalKind as Kind;
    let ding = [
        (r#"{"errcode":300005,"errmsg":"token is not exist"}"#, Kind::NoSuchRobot),
        (r#"{"errcode":310000,"errmsg":"keywords not in content, more: [...]"}"#, Kind::Keyword),
        (r#"{"errcode":310000,"errmsg":"sign not match, more: [...]"}"#, Kind::Signature),
        (r#"{"errcode":310000,"errmsg":"invalid timestamp, more: [...]"}"#, Kind::Clock),
        (r#"{"errcode":310000,"errmsg":"ip 1.2.3.4 not in whitelist"}"#, Kind::SenderAddress),
        (
            r#"{"errcode":310000,"errmsg":"description:机器人发送签名不匹配;solution:…;link:…;"}"#,
            Kind::Signature,
        ),
        (r#"{"errcode":310000,"errmsg":"description:关键词不匹配;solution:…;"}"#, Kind::Keyword),
        (r#"{"errcode":310000,"errmsg":"错误描述:关键词不匹配;解决方案:…;"}"#, Kind::Keyword),
        (r#"{"errcode":310000,"errmsg":"description:别的原因;"}"#, Kind::Guard),
        (r#"{"errcode":310000}"#, Kind::Guard),
        (
            r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","errcode":130101,"errmsg":"send too fast"}"#,
            Kind::Limit,
        ),
        (r#"{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}"#, Kind::TooLong),
        (r#"{"errcode":400102,"errmsg":"x"}"#, Kind::Stopped),
        (r#"{"errcode":-1,"errmsg":"系统繁忙"}"#, Kind::Busy),
        (r#"{"errcode":43004,"errmsg":"x"}"#, Kind::Malformed),
        (r#"{"errcode":777,"errmsg":"x"}"#, Kind::Unknown),
    ];
    let feishu = [
        (r#"{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}"#, Kind::NoSuchRobot),
        (r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}"#, Kind::Signature),
        (r#"{"code":19022,"msg":"Ip Not Allowed"}"#, Kind::SenderAddress),
        (r#"{"code":19024,"msg":"Key Words Not Found"}"#, Kind::Keyword),
        (r#"{"code":11232,"msg":"frequency limited psm[lark.oapi.app_platform_runtime]"}"#, Kind::Limit),
        (r#"{"code":9499,"msg":"Bad Request"}"#, Kind::Malformed),
        (r#"{"code":9499,"msg":"too many request"}"#, Kind::Limit),
        (r#"{"code":777,"msg":"x"}"#, Kind::Unknown),
    ];
    let wecom = [
        (
            r#"{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 1.2.3.4"}"#,
            Kind::NoSuchRobot,
        ),
        (r#"{"errcode":93000,"errmsg":"content exceed max length"}"#, Kind::TooLong),
        (r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, Kind::Limit),
        (r#"{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}"#, Kind::TooLong),
        (r#"{"errcode":-1,"errmsg":"x"}"#, Kind::Busy),
        (r#"{"errcode":777,"errmsg":"x"}"#, Kind::Unknown),
    ];
    for (vendor, table) in [(Vendor::DingTalk, &ding[..]), (Vendor::Feishu, &feishu), (Vendor::WeCom, &wecom)]
    {
        for (body, kind) in table {
            // The vendors refuse with 200 and sometimes with another status: the code decides.
            for status in [200, 400, 403] {
                assert_eq!(refusal(vendor, status, body).kind, *kind, "{body}");
            }
        }
    }
}

#[test]
fn another_attempt_is_advised_where_it_can_help() {
    let seconds = |refusal: Refusal| refusal.retry_after().map(|wait| wait.as_secs());
    let limit = [
        (Vendor::DingTalk, r#"{"errcode":130101}"#, 600),
        (Vendor::Feishu, r#"{"code":11232}"#, 60),
        (Vendor::WeCom, r#"{"errcode":45009}"#, 60),
    ];
    for (vendor, body, wait) in limit {
        assert_eq!(seconds(refusal(vendor, 200, body)), Some(wait));
        assert_eq!(seconds(refusal(vendor, 429, "")), Some(wait));
        for failed in [refusal(vendor, 500, r#"{"errcode":0,"code":0}"#), refusal(vendor, 503, "")] {
            assert_eq!((failed.kind, seconds(failed)), (RefusalKind::Server, Some(30)));
        }
        let silent = Refusal::no_answer(vendor);
        assert_eq!((seconds(silent), silent.status), (Some(30), None));
        assert_eq!(seconds(refusal(vendor, 200, r#"{"errcode":-5,"code":-5}"#)), None);
    }
}

/// The vendor's words may repeat what was sent.
#[test]
fn a_refusal_speaks_both_languages_and_repeats_nothing() {
    let refusal = refusal(Vendor::DingTalk, 200, r#"{"errcode":310000,"errmsg":"sign not match TELLTALE"}"#);
    for text in [refusal.to_string(), format!("{refusal:?}")] {
        assert!(text.contains("310000") && !text.contains("TELLTALE"), "{text}");
    }
    assert!(refusal.sentence(Language::Chinese).contains("签名"));
    assert!(refusal.to_string().contains("signing secret"));
}
