//! The sizes and kinds of messages.

use serde_json::Value;

use crate::robots::config::Vendor;
use crate::robots::refusal::Refusal;

const DINGTALK_BODY: usize = 20_000;
const FEISHU_BODY: usize = 20 * 1024;
const WECOM_TEXT: usize = 2_048;
const WECOM_MARKDOWN: usize = 4_096;

/// Refuses a body with too many bytes as it came: escapes like `\u89c6` count as they are.
pub(crate) fn check_body_size(vendor: Vendor, bytes: usize) -> Result<(), Refusal> {
    let limit = match vendor {
        Vendor::DingTalk => DINGTALK_BODY,
        Vendor::Feishu => FEISHU_BODY,
        Vendor::WeCom => return Ok(()),
    };
    if bytes > limit { Err(Refusal::TooLong { field: "body", limit }) } else { Ok(()) }
}

/// Checks that the body is a message of the vendor's.
pub(crate) fn check_message(vendor: Vendor, body: &Value) -> Result<(), Refusal> {
    match vendor {
        Vendor::DingTalk => check_dingtalk(body),
        Vendor::Feishu => check_feishu(body),
        Vendor::WeCom => check_wecom(body),
    }
}

/// A text at this path that is not empty.
fn require<'a>(body: &'a Value, path: &str, field: &'static str) -> Result<&'a str, Refusal> {
    let text = body.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or(Refusal::Malformed { field })
}

fn check_dingtalk(body: &Value) -> Result<(), Refusal> {
    match require(body, "/msgtype", "msgtype")? {
        "text" => require(body, "/text/content", "text.content")?,
        "markdown" => {
            require(body, "/markdown/title", "markdown.title")?;
            require(body, "/markdown/text", "markdown.text")?
        }
        "link" => {
            require(body, "/link/title", "link.title")?;
            require(body, "/link/text", "link.text")?;
            require(body, "/link/messageUrl", "link.messageUrl")?
        }
        "actionCard" => {
            require(body, "/actionCard/title", "actionCard.title")?;
            require(body, "/actionCard/text", "actionCard.text")?;
            match require(body, "/actionCard/singleTitle", "actionCard.singleTitle") {
                Ok(_) => require(body, "/actionCard/singleURL", "actionCard.singleURL")?,
                Err(_) => {
                    require(body, "/actionCard/btns/0/title", "actionCard.btns.title")?;
                    require(body, "/actionCard/btns/0/actionURL", "actionCard.btns.actionURL")?
                }
            }
        }
        "feedCard" => require(body, "/feedCard/links/0/title", "feedCard.links")?,
        _ => return Err(Refusal::Malformed { field: "msgtype" }),
    };
    Ok(())
}

fn check_feishu(body: &Value) -> Result<(), Refusal> {
    match require(body, "/msg_type", "msg_type")? {
        "text" => require(body, "/content/text", "content.text").map(drop),
        "post" => {
            let post = body.pointer("/content/post").and_then(Value::as_object);
            let has_content = |text: &Value| text["content"].as_array().is_some_and(|all| !all.is_empty());
            let is_post =
                post.is_some_and(|languages| !languages.is_empty() && languages.values().all(has_content));
            if is_post { Ok(()) } else { Err(Refusal::Malformed { field: "content.post" }) }
        }
        "interactive" => {
            let elements = body.pointer("/card/elements").or_else(|| body.pointer("/card/body/elements"));
            let is_card = elements.and_then(Value::as_array).is_some_and(|elements| {
                !elements.is_empty() && elements.iter().all(|element| element["tag"].is_string())
            });
            if is_card { Ok(()) } else { Err(Refusal::Card) }
        }
        "image" => require(body, "/content/image_key", "content.image_key").map(drop),
        "share_chat" => require(body, "/content/share_chat_id", "content.share_chat_id").map(drop),
        _ => Err(Refusal::Malformed { field: "msg_type" }),
    }
}

fn check_wecom(body: &Value) -> Result<(), Refusal> {
    let (text, field, limit) = match require(body, "/msgtype", "msgtype")? {
        "text" => ("/text/content", "text.content", WECOM_TEXT),
        "markdown" => ("/markdown/content", "markdown.content", WECOM_MARKDOWN),
        "markdown_v2" => ("/markdown_v2/content", "markdown_v2.content", WECOM_MARKDOWN),
        kind @ ("image" | "news" | "file" | "voice") => {
            let is_there = body[kind].is_object();
            return if is_there { Ok(()) } else { Err(Refusal::Malformed { field: "msgtype" }) };
        }
        "template_card" => {
            let has_action = body.pointer("/template_card/card_action").is_some_and(Value::is_object);
            let field = "template_card.card_action";
            return if has_action { Ok(()) } else { Err(Refusal::Malformed { field }) };
        }
        _ => return Err(Refusal::Malformed { field: "msgtype" }),
    };
    let text = require(body, text, field)?;
    if text.len() > limit { Err(Refusal::TooLong { field, limit }) } else { Ok(()) }
}
