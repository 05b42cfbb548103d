//! What a digest keeps of what is added to it.

use crate::samples::{line, mixed};
use chat_robots::{Digest, Event, Format, Language, Line};

#[test]
fn what_needs_a_person_stands_first_whenever_it_came() {
    let body = Format::WeComMarkdownV2.body(&mixed(), Language::English, None);
    let at = |text: &str| body.find(text).unwrap_or_else(|| panic!("{text} in {body}"));
    let order = ["**Needs you**", "**Failed**", "**Rejected**", "**Token expires**", "第 1 集", "第 6 集"];
    assert!(order.map(at).is_sorted(), "{body}");
    assert!(!body.contains("第 7 集") && body.contains("and 37 more"), "{body}");
    assert!(body.contains(
        "oss2youku: 1 needs you, 1 failed, 1 rejected, 1 token expires, 42 published, 1 ready to watch"
    ));
}

#[test]
fn counts_without_lines_stand_in_the_heading() {
    let mut digest = Digest::new("oss2youku");
    assert!(digest.is_empty() && !Digest::test("oss2youku").is_empty());
    digest.count(Event::Published, 200);
    digest.count(Event::NeedsYou, 2);
    assert_eq!((digest.total(), digest.count_of(Event::Published), digest.is_empty()), (202, 200, false));
    for format in Format::ALL {
        let body = format.body(&digest, Language::Chinese, None);
        assert!(body.contains("oss2youku：需要处理 2，已发布 200"), "{body}");
    }
}

#[test]
fn counts_stop_at_their_end_instead_of_turning_over() {
    let mut digest = Digest::new("x");
    digest.count(Event::Failed, u64::MAX);
    digest.add(line(Event::Failed));
    assert_eq!((digest.count_of(Event::Failed), digest.total()), (u64::MAX, u64::MAX));
}

/// The vendor demands a button.
#[test]
fn an_action_card_without_links_becomes_markdown() {
    let mut digest = Digest::new("x");
    digest.add(Line::new(Event::Failed, "clip.mp4"));
    let body = |format: Format, digest: &Digest| format.body(digest, Language::English, None);
    assert_eq!(body(Format::DingTalkActionCard, &digest), body(Format::DingTalkMarkdown, &digest));
    let card = body(Format::DingTalkActionCard, &mixed());
    assert_eq!(card.matches("\"actionURL\"").count(), 3, "{card}");
}
