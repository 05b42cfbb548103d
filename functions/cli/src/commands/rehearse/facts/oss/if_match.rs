//! Whether a ranged read is held to the version that it names.

use super::{announce, open_to_write};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use app::storage::{ErrorKind, ObjectVersion, PutOptions};
use http_body_util::BodyExt as _;

/// OSS's own refusal.
const PRECONDITION_FAILED: u16 = 412;

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.if_match",
    question: || {
        text!(
            "whether a ranged read with If-Match is held to its version",
            "带 If-Match 的分段读取是否限定于该版本"
        )
    },
    expected: "kept",
    calls: 0,
    requests: 6,
    makes: Makes::Objects,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "kept" => text!("an object that changes while it is read is noticed", "读取过程中对象被改写会被发现"),
        _ => text!(
            "an object that changes while it is read is noticed by its ETag and CRC-64 alone",
            "读取过程中对象被改写只能由 ETag 和 CRC-64 发现"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, prefix) = open_to_write(stage).await?;
    let keys = announce(stage, &store, &prefix, 1)?;
    let key = &keys[0];
    store.put(key, "the first version", &PutOptions::default()).await?;
    let first = store.head(key).await?.version();
    let body = store.read(key, 4..9, &first).await?;
    let bytes = body.collect().await?.to_bytes();
    if &bytes[..] != b"first" {
        return Err(Obstacle::Other(text!("the range was not kept to", "返回的区间不符")));
    }
    store.put(key, "the other version", &PutOptions::default()).await?;
    let pinned = ObjectVersion { version_id: None, ..first };
    Ok(match store.read(key, 4..9, &pinned).await {
        Err(error) if error.details().status == Some(PRECONDITION_FAILED) => {
            Found::new("kept", text!("206 while it is the same, then 412", "未变时 206，改写后 412"))
        }
        // The client compared the ETag of an answer that OSS should not have given.
        Err(error) if error.kind() != ErrorKind::PreconditionFailed => return Err(error.into()),
        _ => Found::new("ignored", text!("206 of another version", "改写后仍为 206")),
    })
}
