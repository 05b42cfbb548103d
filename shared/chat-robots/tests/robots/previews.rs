//! Previews: what a chat shows of a body, and nothing that is secret.

use crate::{
    hostile::{HOSTILE, VIDEO},
    samples::{TOKEN, line, mixed, robot, single},
};
use chat_robots::{Block, BlockKind, Digest, Event, Format, Language, Line, Preview, Robot, Tone, Vendor};
use std::time::SystemTime;

/// The preview of this format.
fn preview(format: Format, digest: &Digest) -> Preview {
    robot(format.vendor()).with_format(format).unwrap().preview(digest, Language::English)
}

/// A block in short: its kind and color, then each part with its marks.
fn short(block: &Block) -> String {
    let tone = |tone: Option<Tone>| tone.map(|tone| format!("({tone:?})")).unwrap_or_default();
    let parts = block.parts.iter().map(|part| {
        let bold = if part.bold { "*" } else { "" };
        let link = part.link.as_ref().map(|link| format!("→{link}")).unwrap_or_default();
        format!("{bold}{}{bold}{}{link}", part.text, tone(part.tone))
    });
    format!("{:?}{} {}", block.kind, tone(block.tone), parts.collect::<Vec<_>>().join("|"))
}

#[test]
fn each_format_is_drawn_as_its_chat_shows_it() {
    let mut digest = Digest::new("oss2youku");
    digest.add(Line::new(Event::Published, "film").with_link(VIDEO));
    digest.add(Line::new(Event::Failed, "clip").with_advice("try again", "请重试"));
    digest.count(Event::Published, 3);
    let (head, more) = ("oss2youku: 1 failed, 4 published", "Paragraph and 3 more");
    let (heading, failed, link) =
        (format!("Heading {head}"), "*Failed*| clip: try again", format!("film→{VIDEO}"));
    let published = format!("*Published*| |{link}");
    let list = [heading.clone(), format!("Item {failed}"), format!("Item {published}"), more.to_owned()];
    let button = format!("Button Published {link}");
    let expected: [(Format, Vec<String>); 6] = [
        (Format::DingTalkMarkdown, list.clone().into()),
        (Format::DingTalkActionCard, [&list[..], &[button]].concat()),
        (
            Format::FeishuCard,
            [
                format!("CardHead(Bad) {head}"),
                format!("Paragraph {failed}"),
                format!("Paragraph {published}"),
                more.to_owned(),
            ]
            .into(),
        ),
        (
            Format::FeishuPost,
            [
                heading.clone(),
                "Paragraph Failed clip: try again".to_owned(),
                format!("Paragraph Published |{link}"),
                more.to_owned(),
            ]
            .into(),
        ),
        (
            Format::WeComMarkdown,
            [
                heading,
                "Quote Failed(Warning)| clip: try again".to_owned(),
                format!("Quote Published(Good)| |{link}"),
                more.to_owned(),
            ]
            .into(),
        ),
        (Format::WeComMarkdownV2, list.into()),
    ];
    for (format, blocks) in expected {
        let drawn: Vec<_> = preview(format, &digest).blocks.iter().map(short).collect();
        assert_eq!(drawn, blocks, "{format:?}");
    }
}

/// A reader of a Feishu text sees the language of the app.
#[test]
fn a_post_is_drawn_in_the_language_that_is_asked_for() {
    let post = robot(Vendor::Feishu).with_format(Format::FeishuPost).unwrap();
    let digest = single(line(Event::Published));
    let head = |language| post.preview(&digest, language).blocks[0].parts[0].text.clone();
    assert_eq!(head(Language::English), "oss2youku: 1 published");
    assert_eq!(head(Language::Chinese), "oss2youku：已发布 1");
}

/// Nothing of a stranger's title is read as a mark, and nothing of it is lost.
#[test]
fn hostile_titles_are_drawn_as_text() {
    for hostile in HOSTILE {
        let digest = single(Line::new(Event::Failed, hostile).with_link(VIDEO));
        let plain = single(Line::new(Event::Failed, "film").with_link(VIDEO));
        for format in Format::ALL {
            let (drawn, expected) = (preview(format, &digest).blocks, preview(format, &plain).blocks);
            let shape = |blocks: &[Block]| -> Vec<_> {
                let marks = |block: &Block| -> Vec<_> {
                    block.parts.iter().map(|part| (part.bold, part.tone, part.link.clone())).collect()
                };
                blocks.iter().map(|block| (block.kind, block.tone, marks(block))).collect()
            };
            assert_eq!(shape(&drawn), shape(&expected), "{hostile}: {format:?}");
            let linked = drawn.iter().flat_map(|block| &block.parts).find(|part| part.link.is_some());
            let title = linked.map(|part| part.text.as_str()).unwrap_or_default();
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            assert!(letters(title).ends_with(&letters(hostile)), "{hostile}: {title}");
        }
    }
}

/// What is drawn is what is sent: each part's text stands in the body, and the body is that of the request.
#[test]
fn the_body_is_that_which_would_be_sent() {
    let is_head = |kind| matches!(kind, BlockKind::Heading | BlockKind::CardHead);
    for format in Format::ALL {
        let robot = robot(format.vendor()).with_format(format).unwrap().with_keyword("视频").unwrap();
        let Preview { body, blocks } = robot.preview(&mixed(), Language::Chinese);
        assert_eq!(body, robot.request(&mixed(), Language::Chinese, SystemTime::now()).body(), "{format:?}");
        assert!(blocks.len() > 10 && is_head(blocks[0].kind), "{blocks:?}");
        assert!(blocks.iter().any(|block| short(block) == "Paragraph 视频"), "the keyword: {blocks:?}");
        for part in blocks.iter().flat_map(|block| &block.parts) {
            assert!(body.contains(&part.text), "{format:?}: {part:?}");
        }
    }
}

#[test]
fn a_preview_has_no_address_and_no_signature() {
    let signed = |vendor: Vendor| match robot(vendor) {
        robot if vendor == Vendor::WeCom => robot,
        robot => robot.with_secret("SEC-of-the-robot".to_owned().into()).unwrap(),
    };
    let text = |robot: &Robot| format!("{:?}", robot.preview(&mixed(), Language::English));
    for vendor in [Vendor::DingTalk, Vendor::Feishu, Vendor::WeCom] {
        let text = text(&signed(vendor));
        for secret in [TOKEN, "SEC-of", "sign", "timestamp", "oapi.", "open.feishu", "qyapi"] {
            assert!(!text.contains(secret), "{vendor:?}: {secret}");
        }
    }
    let request = signed(Vendor::Feishu).request(&mixed(), Language::English, SystemTime::now());
    assert!(request.body().contains("\"sign\""), "a message itself is signed");
}
