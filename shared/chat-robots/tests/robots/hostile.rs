//! Titles and errors by strangers stay text: no call to the group, no hidden link, no broken card.

use crate::samples::single;
use chat_robots::{Digest, Event, Format, Language, Line};
use std::collections::BTreeSet;

pub(crate) const VIDEO: &str = "https://v.youku.com/v_show/id_X1.html";

pub(crate) const HOSTILE: [&str; 14] = [
    "@all",
    "@所有人 @13800000000",
    "<at id=all></at>",
    "<at user_id=\"all\">全体</at>",
    "<@all><@userid>",
    "[click](https://evil.example)",
    "](https://evil.example) [x",
    "![x](https://evil.example/p.png)",
    "https://evil.example/login",
    "**bold** `code` ~~gone~~ | a | b |",
    "</font><font color=\"info\">fine</font>",
    "a\n### heading\n> quote\n- **Published**",
    "\",\"isAtAll\":true,\"x\":\"",
    "&lt;at id=all&gt; &#64;all a\u{202e}4pm.exe",
];

/// Every piece of text that a body shows, and every address that it opens.
#[derive(Default, Debug)]
struct Shown {
    texts: Vec<String>,
    addresses: BTreeSet<String>,
}

fn shown(format: Format, digest: &Digest) -> Shown {
    let mut shown = Shown::default();
    for language in [Language::English, Language::Chinese] {
        let body = format.body(digest, language, None);
        let body: serde_json::Value = serde_json::from_str(&body).expect("the body is JSON");
        collect("", &body, &mut shown);
    }
    shown
}

fn collect(name: &str, value: &serde_json::Value, shown: &mut Shown) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| collect(name, value, shown))
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(name, value, shown)),
        serde_json::Value::String(text) if name == "href" || name == "actionURL" => {
            shown.addresses.insert(text.clone());
        }
        serde_json::Value::String(text) => {
            let links = text.split("](").skip(1);
            shown.addresses.extend(links.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())));
            shown.texts.push(text.clone());
        }
        serde_json::Value::Bool(is_set) => assert!(name != "isAtAll" || !is_set),
        _ => {}
    }
}

/// The text without what WeCom's format itself puts there.
fn without_own_markup(text: &str) -> String {
    let colors = ["info", "comment", "warning"].map(|color| format!("<font color=\"{color}\">"));
    let text = colors.iter().fold(text.replacen("</font>", "", 1), |text, own| text.replacen(own, "", 1));
    // One label in bold, one link with its address.
    text.replacen("**", "", 2).replacen('[', "", 1).replacen(&format!("]({VIDEO})"), "", 1)
}

#[test]
fn hostile_titles_and_advice_stay_text() {
    for hostile in HOSTILE {
        let line = Line::new(Event::Failed, hostile).with_link(VIDEO).with_advice(hostile, hostile);
        let mut digest = Digest::new(hostile);
        digest.add(line);
        for format in Format::ALL {
            let shown = shown(format, &digest);
            assert_eq!(shown.addresses, BTreeSet::from([VIDEO.to_owned()]), "{hostile}: {format:?}");
            for text in &shown.texts {
                let rest = without_own_markup(text);
                let found: Vec<_> =
                    rest.chars().filter(|one| "<@[]`*~|\\".contains(*one) || *one == '\u{202e}').collect();
                assert!(found.is_empty(), "{found:?} of {hostile} in {format:?}: {text}");
                assert!(!rest.contains("://") && !rest.contains("&lt;") && !rest.contains("&#"), "{text}");
                // The heading of the format's own, and no other.
                assert!(!rest.contains("\n###") && !rest.contains("\n> quote"), "{text}");
            }
        }
    }
}

/// What the replacements leave is what people read: nothing is lost.
#[test]
fn a_hostile_title_can_still_be_read() {
    let digest = single(Line::new(Event::Published, "<at id=all></at> [a](b) @all"));
    for format in Format::ALL {
        let body = format.body(&digest, Language::Chinese, None);
        assert!(body.contains("＜at id=all＞＜/at＞ ［a］(b) ＠all"), "{body}");
    }
}

#[test]
fn five_thousand_chinese_characters_are_cut_to_text() {
    let title = "视频".repeat(2_500);
    let digest = single(Line::new(Event::Published, &title).with_link(VIDEO).with_advice(&title, &title));
    for format in Format::ALL {
        let shown = shown(format, &digest);
        assert_eq!(shown.addresses, BTreeSet::from([VIDEO.to_owned()]), "{format:?}");
        let text = shown.texts.join("\n");
        assert!(text.contains("视频视…") && !text.contains('\u{fffd}'), "{text}");
        assert!(text.len() < 4_096, "{format:?}: {} bytes", text.len());
    }
}

#[test]
fn a_link_by_a_stranger_is_left_out_and_breaks_no_card() {
    for link in ["javascript:alert(1)", "https://youku.com@evil.example/", "dingtalk://x", ""] {
        let digest = single(Line::new(Event::Published, "film").with_link(link));
        for format in Format::ALL {
            let shown = shown(format, &digest);
            assert!(shown.addresses.is_empty(), "{link}: {shown:?}");
        }
    }
}
