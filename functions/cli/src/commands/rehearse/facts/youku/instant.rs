//! What create says of a file that was uploaded before.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.instant",
    question: || text!("what create says of bytes that Youku has", "优酷已有相同数据时 create 如何应答"),
    expected: "no",
    calls: 20,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "yes" => text!("the bytes are sent all the same in OSS mode", "以 OSS 方式上传时仍会发送数据"),
        _ => text!("the bytes are always sent", "数据总会发送"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (first, _) = stage.publish().await?;
    let second = stage.open_again(&first).await?;
    let word = if second { "yes" } else { "no" };
    Ok(Found::new(word, text!("instant_upload_ok: {word}", "instant_upload_ok：{word}"))
        .with_youku("instant_upload", second))
}
