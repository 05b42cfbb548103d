//! What becomes of a text that is as long as Youku's page allows, or longer.

use crate::commands::rehearse::{
    cleanup,
    obstacle::Obstacle,
    session::StatedMd5,
    stage::{Stage, describe_refusal},
    text::{Text, text},
};
use app::youku::VideoInfo;

/// The character that texts are filled with: three bytes of UTF-8, so that a limit of bytes shows.
pub(super) const FILL: &str = "演";

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// `create` refused it so.
    Refused(String),
    /// It is shown whole.
    Whole,
    /// Its beginning is shown, of this many characters or entries.
    Cut(usize),
    /// Something else is shown.
    Changed,
}

impl Fate {
    /// The stable word for a text beyond a limit; the switches of the local clouds have the same, but for `changed`.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Whole => "taken",
            Self::Cut(_) => "cut",
            Self::Changed => "changed",
        }
    }

    /// Checks, of a text at a limit, that it can be compared with what is shown: what is changed says nothing of the limit.
    pub(super) fn check_unchanged(&self) -> Result<(), Obstacle> {
        match self {
            Self::Changed => Err(Obstacle::Other(text!(
                "Youku shows it otherwise than it was sent",
                "优酷的显示与所发送的不同"
            ))),
            _ => Ok(()),
        }
    }

    /// Checks that a short text of the same characters was taken: else it is not its length for which the long one was refused.
    pub(super) fn check_taken(&self) -> Result<(), Obstacle> {
        match self {
            Self::Refused(code) => Err(Obstacle::Other(text!(
                "Youku refuses a short text of the same characters as well: {code}",
                "优酷同样拒绝由相同字符组成的短文本：{code}"
            ))),
            _ => Ok(()),
        }
    }

    /// What was seen, in short.
    pub(super) fn describe(&self) -> Text {
        match self {
            Self::Refused(code) => text!("{code}", "{code}"),
            Self::Whole => text!("201", "201"),
            Self::Cut(length) => text!("201, cut to {length}", "201，截断为 {length}"),
            Self::Changed => text!("201, shown otherwise", "201，显示不同"),
        }
    }
}

/// Publishes a clip with a field as `state` makes it of the clip's title, and compares it with what Youku shows.
pub(super) async fn publish_with(
    stage: &mut Stage,
    field: &'static str,
    state: impl Fn(&str) -> String,
    compare: impl Fn(&str, &VideoInfo) -> Option<Fate>,
) -> Result<Fate, Obstacle> {
    stage.require_removal().await?;
    let (n, clip) = stage.begin()?;
    let stated = state(clip.title());
    let observer = stage.observer()?;
    observer.restate_next_create(vec![(field, stated.clone())]);
    let opened = stage.open_clip(n, clip, StatedMd5::Right).await;
    // Where `create` was not sent the next one is another's.
    observer.restate_next_create(Vec::new());
    let session = match opened? {
        Ok(session) => session,
        Err(refused) => return Ok(Fate::Refused(describe_refusal(&refused))),
    };
    stage.send(&session).await?;
    stage.commit(session.n, &session.upload_token, None).await?.map_err(Obstacle::Youku)?;
    stage.has_published = true;
    let seen = stage.see(session.n).await?;
    // One video at a time: what is left is tried once more, and told, at the end.
    cleanup::clean(stage, session.n).await;
    seen.and_then(|video| compare(&stated, &video)).ok_or_else(|| {
        Obstacle::Other(text!(
            "neither show nor by_me says what became of it",
            "show 和 by_me 都没有说明结果"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown otherwise says nothing of a limit, and neither does a refusal that a short text meets as well.
    #[test]
    fn a_limit_is_told_apart_from_other_causes() {
        let refused = Fate::Refused("120010101".to_owned());
        for (fate, is_unchanged, is_taken) in [
            (Fate::Whole, true, true),
            (Fate::Cut(10), true, true),
            (Fate::Changed, false, true),
            (refused, true, false),
        ] {
            assert_eq!(
                (fate.check_unchanged().is_ok(), fate.check_taken().is_ok()),
                (is_unchanged, is_taken),
                "{fate:?}"
            );
        }
    }
}
