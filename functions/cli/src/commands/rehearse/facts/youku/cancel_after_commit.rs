//! What a cancel answers after a commit, and whether the video stays.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{Listed, Stage, describe_refusal},
    text::text,
};

/// "Expired upload token".
const EXPIRED: i64 = 120_010_223;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.cancel_after_commit",
    question: || text!("what a cancel does after the commit", "提交之后的 cancel 有何作用"),
    expected: "refuse",
    calls: 24,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "removes" => text!(
            "a cancel that comes too late removes a published video: report this",
            "过迟的 cancel 会删除已发布的视频：请反馈此问题"
        ),
        _ => text!("a cancel that comes too late does no harm", "过迟的 cancel 无害"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (session, committed) = stage.publish().await?;
    let id = stage.find_id(&session, committed).await?;
    let title = session.clip.title();
    let was_there = is_there(stage, &id, title).await?;
    let cancelled = stage.client()?.cancel(&session.upload_token, None).await;
    let cancelled = stage.judge(cancelled)?;
    let stays = is_there(stage, &id, title).await?;
    if !stays && !was_there {
        return Err(Obstacle::Other(text!(
            "the video was not seen before the cancel either",
            "cancel 之前也未能看到该视频"
        )));
    }
    let code = cancelled.as_ref().map_or_else(describe_refusal, |()| "200".to_owned());
    let evidence = match stays {
        true => text!("cancel: {code}; the video is there", "cancel：{code}；视频仍在"),
        false => text!("cancel: {code}; the video is gone", "cancel：{code}；视频已不在"),
    };
    Ok(match cancelled {
        _ if !stays => Found::new("removes", evidence),
        Ok(()) => Found::new("ok", evidence).with_youku("cancel_after_commit", "ok"),
        Err(error) if error.details().code == Some(EXPIRED) => {
            Found::new("expired", evidence).with_youku("committed_token_expired", true)
        }
        Err(_) => Found::new("refuse", evidence).with_youku("cancel_after_commit", "refuse"),
    })
}

/// Whether the video is seen, by `show` or else by `by_me`.
async fn is_there(stage: &mut Stage, id: &str, title: &str) -> Result<bool, Obstacle> {
    let shown = stage.client()?.show(id).await;
    if matches!(stage.judge(shown)?, Ok(Some(_))) {
        return Ok(true);
    }
    match stage.find_by_title(title).await? {
        Listed::As(_) => Ok(true),
        Listed::No => Ok(false),
        Listed::Missing => Err(Obstacle::Other(text!(
            "neither show nor by_me tells whether the video is there",
            "show 和 by_me 都无法说明视频是否存在"
        ))),
    }
}
