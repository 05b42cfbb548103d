//! On which host `videos/update` is.

use super::hosts::find_hosts;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{SYSTEM_ERROR, Stage},
    text::text,
};
use app::youku::{Client, VideoEdit, VideoInfo, VideoMetadata};
use std::cell::Cell;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.update_host",
    question: || text!("on which host update is", "update 在哪个主机上"),
    expected: "old",
    calls: 26,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "neither" => text!("`oss2youku video update` cannot work", "`oss2youku video update` 无法使用"),
        _ => text!("`oss2youku video update` finds it", "`oss2youku video update` 能找到它"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (session, committed) = stage.publish().await?;
    let id = stage.find_id(&session, committed).await?;
    let client = stage.client()?;
    let edits = [describe_as("Changed.")?, describe_as("Changed again.")?];
    let (left, told_1002) = (Cell::new(&edits[..]), Cell::new(false));
    let host = find_hosts(stage, async |held| {
        let Some((edit, rest)) = left.get().split_first() else { return Ok(()) };
        left.set(rest);
        match held.update(&id, edit).await {
            // Whatever else a host answers so, the call is there where the change is seen.
            Err(error) if error.details().code == Some(SYSTEM_ERROR) => {
                match is_seen(&client, &id, edit).await {
                    true => {
                        told_1002.set(true);
                        Ok(())
                    }
                    false => Err(error),
                }
            }
            answer => answer,
        }
    });
    let host = host.await?;
    if host == "neither" {
        return Ok(
            Found::new(host, text!("no host has it", "所有主机都没有此调用")).with_youku("update_host", host)
        );
    }
    let answers_1002 = told_1002.get();
    let evidence = match answers_1002 {
        false => text!("{host}; the change was taken", "{host}；修改已被接受"),
        true => text!("{host}; it answered 1002, and changed", "{host}；应答为 1002，但已修改"),
    };
    Ok(Found::new(host, evidence)
        .with_youku("update_host", host)
        .with_youku("change_answers_1002", answers_1002))
}

fn describe_as(description: &str) -> Result<VideoEdit, Obstacle> {
    let metadata = VideoMetadata { description: Some(description.to_owned()), ..VideoMetadata::default() };
    VideoEdit::new(metadata)
        .map_err(|_| Obstacle::Other(text!("the edit breaks a limit", "修改内容超出限制")))
}

/// Whether the video has what the edit states.
async fn is_seen(client: &Client, id: &str, edit: &VideoEdit) -> bool {
    let is_so = |video: VideoInfo| video.description == edit.metadata().description;
    client.show(id).await.is_ok_and(|video| video.is_some_and(is_so))
        || client.find_own(id).await.is_ok_and(|video| video.is_some_and(is_so))
}
