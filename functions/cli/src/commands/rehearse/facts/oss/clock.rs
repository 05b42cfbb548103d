//! How far this machine's clock is from that of OSS.

use super::{announce, open_to_write};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use app::storage::PutOptions;
use std::time::{Duration, SystemTime};

/// Seconds that are no difference: `Date` has whole ones, and an answer takes time.
const SAME: i64 = 2;

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.clock",
    question: || text!("how far this machine's clock is off", "本机时钟的偏差"),
    expected: "same",
    calls: 0,
    requests: 3,
    makes: Makes::Objects,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "same" => text!("signatures are in time", "签名时间有效"),
        _ => text!(
            "set this machine's clock: from 15 minutes on signatures are refused",
            "请校准本机时钟：相差 15 分钟起签名会被拒绝"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, prefix) = open_to_write(stage).await?;
    let keys = announce(stage, &store, &prefix, 1)?;
    let before = SystemTime::now();
    let receipt = store.put(&keys[0], "clock", &PutOptions::default()).await?;
    let after = SystemTime::now();
    let Some(date) = receipt.date else {
        return Err(Obstacle::Other(text!("OSS named no time", "OSS 没有给出时间")));
    };
    let middle = before + after.duration_since(before).unwrap_or_default() / 2;
    let ahead = match date.duration_since(middle) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    };
    let word = if ahead.abs() <= SAME { "same" } else { "different" };
    let evidence = text!("OSS is {ahead} s ahead", "OSS 快 {ahead} 秒");
    Ok(Found::new(word, evidence))
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
