//! What becomes of a title that is as long as Youku's newest page allows, and of one that is longer.

use super::limits::{FILL, Fate, publish_with};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::{Text, text},
};
use app::youku::{TITLE_CHARACTERS, VideoInfo};

/// Characters of a title that no limit forbids, some of those among them that titles are filled with.
const SHORT: usize = 40;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.title_limit",
    question: || {
        text!(
            "what becomes of a title of 60 characters, and of one of 61",
            "60 个字符的标题和 61 个字符的标题结果如何"
        )
    },
    expected: "refused",
    calls: 24,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "shorter" => text!(
            "titles of 60 characters are allowed here and not by Youku: keep them shorter, and report this",
            "此处允许 60 个字符的标题，而优酷不允许：请使用更短的标题并反馈"
        ),
        "refused" => text!("titles have the limit that is checked here", "标题的限制与此处检查的一致"),
        _ => text!(
            "Youku does not refuse longer titles, which are refused here first",
            "优酷不拒绝更长的标题，而此处会先行拒绝"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let at = publish(stage, TITLE_CHARACTERS).await?;
    at.check_unchanged()?;
    if at != Fate::Whole {
        if matches!(at, Fate::Refused(_)) {
            publish(stage, SHORT).await?.check_taken()?;
        }
        let Text { en, zh } = at.describe();
        return Ok(Found::new("shorter", text!("60 characters: {en}", "60 个字符：{zh}")));
    }
    let beyond = publish(stage, TITLE_CHARACTERS + 1).await?;
    let Text { en, zh } = beyond.describe();
    let found =
        Found::new(beyond.word(), text!("60 characters: 201; 61: {en}", "60 个字符：201；61 个：{zh}"));
    Ok(if beyond == Fate::Changed { found } else { found.with_youku("long_title", beyond.word()) })
}

async fn publish(stage: &mut Stage, length: usize) -> Result<Fate, Obstacle> {
    publish_with(stage, "title", |title| fill(title, length), compare).await
}

/// The title, made so long. It still begins with the word that no other title has.
fn fill(title: &str, length: usize) -> String {
    let missing = length.saturating_sub(title.chars().count() + 1);
    format!("{title} {}", FILL.repeat(missing))
}

fn compare(stated: &str, video: &VideoInfo) -> Option<Fate> {
    let shown = video.title.as_deref().filter(|shown| !shown.is_empty())?;
    Some(match stated.strip_prefix(shown) {
        Some("") => Fate::Whole,
        Some(_) => Fate::Cut(shown.chars().count()),
        None => Fate::Changed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A title has the length that is asked for, in characters, however many it has already.
    #[test]
    fn a_title_is_filled_to_its_length() {
        for length in [SHORT, TITLE_CHARACTERS, TITLE_CHARACTERS + 1] {
            let title = fill("oss2youku rehearsal 0123456789abcdef", length);
            assert_eq!(title.chars().count(), length);
            assert!(title.starts_with("oss2youku rehearsal 0123456789abcdef 演"), "{title}");
        }
    }
}
