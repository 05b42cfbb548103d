//! How long after an object lands the function is called, as the ledger's finished uploads show it. Nothing is put for it: an event calls the
//! function only for an object where a rule looks, and a rule would publish the object.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use std::time::Duration;

/// Uploads that are looked at.
const UPLOADS: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);

pub(in super::super) const FACT: Fact = Fact {
    name: "function.event_delay",
    question: || text!("how long after an object lands the function is called", "对象落地后多久调用函数"),
    expected: "seconds",
    calls: 0,
    // One list, and of each upload one list and its steps.
    requests: 200,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "seconds" => text!("an upload begins as soon as its object has landed", "对象落地后上传随即开始"),
        _ => text!(
            "events come late, or an object is dated by the beginning of its own upload, as Amazon dates those made of parts",
            "事件到达较晚；也可能是对象的时间取自其自身上传的开始，亚马逊的分片对象即是如此"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let mut delays = stage.app.event_delays(UPLOADS).await?;
    delays.sort_unstable();
    let (Some(longest), Some(median)) = (delays.last(), delays.get(delays.len() / 2)) else {
        return Err(Obstacle::NotHere(text!(
            "only an object where a rule looks calls the function, and the rule would publish it; no upload of the ledger was asked for by an event yet",
            "只有规则范围内的对象才会触发函数，而规则会将其发布；台账中还没有由事件触发的上传"
        )));
    };
    let word = if *median < MINUTE { "seconds" } else { "minutes" };
    let (count, median, longest) = (delays.len(), median.as_secs(), longest.as_secs());
    Ok(Found::new(
        word,
        text!(
            "the latest uploads that an event asked for, {count}: half within {median} s, the longest {longest} s",
            "最近由事件触发的 {count} 个上传：半数在 {median} 秒以内，最长 {longest} 秒"
        ),
    ))
}
