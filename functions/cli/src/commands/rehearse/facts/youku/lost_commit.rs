//! What can be learnt after a commit whose answer was lost.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{Listed, Stage, describe_refusal},
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.lost_commit",
    question: || {
        text!(
            "what show and by_me say after a commit whose answer was lost",
            "提交的应答丢失后 show 和 by_me 如何应答"
        )
    },
    expected: "show",
    calls: 28,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "show" | "by_me" => {
            text!("a lost answer is cleared up without a second commit", "应答丢失后无需再次提交即可查明")
        }
        _ => text!(
            "after a lost answer an upload waits, and asks again later",
            "应答丢失后上传会等待，稍后再查"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    let session = stage.open_usual().await?;
    stage.send(&session).await?;
    let before = stage.find_by_title(session.clip.title()).await?;
    if session.video_id.is_none() && before == Listed::Missing {
        return Err(Obstacle::Other(text!(
            "nothing would name the video's id, and so it could not be removed",
            "无法得到视频的编号，因而无法删除"
        )));
    }
    stage.observer()?.drop_next_commit();
    let lost = stage.commit(session.n, &session.upload_token, None).await;
    if !stage.observer()?.was_dropped() {
        // A refusal, or a fault of the way: nothing was lost on purpose.
        lost?.map_err(Obstacle::Youku)?;
        return Err(Obstacle::Other(text!("the answer of commit was not lost", "提交的应答没有丢失")));
    }
    let listed = stage.find_by_title(session.clip.title()).await?.id();
    if let Some(video_id) = &listed {
        stage.record.name_video(session.n, video_id)?;
    }
    let is_shown = match session.video_id.as_ref().or(listed.as_ref()) {
        None => false,
        Some(id) => {
            let shown = stage.client()?.show(id).await;
            stage.require(shown)?.is_some()
        }
    };
    let again = stage.commit(session.n, &session.upload_token, None).await?;
    let again = again.map_or_else(|error| describe_refusal(&error), |_| "200".to_owned());
    let (word, shown, own) = match (is_shown, listed.is_some()) {
        (true, true) => ("show", "yes", "yes"),
        (true, false) => ("show", "yes", "no"),
        (false, true) => ("by_me", "no", "yes"),
        (false, false) => ("neither", "no", "no"),
    };
    let evidence = text!(
        "show knows it: {shown}; by_me lists it: {own}; a second commit: {again}",
        "show 能查到：{shown}；by_me 列出：{own}；再次提交：{again}"
    );
    let found = Found::new(word, evidence);
    Ok(if listed.is_some() { found.with_youku("show_hides_videos", !is_shown) } else { found })
}
