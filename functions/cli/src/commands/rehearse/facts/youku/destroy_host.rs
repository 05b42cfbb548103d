//! On which host `videos/destroy` is, and whether a video is gone after it.

use super::hosts::find_hosts;
use crate::commands::rehearse::{
    cleanup,
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::Stage,
    text::{Text, text},
};

/// An id that no video has: Youku's begin with `X`.
const NO_VIDEO: &str = "0";

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.destroy_host",
    question: || {
        text!(
            "on which host destroy is, and what show says after it",
            "destroy 在哪个主机上，删除后 show 如何应答"
        )
    },
    expected: "old",
    calls: 24,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "neither" => text!(
            "a rehearsal cannot remove videos: facts that publish one are left out",
            "预演无法删除视频：需要发布视频的项目不再进行"
        ),
        _ => text!("only a rehearsal removes videos", "只有预演会删除视频"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let host = find_hosts(stage, async |client| client.destroy(NO_VIDEO).await).await?;
    if host == "neither" {
        stage.can_remove = Some(false);
    }
    let removed = if host == "neither" { None } else { Some(remove_one(stage).await?) };
    let evidence = match removed {
        None => text!("no host has it", "所有主机都没有此调用"),
        Some(then) => {
            let Text { en, zh } = then;
            text!("{host}; {en}", "{host}；{zh}")
        }
    };
    Ok(Found::new(host, evidence).with_youku("destroy_host", host))
}

/// Publishes a video, removes it, and asks about it.
async fn remove_one(stage: &mut Stage) -> Result<Text, Obstacle> {
    let (session, committed) = stage.publish().await?;
    let id = stage.find_id(&session, committed).await?;
    if let Err(obstacle) = cleanup::destroy(stage, &id).await {
        // What is left is removed at the end, if it can be.
        let Text { en, zh } = obstacle.describe();
        return Ok(text!("a video was not removed: {en}", "视频未能删除：{zh}"));
    }
    stage.record.append(Entry::Gone { n: session.n })?;
    let shown = stage.client()?.show(&id).await;
    Ok(match stage.judge(shown)? {
        Ok(None) => text!("show does not know the removed video", "删除后 show 查不到该视频"),
        Ok(Some(_)) => text!("show still knows the removed video", "删除后 show 仍能查到该视频"),
        Err(_) => text!("show refuses the removed video", "删除后 show 拒绝查询该视频"),
    })
}
