//! What Youku says of an id that was created and not committed.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{Listed, Stage},
    text::text,
};
use serde_json::Value;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.uncommitted",
    question: || {
        text!("what show and by_me say of an upload before its commit", "提交之前 show 和 by_me 如何应答")
    },
    expected: "unknown",
    calls: 10,
    requests: 0,
    makes: Makes::Session,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "unknown" => text!("an id that show knows was committed", "show 能查到的编号就是已提交的"),
        _ => text!(
            "after a lost commit an id that show knows may still be uncommitted",
            "提交的应答丢失后，show 能查到的编号未必已提交"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let session = stage.open_usual().await?;
    let listed = stage.find_by_title(session.clip.title()).await?;
    let id = session.video_id.clone().or_else(|| listed.clone().id());
    let Some(id) = id else {
        return Err(Obstacle::Other(text!(
            "neither create nor by_me names an id that could be asked about",
            "create 和 by_me 都没有给出可查询的编号"
        )));
    };
    let shown = stage.client()?.show(&id).await;
    let shown = stage.require(shown)?;
    let state = shown.as_ref().map(|video| video.state_word().to_owned());
    let word = state.clone().unwrap_or_else(|| "unknown".to_owned());
    let evidence = match listed {
        Listed::As(_) => text!("show: {word}; by_me lists it", "show：{word}；by_me 列出"),
        Listed::No => text!("show: {word}; by_me does not list it", "show：{word}；by_me 未列出"),
        Listed::Missing => text!("show: {word}; no host has by_me", "show：{word}；所有主机都没有 by_me"),
    };
    let found =
        Found::new(word, evidence).with_youku("uncommitted_state", state.map_or(Value::Null, Value::from));
    Ok(match listed {
        Listed::Missing => found,
        listed => found.with_youku("by_me_lists_uncommitted", listed != Listed::No),
    })
}
