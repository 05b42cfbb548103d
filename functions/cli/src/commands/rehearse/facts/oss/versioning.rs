//! Whether the ledger's bucket has versioning, by reading its setting.

use super::open_bucket;
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.versioning",
    question: || text!("whether the ledger's bucket has versioning", "台账的 bucket 是否启用了版本控制"),
    expected: "off",
    calls: 0,
    requests: 1,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "on" => text!(
            "OSS ignores create-only there: keep the ledger in a bucket that never had versioning",
            "OSS 在此忽略禁止覆盖：请把台账放在从未启用版本控制的 bucket 中"
        ),
        _ => text!("create-only is in force there", "禁止覆盖在此有效"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, _) = open_bucket(stage)?;
    let is_on = store.versioning().await?;
    let word = if is_on { "on" } else { "off" };
    let evidence = text!("GetBucketVersioning: {word}", "GetBucketVersioning：{word}");
    Ok(Found::new(word, evidence))
}
