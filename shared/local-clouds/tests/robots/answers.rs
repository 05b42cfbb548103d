//! Which messages are accepted, and what refusals say.

use local_clouds::robots::Vendor;
use serde_json::{Value, json};

use super::env::{RobotsEnv, VENDORS, code_of, path, text};

#[tokio::test]
async fn an_accepted_message_is_kept_as_it_came() {
    let env = RobotsEnv::new(|_| {}).await;
    for vendor in VENDORS {
        let body = text(vendor, "视频 @all");
        assert_eq!(env.code(vendor, &body).await, 0);
        let message = env.robots.messages().pop().unwrap();
        assert_eq!((message.vendor, message.robot.as_deref()), (vendor, Some(vendor.as_str())));
        assert_eq!((message.body, message.bytes), (Some(body.clone()), body.to_string().len()));
    }
    let answer = env.post(&path(Vendor::Feishu), &text(Vendor::Feishu, "x")).await;
    assert_eq!((&answer["msg"], &answer["StatusCode"]), (&json!("success"), &json!(0)));
}

/// All with status 200, as the vendors do.
#[tokio::test]
async fn what_is_no_message_of_a_known_robot_has_the_vendors_code() {
    let env = RobotsEnv::new(|_| {}).await;
    for (method, path, code, words) in [
        ("POST", "/robot/send?access_token=0000000000000000", 300_005, "token is not exist"),
        ("POST", "/robot/send?access_token=", 40_035, "missing parameter access_token"),
        ("POST", "/robot/send", 40_035, "missing parameter access_token"),
        ("GET", "/robot/send?access_token=0123456789abcdef", 43_002, "POST"),
        ("POST", "/open-apis/bot/v2/hook/0000000000000000", 19_001, "access token invalid"),
        ("POST", "/open-apis/bot/v2/hook/", 19_001, "access token invalid"),
        ("POST", "/cgi-bin/webhook/send?key=0000000000000000", 93_000, "invalid webhook url"),
        ("POST", "/cgi-bin/webhook/send", 93_000, "invalid webhook url"),
    ] {
        let (status, body) = env.send(method, path, "{}").await;
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, code_of(&answer)), (200, code), "{path}");
        assert!(answer.to_string().contains(words), "{answer}");
    }
    assert!(env.robots.messages().is_empty() && env.robots.requests().len() == 8);
    let unknown = env.send("POST", "/other", "{}").await;
    assert_eq!(unknown.0, 404);
}

#[tokio::test]
async fn dingtalk_wants_json_by_its_header() {
    let env = RobotsEnv::new(|_| {}).await;
    let request = http::Request::builder().method("POST").uri(path(Vendor::DingTalk));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body = text(Vendor::DingTalk, "x").to_string();
    let (_, _, answer) = crate::http_client::send(&env.url(), request.body(body.into()).unwrap()).await;
    assert_eq!(code_of(&serde_json::from_slice(&answer).unwrap()), 43_004);
}

#[tokio::test]
async fn the_vendors_kinds_of_messages_are_accepted() {
    let env = RobotsEnv::new(|_| {}).await;
    let button = json!({"title": "t", "actionURL": "https://a.b"});
    let card = json!({"elements": [{"tag": "div"}]});
    let newer = json!({"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "x"}]}});
    for (vendor, body) in [
        (
            Vendor::DingTalk,
            json!({"msgtype": "markdown", "markdown": {"title": "t", "text": "x"}, "at": null}),
        ),
        (Vendor::DingTalk, json!({"msgtype": "text", "text": {"content": "x"}, "at": {}})),
        (
            Vendor::DingTalk,
            json!({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "btns": [button]}}),
        ),
        (
            Vendor::DingTalk,
            json!({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "singleTitle": "s", "singleURL": "u"}}),
        ),
        (
            Vendor::DingTalk,
            json!({"msgtype": "link", "link": {"title": "t", "text": "x", "messageUrl": "u", "picUrl": ""}}),
        ),
        (Vendor::Feishu, json!({"msg_type": "interactive", "card": card})),
        (Vendor::Feishu, json!({"msg_type": "interactive", "card": newer})),
        (
            Vendor::Feishu,
            json!({"msg_type": "post", "content": {"post": {"zh_cn": {"title": "", "content": [[]]}}}}),
        ),
        (Vendor::WeCom, json!({"msgtype": "markdown_v2", "markdown_v2": {"content": "x"}})),
        (Vendor::WeCom, json!({"msgtype": "text", "text": {"content": "x", "mentioned_list": []}})),
        (Vendor::WeCom, json!({"msgtype": "template_card", "template_card": {"card_action": {"type": 1}}})),
    ] {
        assert_eq!(env.code(vendor, &body).await, 0, "{body}");
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let env = RobotsEnv::new(|_| {}).await;
    for (vendor, body, code) in [
        (Vendor::DingTalk, json!({"msgtype": "markdown", "markdown": {"text": "x"}}), 40_035),
        (
            Vendor::DingTalk,
            json!({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x", "btns": []}}),
            40_035,
        ),
        (Vendor::DingTalk, json!({"msg_type": "text", "content": {"text": "x"}}), 40_035),
        (Vendor::Feishu, json!({"msgtype": "text", "text": {"content": "x"}}), 9_499),
        (Vendor::Feishu, json!({"msg_type": "interactive", "card": {"elements": []}}), 200_621),
        (Vendor::Feishu, json!({"msg_type": "post", "content": {"post": {}}}), 9_499),
        (Vendor::WeCom, json!({"msgtype": "markdown", "markdown": {"content": ""}}), 40_035),
        (Vendor::WeCom, json!({"msgtype": "template_card", "template_card": {}}), 40_035),
        (Vendor::WeCom, json!({"msgtype": "actionCard"}), 40_035),
    ] {
        assert_eq!(env.code(vendor, &body).await, code, "{body}");
    }
    let (status, answer) = env.send("POST", &path(Vendor::DingTalk), "no json").await;
    assert_eq!((status, code_of(&serde_json::from_slice(&answer).unwrap())), (200, 40_035));
}

/// Bytes count as they came: at WeCom of the text, at the others of the body, where escapes double Chinese.
#[tokio::test]
async fn sizes_are_counted_in_bytes() {
    let env = RobotsEnv::new(|_| {}).await;
    let long = |bytes: usize| "视".repeat(bytes / 3) + &"x".repeat(bytes % 3);
    let markdown = |bytes| json!({"msgtype": "markdown", "markdown": {"content": long(bytes)}});
    for (body, code) in [
        (text(Vendor::WeCom, &long(2_048)), 0),
        (text(Vendor::WeCom, &long(2_049)), 40_058),
        (markdown(4_096), 0),
        (markdown(4_097), 40_058),
    ] {
        assert_eq!(env.code(Vendor::WeCom, &body).await, code);
    }
    for (vendor, limit, code) in [(Vendor::DingTalk, 20_000, 460_101), (Vendor::Feishu, 20_480, 9_499)] {
        let empty = text(vendor, "").to_string().len();
        assert_eq!(env.code(vendor, &text(vendor, &long(limit - empty))).await, 0);
        assert_eq!(env.code(vendor, &text(vendor, &long(limit - empty + 1))).await, code);
        let escaped = text(vendor, &long(12_000)).to_string().replace('视', "\\u89c6");
        let (_, answer) = env.send("POST", &path(vendor), escaped).await;
        assert_eq!(code_of(&serde_json::from_slice(&answer).unwrap()), code);
    }
}
