//! Whether an upload in slice mode becomes a video, and how long its server takes to write what has arrived.

use super::oss_publish::describe_ids;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::Stage,
    text::{Text, text},
    upload::SliceSession,
};
use app::youku::CheckStatus;
use std::time::Duration;

/// Length of a slice that is asked for, in KiB.
const SLICE_KIB: u32 = 2048;
/// Pauses between questions after the first, growing to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Questions at most: about three minutes.
const MOST_CHECKS: u32 = 24;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.slice_publish",
    question: || text!("whether an upload in slice mode becomes a video", "逐片上传能否成为视频"),
    expected: "published",
    calls: 18,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |_| text!("transfer.mode = \"slice\" can be used", "可以使用 transfer.mode = \"slice\""),
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    let session = stage.open_for_slices().await?;
    send(stage, &session).await?;
    let (unwritten, address) = wait_until_written(stage, &session).await?;
    let committed = stage.commit(session.n, &session.upload_token, address.as_deref()).await?;
    let committed = committed.map_err(Obstacle::Youku)?;
    let (by_create, by_commit) = (session.video_id.is_some(), committed.is_some());
    let Text { en, zh } = describe_ids(by_create, by_commit);
    let evidence =
        text!("{en}; {unwritten} checks before all was written", "{zh}；写入完成前检查了 {unwritten} 次");
    Ok(Found::new("published", evidence)
        .with_youku("slice_create_video_id", by_create)
        .with_youku("commit_video_id", by_commit)
        .with_youku("confirm_after_checks", unwritten))
}

/// Sends the slices that the server asks for.
pub(super) async fn send(stage: &mut Stage, session: &SliceSession) -> Result<(), Obstacle> {
    let bytes = &session.clip.bytes;
    let (server, token) = (&session.server, &session.upload_token);
    let created = server.create_file(token, bytes.len() as u64, "mp4", SLICE_KIB).await;
    stage.require(created)?;
    let next = server.new_slice(token).await;
    let mut next = stage.require(next)?;
    while let Some(slice) = next.slice {
        let from = usize::try_from(slice.offset).unwrap_or(usize::MAX);
        let range = from..from.saturating_add(usize::try_from(slice.length).unwrap_or(usize::MAX));
        if range.is_empty() || range.end > bytes.len() {
            return Err(Obstacle::Other(text!(
                "the server asks for bytes that the file does not have",
                "服务器要求的数据超出文件范围"
            )));
        }
        let part = bytes.slice(range);
        let sent = server.upload_slice(token, &slice, part.clone(), SliceSession::hash(&part)).await;
        next = stage.require(sent)?;
    }
    Ok(())
}

/// Asks until everything is written; answers how often it was not, and the address that commit must name.
pub(super) async fn wait_until_written(
    stage: &mut Stage,
    session: &SliceSession,
) -> Result<(u32, Option<String>), Obstacle> {
    let mut pause = FIRST_PAUSE;
    for unwritten in 0..MOST_CHECKS {
        let check = session.server.check(&session.upload_token).await;
        let check = stage.require(check)?;
        if check.status == CheckStatus::Written {
            if let Some(address) = check.upload_server_ip.clone() {
                stage.record.append(Entry::Served { n: session.n, address })?;
            }
            return Ok((unwritten, check.upload_server_ip));
        }
        // The server tells no one when it is done.
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stage.shutdown.wait() => return Err(Obstacle::Stopped),
        }
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
    Err(Obstacle::Other(text!("the server did not write the file in time", "服务器未及时写入文件")))
}
