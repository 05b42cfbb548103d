//! Every body stays below its vendor's limit, whatever it is to tell.

use crate::samples::{TOKEN, robot};
use chat_robots::{Digest, Event, Format, Language, Line, Vendor};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use std::time::SystemTime;

/// The vendors' own limits: bytes of DingTalk's and Feishu's bodies, of WeCom's text.
fn measure(format: Format, body: &str) -> (usize, usize) {
    let value: serde_json::Value = serde_json::from_str(body).expect("the body is JSON");
    match format.vendor() {
        Vendor::DingTalk | Vendor::Feishu => (body.len(), 20_000),
        Vendor::WeCom => (value[format.as_str()]["content"].as_str().expect("the text").len(), 4_096),
    }
}

/// Ten of the longest lines that there can be.
fn longest() -> Digest {
    let long = "视".repeat(5_000);
    let mut digest = Digest::new(&long);
    for event in Event::ALL {
        digest.count(event, u64::MAX);
    }
    for _ in 0..10 {
        let link = format!("https://v.youku.com/{}", "x".repeat(280));
        digest.add(Line::new(Event::TokenExpiring, &long).with_link(link).with_advice(&long, &long));
    }
    digest
}

#[test]
fn the_longest_lines_fit_and_the_rest_is_counted() {
    for format in Format::ALL {
        for language in [Language::English, Language::Chinese] {
            let body = format.body(&longest(), language, Some(&"关".repeat(33)));
            let (bytes, limit) = measure(format, &body);
            assert!(bytes < limit, "{format:?}: {bytes}");
            // Room is used, and what did not fit is counted.
            assert!(bytes * 5 > limit, "{format:?}: {bytes}");
            assert!(body.contains(&"关".repeat(33)), "{format:?}");
        }
    }
    let shown = |format: Format| {
        let body = format.body(&longest(), Language::English, None);
        body.matches("https://v.youku.com/").count()
    };
    assert_eq!((shown(Format::DingTalkMarkdown), shown(Format::FeishuCard)), (10, 10));
    assert!((1..10).contains(&shown(Format::WeComMarkdown)), "{}", shown(Format::WeComMarkdown));
}

#[test]
fn what_has_no_line_is_counted() {
    let mut digest = Digest::new("oss2youku");
    for number in 0..47 {
        digest.add(Line::new(Event::Published, number.to_string()));
    }
    for format in Format::ALL.into_iter().filter(|format| *format != Format::FeishuPost) {
        assert!(format.body(&digest, Language::English, None).contains("and 37 more"));
        assert!(format.body(&digest, Language::Chinese, None).contains("另有 37 条"));
    }
    let post = Format::FeishuPost.body(&digest, Language::English, None);
    assert!(post.contains("and 37 more") && post.contains("另有 37 条"));
}

/// Lines that a limit left out are counted with those that the digest never kept.
#[test]
fn lines_that_did_not_fit_are_among_the_rest() {
    let mut digest = Digest::new("oss2youku");
    for _ in 0..47 {
        digest.add(Line::new(Event::Failed, "视".repeat(100)).with_advice("", "频".repeat(200)));
    }
    for format in [Format::WeComMarkdown, Format::WeComMarkdownV2] {
        let body = format.body(&digest, Language::Chinese, None);
        let shown = body.matches("视…：频").count();
        assert!((4..10).contains(&shown), "{shown}");
        assert!(body.contains(&format!("另有 {} 条", 47 - shown)), "{shown}: {body}");
    }
}

/// Feishu counts the signature as well.
#[test]
fn a_signed_body_stays_below_the_limit() {
    let secret = TOKEN.to_owned();
    for format in [Format::FeishuCard, Format::FeishuPost] {
        let robot = robot(Vendor::Feishu).with_secret(secret.clone().into()).unwrap();
        let robot = robot.with_format(format).unwrap();
        let request = robot.request(&longest(), Language::Chinese, SystemTime::now());
        assert!(request.body().starts_with("{\"timestamp\":\"") && request.body().len() < 20_000);
        assert!(!request.url().expose_secret().contains("sign"));
    }
}

fn any_line() -> impl Strategy<Value = Line> {
    let text = "\\PC{0,400}";
    (0..Event::ALL.len(), text, text, proptest::option::of("(https://)?\\PC{0,80}")).prop_map(
        |(event, title, advice, link)| {
            let line = Line::new(Event::ALL[event], title).with_advice(advice.clone(), advice);
            match link {
                Some(link) => line.with_link(link),
                None => line,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_digest_fits(source in "\\PC{0,100}", lines in proptest::collection::vec(any_line(), 0..14)) {
        let mut digest = Digest::new(source);
        lines.into_iter().for_each(|line| digest.add(line));
        for format in Format::ALL {
            let body = format.body(&digest, Language::Chinese, Some("关键词"));
            let (bytes, limit) = measure(format, &body);
            prop_assert!(bytes < limit, "{:?}: {}", format, bytes);
            prop_assert!(body.contains("关键词"));
            prop_assert!(!body.contains("\\u"), "escapes double Chinese: {}", body);
        }
    }
}
