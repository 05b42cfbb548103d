//! Whether an upload in OSS mode becomes a video, and which answers name its id.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::{Text, text},
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.oss_publish",
    question: || text!("whether an upload in OSS mode becomes a video", "以 OSS 方式上传能否成为视频"),
    expected: "published",
    calls: 18,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |_| text!("transfer.mode = \"oss\" can be used", "可以使用 transfer.mode = \"oss\""),
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (session, committed) = stage.publish().await?;
    let (by_create, by_commit) = (session.video_id.is_some(), committed.is_some());
    Ok(Found::new("published", describe_ids(by_create, by_commit))
        .with_youku("oss_create_video_id", by_create)
        .with_youku("commit_video_id", by_commit))
}

/// Who names the id of a video.
pub(super) fn describe_ids(by_create: bool, by_commit: bool) -> Text {
    match (by_create, by_commit) {
        (true, true) => text!("create and commit name the id", "create 和 commit 都给出编号"),
        (true, false) => text!("create alone names the id", "只有 create 给出编号"),
        (false, true) => text!("commit alone names the id", "只有 commit 给出编号"),
        (false, false) => text!("neither create nor commit names the id", "create 和 commit 都没有给出编号"),
    }
}
