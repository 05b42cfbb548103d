//! Whether `create` takes POST, as its page names it, and GET, as published clients send it.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    session::StatedMd5,
    stage::{Stage, describe_refusal},
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.create_method",
    question: || text!("whether create takes POST, GET or both", "create 接受 POST、GET 还是两者"),
    expected: "both",
    calls: 4,
    requests: 0,
    makes: Makes::Session,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "both" | "post" => text!("uploads begin with POST", "上传以 POST 开始"),
        _ => text!(
            "uploads begin with POST, which Youku refuses: report this, no setting helps",
            "上传以 POST 开始，而优酷拒绝：请反馈此问题，没有可用的设置"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let by_post = stage.open(StatedMd5::Right).await?;
    let observer = stage.observer()?;
    observer.send_create_by_get(true);
    let by_get = stage.open(StatedMd5::Right).await;
    observer.send_create_by_get(false);
    let by_get = by_get?;
    let describe = |refused: Option<&app::youku::Error>| match refused {
        None => "201".to_owned(),
        Some(error) => describe_refusal(error),
    };
    let (post, get) = (describe(by_post.as_ref().err()), describe(by_get.as_ref().err()));
    let word = match (by_post.is_ok(), by_get.is_ok()) {
        (true, true) => "both",
        (true, false) => "post",
        (false, true) => "get",
        // Something else is refused.
        (false, false) => return Err(by_post.err().map_or(Obstacle::Stopped, Obstacle::Youku)),
    };
    let found = Found::new(word, text!("POST: {post}; GET: {get}", "POST：{post}；GET：{get}"));
    Ok(if by_post.is_ok() { found.with_youku("create_takes_get", by_get.is_ok()) } else { found })
}
