//! On which host the calls are that read about videos.

use super::hosts::find_hosts;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

/// An id that no video has: Youku's begin with `X`.
const NO_VIDEO: &str = "0";

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.read_hosts",
    question: || {
        text!("on which host show, show_batch and by_me are", "show、show_batch 和 by_me 在哪个主机上")
    },
    expected: "both,old,both",
    calls: 6,
    requests: 0,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word.split(',').nth(1) {
        Some("neither") => text!(
            "the sweep asks about each video by a call of its own: see doctor",
            "巡检只能逐个查询视频：参见 doctor"
        ),
        _ => text!("each call is made where it is", "各调用会发往其所在的主机"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let show = find_hosts(stage, async |client| client.show(NO_VIDEO).await.map(drop)).await?;
    // `None` stands for a call that is missing: it is asked for by what it was answered with.
    let batch = find_hosts(stage, async |client| {
        let ids = [NO_VIDEO.to_owned()];
        client.show_batch(&ids).await.and_then(|found| found.map(drop).ok_or_else(missing))
    });
    let batch = batch.await?;
    let own = find_hosts(stage, async |client| {
        client.own_videos(1, 1).await.and_then(|found| found.map(drop).ok_or_else(missing))
    });
    let own = own.await?;
    let evidence =
        text!("show {show}, show_batch {batch}, by_me {own}", "show {show}，show_batch {batch}，by_me {own}");
    Ok(Found::new(format!("{show},{batch},{own}"), evidence)
        .with_youku("show_host", show)
        .with_youku("show_batch_host", batch)
        .with_youku("by_me_host", own))
}

/// The error of a call that a host does not have, which the client answers as `None`.
fn missing() -> app::youku::Error {
    use app::youku::{Details, ErrorKind};
    let details = Details { status: Some(404), ..Details::default() };
    app::youku::Error::from_kind(ErrorKind::Refused, "rehearsal").with_details(details)
}
