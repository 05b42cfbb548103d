//! The previews of robots, as the page gets them.

use super::routes::Site;
use axum::http::StatusCode;
use serde_json::{Value, json};

const TOKEN: &str = "01234567-89ab-cdef-0123-456789abcafe";
const SECRET: &str = "SEC-of-the-robot";

/// A robot of each vendor, signed where the vendor's robots sign.
fn settings() -> String {
    format!(
        r#"
[[robots]]
name = "ding"
kind = "dingtalk"
address = "https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"
secret = "{SECRET}"
format = "action_card"
language = "en"

[[robots]]
name = "fei"
kind = "feishu"
address = "https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}"
secret = "{SECRET}"
keyword = "视频"

[[robots]]
name = "we"
kind = "wecom"
address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}"
events = ["video_ready", "failed"]
"#
    )
}

/// Each robot of the settings with the messages of the events that it reports: the body as it is sent, and what the chat shows.
#[tokio::test]
async fn each_robots_messages_are_previewed() {
    let site = Site::start_with(&settings()).await;
    let (status, answer) = site.json("/console/robots?lang=zh").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let robots = answer["robots"].as_array().unwrap();
    let facts_of =
        |robot: &Value| ["name", "kind", "format", "language", "words"].map(|field| robot[field].clone());
    assert_eq!(
        robots.iter().map(facts_of).collect::<Vec<_>>(),
        [
            [json!("ding"), json!("dingtalk"), json!("action_card"), json!("en"), json!(["钉钉", "英文"])],
            [json!("fei"), json!("feishu"), json!("card"), json!("zh"), json!(["飞书", "中文"])],
            [json!("we"), json!("wecom"), json!("markdown"), json!("zh"), json!(["企业微信", "中文"])],
        ]
    );
    let events = |robot: &Value| -> Vec<_> {
        robot["messages"].as_array().unwrap().iter().map(|message| message["event"].clone()).collect()
    };
    let usual = ["needs_you", "failed", "video_rejected", "token_expiring", "published"];
    assert_eq!(events(&robots[0]), usual);
    assert_eq!(events(&robots[1]), usual);
    assert_eq!(events(&robots[2]), ["failed", "video_ready"]);
    let body =
        |message: &Value| -> Value { serde_json::from_str(message["body"].as_str().unwrap()).unwrap() };
    let published = body(&robots[0]["messages"][4]);
    assert_eq!(published["actionCard"]["title"], "oss2youku: 1 published");
    let card = body(&robots[1]["together"]);
    assert_eq!(card["card"]["header"]["template"], "red");
    assert_eq!(card["card"]["elements"].as_array().unwrap().len(), 6, "five events and the keyword");
    let failed = body(&robots[2]["messages"][0]);
    assert!(failed["markdown"]["content"].as_str().unwrap().contains("失败 1"), "{failed}");
    let head = json!({"kind": "card_head", "tone": "bad",
        "parts": [{"text": "oss2youku：需要处理 1，失败 1，视频未通过 1，令牌即将到期 1，已发布 1"}]});
    assert_eq!(robots[1]["together"]["blocks"][0], head);
    assert_eq!(site.json("/console/robots").await.1["robots"][2]["words"], json!(["WeCom", "Chinese"]));
}

#[tokio::test]
async fn previews_have_no_address_no_secret_and_no_signature() {
    let site = Site::start_with(&settings()).await;
    let (_, answer) = site.json("/console/robots").await;
    assert_eq!(answer["robots"].as_array().map(Vec::len), Some(3));
    let text = answer.to_string();
    for secret in
        [TOKEN, "cafe", SECRET, "sign", "timestamp", "oapi.", "open.feishu", "qyapi", "access_token="]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn without_robots_there_is_nothing_to_preview() {
    let site = Site::start_with("").await;
    assert_eq!(site.json("/console/robots").await, (StatusCode::OK, json!({"robots": []})));
}
