//! What becomes of tags that are as long and as many as Youku's newest page allows, of a longer one, and of one more.

use super::limits::{FILL, Fate, publish_with};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::{Text, text},
};
use app::youku::VideoInfo;
use std::collections::BTreeSet;

/// Characters of a tag, and tags, at most (Youku sheet, create).
const LONGEST: usize = 20;
const MOST: usize = 10;
/// Characters of a tag that no limit forbids, some of those among them that tags are filled with.
const SHORT: usize = 4;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.tag_limit",
    question: || {
        text!("what becomes of a tag of 21 characters, and of 11 tags", "21 个字符的标签和 11 个标签结果如何")
    },
    expected: "refused,refused",
    calls: 30,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "shorter" => text!(
            "10 tags of 20 characters are allowed here and not by Youku: keep them fewer and shorter, and report this",
            "此处允许 10 个各 20 个字符的标签，而优酷不允许：请使用更少更短的标签并反馈"
        ),
        "refused,refused" => {
            text!("tags have the limits that are checked here", "标签的限制与此处检查的一致")
        }
        _ => text!(
            "Youku does not refuse longer or more tags, which are refused here first",
            "优酷不拒绝更长或更多的标签，而此处会先行拒绝"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let at = publish(stage, MOST, LONGEST).await?;
    at.check_unchanged()?;
    if at != Fate::Whole {
        if matches!(at, Fate::Refused(_)) {
            publish(stage, 1, SHORT).await?.check_taken()?;
        }
        let Text { en, zh } = at.describe();
        return Ok(Found::new(
            "shorter",
            text!("10 tags of 20 characters: {en}", "10 个各 20 个字符的标签：{zh}"),
        ));
    }
    let long = publish(stage, 1, LONGEST + 1).await?;
    let many = publish(stage, MOST + 1, LONGEST / 2).await?;
    let (first, second) = (long.describe(), many.describe());
    let (en, zh) =
        (format!("{}; 11 tags: {}", first.en, second.en), format!("{}；11 个标签：{}", first.zh, second.zh));
    let evidence = text!(
        "10 tags of 20 characters: 201; 21 characters: {en}",
        "10 个各 20 个字符的标签：201；21 个字符：{zh}"
    );
    let mut found = Found::new(format!("{},{}", long.word(), many.word()), evidence);
    for (switch, fate) in [("long_tag", long), ("many_tags", many)] {
        if fate != Fate::Changed {
            found = found.with_youku(switch, fate.word());
        }
    }
    Ok(found)
}

async fn publish(stage: &mut Stage, count: usize, length: usize) -> Result<Fate, Obstacle> {
    publish_with(stage, "tags", |_| make_tags(count, length), compare).await
}

/// So many tags of so many characters, each another.
fn make_tags(count: usize, length: usize) -> String {
    let tag = |number| format!("{number:02}{}", FILL.repeat(length.saturating_sub(2)));
    (0..count).map(tag).collect::<Vec<_>>().join(",")
}

fn compare(stated: &str, video: &VideoInfo) -> Option<Fate> {
    compare_tags(stated, video.tags.as_deref()?)
}

/// Compares tags as they were sent with those that are shown; `None` where none is. How Youku joins and orders them is its own.
fn compare_tags(stated: &str, shown: &str) -> Option<Fate> {
    let (stated, shown) = (split(stated), split(shown));
    if shown.is_empty() {
        return None;
    }
    if shown == stated {
        return Some(Fate::Whole);
    }
    if shown.is_subset(&stated) {
        return Some(Fate::Cut(shown.len()));
    }
    Some(match (shown.first(), stated.first()) {
        (Some(one), Some(whole)) if shown.len() == 1 && stated.len() == 1 && whole.starts_with(one) => {
            Fate::Cut(one.chars().count())
        }
        _ => Fate::Changed,
    })
}

fn split(tags: &str) -> BTreeSet<&str> {
    tags.split([',', '|', ' ']).map(str::trim).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tags have the number and the length that are asked for, and no two are alike.
    #[test]
    fn tags_are_made_to_measure() {
        let tags = make_tags(MOST + 1, LONGEST);
        let tags = split(&tags);
        assert_eq!(tags.len(), MOST + 1);
        assert!(tags.iter().all(|tag| tag.chars().count() == LONGEST), "{tags:?}");
    }
    /// Tags are the same in whatever order and however they are joined; fewer or shorter ones are cut, others changed.
    #[test]
    fn tags_are_compared_as_a_set() {
        for (stated, shown, fate) in [
            ("a,b", "a,b", Some(Fate::Whole)),
            ("a,b", " b , a,", Some(Fate::Whole)),
            ("a,b", "b|a", Some(Fate::Whole)),
            ("a,b", "b a", Some(Fate::Whole)),
            ("a,b", "b", Some(Fate::Cut(1))),
            ("00演演", "00演", Some(Fate::Cut(3))),
            ("00演演", "01演", Some(Fate::Changed)),
            ("a,b", "a,c", Some(Fate::Changed)),
            ("a,b", "a,b,c", Some(Fate::Changed)),
            ("a,b", " , ", None),
        ] {
            assert_eq!(compare_tags(stated, shown), fate, "{stated} {shown}");
        }
    }
}
