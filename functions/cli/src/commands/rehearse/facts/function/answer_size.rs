//! How long an answer may be that still arrives.

use super::{ask, try_ask};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};

/// The lengths that are tried, in KiB. The longest answer of the product itself, a list of 100 uploads, has about as much as the first.
const KIB: [u64; 3] = [256, 1024, 4096];

pub(in super::super) const FACT: Fact = Fact {
    name: "function.answer_size",
    question: || text!("how long an answer may be that arrives", "多长的应答能够送达"),
    expected: "4096_kib",
    calls: 0,
    requests: 5,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "none" => text!(
            "long lists of uploads do not arrive: use a smaller limit",
            "较长的上传列表无法送达：请减小 limit"
        ),
        _ => text!("all answers of the function arrive", "函数的应答均可送达"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    // An answer without filler shows that whatever else fails is the length's.
    ask(stage, 0).await?;
    let mut longest = None;
    for kib in KIB {
        match try_ask(stage, kib).await {
            Ok(Ok(probe)) if probe.filler.len() as u64 == kib * 1024 => longest = Some(kib),
            Err(Obstacle::Stopped) => return Err(Obstacle::Stopped),
            _ => break,
        }
    }
    // What refused a long one may have been an outage.
    ask(stage, 0).await?;
    Ok(match longest {
        Some(kib) => Found::new(format!("{kib}_kib"), text!("{kib} KiB arrived whole", "{kib} KiB 完整送达")),
        None => Found::new("none", text!("not even 256 KiB arrived", "256 KiB 也未能送达")),
    })
}
